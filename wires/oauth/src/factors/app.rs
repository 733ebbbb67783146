//! An authenticator application, set up on one's own page.

use axum::response::Response;

use super::{onward_of, owner, sent_by};
use crate::refusals::Trouble;
use crate::set_up;
use crate::visit::{Fields, Visit};

/// Where one is set up.
pub(crate) const APP: &str = "/account/second-factor/app";

/// `GET`: an application to set up.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        let onward = onward_of(&visit.query);
        match owner(&visit, &onward, APP).await? {
            Ok(owner) => set_up::own_page(&visit, &onward, &owner.waiting).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: an application that showed a code.
pub(crate) async fn add(visit: Visit, Fields(fields): Fields) -> Response {
    let added = async {
        match sent_by(&visit, fields, APP).await? {
            Ok((form, owner)) => {
                set_up::try_code(&visit, &form, &onward_of(&form), &owner.waiting, APP).await
            }
            Err(response) => Ok(response),
        }
    };
    added.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

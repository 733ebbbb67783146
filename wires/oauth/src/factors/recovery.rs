//! Recovery codes, which are shown once.

use askama::Template;
use axum::response::Response;
use identity::protocol::form::encode;
use kernel::Error;

use super::{HERE, onward_of, sent_by};
use crate::frame::framed;
use crate::refusals::Trouble;
use crate::second::Said;
use crate::visit::{Fields, Visit, see};
use crate::words::second::{self, SecondWords};

/// Where they are shown.
pub(crate) const RECOVERY: &str = "/account/recovery-codes";

#[derive(Template)]
#[template(path = "recovery.html")]
struct View<'a> {
    text: &'static SecondWords,
    codes: Vec<String>,
    onward: &'a str,
}

/// `POST`: new ones.
pub(crate) async fn renew(visit: Visit, Fields(fields): Fields) -> Response {
    let made = async {
        let owner = match sent_by(&visit, fields, HERE).await? {
            Ok((_, owner)) => owner,
            Err(response) => return Ok(response),
        };
        let goes = owner.waiting.goes(&visit);
        let Some(codes) = flows::factors::renew_codes(&visit.house, owner.who.person, goes).await? else {
            return Ok(see(HERE));
        };
        let mut response = see(&format!("{RECOVERY}?return={}", encode(HERE)));
        visit.say(&mut response, RECOVERY, &codes)?;
        Ok(response)
    };
    made.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `GET`: those that were made just now.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        let Some(who) = visit.who().await? else {
            return Ok(see("/login?return=%2Faccount%2Fsecond-factor"));
        };
        let onward = onward_of(&visit.query);
        let codes: Option<Vec<String>> = visit.said(RECOVERY);
        let text = second::of(visit.language(Some(&onward)));
        let body = View { text, codes: codes.unwrap_or_default(), onward: onward.path() };
        let mut response = framed(&visit, &who, text.kept_title, &body, &Said::default()).await?;
        visit.cookies.clear_said(&mut response);
        Ok(response)
    };
    shown.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

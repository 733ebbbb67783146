//! The page from which administrators go on.

use askama::Template;
use axum::response::Response;
use identity::applications::{self, must_administer};
use kernel::Result;

use super::desk::{self, Desk, Frame};
use crate::refusals::Trouble;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "administration/overview.html")]
struct View<'a> {
    frame: Frame<'a>,
    organisation: &'a str,
    /// How many applications wait for a yes.
    waiting: usize,
}

/// `GET`: the page.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match desk::enter(&visit).await? {
            Ok(desk) => page(&visit, &desk).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn page(visit: &Visit, desk: &Desk) -> Result<Response> {
    let all = visit.house.read(desk.actor(visit), |tx, actor| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            applications::list(tx, actor.organisation).await
        })
    });
    let waiting = all.await?.iter().filter(|one| one.waits_for_approval()).count();
    let frame = desk.frame();
    let title = frame.desk.title;
    desk.show(visit, title, &View { frame, organisation: &desk.organisation.name, waiting }).await
}

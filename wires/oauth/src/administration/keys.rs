//! The keys that sign ID tokens: the operator's to replace, and everybody's who administers to see.

use askama::Template;
use axum::response::Response;
use identity::signing_keys::{self, Note};
use kernel::Result;

use super::desk::{self, Desk, Frame};
use crate::refusals::Trouble;
use crate::visit::Visit;

/// Where the page is.
pub(crate) const HERE: &str = "/administration/keys";

#[derive(Template)]
#[template(path = "administration/keys.html")]
struct View<'a> {
    frame: Frame<'a>,
    keys: Vec<Row>,
}

struct Row {
    id: String,
    algorithm: &'static str,
    since: String,
    /// When another took over.
    retired: Option<String>,
    /// Until when it is published, or was.
    ends: Option<String>,
    has_ended: bool,
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
    let keys =
        visit.house.read(desk.actor(visit), |tx, actor| Box::pin(signing_keys::list_for(tx, actor))).await?;
    let now = visit.house.clock.now_ms();
    let row = |key: &Note| Row {
        id: key.id.hex(),
        algorithm: key.algorithm.name(),
        since: desk.when(key.made_ms),
        retired: key.retired_ms.map(|ms| desk.when(ms)),
        ends: key.ends_ms.map(|ms| desk.when(ms)),
        has_ended: key.ends_ms.is_some_and(|ends_ms| ends_ms <= now),
    };
    let frame = desk.frame();
    let title = frame.desk.keys;
    desk.show(visit, title, &View { frame, keys: keys.iter().map(row).collect() }).await
}

//! Removing a group for everybody: asked once more on a page of its own, which needs no script.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use door::pages::Corner;
use door::pages::forms::FIELD;
use kernel::{Error, Result};

use crate::about;
use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::place::{Place, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{Visitor, see_other};
use crate::words::{self, Group, fill};

#[derive(Template)]
#[template(path = "delete-group.html")]
struct Ask<'a> {
    words: &'static Group,
    path: String,
    field: &'static str,
    token: &'a str,
    lead: String,
}

/// What would be gone, for whom it is to decide.
pub async fn ask(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    let chat = about::group(place)?;
    let read = visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(about::look(tx, actor, *chat)));
    let (full, ..) = read.await?;
    if !full.chat.may(&visitor.caller.actor).remove_all() {
        let why = "Only its owner, and admins on the staff, may delete this chat.";
        return Err(Error::not_allowed("not_the_owner", why).into());
    }
    let words = words::group(visitor.view.language);
    let subject = full.chat.subject.as_deref().unwrap_or(visitor.words().group);
    let page = Ask {
        words,
        path: path_of(flows::ChatRef::Group(chat)),
        field: FIELD,
        token: visitor.view.token.value(),
        lead: fill(words.delete_lead, &[subject]),
    };
    Ok(visitor.show(&web, words.delete_title, Corner::Chats, &page))
}

/// Removes it.
pub async fn remove(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    about::group(place)?;
    let removed = visitor
        .caller
        .write(place.chat, |tx, actor, chat| Box::pin(flows::chats::remove(tx, actor, *chat, false)));
    removed.await?;
    Ok(see_other("/chats"))
}

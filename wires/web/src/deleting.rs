//! Deleting a message: asked once more on a page of its own, which needs no script.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use door::pages::Corner;
use door::pages::forms::FIELD;
use flows::ChatRef;
use kernel::{Actor, Error, Kind, MessageId, Result};
use messaging::{May, Right};
use store::Tx;

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::lines::{Lines, delete_path};
use crate::place::{Place, path_of};
use crate::reacting::path_in;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::talk;
use crate::visitor::{Visitor, see_other};
use crate::words::About;

#[derive(Template)]
#[template(path = "delete.html")]
struct Ask<'a> {
    words: &'static About,
    chat: String,
    path: String,
    field: &'static str,
    token: &'a str,
    line: Lines,
}

/// The message, and whether it may go.
pub async fn ask(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    let id = place.message.ok_or(Error::not_found(Kind::Message))?;
    let caller = &visitor.caller;
    let may = caller.read(place.chat, |tx, actor, chat| Box::pin(may(tx, actor, *chat))).await?;
    let stretch = flows::reading::message(&caller.house, &caller.actor, place.chat, id).await?;
    if !stretch.messages.iter().all(|message| may.delete(message.author)) {
        let why = "Only who wrote this message, and in a group its owner and admins, may delete it.";
        return Err(Error::not_allowed("not_your_message", why).into());
    }
    let words = visitor.about();
    let page = Ask {
        words,
        chat: path_of(place.chat),
        path: delete_path(place.chat, id),
        field: FIELD,
        token: visitor.view.token.value(),
        line: talk::reader(&visitor, place.chat, None).lines(stretch, &[]),
    };
    Ok(visitor.show(&web, words.delete_title, Corner::Chats, &page))
}

async fn may(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<May> {
    Ok(flows::chats::open(tx, actor, chat, Right::Receive).await?.may())
}

/// Deletes it.
pub async fn delete(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    let id = place.message.ok_or(Error::not_found(Kind::Message))?;
    let deleted = visitor
        .caller
        .write((place.chat, id), |tx, actor, (chat, id)| Box::pin(delete_in(tx, actor, *chat, *id)));
    Ok(see_other(&deleted.await?))
}

/// Says where the mark of it stands.
async fn delete_in(tx: &Tx, actor: &Actor, chat: ChatRef, id: MessageId) -> Result<String> {
    let open = flows::chats::open(tx, actor, chat, Right::Receive).await?;
    messaging::delete(tx, &open, id).await?;
    path_in(tx, actor, chat, id).await
}

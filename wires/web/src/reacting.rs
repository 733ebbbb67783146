//! Answering a question and liking a message, by forms that need no script.

use axum::extract::State;
use axum::response::Response;
use door::Work;
use flows::ChatRef;
use kernel::{Actor, Error, Kind, MessageId, Result};
use messaging::Right;
use store::Tx;

use crate::forms::OurForm;
use crate::place::{Place, path_of, path_to};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{Visitor, see_other};

/// Answers the question that a message asks.
pub async fn answer(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let id = place.message.ok_or(Error::not_found(Kind::Message))?;
    visitor.may(&web, Work::Message)?;
    let options: Vec<String> = form.all("option").map(str::to_owned).collect();
    let caller = &visitor.caller;
    flows::asking::answer(&caller.house, &caller.actor, place.chat, id, &options).await?;
    Ok(back_to(&visitor, place.chat, id).await)
}

/// Likes a message, or no longer.
pub async fn like(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let id = place.message.ok_or(Error::not_found(Kind::Message))?;
    visitor.may(&web, Work::Message)?;
    let is_liked = form.first("on") != Some("0");
    let liked = visitor.caller.write((place.chat, id, is_liked), |tx, actor, (chat, id, is_liked)| {
        Box::pin(like_in(tx, actor, *chat, *id, *is_liked))
    });
    liked.await?;
    Ok(back_to(&visitor, place.chat, id).await)
}

async fn like_in(tx: &Tx, actor: &Actor, chat: ChatRef, id: MessageId, is_liked: bool) -> Result<()> {
    let open = flows::chats::open(tx, actor, chat, Right::Post).await?;
    if is_liked { messaging::like(tx, &open, id).await } else { messaging::unlike(tx, &open, id).await }
}

/// To the message, on the page of its chat on which it stands.
pub async fn back_to(visitor: &Visitor, chat: ChatRef, id: MessageId) -> Response {
    see_other(&place_of(visitor, chat, id).await)
}

/// The address of a message on the page of its chat on which it stands.
pub async fn place_of(visitor: &Visitor, chat: ChatRef, id: MessageId) -> String {
    let path =
        visitor.caller.read((chat, id), |tx, actor, (chat, id)| Box::pin(path_in(tx, actor, *chat, *id)));
    // What was done is done, also when the reader may not look at it any more.
    path.await.unwrap_or_else(|_| path_of(chat))
}

/// Where a message stands, or stood before it was deleted.
pub async fn path_in(tx: &Tx, actor: &Actor, chat: ChatRef, id: MessageId) -> Result<String> {
    let open = flows::chats::open(tx, actor, chat, Right::Receive).await?;
    let seq = messaging::place_of(tx, &open, id).await?;
    Ok(path_to(chat, id, seq, open.last_seq()))
}

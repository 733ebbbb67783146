//! Closing a conversation, opening it again, and leaving a group.

use axum::extract::State;
use axum::response::Response;
use flows::ChatRef;
use identity::Person;
use kernel::{Actor, Result};
use messaging::Right;
use store::Tx;

use crate::forms::OurForm;
use crate::place::{Place, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{Visitor, see_other};
use crate::words::fill;

/// Who can open a conversation again once it is closed, as [`messaging::reopen`] decides: those who manage it and are
/// on the staff.
pub fn after_closing<'a>(visitor: &Visitor, managers: impl Iterator<Item = &'a Person>) -> String {
    let words = visitor.words();
    let able: Vec<&Person> = managers.filter(|person| person.role.is_staff()).collect();
    if able.is_empty() {
        return words.reopened_by_nobody.to_owned();
    }
    if able.iter().any(|person| person.id == visitor.me.id) {
        return words.reopened_by_you.to_owned();
    }
    let names: Vec<String> = able.iter().map(|person| person.full_name()).collect();
    fill(words.reopened_by, &[&names.join(", ")])
}

/// Closes a conversation: it stays readable, and nothing more can be written.
pub async fn close(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    let closed = visitor
        .caller
        .write(place.chat, |tx, actor, chat| Box::pin(flows::chats::close(tx, actor, *chat, false)));
    closed.await?;
    Ok(see_other(&path_of(place.chat)))
}

/// Opens a closed conversation again.
pub async fn reopen(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    let opened = visitor.caller.write(place.chat, |tx, actor, chat| Box::pin(reopen_in(tx, actor, *chat)));
    opened.await?;
    Ok(see_other(&path_of(place.chat)))
}

async fn reopen_in(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<()> {
    let open = flows::chats::open(tx, actor, chat, Right::Receive).await?;
    messaging::reopen(tx, &open).await
}

/// Leaves a group.
pub async fn leave(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    let left = visitor.caller.write(place.chat, |tx, actor, chat| Box::pin(leave_in(tx, actor, *chat)));
    left.await?;
    Ok(see_other("/chats"))
}

async fn leave_in(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<()> {
    let open = flows::chats::open(tx, actor, chat, Right::Receive).await?;
    flows::chats::remove_members(tx, &open, &[actor.person]).await
}

//! Who likes a message, by name.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use door::pages::Corner;
use flows::ChatRef;
use kernel::{Actor, Error, Kind, MessageId, Result};
use messaging::Right;
use store::Tx;

use crate::assets::STYLE_PATH;
use crate::place::{Place, path_to};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Chats, Questions};

#[derive(Template)]
#[template(path = "likers.html")]
struct Page {
    words: &'static Chats,
    questions: &'static Questions,
    path: String,
    names: Vec<String>,
}

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    let id = place.message.ok_or(Error::not_found(Kind::Message))?;
    let input = (place.chat, id);
    let look = visitor.caller.read(input, |tx, actor, (chat, id)| Box::pin(look(tx, actor, *chat, *id)));
    let (path, names) = look.await?;
    let body =
        Page { words: visitor.words(), questions: words::questions(visitor.view.language), path, names };
    Ok(visitor.show(&web, body.questions.likes, Corner::Chats, &body))
}

/// Where the message stands, and the names.
async fn look(tx: &Tx, actor: &Actor, chat: ChatRef, id: MessageId) -> Result<(String, Vec<String>)> {
    let open = flows::chats::open(tx, actor, chat, Right::ReadOne).await?;
    let message = messaging::message(tx, &open, id).await?;
    let people = flows::chats::people(tx, actor, message.likes).await?;
    let names = people.iter().map(|person| person.full_name()).collect();
    Ok((path_to(chat, id, message.seq, open.last_seq()), names))
}

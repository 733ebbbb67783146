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
use crate::place::{Place, path_of};
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
    let names = visitor.caller.read(input, |tx, actor, (chat, id)| Box::pin(names(tx, actor, *chat, *id)));
    let body = Page {
        words: visitor.words(),
        questions: words::questions(visitor.view.language),
        path: format!("{}#m-{}", path_of(place.chat), id.uuid()),
        names: names.await?,
    };
    Ok(visitor.show(&web, body.questions.likes, Corner::Chats, &body))
}

async fn names(tx: &Tx, actor: &Actor, chat: ChatRef, id: MessageId) -> Result<Vec<String>> {
    let open = flows::chats::open(tx, actor, chat, Right::ReadOne).await?;
    let message = messaging::message(tx, &open, id).await?;
    let people = flows::chats::people(tx, actor, message.likes).await?;
    Ok(people.iter().map(|person| person.full_name()).collect())
}

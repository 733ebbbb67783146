//! The page of the sandbox's provider, on which who is asked chooses whether they prove who they are.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use door::Work;
use door::pages::Corner;
use door::pages::forms::FIELD;
use flows::{ChatRef, asking};
use identity::verifications::{SANDBOX, sandbox_identity};
use kernel::{Error, Kind, MessageId, Result};

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::place::{Place, path_of};
use crate::reacting::{back_to, place_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Asking, fill};

#[derive(Template)]
#[template(path = "verify.html")]
struct Verify<'a> {
    words: &'static Asking,
    messages: &'static str,
    /// Where the message stands that asks.
    message: String,
    provider: &'static str,
    lead: String,
    path: String,
    field: &'static str,
    token: &'a str,
    attributes: Vec<(String, String)>,
}

/// Where somebody proves who they are, as a message asks them to.
pub fn verify_path(chat: ChatRef, message: MessageId) -> String {
    format!("{}/{}", path_of(chat).replacen("/chats/", "/verify/", 1), message.uuid())
}

/// What would be passed on, to whom, and the choice.
pub async fn ask(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    let id = place.message.ok_or(Error::not_found(Kind::Message))?;
    if is_settled(&visitor, place.chat, id).await? {
        return Ok(back_to(&visitor, place.chat, id).await);
    }
    let words = words::asking(visitor.view.language);
    let page = Verify {
        words,
        messages: visitor.words().messages,
        message: place_of(&visitor, place.chat, id).await,
        provider: SANDBOX.name,
        lead: fill(words.lead, &[&visitor.me.organisation_name]),
        path: verify_path(place.chat, id),
        field: FIELD,
        token: visitor.view.token.value(),
        attributes: words.attributes(visitor.view.language, &sandbox_identity(&visitor.me)),
    };
    Ok(visitor.show(&web, words.title, Corner::Chats, &page))
}

/// Passes on what the page showed, or that they would not.
pub async fn settle(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let id = place.message.ok_or(Error::not_found(Kind::Message))?;
    visitor.may(&web, Work::Message)?;
    is_settled(&visitor, place.chat, id).await?;
    let attributes = match form.first("answer") {
        Some("accept") => Some(sandbox_identity(&visitor.me)),
        Some("reject") => None,
        _ => return Err(Error::invalid("answer", "nothing_chosen", "accept or reject").into()),
    };
    let caller = &visitor.caller;
    asking::settle(&caller.house, &caller.actor, place.chat, id, attributes).await?;
    Ok(back_to(&visitor, place.chat, id).await)
}

/// Whether the visitor settled what a message asks of them by the sandbox's provider.
async fn is_settled(visitor: &Visitor, chat: ChatRef, id: MessageId) -> Result<bool> {
    let caller = &visitor.caller;
    let asked = asking::asked(&caller.house, &caller.actor, chat, id).await?;
    if asked.verification()?.provider != SANDBOX.id {
        return Err(Error::not_found(Kind::Message));
    }
    Ok(asked.is_answered())
}

//! Asking somebody in a conversation to prove who they are.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use door::Work;
use door::pages::Corner;
use door::pages::forms::FIELD;
use flows::{ChatRef, asking};
use identity::verifications::{SANDBOX, are_offered};
use kernel::{Actor, Error, PersonId, Result};
use messaging::Right;
use store::Tx;

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::once;
use crate::place::{Place, path_of};
use crate::reacting::back_to;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Chats, Questions, fill};

#[derive(Template)]
#[template(path = "prove.html")]
struct Page<'a> {
    words: &'static Chats,
    questions: &'static Questions,
    field: &'static str,
    token: &'a str,
    once: String,
    path: String,
    lead: String,
    /// Ids and names of those who can be asked; `None` where there is nobody who would tell who they are.
    people: Option<Vec<(String, String)>>,
    chosen: String,
    error: Option<&'static str>,
}

/// The form.
pub async fn form(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    Ok(page(&web, &visitor, place, String::new(), None).await?)
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    place: Place,
    chosen: String,
    error: Option<&'static str>,
) -> Result<Response> {
    let people =
        visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(askable(tx, actor, *chat))).await?;
    let questions = words::questions(visitor.view.language);
    let (status, title) = match error {
        Some(_) => {
            let title = fill(visitor.words().title_of_error, &[questions.prove_title]);
            (StatusCode::UNPROCESSABLE_ENTITY, title)
        }
        None => (StatusCode::OK, questions.prove_title.to_owned()),
    };
    let body = Page {
        words: visitor.words(),
        questions,
        field: FIELD,
        token: visitor.view.token.value(),
        once: once::number(&visitor.caller.house.rng),
        path: path_of(place.chat),
        lead: fill(questions.prove_lead, &[SANDBOX.name]),
        people,
        chosen,
        error,
    };
    Ok(visitor.show_as(web, status, &title, Corner::Chats, &body))
}

/// Everybody else in the conversation, for staff who are in it.
async fn askable(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Option<Vec<(String, String)>>> {
    let open = flows::chats::open(tx, actor, chat, Right::Post).await?;
    messaging::must_ask_who(&open)?;
    if !are_offered(tx, actor).await? {
        return Ok(None);
    }
    let there = messaging::members(tx, &open).await?;
    let others = there.iter().map(|member| member.person).filter(|person| *person != actor.person);
    let people = flows::chats::people(tx, actor, others).await?;
    Ok(Some(people.iter().map(|person| (person.id.uuid(), person.full_name())).collect()))
}

/// Asks them, or shows the form again with what is wrong with it.
pub async fn ask(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    visitor.may(&web, Work::Message)?;
    let chosen = form.first("person").unwrap_or_default().to_owned();
    let words = words::questions(visitor.view.language);
    let Some(person) = PersonId::from_uuid(&chosen) else {
        return Ok(page(&web, &visitor, place, chosen, Some(words.whom_missing)).await?);
    };
    let caller = once::by_form(&visitor.caller, &format!("{}/prove", path_of(place.chat)), &form);
    let asking = async {
        let asked = asking::ask_who(&caller.house, &caller.actor, place.chat, person, SANDBOX.id);
        asked.await.map(|posted| posted.id)
    };
    match once::done(&caller, asking).await {
        Ok(asked) => Ok(back_to(&visitor, place.chat, asked.made).await),
        Err(error) => {
            let why = unfit(words, &error).ok_or(error)?;
            Ok(page(&web, &visitor, place, chosen, Some(why)).await?)
        }
    }
}

/// What is wrong with the choice; `None` for what no other choice would mend.
fn unfit(words: &Questions, error: &Error) -> Option<&'static str> {
    match error {
        Error::Precondition { why } if why.code == "already_verified" => Some(words.proved_before),
        Error::Invalid { why, .. } if why.code == "not_a_member" => Some(words.whom_missing),
        Error::Invalid { why, .. } if why.code == "provider_not_found" => Some(words.no_provider),
        _ => None,
    }
}

//! Bringing people into a group that has begun.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::Corner;
use door::pages::forms::FIELD;
use flows::{ChatRef, FullChat};
use kernel::{Actor, Error, Result};
use messaging::Right;
use store::Tx;

use crate::assets::STYLE_PATH;
use crate::did::Did;
use crate::forms::OurForm;
use crate::groups::{self, Typed};
use crate::picker::{Picker, Turn};
use crate::place::{Place, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, About, Chats, Inviting, fill};

#[derive(Template)]
#[template(path = "add.html")]
struct Page<'a> {
    words: &'static Chats,
    about: &'static About,
    field: &'static str,
    token: &'a str,
    path: String,
    picker: Picker,
    typed: Typed,
    inviting: &'static Inviting,
    is_staff: bool,
}

/// The empty form.
pub async fn form(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    Ok(page(&web, &visitor, place, Typed::default(), Turn::default()).await?)
}

async fn page(web: &Web, visitor: &Visitor, place: Place, typed: Typed, turn: Turn) -> Result<Response> {
    let full = visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(look(tx, actor, *chat))).await?;
    let there: Vec<_> = full.members.iter().map(|member| member.person).collect();
    let about = visitor.about();
    let (status, title) = match typed.members_error {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, fill(visitor.words().title_of_error, &[about.add])),
        None => (StatusCode::OK, about.add.to_owned()),
    };
    let body = Page {
        words: visitor.words(),
        about,
        field: FIELD,
        token: visitor.view.token.value(),
        path: path_of(place.chat),
        picker: Picker::turned(visitor, turn, &typed.chosen, "", &there).await?,
        typed,
        inviting: words::inviting(visitor.view.language),
        is_staff: visitor.caller.actor.is_staff(),
    };
    Ok(visitor.show_as(web, status, &title, Corner::Chats, &body))
}

/// The form is for who may bring somebody in; that somebody may not is said before they choose.
async fn look(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<FullChat> {
    let open = flows::chats::open(tx, actor, chat, Right::Receive).await?;
    messaging::must_invite(&open)?;
    flows::chats::full(tx, actor, chat).await?.ok_or(Error::not_found(chat.kind()))
}

/// Brings them in, or shows the form again: another page of its people, or with what is wrong with it.
pub async fn add(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let mut typed = Typed::of(&form);
    if let Some(turn) = Turn::wanted(&form) {
        return Ok(page(&web, &visitor, place, typed, turn.of_people()).await?);
    }
    let why = if typed.chosen.is_empty() {
        visitor.words().members_missing.to_owned()
    } else {
        match bring(&visitor, place, &typed.chosen).await {
            Ok(()) => return Did::AddMembers.back_to(&visitor, place),
            Err(error) => words::trouble(visitor.view.language).mendable(&error, None).ok_or(error)?,
        }
    };
    typed.members_error = Some(why);
    let here = Turn::asked(&form, "at").unwrap_or_default().of_people();
    Ok(page(&web, &visitor, place, typed, here).await?)
}

async fn bring(visitor: &Visitor, place: Place, chosen: &[String]) -> Result<()> {
    let input = (place.chat, groups::people(chosen)?);
    let added = visitor.caller.write(input, |tx, actor, (chat, people)| {
        Box::pin(flows::chats::add_members(tx, actor, *chat, people))
    });
    added.await
}

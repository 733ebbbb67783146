//! The page that the link for guests of a group leads to. Looking at it changes nothing, and tells nothing of the group.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::Work;
use door::pages::forms::FIELD;
use door::pages::{Page, paths};
use flows::guests::{CODE, Door, Guest, PATH};
use identity::protocol::form::{Form, encode};
use identity::{Recognised, persons};
use kernel::{ChatId, Error, Result};
use secrecy::ExposeSecret as _;

use crate::refusals::Trouble;
use crate::views::Message;
use crate::visit::{Fields, Visit, see};
use crate::words::guest::GuestWords;
use crate::words::{self, Words};

/// Characters of a name that are shown again.
const NAME_CHARS_MAX: usize = 200;

/// What stands on the page.
#[derive(Template)]
#[template(path = "guest.html")]
struct View<'a> {
    words: &'static Words,
    text: &'static GuestWords,
    token: &'a str,
    code: &'a str,
    organisation: &'a str,
    /// Who has signed in, and cannot come as a guest.
    signed_in: Option<String>,
    name: &'a str,
    error: Option<&'static str>,
}

/// What the form says back.
#[derive(Default)]
struct Said {
    status: StatusCode,
    name: String,
    error: Option<&'static str>,
}

/// `GET`: what can be done with the link.
pub(crate) async fn show(visit: Visit) -> Response {
    let code = visit.query.first(CODE).unwrap_or_default();
    let shown = async {
        let Some(door) = opened(&visit, code).await? else { return Ok(closed(&visit)) };
        let who = visit.who().await?;
        match guest_there(&visit, who.as_ref(), &door).await? {
            Some(chat) => Ok(see(&paths::group(chat))),
            None if !door.link.opens => Ok(closed(&visit)),
            None => page(&visit, code, &door, who.as_ref(), &Said::default()).await,
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST` of the form.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let answer = match fields {
        Ok(form) => try_form(&visit, &form).await,
        Err(error) => Err(error),
    };
    match answer {
        Err(Error::Gone { .. }) => closed(&visit),
        answer => answer.unwrap_or_else(|error| Trouble::of(&error).show(&visit)),
    }
}

/// What a code leads to. Codes that lead nowhere count against the address that tries them.
async fn opened(visit: &Visit, code: &str) -> Result<Option<Door>> {
    if code.is_empty() {
        return Ok(None);
    }
    visit.rates.may(Work::Link, visit.origin.address)?;
    let hash = vault::token_hash(code);
    let door = visit.house.read(hash, |tx, hash| Box::pin(flows::guests::open(tx, hash))).await?;
    if door.is_none() {
        visit.rates.note(Work::Link, visit.origin.address);
    }
    Ok(door)
}

/// The chat, when this browser is in it as a guest already.
async fn guest_there(visit: &Visit, who: Option<&Recognised>, door: &Door) -> Result<Option<ChatId>> {
    let Some(who) = who else { return Ok(None) };
    let input = (who.clone(), door.clone());
    let is_there =
        visit.house.read(input, |tx, (who, door)| Box::pin(flows::guests::is_there(tx, who, door))).await?;
    Ok(is_there.then_some(door.link.chat))
}

async fn try_form(visit: &Visit, form: &Form) -> Result<Response> {
    if !visit.is_ours(form) {
        return Ok(Trouble::stale().show(visit));
    }
    let code = form.first(CODE).unwrap_or_default();
    let Some(door) = opened(visit, code).await? else { return Ok(closed(visit)) };
    let who = visit.who().await?;
    if let Some(chat) = guest_there(visit, who.as_ref(), &door).await? {
        return Ok(see(&paths::group(chat)));
    }
    if !door.link.opens {
        return Ok(closed(visit));
    }
    if who.is_some() {
        let said = Said { status: StatusCode::CONFLICT, ..Said::default() };
        return page(visit, code, &door, who.as_ref(), &said).await;
    }
    let name = form.first("name").unwrap_or_default().trim();
    match misfit(visit, name) {
        Some(error) => {
            let shown = name.chars().take(NAME_CHARS_MAX).collect();
            let said = Said { status: StatusCode::UNPROCESSABLE_ENTITY, name: shown, error: Some(error) };
            page(visit, code, &door, None, &said).await
        }
        None => come(visit, name, &door).await,
    }
}

fn misfit(visit: &Visit, name: &str) -> Option<&'static str> {
    let text = words::guest::of(visit.language(None));
    if name.is_empty() {
        return Some(text.name_missing);
    }
    persons::check_name(name).is_err().then_some(text.name_unfit)
}

async fn come(visit: &Visit, name: &str, door: &Door) -> Result<Response> {
    visit.rates.address(Work::Link, visit.origin.address)?;
    let language = visit.language(None);
    let guest = Guest { name: name.to_owned(), language, device: visit.device(), origin: visit.origin };
    let (person, session) = flows::guests::come(&visit.house, door, &guest).await?;
    visit.holders.keep(session.secret.expose_secret(), person);
    let mut response = see(&paths::group(door.link.chat));
    visit.cookies.set_session(&mut response, session.secret.expose_secret());
    Ok(response)
}

async fn page(
    visit: &Visit,
    code: &str,
    door: &Door,
    who: Option<&Recognised>,
    said: &Said,
) -> Result<Response> {
    let language = visit.language(None);
    let (words, text) = (words::of(language), words::guest::of(language));
    let (token, here) = (visit.form_token(), format!("{PATH}?{CODE}={}", encode(code)));
    let signed_in = match who {
        Some(who) => Some(visit.name_of(who).await?),
        None => None,
    };
    let organisation = door.organisation_name.as_str();
    let (name, error) = (said.name.as_str(), said.error);
    let body = View { words, text, token: token.value(), code, organisation, signed_in, name, error };
    let mut page = Page::new(language, text.title, &here);
    page.brand = organisation;
    page.status = said.status;
    page.leave = who.is_some().then_some(&token);
    let mut response = page.show(&body);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    Ok(response)
}

/// A link that opens nothing says so, and what to do.
fn closed(visit: &Visit) -> Response {
    let language = visit.language(None);
    let (title, text) = words::guest::of(language).closed;
    let page = Page { status: StatusCode::NOT_FOUND, ..Page::new(language, title, "/login") };
    let mut response = page.show(&Message { title, text, onward: None });
    visit.keep_language(&mut response);
    response
}

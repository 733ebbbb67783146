//! A message from somebody who was signed out while they wrote: a page of its own holds it until they have signed in
//! again beside it. Who was a guest cannot, and is told how they come back.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use door::Work;
use door::pages::forms::{self, FIELD, is_surely_from_here};
use door::pages::{FormToken, Page, paths};
use door::upload::Upload;
use flows::ChatRef;
use identity::guests::Visit;
use identity::protocol::form::encode;
use kernel::{PersonId, Result};

use crate::assets::STYLE_PATH;
use crate::forms::{foreign, must_be_ours};
use crate::once;
use crate::place::path_of;
use crate::refusals::{Refusal, status};
use crate::state::Web;
use crate::visitor::{guest_left, unsent};
use crate::words::{self, Chats, Keeping, Trouble};

/// The name of the hidden field with who writes: what was held is sent by nobody else.
pub const WRITER: &str = "writer";

#[derive(Template)]
#[template(path = "held.html")]
struct Held<'a> {
    words: &'static Keeping,
    chats: &'static Chats,
    field: &'static str,
    token: &'a str,
    writer: String,
    path: &'a str,
    once: String,
    sign_in: String,
    text: &'a str,
    had_files: bool,
}

/// For who was a guest: nobody ever sends the form again in their name.
#[derive(Template)]
#[template(path = "held-guest.html")]
struct OfGuest<'a> {
    words: &'static Keeping,
    chats: &'static Chats,
    trouble: &'static Trouble,
    title: &'static str,
    sentence: &'static str,
    text: &'a str,
}

/// The form of a conversation's page, and the number of the one that was shown.
type Which<'a> = (ChatRef, &'a str);

/// What a form of somebody unknown says.
#[derive(Default)]
struct Said {
    token: Option<String>,
    writer: Option<String>,
    text: Option<String>,
    had_files: bool,
}

impl Said {
    fn writer(&self) -> Option<PersonId> {
        self.writer.as_deref().and_then(PersonId::from_uuid)
    }

    /// The words, unless they are none.
    fn text(&self) -> Option<&str> {
        self.text.as_deref().filter(|text| !text.trim().is_empty())
    }
}

/// The page with the words that were not sent; whoever sent files alone is led to sign in.
pub async fn hold(web: &Web, chat: ChatRef, number: &str, request: Request) -> Response {
    let held = try_to_hold(web, (chat, number), request).await;
    held.unwrap_or_else(|error| Refusal(error).into_response())
}

async fn try_to_hold(web: &Web, which: Which<'_>, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    if let Err(error) = web.door.rates.address(Work::Message, web.door.address(&parts)) {
        door::body::refuse(&parts.headers, body).await;
        return Err(error);
    }
    let said = read(web, which, Request::from_parts(parts.clone(), body)).await?;
    match (web.visit_of(&parts).await?, said.text()) {
        (Some(visit), Some(text)) => Ok(show_to_guest(web, &parts, which.0, visit, text)),
        (Some(visit), None) => Err(guest_left(visit)),
        (None, Some(text)) => show(web, &parts, which, &said, text),
        (None, None) => Ok(unsent(&path_of(which.0))),
    }
}

fn show(web: &Web, parts: &Parts, (chat, number): Which<'_>, said: &Said, text: &str) -> Result<Response> {
    let (view, house, path) = (web.view(parts), &web.door.house, path_of(chat));
    let writer = said.writer().ok_or_else(foreign)?;
    let number = if number.is_empty() { once::number(&house.rng) } else { number.to_owned() };
    let name = name(writer, (chat, &number));
    let token = FormToken::held(&name, &parts.headers, web.cookies, &house.vault, &house.rng);
    let words = words::keeping(view.language);
    let held = Held {
        words,
        chats: words::chats(view.language),
        field: FIELD,
        token: token.value(),
        writer: writer.uuid(),
        path: &path,
        once: encode(&number),
        sign_in: paths::sign_in(&path),
        text,
        had_files: said.had_files,
    };
    let page = Page { status: StatusCode::UNAUTHORIZED, ..Page::new(view.language, words.title, &path) };
    let mut response = page.show(&held);
    token.bind(&mut response, web.cookies);
    Ok(response)
}

fn show_to_guest(web: &Web, parts: &Parts, chat: ChatRef, visit: Visit, text: &str) -> Response {
    let (view, path, error) = (web.view(parts), path_of(chat), guest_left(visit));
    let (trouble, language) = (words::trouble(view.language), view.language);
    let (title, sentence) = trouble.page_for(&error);
    let (words, chats) = (words::keeping(language), words::chats(language));
    let page = Page { status: status(&error), ..Page::new(language, title, &path) };
    page.show(&OfGuest { words, chats, trouble, title, sentence, text })
}

/// Reads the words of a form of ours, and none of its files.
async fn read(web: &Web, which: Which<'_>, request: Request) -> Result<Said> {
    let headers = request.headers().clone();
    let mut form = Upload::open(request.map(Body::new)).await?;
    let mut said = Said::default();
    let received = receive(web, which, &headers, &mut form, &mut said).await;
    form.drain().await;
    received.map(|()| said)
}

/// The form begins with what makes it one of ours, so that the words of no other are read. Nor is anything behind them,
/// however much comes.
async fn receive(
    web: &Web,
    which: Which<'_>,
    headers: &HeaderMap,
    form: &mut Upload,
    said: &mut Said,
) -> Result<()> {
    while let Some(part) = form.next_part().await? {
        match part.name() {
            Some(FIELD) if said.token.is_none() => said.token = Some(part.text().await?),
            Some(WRITER) if said.writer.is_none() => said.writer = Some(part.text().await?),
            Some("text") if said.text.is_none() => {
                must_be_shown_again(web, which, headers, said)?;
                said.text = Some(part.text().await?.replace("\r\n", "\n"));
            }
            name => {
                said.had_files = name == Some("files") && !part.file_name().is_empty();
                break;
            }
        }
    }
    must_be_shown_again(web, which, headers, said)
}

/// Passes when a page of ours sent the form. Its token was bound to the session: where the browser has lost its cookie,
/// the browser's own word will do, since its words are only shown to it again.
fn must_be_shown_again(web: &Web, which: Which<'_>, headers: &HeaderMap, said: &Said) -> Result<()> {
    if is_surely_from_here(headers) {
        return Ok(());
    }
    match (said.writer(), &said.token) {
        (Some(writer), Some(token)) if is_held(web, headers, writer, which, token) => Ok(()),
        (_, token) => must_be_ours(web, headers, token.as_deref()),
    }
}

/// Whether this form was held in this browser for this person.
pub fn is_held(web: &Web, headers: &HeaderMap, person: PersonId, which: Which<'_>, token: &str) -> bool {
    let (house, name) = (&web.door.house, name(person, which));
    forms::is_held(&name, headers, web.cookies, &house.vault, &house.settings.public_url, token)
}

/// What was held is sent once, where it was to go, by who wrote it.
fn name(writer: PersonId, (chat, number): Which<'_>) -> String {
    format!("{} {} {number}", writer.uuid(), path_of(chat))
}

//! A message from somebody who was signed out while they wrote: a page of its own holds it until they have signed in
//! again beside it.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use door::pages::forms::{FIELD, is_held_for, is_surely_from_here};
use door::pages::{FormToken, Page, paths};
use door::upload::Upload;
use flows::ChatRef;
use identity::protocol::form::encode;
use kernel::{PersonId, Result};

use crate::assets::STYLE_PATH;
use crate::forms::must_be_ours;
use crate::place::path_of;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::unsent;
use crate::words::{self, Chats, Keeping};

/// The name of the hidden field with who writes: what was held is sent by nobody else.
pub const WRITER: &str = "writer";

#[derive(Template)]
#[template(path = "held.html")]
struct Held<'a> {
    words: &'static Keeping,
    chats: &'static Chats,
    field: &'static str,
    token: &'a str,
    writer: &'a str,
    path: &'a str,
    once: String,
    sign_in: String,
    text: &'a str,
    had_files: bool,
}

/// What a form of somebody unknown says.
#[derive(Default)]
struct Said {
    token: String,
    writer: String,
    text: String,
    had_files: bool,
}

/// The page with the words that were not sent; whoever sent files alone is led to sign in.
pub async fn hold(web: &Web, chat: ChatRef, number: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match read(web, Request::from_parts(parts.clone(), body)).await {
        Ok(said) if said.text.trim().is_empty() => unsent(&path_of(chat)),
        Ok(said) => show(web, &parts, chat, number, &said),
        Err(error) => Refusal(error).into_response(),
    }
}

fn show(web: &Web, parts: &Parts, chat: ChatRef, number: &str, said: &Said) -> Response {
    let (view, house, path) = (web.view(parts), &web.door.house, path_of(chat));
    let token = FormToken::held_for(&said.writer, &parts.headers, web.cookies, &house.vault, &house.rng);
    let words = words::keeping(view.language);
    let held = Held {
        words,
        chats: words::chats(view.language),
        field: FIELD,
        token: token.value(),
        writer: &said.writer,
        path: &path,
        once: encode(number),
        sign_in: paths::sign_in(&path),
        text: &said.text,
        had_files: said.had_files,
    };
    let page = Page { status: StatusCode::UNAUTHORIZED, ..Page::new(view.language, words.title, &path) };
    let mut response = page.show(&held);
    token.bind(&mut response, web.cookies);
    response
}

/// Reads the words of a form of ours, and none of its files.
async fn read(web: &Web, request: Request) -> Result<Said> {
    let headers = request.headers().clone();
    let mut form = Upload::open(request.map(Body::new)).await?;
    let mut said = Said::default();
    let received = receive(&mut form, &mut said).await;
    form.drain().await;
    received?;
    must_be_shown_again(web, &headers, &said)?;
    Ok(said)
}

async fn receive(form: &mut Upload, said: &mut Said) -> Result<()> {
    while let Some(part) = form.next_part().await? {
        match part.name() {
            Some(FIELD) => said.token = part.text().await?,
            Some(WRITER) => said.writer = part.text().await?,
            Some("text") => said.text = part.text().await?.replace("\r\n", "\n"),
            Some("files") if !part.file_name().is_empty() => {
                said.had_files = true;
                return Ok(());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Passes when a page of ours sent the form. Its token was bound to the session: where the browser has lost its cookie,
/// the browser's own word will do, since its words are only shown to it again.
fn must_be_shown_again(web: &Web, headers: &HeaderMap, said: &Said) -> Result<()> {
    if is_surely_from_here(headers) {
        return Ok(());
    }
    match PersonId::from_uuid(&said.writer) {
        Some(writer) if is_held(web, headers, writer, &said.token) => Ok(()),
        _ => must_be_ours(web, headers, Some(&said.token)),
    }
}

/// Whether a form was held in this browser for this person.
pub fn is_held(web: &Web, headers: &HeaderMap, person: PersonId, token: &str) -> bool {
    let house = &web.door.house;
    is_held_for(&person.uuid(), headers, web.cookies, &house.vault, &house.settings.public_url, token)
}

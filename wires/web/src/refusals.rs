//! The house's errors as pages: what happened, in words for whoever reads it, and a way on.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, HeaderValue, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::Refused;
use door::pages::{Corner, Page, paths};
use kernel::{Error, Kind};
use messaging::Right;

use crate::place::{chat_around, path_of};
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Trouble};

/// What a handler answers when it does not do what was asked.
pub struct Refusal(pub Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(Refused(Arc::new(self.0)));
        response
    }
}

pub const fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::NotAllowed { .. } => StatusCode::FORBIDDEN,
        Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict { .. } | Error::Precondition { .. } => StatusCode::CONFLICT,
        Error::Gone { .. } => StatusCode::GONE,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Unsupported { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::LimitReached { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Bug { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Body {
    title: &'static str,
    sentence: &'static str,
    /// Where the ways on lead, and what they say, the nearest first.
    ways: Vec<(String, &'static str)>,
}

/// Lets a request in while neither who has signed in nor, for nobody, its address has asked too often.
pub async fn admit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Err(error) = web.door.count_visit(&parts).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    door::body::refuse(&parts.headers, body).await;
    Refusal(error).into_response()
}

/// Turns a bare refusal into a page in the reader's language.
pub async fn dress(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let came = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(Refused(error)) = response.extensions().get::<Refused>().cloned() else { return response };
    let mut dressed = page(&web, &came, response.status(), &error).await;
    add_patience(dressed.headers_mut(), &error);
    dressed.extensions_mut().insert(Refused(error));
    dressed
}

/// The page about an error. Who has signed in keeps the menu, unless it is the house that is too busy.
async fn page(web: &Web, came: &Parts, status: StatusCode, error: &Error) -> Response {
    let view = web.view(came);
    let words = words::trouble(view.language);
    let (title, sentence) = words.page_for(error);
    let page = Page { status, ..Page::new(view.language, title, "/") };
    let is_ours = matches!(error, Error::LimitReached { .. } | Error::Unavailable { .. } | Error::Bug { .. });
    let visitor = if is_ours { None } else { web.visitor(came).await.ok().flatten() };
    let ways = ways(words, came, visitor.as_ref(), error).await;
    let body = Body { title, sentence, ways };
    match visitor {
        Some(visitor) => visitor.show_at(web, page, Corner::Nowhere, &body),
        None => view.finish(web, page.show(&body)),
    }
}

/// To the conversation in which it happened, while its reader can open that, and to all of theirs; for who was a guest
/// there is an account alone, if they have one.
async fn ways(
    words: &'static Trouble,
    came: &Parts,
    visitor: Option<&Visitor>,
    error: &Error,
) -> Vec<(String, &'static str)> {
    if words::is_of_guest(error) {
        return vec![("/login".to_owned(), words.sign_in)];
    }
    let mut ways = Vec::new();
    if let (Some(visitor), Some(chat)) = (visitor, chat_around(&came.method, came.uri.path())) {
        let opened = visitor.caller.read(chat, |tx, actor, chat| {
            Box::pin(async move { flows::chats::find(tx, actor, *chat, Right::Receive).await.map(drop) })
        });
        if opened.await.is_ok() {
            ways.push((path_of(chat), words.back_to_chat));
        }
    }
    ways.push((paths::CHATS.to_owned(), words.back));
    ways
}

/// Answers a path at which there is nothing: a page to who asks for one, and a word to programs and to whoever asked
/// too often, for whom a page is too much work.
pub async fn nothing_here(State(web): State<Web>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let accepts = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let wants_page = parts.method == Method::GET && accepts.contains("text/html");
    if !wants_page || web.door.count_visit(&parts).await.is_err() {
        return door::neutral(StatusCode::NOT_FOUND, "not_found");
    }
    page(&web, &parts, StatusCode::NOT_FOUND, &Error::not_found(Kind::Page)).await
}

/// Says when to come back.
fn add_patience(headers: &mut HeaderMap, error: &Error) {
    if let Some(seconds) = error.retry_after_s() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

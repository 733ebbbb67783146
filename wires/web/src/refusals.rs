//! The house's errors as pages: what happened, in words for whoever reads it, and a way on.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::Refused;
use door::pages::Page;
use kernel::Error;

use crate::state::Web;
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

const fn status(error: &Error) -> StatusCode {
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
    words: &'static Trouble,
    title: &'static str,
    sentence: &'static str,
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
    let view = web.view(&parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(Refused(error)) = response.extensions().get::<Refused>().cloned() else { return response };
    let words = words::trouble(view.language);
    let (title, sentence) = words.page_for(&error);
    let page = Page { status: response.status(), ..Page::new(view.language, title, "/") };
    let mut dressed = view.finish(&web, page.show(&Body { words, title, sentence }));
    if let Some(seconds) = error.retry_after_s() {
        dressed.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    dressed.extensions_mut().insert(Refused(error));
    dressed
}

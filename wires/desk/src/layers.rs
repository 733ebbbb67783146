//! What stands before every route: who calls, how often, and whether they work at the desk.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use door::{Caller, Door, Work, bearer};
use kernel::{Error, Scope};

use crate::refusals::Refusal;

const EVERY_ANSWER: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Lets a request in whose token stands and has the scope `desk` for somebody who works here; neither its address nor who it
/// stands for has asked too often.
pub(crate) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut response = match knock(&door, &parts).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => {
            door::body::refuse(&parts.headers, body).await;
            refusal.into_response()
        }
    };
    response.headers_mut().extend(EVERY_ANSWER);
    response
}

async fn knock(door: &Door, parts: &Parts) -> Result<Caller, Refusal> {
    let origin = door.origin(parts);
    door.rates.may(Work::Request, origin.address)?;
    let Some(token) = bearer(parts) else { return Err(Refusal::no_token()) };
    let caller = match door.recognise(token, origin).await {
        // It counts as at the token endpoint, and holds up nobody there whose token stands.
        Err(Error::Unauthenticated) => {
            door.rates.address(Work::Token, origin.address)?;
            return Err(Error::Unauthenticated.into());
        }
        recognised => recognised?,
    };
    door.rates.account(Work::Request, caller.actor.person)?;
    if !caller.actor.scopes.has(Scope::Desk) {
        return Err(Error::not_allowed("insufficient_scope", "The token lacks the scope desk.").into());
    }
    if !caller.actor.is_staff() {
        return Err(
            Error::not_allowed("not_staff", "Only who works for the organisation may do this.").into()
        );
    }
    Ok(caller)
}

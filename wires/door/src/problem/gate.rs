//! What stands before every route: who calls, how often, and whether they may come in at all.

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kernel::{Actor, Error, Scope};

use super::Refusal;
use crate::{Caller, Door, Work, bearer, body};

const EVERY_ANSWER: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Lets a request in whose token stands and has the scope, for somebody of whom `may` says so; neither its address nor who it
/// stands for has asked too often.
pub async fn admit(
    door: &Door,
    (scope, may): (Scope, fn(&Actor) -> kernel::Result<()>),
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut response = match knock(door, (scope, may), &parts).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => {
            body::refuse(&parts.headers, body).await;
            refusal.into_response()
        }
    };
    response.headers_mut().extend(EVERY_ANSWER);
    response
}

async fn knock(
    door: &Door,
    (scope, may): (Scope, fn(&Actor) -> kernel::Result<()>),
    parts: &Parts,
) -> Result<Caller, Refusal> {
    let origin = door.origin(parts);
    door.rates.may(Work::Request, origin.address)?;
    let Some(token) = bearer(parts) else { return Err(Refusal::no_token(scope)) };
    let caller = match door.recognise(token, origin).await {
        // It counts as at the token endpoint, and holds up nobody there whose token stands.
        Err(Error::Unauthenticated) => {
            door.rates.address(Work::Token, origin.address)?;
            return Err(Error::Unauthenticated.into());
        }
        recognised => recognised?,
    };
    door.rates.account(Work::Request, caller.actor.person)?;
    if !caller.actor.scopes.has(scope) {
        return Err(Refusal::lacks(scope));
    }
    may(&caller.actor)?;
    Ok(caller)
}

//! What surrounds every route: who calls, how often, with which scopes, and the bodies of refusals in the language of who is
//! spoken to.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use door::{Caller, Door, bearer};
use futures_util::FutureExt as _;
use identity::Language;
use kernel::{Error, PersonId};

use crate::refusals::{self, Refusal};
use crate::table::{self, Found};

const EVERY_ANSWER: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Wraps a route.
pub(crate) async fn surround(State(door): State<Door>, request: Request, next: Next) -> Response {
    let wish = language_wish(request.headers());
    let (person, response) = admit(&door, request, next).await;
    let mut response = if refusals::is_unwritten(&response) {
        let language = spoken(&door, person, wish).await;
        let mut response = refusals::write_body(response, language);
        response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
        response
    } else {
        response
    };
    response.headers_mut().extend(EVERY_ANSWER);
    response
}

/// What a client wants of what we speak.
fn language_wish(headers: &HeaderMap) -> Option<Language> {
    Language::accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// The language of the person; of who is not known, what their client asks for.
async fn spoken(door: &Door, person: Option<PersonId>, wish: Option<Language>) -> Language {
    let Some(person) = person else { return wish.unwrap_or_default() };
    let known =
        door.house.db.read(person, |tx, person| Box::pin(identity::notices::language(tx, *person))).await;
    // A refusal is told in any case, in whatever language.
    known.ok().flatten().or(wish).unwrap_or_default()
}

/// Lets a request in whose token stands, has quota left, and was granted every scope of the table.
async fn admit(door: &Door, request: Request, next: Next) -> (Option<PersonId>, Response) {
    let (mut parts, body) = request.into_parts();
    let caller = match knock(door, &parts).await {
        Ok(caller) => caller,
        Err(refusal) => {
            door::body::refuse(&parts.headers, body).await;
            return (None, refusal.into_response());
        }
    };
    let person = Some(caller.actor.person);
    if let Err(refusal) = may(&caller, &parts) {
        door::body::refuse(&parts.headers, body).await;
        return (person, refusal.into_response());
    }
    parts.extensions.insert(caller);
    (person, whole(next.run(Request::from_parts(parts, body))).await)
}

/// The answer, in this wire's words also when the handler panics. The panic itself has told where it was.
async fn whole(answer: impl Future<Output = Response>) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind().await;
    answer.unwrap_or_else(|_| Refusal::from(Error::bug("a handler panicked")).into_response())
}

async fn knock(door: &Door, parts: &Parts) -> Result<Caller, Refusal> {
    let Some(token) = bearer(parts) else { return Err(Refusal::no_token()) };
    let caller = door.recognise(token, door.origin(parts)).await?;
    door.portal_quota.count(&vault::token_hash(token)).1?;
    let base = base_of(parts, &door.house.settings.portal_paths);
    Ok(Caller { base, ..caller })
}

/// Under which of these paths a request came.
fn base_of(parts: &Parts, bases: &[String]) -> Arc<str> {
    let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    let is_under = |base: &&String| {
        let rest = asked.path().strip_prefix(base.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let longest = bases.iter().filter(is_under).max_by_key(|base| base.len());
    longest.map(|base| base.as_str().into()).unwrap_or_default()
}

/// Passes when the token was granted every scope that the table asks for: one of them is not enough.
fn may(caller: &Caller, parts: &Parts) -> Result<(), Refusal> {
    let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let path = path.strip_prefix(&*caller.base).unwrap_or_default();
    match table::find(&parts.method, path) {
        Found::Row(row) if row.scopes.iter().all(|scope| caller.actor.scopes.has(*scope)) => Ok(()),
        Found::Row(row) => Err(Refusal::lacks(row.scopes)),
        Found::WrongVerb => Err(Refusal::wrong_verb()),
        Found::Nothing => Err(Refusal::no_such_path()),
    }
}

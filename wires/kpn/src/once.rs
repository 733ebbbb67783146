//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that its client named is done once, however often
//! it comes within 24 hours (docs/dialects/kpn.md, requests that are named).

use aws_lc_rs::digest::{SHA256, digest};
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::once::{KEY, name};
use door::{Caller, Door, Refused};
use identity::once::{self, Done};
use kernel::limits::JSON_BODY_BYTES_MAX;
use kernel::{Error, ImportId, Once, Result};
use parking_lot::Mutex;

use crate::company;
use crate::refusals::Refusal;
use crate::words::Made;

/// Whether the client named this request. Only what makes something is worth a name.
pub(crate) fn is_named(parts: &Parts) -> bool {
    parts.method == Method::POST && parts.headers.contains_key(KEY)
}

/// Does a request that its client named, unless that was done; one that is under way is joined.
pub(crate) async fn answer(door: &Door, mut parts: Parts, body: Body, form: bool, next: Next) -> Response {
    // A form is told by its length: to compare its files they would have to be read, and kept, first.
    let named = match (name(&parts.headers), form) {
        (Err(error), _) => Err((error, Some(body))),
        (Ok(_), true) if !parts.headers.contains_key(CONTENT_LENGTH) => Err((no_length(), Some(body))),
        (Ok(name), true) => Ok((name, Bytes::new(), body)),
        (Ok(name), false) => match door::body::whole(body, JSON_BODY_BYTES_MAX).await {
            Ok(body) => Ok((name, body.clone(), Body::from(body))),
            Err(error) => Err((error, None)),
        },
    };
    let (name, text, body) = match named {
        Ok(named) => named,
        Err((error, rest)) => {
            if let Some(rest) = rest {
                door::body::refuse(&parts.headers, rest).await;
            }
            return Refusal::from(error).into_response();
        }
    };
    let asked = asked(&parts, &text, form);
    let Some(caller) = parts.extensions.get_mut::<Caller>() else {
        return Refusal::from(Error::bug("a request without its caller")).into_response();
    };
    let named = once::named(&caller.house.vault, &caller.actor, &name, &asked);
    caller.actor.origin.once = Some(named);
    let caller = caller.clone();
    join(door, &caller, named, Request::from_parts(parts, body), next).await
}

/// Without its length, any upload to a chat would be the same as the first.
fn no_length() -> Error {
    Error::invalid(KEY, "length_missing", "an upload under a key says its Content-Length")
}

/// What is asked for, as far as it tells one request from another: of a form its length.
fn asked(parts: &Parts, text: &[u8], form: bool) -> Vec<u8> {
    let length = parts.headers.get(CONTENT_LENGTH).filter(|_| form).map(|length| length.as_bytes());
    let sent = [length.unwrap_or_default(), text].concat();
    door::once::asked(parts, &sent)
}

async fn join(door: &Door, caller: &Caller, named: Once, request: Request, next: Next) -> Response {
    let mut key = [0; 32];
    // The links in an answer are of the base path that was asked.
    let same = [&named.key[..], &named.request, caller.base.as_bytes()].concat();
    key.copy_from_slice(digest(&SHA256, &same).as_ref());
    let named = Named { caller: caller.clone(), once: named, path: request.uri().path().to_owned() };
    let headers = request.headers().clone();
    let request = Arc::new(Mutex::new(Some(request)));
    let taken = request.clone();
    let work = async move {
        match named.find().await {
            // It was not done, or by something that leaves no note, since to do it twice is to do it once.
            Ok(None) => {}
            found => return named.told(found).await,
        }
        let Some(request) = taken.lock().take() else { return broken_off() };
        let response = next.run(request).await;
        // Another server of the same database may have been faster.
        if is_used(&response) { named.told(named.find().await).await } else { response }
    };
    let answer = door.joined.answer(key, work).await.unwrap_or_else(broken_off);
    let unread = request.lock().take();
    if let Some(unread) = unread {
        // Who sends the same files again must be listened to, or they never hear the answer.
        door::body::refuse(&headers, unread.into_body()).await;
    }
    answer
}

fn broken_off() -> Response {
    Refusal::from(Error::unavailable("the work broke off")).into_response()
}

/// A request by its name.
struct Named {
    caller: Caller,
    once: Once,
    path: String,
}

impl Named {
    async fn find(&self) -> Result<Option<Done>> {
        self.caller.house.db.read(self.once, |tx, named| Box::pin(once::find(tx, named))).await
    }

    /// The answer to a request that was done.
    async fn told(&self, found: Result<Option<Done>>) -> Response {
        match found {
            Ok(Some(Done::Same(made))) if self.path.ends_with("/company/import") => {
                let taken = company::taken(&self.caller, ImportId::from_bytes(*made.as_bytes())).await;
                taken.map_err(Refusal::from).into_response()
            }
            Ok(Some(Done::Same(made))) => {
                (StatusCode::CREATED, Json(Made { id: made.uuid() })).into_response()
            }
            Ok(Some(Done::Another)) => Refusal::from(once::is_used()).into_response(),
            Ok(None) => broken_off(),
            Err(error) => Refusal::from(error).into_response(),
        }
    }
}

fn is_used(response: &Response) -> bool {
    let refused = response.extensions().get::<Refused>();
    refused
        .is_some_and(|Refused(error)| matches!(&**error, Error::Conflict { why } if why.code == once::USED))
}

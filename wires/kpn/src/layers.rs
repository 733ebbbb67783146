//! What surrounds every route of this wire: the version header, the quota and its headers, the caller, error
//! bodies, and joining a request that comes again while the first is at work.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::{Caller, Door, Standing, bearer};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use kernel::limits::JSON_BODY_BYTES_MAX;
use kernel::{Error, RequestId, Result};

use crate::refusals::{self, Refusal};
use crate::{once, tags};

/// The one version that the vendor lists.
const VERSION: &str = "v1.0";

/// Wraps a route.
pub async fn surround(State(door): State<Door>, request: Request, next: Next) -> Response {
    let transaction = request.extensions().get::<RequestId>().map(kernel::Id::hex).unwrap_or_default();
    let (standing, response) = admit(&door, request, next).await;
    let mut response = refusals::write_body(response, transaction);
    add_headers(&mut response, standing);
    response
}

/// Lets a request in when its version is known and its token stands and has quota left.
async fn admit(door: &Door, request: Request, next: Next) -> (Standing, Response) {
    let (mut parts, body) = request.into_parts();
    let (standing, caller) = knock(door, &parts).await;
    let (caller, key) = match caller {
        Ok(caller) => caller,
        Err(refusal) => {
            door::body::refuse(&parts.headers, body).await;
            return (standing, refusal.into_response());
        }
    };
    let base = base_of(&parts, &door.house.settings.kpn_paths);
    parts.extensions.insert(Caller { base: base.clone(), ..caller });
    let response = match parts.method {
        // The body of an answer to HEAD is thrown away further out, unread.
        Method::GET | Method::HEAD => {
            let known = door::tags::known(&parts.headers);
            door::tags::unless_known(&known, whole(next.run(Request::from_parts(parts, body))).await)
        }
        _ if once::is_named(&parts) => {
            let is_form = is_multipart(&parts.headers);
            once::answer(door, parts, body, is_form, next).await
        }
        _ if is_multipart(&parts.headers) => whole(next.run(Request::from_parts(parts, body))).await,
        _ => join(door, (key, &base), parts, body, next).await,
    };
    (standing, response)
}

/// Under which of these paths a request came: the links in its answer go on from there, since a proxy may pass on no other.
fn base_of(parts: &Parts, bases: &[String]) -> Arc<str> {
    let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    let is_under = |base: &&String| {
        let rest = asked.path().strip_prefix(base.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let longest = bases.iter().filter(is_under).max_by_key(|base| base.len());
    longest.map(|base| base.as_str().into()).unwrap_or_default()
}

/// Who calls, and the hash of their token; in any case where they stand with their quota.
async fn knock(door: &Door, parts: &Parts) -> (Standing, Result<(Caller, [u8; 32]), Refusal>) {
    let untouched = door.messenger_quota.untouched();
    if let Err(error) = check_version(parts.headers.get("api-version")) {
        return (untouched, Err(error.into()));
    }
    let Some(token) = bearer(parts) else { return (untouched, Err(Refusal::no_token())) };
    let key = vault::token_hash(token);
    match door.recognise(token, door.origin(parts)).await {
        Ok(caller) => {
            let (standing, mut verdict) = door.messenger_quota.count(&key);
            if verdict.is_ok() && is_multipart(&parts.headers) {
                verdict = door.messenger_uploads.count(&key).1;
            }
            (standing, verdict.map(|()| (caller, key)).map_err(Refusal::from))
        }
        Err(error) => (untouched, Err(error.into())),
    }
}

/// The answer, in this wire's words also when the handler panics. The panic itself has told where it was.
async fn whole(answer: impl Future<Output = Response>) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind().await;
    answer.unwrap_or_else(|_| Refusal::from(Error::bug("a handler panicked")).into_response())
}

/// Reads the body and does the request, unless the same one is under way.
async fn join(
    door: &Door,
    (token, base): ([u8; 32], &str),
    parts: Parts,
    body: Body,
    next: Next,
) -> Response {
    let body = match door::body::whole(body, JSON_BODY_BYTES_MAX).await {
        Ok(body) => body,
        Err(error) => return Refusal::from(error).into_response(),
    };
    let mut same = Context::new(&SHA256);
    let uri = parts.uri.to_string();
    // Of two who want the same, one may want it only of the chat as they last read it.
    let conditions = tags::conditions(&parts.headers);
    let method = parts.method.as_str();
    // The links in an answer are of the base path that was asked.
    for part in [&token[..], base.as_bytes(), method.as_bytes(), uri.as_bytes(), conditions.as_bytes(), &body]
    {
        same.update(&u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        same.update(part);
    }
    let mut key = [0; 32];
    key.copy_from_slice(same.finish().as_ref());
    let request = Request::from_parts(parts, Body::from(body));
    let answer = door.joined.answer(key, next.run(request)).await;
    answer.unwrap_or_else(|| Refusal::from(Error::unavailable("the work broke off")).into_response())
}

fn is_multipart(headers: &axum::http::HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let family = kind.and_then(|kind| kind.split('/').next());
    family.is_some_and(|family| family.trim_start().eq_ignore_ascii_case("multipart"))
}

/// Passes for the one version there is, and for who names none.
pub(crate) fn check_version(asked: Option<&HeaderValue>) -> Result<()> {
    match asked.map(HeaderValue::to_str) {
        None => Ok(()),
        Some(Ok(version)) if version.trim() == VERSION => Ok(()),
        Some(_) => Err(Error::invalid("api-version", "unknown_version", "the only version is v1.0")),
    }
}

/// The KPN gateway's headers, on every answer (docs/dialects/kpn.md, errors).
pub(crate) fn add_headers(response: &mut Response, standing: Standing) {
    let resets = Timestamp::from_second(standing.resets_at_s).unwrap_or(Timestamp::MAX).to_string();
    let headers = response.headers_mut();
    let says_itself = headers.contains_key(header::ETAG) && headers.contains_key(header::CACHE_CONTROL);
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("quota-limit", &standing.limit.to_string());
    set("quota-interval", "1");
    set("quota-time-unit", "second");
    set("quota-used", &standing.used.to_string());
    set("quota-reset-utc", &resets);
    set("sunset", "n/a");
    set("api-version", VERSION);
    set("strict-transport-security", "max-age=31536000; includeSubDomains; preload");
    // Pictures say themselves how they may be kept.
    if !says_itself {
        set("cache-control", "no-store");
    }
    set("x-content-type-options", "nosniff");
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_answers_in_the_words_of_this_wire() {
        let panics = whole(async { panic!("what the client sent") }).await;
        let answer = refusals::write_body(panics, "5f".to_owned());
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(answer.into_body(), 1 << 10).await.expect("a body");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((&body["error"], &body["transactionId"]), (&"internal_error".into(), &"5f".into()));
        assert!(!body.to_string().contains("client sent"));
    }
}

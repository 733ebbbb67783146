//! Each request gets an id, a line in the log when it is done, and a measure. Never its query, body or token.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use kernel::{Error, RequestId};

use crate::Door;

/// A year. Subdomains are the operator's own affair, since another program may stand there.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The error behind a refusal, left in the response's extensions for the log.
#[derive(Clone)]
pub struct Refused(pub std::sync::Arc<Error>);

/// Names the request, and notes how it went.
pub async fn note_request(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let id = RequestId::new(&door.house.clock, &door.house.rng);
    request.extensions_mut().insert(id);
    let method = method_name(request.method());
    // The route and not the path: a path may name a person.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let started = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status();
    let route = route.unwrap_or_else(|| "unknown".to_owned());
    // Each label has one of a few values, since each set of them is kept for ever.
    let labels =
        [("route", route.clone()), ("method", method.to_owned()), ("status", status.as_str().to_owned())];
    let took = started.elapsed();
    metrics::histogram!("bedside_http_seconds", &labels).record(took.as_secs_f64());
    let (status_number, took_ms) = (status.as_u16(), took.as_millis());
    match response.extensions().get::<Refused>() {
        Some(Refused(error)) if status.is_server_error() => {
            tracing::error!(request = %id, method, route, status = status_number, took_ms, ?error, "refused");
        }
        Some(Refused(error)) => {
            tracing::debug!(request = %id, method, route, status = status_number, took_ms, ?error, "refused");
        }
        None => tracing::debug!(request = %id, method, route, status = status_number, took_ms, "answered"),
    }
    if let Ok(value) = HeaderValue::from_str(&id.hex()) {
        response.headers_mut().insert("x-request-id", value);
    }
    // Over plain HTTP browsers must not be told (RFC 6797 section 7.2). A dialect that has its own words keeps them.
    if door.house.settings.public_url.starts_with("https://") {
        response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert(HTTPS_ONLY);
    }
    response
}

/// A method's name; of those that somebody made up, all have one.
fn method_name(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

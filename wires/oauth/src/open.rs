//! What applications in a browser may call from any origin: no cookie counts at these addresses.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue, RETRY_AFTER,
};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::{Door, Work};
use kernel::Error;
use serde::Serialize;

/// A refusal as RFC 6749 and RFC 6750 shape it.
#[derive(Serialize)]
pub(crate) struct Refusal {
    pub error: &'static str,
    pub error_description: &'static str,
}

/// `OPTIONS`: what a browser asks before it lets a page of elsewhere call; the answer is in the headers.
pub(crate) async fn preflight() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Lets a page of elsewhere call, and read the answer.
pub(crate) async fn share(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate, Retry-After"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets a request in while its address has not asked too often.
pub(crate) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Err(error) = door.rates.address(Work::Request, door.address(&parts)) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    door::body::refuse(&parts.headers, body).await;
    troubled(&error)
}

/// Not the caller's fault, or not only.
pub(crate) fn troubled(error: &Error) -> Response {
    let (status, error_description) = match error {
        Error::LimitReached { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "Too many tries. Try again in a moment.")
        }
        Error::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment."),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here."),
    };
    if status.is_server_error() {
        tracing::error!(?error, "an open endpoint failed");
    }
    let name =
        if status == StatusCode::INTERNAL_SERVER_ERROR { "server_error" } else { "temporarily_unavailable" };
    let mut response = (status, Json(Refusal { error: name, error_description })).into_response();
    if let Some(seconds) = error.retry_after_s() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

//! What our own JSON APIs share, each for one scope: errors as problem details (RFC 9457), what stands before their routes, how
//! they read what they are sent, and what their documents say of it.

mod documented;
mod gate;
mod taken;

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Limit, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Refused;

pub use documented::{Asking, Changing, Naming, secure};
pub use gate::admit;
pub use taken::{At, Named, Query, Words, named};

/// The body of every answer that is not a success (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status in words.
    #[schema(example = "Not Found")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What went wrong, in snake case, for programs.
    #[schema(example = "resource_not_found")]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// Which part of the request does not fit, when it is one.
    pub field: Option<&'static str>,
}

/// What a handler answers when it does not do what was asked.
pub struct Refusal {
    status: StatusCode,
    code: Cow<'static, str>,
    sentence: Cow<'static, str>,
    field: Option<&'static str>,
    cause: Option<Arc<Error>>,
    /// RFC 6750 section 3: what is asked of who comes, and why their token did not do.
    challenge: Option<String>,
}

impl Refusal {
    fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        sentence: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (code, sentence) = (code.into(), sentence.into());
        let unknown = || "Bearer error=\"invalid_token\"".to_owned();
        let challenge = (status == StatusCode::UNAUTHORIZED).then(unknown);
        Self { status, code, sentence, field: None, cause: None, challenge }
    }

    fn beyond(status: StatusCode, code: &'static str, limit: Limit) -> Self {
        Self::new(status, code, format!("The limit {} of {} is reached.", limit.name, limit.most))
    }

    /// A path that the wire does not have.
    #[must_use]
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path.")
    }

    /// A verb that this path does not take.
    #[must_use]
    pub fn wrong_verb() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This path does not take that method.",
        )
    }

    /// Somebody who brings no token: no fault of one is named, since none was looked at (RFC 6750 section 3.1).
    fn no_token(scope: Scope) -> Self {
        let challenge = Some(format!("Bearer realm=\"{}\"", scope.name()));
        Self { challenge, ..Self::from(Error::Unauthenticated) }
    }

    /// Somebody whose token lacks the scope.
    fn lacks(scope: Scope) -> Self {
        let name = scope.name();
        let error = Error::not_allowed("insufficient_scope", format!("The token lacks the scope {name}."));
        let challenge = Some(format!("Bearer error=\"insufficient_scope\", scope=\"{name}\""));
        Self { challenge, ..Self::from(error) }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        use StatusCode as S;
        let said = |status, why: &kernel::Public| Self::new(status, why.code, why.sentence.clone());
        let refusal = match &error {
            Error::Unauthenticated => {
                Self::new(S::UNAUTHORIZED, "unauthorized", "A valid access token is needed.")
            }
            Error::NotFound { what } | Error::Gone { what } => {
                let code = format!("{}_not_found", what.code());
                Self::new(S::NOT_FOUND, code, "There is no such thing in this organisation.")
            }
            Error::NotAllowed { why } => said(S::FORBIDDEN, why),
            Error::Invalid { field, why } => {
                Self { field: Some(field_of(field)), ..said(S::UNPROCESSABLE_ENTITY, why) }
            }
            Error::Conflict { why } => said(S::CONFLICT, why),
            Error::Precondition { why } => said(S::CONFLICT, why),
            Error::TooLarge { limit } => Self::beyond(S::PAYLOAD_TOO_LARGE, "too_large", *limit),
            Error::Unsupported { why } => said(S::UNPROCESSABLE_ENTITY, why),
            Error::LimitReached { limit, .. } => {
                Self::beyond(S::TOO_MANY_REQUESTS, "too_many_requests", *limit)
            }
            Error::Unavailable { .. } => {
                let why = "Not now; it is not known to be done.";
                Self::new(S::SERVICE_UNAVAILABLE, "service_unavailable", why)
            }
            Error::Bug { .. } => {
                Self::new(S::INTERNAL_SERVER_ERROR, "internal_error", "Something is wrong here.")
            }
        };
        Self { cause: Some(Arc::new(error)), ..refusal }
    }
}

/// What these APIs call a field of the house: their names say the unit.
const fn field_of(field: &'static str) -> &'static str {
    match field.as_bytes() {
        b"duration" => "duration_minutes",
        b"grid" => "grid_minutes",
        b"notice" => "notice_minutes",
        b"horizon" => "horizon_days",
        b"cancel" => "cancel_minutes",
        b"reschedule" => "reschedule_minutes",
        b"parts" => "resources",
        b"ages" => "age_until",
        b"asap_hold" => "asap_hold_minutes",
        b"asap_debounce" => "asap_debounce_minutes",
        b"quiet" => "quiet_from",
        b"video_minutes" => "video_opens_minutes",
        _ => field,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem {
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            code: self.code.into_owned(),
            detail: self.sentence.into_owned(),
            field: self.field,
        };
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.cause.as_deref().and_then(Error::retry_after_s) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(Refused(cause));
        }
        response
    }
}

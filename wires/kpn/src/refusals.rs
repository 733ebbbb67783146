//! The house's errors as this dialect says them (docs/dialects/kpn.md, errors): few statuses, in one body for both
//! front doors (Alterdesk's `code` and `error`, the KPN gateway's five strings).

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use door::Refused;
use kernel::Error;
use serde::Serialize;
use utoipa::ToSchema;

/// What a handler answers when it does not do what was asked.
pub struct Refusal {
    status: StatusCode,
    code: Cow<'static, str>,
    sentence: Cow<'static, str>,
    cause: Option<Arc<Error>>,
}

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// The HTTP status.
    #[schema(example = 404)]
    pub code: u16,
    /// What went wrong, in snake case.
    #[schema(example = "groupchat_not_found")]
    pub error: String,
    /// The request's id, as in the header `x-request-id`.
    #[serde(rename = "transactionId")]
    pub transaction_id: String,
    /// The HTTP status as text.
    #[schema(example = "404")]
    pub status: String,
    /// The HTTP status in words.
    #[schema(example = "Not Found")]
    pub name: String,
    /// A sentence for the developer.
    pub message: String,
    /// More about it, or nothing.
    pub info: String,
}

impl Refusal {
    fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        sentence: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, code: code.into(), sentence: sentence.into(), cause: None }
    }

    /// A path that this wire does not have.
    #[must_use]
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
    }

    /// A verb that this path does not take.
    #[must_use]
    pub fn wrong_verb() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take that method")
    }

    /// An upgrade that is none to a websocket.
    #[must_use]
    pub(crate) fn no_websocket() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "websocket_expected", "this path is a websocket (RFC 6455)")
    }

    /// What went wrong of ours, for the log; nothing when it is the client's affair.
    pub(crate) fn fault(&self) -> Option<&Error> {
        self.cause.as_deref().filter(|_| self.status.is_server_error())
    }

    /// The body, for a request of this id.
    #[must_use]
    pub fn body(&self, transaction_id: String) -> ErrorBody {
        ErrorBody {
            code: self.status.as_u16(),
            error: self.code.to_string(),
            transaction_id,
            status: self.status.as_str().to_owned(),
            name: self.status.canonical_reason().unwrap_or_default().to_owned(),
            message: self.sentence.to_string(),
            info: String::new(),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        use StatusCode as S;
        let refusal = match &error {
            Error::Unauthenticated => {
                Self::new(S::UNAUTHORIZED, "unauthorized", "a valid access token is needed")
            }
            Error::NotFound { what } | Error::Gone { what } => Self::new(
                S::NOT_FOUND,
                format!("{}_not_found", what.code()),
                "there is no such thing for this user",
            ),
            Error::NotAllowed { why } => Self::new(S::FORBIDDEN, why.code, why.sentence.clone()),
            Error::Invalid { field, why } => {
                Self::new(S::BAD_REQUEST, why.code, format!("{field}: {}", why.sentence))
            }
            Error::Conflict { why } | Error::Precondition { why } => {
                Self::new(S::PRECONDITION_FAILED, why.code, why.sentence.clone())
            }
            Error::TooLarge { limit } => {
                Self::new(S::BAD_REQUEST, "too_large", format!("{} is more than {}", limit.name, limit.most))
            }
            Error::Unsupported { why } => Self::new(S::BAD_REQUEST, why.code, why.sentence.clone()),
            Error::LimitReached { limit, .. } => Self::new(
                S::TOO_MANY_REQUESTS,
                "too_many_requests",
                format!("{}: {}", limit.name, limit.most),
            ),
            Error::Unavailable { .. } => Self::new(
                S::SERVICE_UNAVAILABLE,
                "service_unavailable",
                "not now; it is not known to be done",
            ),
            Error::Bug { .. } => {
                Self::new(S::INTERNAL_SERVER_ERROR, "internal_error", "something is wrong here")
            }
        };
        Self { cause: Some(Arc::new(error)), ..refusal }
    }
}

/// A refusal whose body is still to be written, since only the outer layer knows the request's id.
#[derive(Clone)]
pub(crate) struct Unwritten(pub Arc<Refusal>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.cause.as_deref().and_then(Error::retry_after_s) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge() {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(cause) = &self.cause {
            response.extensions_mut().insert(Refused(cause.clone()));
        }
        response.extensions_mut().insert(Unwritten(Arc::new(self)));
        response
    }
}

impl Refusal {
    /// RFC 6750 section 3: why the token did not do.
    fn challenge(&self) -> Option<&'static str> {
        match self.status {
            StatusCode::UNAUTHORIZED => Some("Bearer error=\"invalid_token\""),
            StatusCode::FORBIDDEN if self.code == "insufficient_scope" => {
                Some("Bearer error=\"insufficient_scope\"")
            }
            _ => None,
        }
    }
}

/// Writes the body of a refusal.
pub(crate) fn write_body(response: Response, transaction_id: String) -> Response {
    let Some(Unwritten(refusal)) = response.extensions().get::<Unwritten>().cloned() else { return response };
    let (mut parts, _) = response.into_parts();
    let body = Json(refusal.body(transaction_id)).into_response();
    parts.headers.extend(body.headers().clone());
    Response::from_parts(parts, body.into_body())
}

//! The house's errors as this dialect says them (docs/dialects/kpn.md, errors): few statuses, in one body for both
//! front doors (Alterdesk's `code` and `error`, the KPN gateway's five strings).

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use door::Refused;
use kernel::{Error, Limit};
use serde::Serialize;
use utoipa::ToSchema;

use crate::limits;

/// What a handler answers when it does not do what was asked.
pub struct Refusal {
    status: StatusCode,
    code: Cow<'static, str>,
    sentence: Cow<'static, str>,
    /// Which limit it is, and its number, for programs.
    info: String,
    cause: Option<Arc<Error>>,
    /// RFC 6750 section 3: what is asked of who comes, and why their token did not do.
    challenge: Option<&'static str>,
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
    /// Of a limit its name and its number; else nothing.
    #[schema(example = "message_chars: 50000")]
    pub info: String,
}

impl Refusal {
    fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        sentence: impl Into<Cow<'static, str>>,
    ) -> Self {
        let code = code.into();
        let challenge = match status {
            StatusCode::UNAUTHORIZED => Some("Bearer error=\"invalid_token\""),
            StatusCode::FORBIDDEN if code == "insufficient_scope" => {
                Some("Bearer error=\"insufficient_scope\"")
            }
            _ => None,
        };
        Self { status, code, sentence: sentence.into(), info: String::new(), cause: None, challenge }
    }

    /// More than this limit allows.
    fn beyond(status: StatusCode, code: &'static str, limit: Limit) -> Self {
        let info = format!("{}: {}", limit.name, limit.most);
        Self { info, ..Self::new(status, code, limits::sentence(limit)) }
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

    /// Somebody who brings no token: no fault of one is named, since none was looked at (RFC 6750 section 3.1).
    pub(crate) fn no_token() -> Self {
        let challenge = Some("Bearer realm=\"messenger\"");
        Self { challenge, ..Self::from(Error::Unauthenticated) }
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
            info: self.info.clone(),
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
            Error::TooLarge { limit } => Self::beyond(S::BAD_REQUEST, "too_large", *limit),
            Error::Unsupported { why } => Self::new(S::BAD_REQUEST, why.code, why.sentence.clone()),
            Error::LimitReached { limit, .. } => {
                Self::beyond(S::TOO_MANY_REQUESTS, "too_many_requests", *limit)
            }
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
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(cause) = &self.cause {
            response.extensions_mut().insert(Refused(cause.clone()));
        }
        response.extensions_mut().insert(Unwritten(Arc::new(self)));
        response
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

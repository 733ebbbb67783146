//! The house's errors as this dialect says them (docs/dialects/portal.md, errors): one body that clients of either
//! generation can read, with a sentence for the patient in their own language.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use door::Refused;
use identity::Language;
use kernel::{Error, Kind, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::sentences::{self, Fault};

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong, in snake case, for programs.
    #[schema(example = "availability_taken")]
    pub error: &'static str,
    /// The same, by the name that older clients look for.
    #[schema(example = "availability_taken")]
    pub reason: &'static str,
    /// A sentence for the patient, in their language.
    #[schema(example = "This time has just been taken. Please choose another one.")]
    pub message: String,
    /// Whether asking again and insisting would help: here it never does.
    #[schema(example = false)]
    pub overridable: bool,
    /// The fields that do not fit, each with why.
    #[schema(example = json!([{ "email": "is invalid" }]))]
    pub invalid_fields: Vec<BTreeMap<String, &'static str>>,
}

/// What a handler answers when it does not do what was asked.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    fields: Vec<(Cow<'static, str>, Fault)>,
    cause: Option<Arc<Error>>,
    /// RFC 6750 section 3: what is asked of who comes, and why their token did not do.
    challenge: Option<String>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, fields: Vec::new(), cause: None, challenge: None }
    }

    fn about(mut self, field: impl Into<Cow<'static, str>>, fault: Fault) -> Self {
        self.fields.push((field.into(), fault));
        self
    }

    /// A path that this wire does not have.
    #[must_use]
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// A verb that this path does not take.
    #[must_use]
    pub fn wrong_verb() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
    }

    /// A parameter that must be there and is not.
    pub(crate) fn missing(field: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parameter_missing").about(field, Fault::Missing)
    }

    /// A parameter that cannot be read.
    pub(crate) fn unreadable(field: &'static str, code: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code).about(field, Fault::Unfit)
    }

    /// Somebody who brings no token: no fault of one is named, since none was looked at (RFC 6750 section 3.1).
    pub(crate) fn no_token() -> Self {
        let refusal = Self::from(Error::Unauthenticated);
        Self { challenge: Some("Bearer realm=\"portal\"".to_owned()), ..refusal }
    }

    /// Somebody whose token lacks one of these scopes.
    pub(crate) fn lacks(scopes: &[Scope]) -> Self {
        let names = scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ");
        let challenge = format!(
            "Bearer realm=\"portal\", error=\"insufficient_scope\", error_description=\"The token lacks a scope.\", \
             scope=\"{names}\""
        );
        let refusal = Self::new(StatusCode::FORBIDDEN, "insufficient_scope");
        Self { challenge: Some(challenge), ..refusal }
    }

    /// After how many seconds the same request may succeed without a change.
    fn retry_after_s(&self) -> Option<u64> {
        if self.code == DOWNTIME { Some(DOWNTIME_S) } else { self.cause.as_deref()?.retry_after_s() }
    }

    /// The body, for who speaks this language.
    fn body(&self, language: Language) -> ErrorBody {
        let field = |(name, fault): &(Cow<'static, str>, Fault)| {
            BTreeMap::from([(name.clone().into_owned(), sentences::of_field(*fault, language))])
        };
        ErrorBody {
            error: self.code,
            reason: self.code,
            message: sentences::of(self.code, self.status, language).to_owned(),
            overridable: false,
            invalid_fields: self.fields.iter().map(field).collect(),
        }
    }
}

/// While a practice works on paper; as long as the waiting list lets pass before it looks again.
const DOWNTIME: &str = "downtime";
const DOWNTIME_S: u64 = 600;

/// Codes of input that cannot be read, rather than of input that is understood and does not fit.
const UNREADABLE: [&str; 4] = ["range_reversed", "range_too_long", "body_incomplete", "idempotency_key_bad"];

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        use StatusCode as S;
        let refusal = match &error {
            Error::Unauthenticated => Self {
                challenge: Some(
                    "Bearer realm=\"portal\", error=\"invalid_token\", error_description=\"The token is not known, or \
                     has ended.\""
                        .to_owned(),
                ),
                ..Self::new(S::UNAUTHORIZED, "invalid_token")
            },
            Error::Gone { what: Kind::Availability } => Self::new(S::GONE, "availability_expired"),
            Error::NotFound { .. } | Error::Gone { .. } => Self::new(S::NOT_FOUND, "not_found"),
            Error::NotAllowed { why } => Self::new(S::FORBIDDEN, why.code),
            Error::Invalid { field, why } if UNREADABLE.contains(&why.code) => {
                Self::new(S::BAD_REQUEST, why.code).about(*field, Fault::Unfit)
            }
            Error::Invalid { field, why } => Self::misfit(field, why),
            Error::Conflict { why } => Self::new(S::CONFLICT, why.code),
            // The practice works on paper: it is no fault of what was asked, and will pass.
            Error::Precondition { why } if why.code == DOWNTIME => {
                Self::new(S::SERVICE_UNAVAILABLE, why.code)
            }
            Error::Precondition { why } | Error::Unsupported { why } => {
                Self::new(S::UNPROCESSABLE_ENTITY, why.code)
            }
            Error::TooLarge { limit } if limit.name == "request_body_bytes" => {
                Self::new(S::PAYLOAD_TOO_LARGE, "too_large")
            }
            Error::TooLarge { limit } => {
                Self::new(S::UNPROCESSABLE_ENTITY, "too_large").about(limit.name, Fault::Unfit)
            }
            Error::LimitReached { .. } => Self::new(S::TOO_MANY_REQUESTS, "rate_limited"),
            Error::Unavailable { .. } => Self::new(S::SERVICE_UNAVAILABLE, "service_unavailable"),
            Error::Bug { .. } => Self::new(S::INTERNAL_SERVER_ERROR, "internal_error"),
        };
        Self { cause: Some(Arc::new(error)), ..refusal }
    }
}

impl Refusal {
    fn misfit(field: &'static str, why: &kernel::Public) -> Self {
        let refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, why.code);
        match why.code {
            "required_profile_fields_missing" => missing(&why.sentence)
                .fold(refusal, |refusal, name| refusal.about(name.to_owned(), Fault::Missing)),
            "comment_form_invalid" => unfit(&why.sentence, field)
                .fold(refusal, |refusal, name| refusal.about(name.to_owned(), Fault::Unfit)),
            _ => refusal.about(field, Fault::Unfit),
        }
    }
}

/// The details that `Missing: born_on, phone` names.
fn missing(sentence: &str) -> impl Iterator<Item = &str> {
    let names = sentence.split_once(": ").map_or(sentence, |(_, names)| names);
    names.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// The questions that `Since when?: an answer is missing; Where?: too long` names. What was not asked has no name.
fn unfit<'a>(sentence: &'a str, field: &'a str) -> impl Iterator<Item = &'a str> {
    let faults = sentence.split("; ").filter_map(|fault| fault.rsplit_once(": "));
    faults.map(move |(name, _)| if name == "something that was not asked" { field } else { name })
}

/// A refusal whose body is still to be written, since only the outer layer knows who is spoken to.
#[derive(Clone)]
struct Unwritten(Arc<Refusal>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(cause) = &self.cause {
            response.extensions_mut().insert(Refused(cause.clone()));
        }
        response.extensions_mut().insert(Unwritten(Arc::new(self)));
        response
    }
}

/// Whether an answer is a refusal whose body is still to be written.
pub(crate) fn is_unwritten(response: &Response) -> bool {
    response.extensions().get::<Unwritten>().is_some()
}

/// Writes the body of a refusal.
pub(crate) fn write_body(response: Response, language: Language) -> Response {
    let Some(Unwritten(refusal)) = response.extensions().get::<Unwritten>().cloned() else { return response };
    let (mut parts, _) = response.into_parts();
    let body = Json(refusal.body(language)).into_response();
    parts.headers.extend(body.headers().clone());
    Response::from_parts(parts, body.into_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: Error) -> (u16, &'static str) {
        let refusal = Refusal::from(error);
        (refusal.status.as_u16(), refusal.code)
    }

    #[test]
    fn each_code_of_the_contract_has_its_status() {
        let taken = Error::conflict("availability_taken", "");
        assert_eq!(said(taken), (409, "availability_taken"));
        assert_eq!(said(Error::Gone { what: Kind::Availability }), (410, "availability_expired"));
        let invalid = |code| Error::invalid("availability_id", code, "");
        assert_eq!(said(invalid("availability_invalid")), (422, "availability_invalid"));
        for code in ["insurance_not_accepted", "patient_blocked", "not_a_patient"] {
            assert_eq!(said(Error::not_allowed(code, "")), (403, code));
        }
        for code in [
            "cancellation_window_passed",
            "reschedule_window_passed",
            "already_cancelled",
            "asap_not_enabled",
            "asap_not_subscribed",
        ] {
            assert_eq!(said(Error::precondition(code, "")), (422, code));
        }
        for code in ["required_profile_fields_missing", "comment_form_invalid"] {
            assert_eq!(said(invalid(code)), (422, code));
        }
        assert_eq!(said(Error::not_found(Kind::Insurance)), (404, "not_found"));
        assert_eq!(said(invalid("range_reversed")), (400, "range_reversed"));
        let limit = kernel::Limit::new("calls_per_second", 30);
        assert_eq!(said(Error::LimitReached { limit, retry_after: None }), (429, "rate_limited"));
    }

    #[test]
    fn what_is_missing_is_listed_field_by_field() {
        let missing = Error::invalid("profile", "required_profile_fields_missing", "Missing: born_on, phone");
        let body = Refusal::from(missing).body(Language::En);
        let names: Vec<_> = body.invalid_fields.iter().flat_map(BTreeMap::keys).collect();
        assert_eq!(names, ["born_on", "phone"]);
        assert_eq!(body.invalid_fields[0]["born_on"], "is missing");
        let unfit = Error::invalid(
            "structured_comment",
            "comment_form_invalid",
            "Since: when?: too long; something that was not asked: no",
        );
        let body = Refusal::from(unfit).body(Language::De);
        assert_eq!(body.invalid_fields[0]["Since: when?"], "ist ungültig");
        assert_eq!(body.invalid_fields[1]["structured_comment"], "ist ungültig");
    }
}

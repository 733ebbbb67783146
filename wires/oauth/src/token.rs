//! The token endpoint (RFC 6749 section 3.2) and revocation (RFC 7009), in JSON.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, HeaderValue, PRAGMA, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::{Door, Unproven, Work};
use identity::Dialect;
use identity::codes::{self, Redeemed};
use identity::protocol::form::Form;
use identity::protocol::token::{self, Credentials, Refusal};
use identity::tokens::{self, GivenBack};
use kernel::Error;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::id_token;
use crate::visit::{Fields, Visit};

/// What a client gets for its code. KPN's clients know these three members and no more.
#[derive(Serialize)]
struct Granted<'a> {
    access_token: &'a str,
    scope: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

#[derive(Serialize)]
struct Refused {
    error: &'static str,
    error_description: &'static str,
}

/// Lets a request in while its address has neither asked nor failed too often.
pub(crate) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let address = door.address(&parts);
    let verdict = door.strangers.may_try(address);
    let verdict = verdict.and_then(|()| door.rates.address(Work::Request, address));
    let Err(error) = verdict.and_then(|()| door.rates.may(Work::Token, address)) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    door::body::refuse(&parts.headers, body).await;
    failed(&error)
}

/// Who an application says it is, and whether it brings a secret to prove it.
struct Claim {
    client_id: String,
    has_secret: bool,
}

impl Claim {
    fn of(who: &Credentials) -> Self {
        Self { client_id: who.client_id.clone(), has_secret: who.secret.is_some() }
    }
}

/// `POST` of a code.
pub(crate) async fn redeem(visit: Visit, Fields(fields): Fields) -> Response {
    let (who, form) = match read(&visit, fields) {
        Ok(asked) => asked,
        Err(refusal) => return nobody(&visit, refusal),
    };
    let claim = Claim::of(&who);
    let request = match token::read(&form) {
        Ok(request) => request,
        Err(refusal) => return turn_down(&visit, &claim, refusal),
    };
    if let Err(error) = visit.rates.client_may_try(&claim.client_id, visit.origin.address) {
        return failed(&error);
    }
    let input = (who, request, visit.origin);
    let body = visit
        .house
        .db
        .write(input, |tx, (who, request, origin)| Box::pin(codes::redeem(tx, who, request, *origin)));
    match body.await {
        Ok(Ok(redeemed)) => {
            visit.rates.note_granted(&claim.client_id);
            match id_token::of_code(&visit, &claim.client_id, &redeemed).await {
                Ok(id_token) => granted(&redeemed, id_token),
                Err(error) => failed(&error),
            }
        }
        Ok(Err(refusal)) => turn_down(&visit, &claim, refusal),
        Err(error) => failed(&error),
    }
}

/// Refuses what does not even say who asks.
fn nobody(visit: &Visit, refusal: Refusal) -> Response {
    visit.rates.note(Work::Token, visit.origin.address);
    refused(refusal)
}

/// Refuses, and counts what proved nothing. An address that tries out secrets is slowed down, and sooner still what
/// calls itself one application. One that proved itself brings whatever codes strangers hand to it, and from one
/// address, so that those count for no more than any request.
fn turn_down(visit: &Visit, claim: &Claim, refusal: Refusal) -> Response {
    let address = visit.origin.address;
    let is_unproven = matches!(refusal, Refusal::InvalidClient);
    if is_unproven {
        visit.strangers.note_failure(address);
        Unproven::Client.note(visit.origin.request);
        visit.rates.note_failed(&claim.client_id, address);
    }
    if is_unproven || !claim.has_secret {
        visit.rates.note(Work::Token, address);
    }
    refused(refusal)
}

/// `POST` of a token to end. What is no token of the client's is answered as if it had been (RFC 7009 section 2.2).
pub(crate) async fn revoke(visit: Visit, Fields(fields): Fields) -> Response {
    let (who, form) = match read(&visit, fields) {
        Ok(asked) => asked,
        Err(refusal) => return nobody(&visit, refusal),
    };
    let claim = Claim::of(&who);
    let token = match token_of(&form) {
        Ok(token) => token,
        Err(refusal) => return turn_down(&visit, &claim, refusal),
    };
    if let Err(error) = visit.rates.client_may_try(&claim.client_id, visit.origin.address) {
        return failed(&error);
    }
    let input = (who, token, visit.origin);
    let body = visit
        .house
        .db
        .write(input, |tx, (who, token, origin)| Box::pin(tokens::revoke(tx, who, token, *origin)));
    match body.await {
        Ok(GivenBack::Ended) => plain(StatusCode::OK.into_response()),
        Ok(GivenBack::NotTheirs) => {
            if !claim.has_secret {
                visit.rates.note(Work::Token, visit.origin.address);
            }
            plain(StatusCode::OK.into_response())
        }
        Ok(GivenBack::Unproven) => turn_down(&visit, &claim, Refusal::InvalidClient),
        Err(error) => failed(&error),
    }
}

fn token_of(form: &Form) -> Result<String, Refusal> {
    Ok(form.one("token")?.ok_or(Refusal::InvalidRequest("token is missing."))?.to_owned())
}

fn read(visit: &Visit, fields: kernel::Result<Form>) -> Result<(Credentials, Form), Refusal> {
    let Ok(form) = fields else {
        return Err(Refusal::InvalidRequest("The body must be application/x-www-form-urlencoded in UTF-8."));
    };
    let authorization = visit.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    Ok((token::credentials(&form, authorization)?, form))
}

fn granted(redeemed: &Redeemed, id_token: Option<String>) -> Response {
    let (token_type, expires_in) = match redeemed.dialect {
        Dialect::Kpn => ("bearer", None),
        Dialect::Portal | Dialect::Fhir | Dialect::Own => ("Bearer", Some(redeemed.life_s)),
    };
    let access_token = redeemed.access_token.expose_secret();
    plain(
        Json(Granted { access_token, scope: redeemed.scopes.names(), token_type, expires_in, id_token })
            .into_response(),
    )
}

fn refused(refusal: Refusal) -> Response {
    let status = match refusal {
        Refusal::InvalidClient => StatusCode::UNAUTHORIZED,
        Refusal::InvalidRequest(_) | Refusal::InvalidGrant(_) | Refusal::UnsupportedGrantType => {
            StatusCode::BAD_REQUEST
        }
    };
    let words = Refused { error: refusal.error(), error_description: refusal.description() };
    let mut response = (status, Json(words)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"bedside\", charset=\"UTF-8\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    plain(response)
}

/// Not the client's fault, or not only: overload is worth coming back for, all else is ours.
fn failed(error: &Error) -> Response {
    let (status, name, sentence) = match error {
        Error::LimitReached { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "temporarily_unavailable",
            "Too many tries. Try again in a moment.",
        ),
        Error::Unavailable { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "Try again in a moment.")
        }
        Error::Unauthenticated
        | Error::NotFound { .. }
        | Error::NotAllowed { .. }
        | Error::Invalid { .. }
        | Error::Conflict { .. }
        | Error::Gone { .. }
        | Error::Precondition { .. }
        | Error::TooLarge { .. }
        | Error::Unsupported { .. } => {
            (StatusCode::BAD_REQUEST, "invalid_request", "The request does not fit.")
        }
        Error::Bug { .. } => {
            (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Something went wrong here.")
        }
    };
    if status.is_server_error() {
        tracing::error!(?error, "the token endpoint failed");
    }
    let mut response = (status, Json(Refused { error: name, error_description: sentence })).into_response();
    if let Some(seconds) = error.retry_after_s() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    plain(response)
}

/// Nothing of this is kept, and an application in a browser may read it; no cookie counts here.
fn plain(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

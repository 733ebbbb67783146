//! The token endpoint (RFC 6749 section 3.2), and what it shares with the other endpoints that applications prove
//! themselves at.

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
use identity::codes::Redeemed;
use identity::protocol::credentials::{self, Credentials, Proof};
use identity::protocol::form::Form;
use identity::protocol::grant::{self, ACCESS_TOKEN};
use identity::protocol::token::Refusal;
use identity::{Dialect, assertions, clients, issuing};
use kernel::Error;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::TOKEN_PATHS;
use crate::id_token::{self, Scribe};
use crate::visit::{Fields, Visit};

/// What a client gets. KPN's clients know the first three members and no more; the portal's are told when, too.
#[derive(Serialize)]
struct Granted<'a> {
    access_token: &'a str,
    scope: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    /// As Doorkeeper, which the portal's clients are used to, has it (portal-booking.md 1.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<i64>,
    /// What an exchange gave (RFC 8693 section 2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
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

/// Who an application says it is, and whether it brings anything to prove it.
pub(crate) struct Claim {
    pub client_id: String,
    pub has_proof: bool,
}

/// What an application asks, which has yet to be proven to be it.
pub(crate) struct Asked<T> {
    pub claim: Claim,
    /// With the signature of an assertion looked at.
    pub who: Credentials,
    /// What it asks for.
    pub wish: T,
}

/// What comes first at each of these endpoints: who asks, for what, and whether they may try. Else the answer.
pub(crate) async fn asked<T>(
    visit: &Visit,
    fields: kernel::Result<Form>,
    read_wish: impl FnOnce(&Form) -> Result<T, Refusal>,
) -> Result<Asked<T>, Box<Response>> {
    let (who, form) = read(visit, fields).map_err(|refusal| nobody(visit, refusal))?;
    let claim = Claim::of(&who);
    let wish = read_wish(&form).map_err(|refusal| turn_down(visit, &claim, refusal))?;
    let may_try = visit.rates.client_may_try(&claim.client_id, visit.origin.address);
    may_try.map_err(|error| failed(&error))?;
    let who = held_against_keys(visit, who).await.map_err(|error| failed(&error))?;
    Ok(Asked { claim, who, wish })
}

impl Claim {
    fn of(who: &Credentials) -> Self {
        Self { client_id: who.client_id.clone(), has_proof: who.has_proof() }
    }
}

/// `POST` of a code, a refresh token, a token to exchange, or of a program's wish for a token of its own.
pub(crate) async fn issue(visit: Visit, Fields(fields): Fields) -> Response {
    let read = |form: &Form| grant::read(form, visit.issuer());
    let (claim, who, request) = match asked(&visit, fields, read).await {
        Ok(Asked { claim, who, wish }) => (claim, who, wish),
        Err(refused) => return *refused,
    };
    // A code that is spent cannot be brought again: what an ID token takes is at hand before.
    let scribe = match Scribe::of(&visit, &claim.client_id, request.grant_type()).await {
        Ok(scribe) => scribe,
        Err(error) => return failed(&error),
    };
    let input = (who, request, visit.origin);
    let body = visit
        .house
        .db
        .write(input, |tx, (who, request, origin)| Box::pin(issuing::issue(tx, who, request, *origin)));
    match body.await {
        Ok(Ok(redeemed)) => {
            visit.rates.note_granted(&claim.client_id);
            match id_token::beside(&visit, scribe, &redeemed).await {
                Ok(id_token) => granted(&redeemed, id_token),
                Err(error) => failed(&error),
            }
        }
        Ok(Err(refusal)) => turn_down(&visit, &claim, refusal),
        Err(error) => failed(&error),
    }
}

/// Looks at the signature of an assertion before the transaction that the client is proven in: that takes as long as
/// many statements.
async fn held_against_keys(visit: &Visit, who: Credentials) -> kernel::Result<Credentials> {
    if !matches!(who.proof, Proof::Assertion(_)) {
        return Ok(who);
    }
    let named = who.client_id.clone();
    let client = visit.house.read(named, |tx, id| Box::pin(clients::find_named(tx, id))).await?;
    let issuer = visit.issuer();
    // The token endpoint has two names, and an assertion may be for the endpoint that is called, too.
    let endpoints = [TOKEN_PATHS[0], TOKEN_PATHS[1], &visit.path].map(|path| format!("{issuer}{path}"));
    let addresses = [issuer, &endpoints[0], &endpoints[1], &endpoints[2]];
    Ok(assertions::verified(who, client.as_ref(), &addresses, visit.house.clock.now_ms()))
}

/// Refuses what does not even say who asks.
fn nobody(visit: &Visit, refusal: Refusal) -> Response {
    visit.rates.note(Work::Token, visit.origin.address);
    refused(refusal)
}

/// Refuses, and counts what proved nothing. An address that tries out secrets is slowed down, and sooner still what
/// calls itself one application. One that proved itself brings whatever codes strangers hand to it, and from one
/// address, so that those count for no more than any request.
pub(crate) fn turn_down(visit: &Visit, claim: &Claim, refusal: Refusal) -> Response {
    let address = visit.origin.address;
    let is_unproven = matches!(refusal, Refusal::InvalidClient);
    if is_unproven {
        visit.strangers.note_failure(address);
        Unproven::Client.note(visit.origin.request);
        visit.rates.note_failed(&claim.client_id, address);
    }
    if is_unproven || !claim.has_proof {
        visit.rates.note(Work::Token, address);
    }
    refused(refusal)
}

/// Who asks, and with which parameters.
fn read(visit: &Visit, fields: kernel::Result<Form>) -> Result<(Credentials, Form), Refusal> {
    let Ok(form) = fields else {
        return Err(Refusal::InvalidRequest("The body must be application/x-www-form-urlencoded in UTF-8."));
    };
    let authorization = visit.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    Ok((credentials::read(&form, authorization)?, form))
}

fn granted(redeemed: &Redeemed, id_token: Option<String>) -> Response {
    let is_kpn = redeemed.dialect == Dialect::Kpn;
    let words = Granted {
        access_token: redeemed.access_token.expose_secret(),
        scope: redeemed.scopes.names(),
        token_type: if is_kpn { "bearer" } else { "Bearer" },
        expires_in: (!is_kpn).then_some(redeemed.life_s),
        refresh_token: redeemed.refresh_token.as_ref().map(|token| token.expose_secret()),
        id_token,
        created_at: (redeemed.dialect == Dialect::Portal).then_some(redeemed.made_ms / 1_000),
        issued_token_type: redeemed.is_exchanged.then_some(ACCESS_TOKEN),
    };
    plain(Json(words).into_response())
}

pub(crate) fn refused(refusal: Refusal) -> Response {
    let status = match refusal {
        Refusal::InvalidClient => StatusCode::UNAUTHORIZED,
        Refusal::InvalidRequest(_)
        | Refusal::InvalidGrant(_)
        | Refusal::UnauthorizedClient(_)
        | Refusal::UnsupportedGrantType
        | Refusal::InvalidScope(_)
        | Refusal::InvalidTarget => StatusCode::BAD_REQUEST,
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
pub(crate) fn failed(error: &Error) -> Response {
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
pub(crate) fn plain(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

//! The authorize endpoint (RFC 6749 section 4.1.1): the one place that sends a browser to an application.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use door::Work;
use identity::authorization::{Considered, issue};
use identity::protocol::authorize::{Decision, deny};
use kernel::{Error, Result};
use secrecy::ExposeSecret as _;

use crate::onward::{DENIED, Onward};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, redirect, see};

/// `GET`: decides, and leads on.
pub(crate) async fn show(visit: Visit) -> Response {
    let answer = if visit.is_readable { decide(&visit).await } else { Err(unreadable()) };
    answer.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`, as some applications do: the same by `GET`, where the browser brings its session.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    match fields {
        Ok(form) => Onward::to(&visit, &form).go(),
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

fn unreadable() -> Error {
    Error::invalid("query", "query_unreadable", "The address is no UTF-8 text.")
}

async fn decide(visit: &Visit) -> Result<Response> {
    let onward = Onward::of(visit);
    let Some(considered) = onward.considered(visit).await? else { return Err(unreadable()) };
    if visit.query.first(DENIED).is_some() {
        return Ok(lead(visit, &onward, &deny(&visit.query, considered.client.as_ref())));
    }
    if !matches!(considered.decision, Decision::IssueCode(..)) {
        return Ok(lead(visit, &onward, &considered.decision));
    }
    if let Some(who) = &considered.who {
        visit.rates.account(Work::Token, who.person)?;
    }
    let input = (visit.query.clone(), visit.session_hash(), visit.origin);
    let issued = visit
        .house
        .db
        .write(input, |tx, (form, hash, origin)| Box::pin(issue(tx, form, hash.as_ref(), *origin)))
        .await?;
    match issued {
        (Considered { decision: Decision::IssueCode(answer, _), .. }, Some(code)) => {
            let location = answer.with_code(code.expose_secret(), visit.issuer());
            Ok(redirect(StatusCode::FOUND, &location))
        }
        // Something changed in between, as a sign-out in another tab.
        (changed, _) => Ok(lead(visit, &onward, &changed.decision)),
    }
}

fn lead(visit: &Visit, onward: &Onward, decision: &Decision) -> Response {
    match decision {
        Decision::ShowError(why) => Trouble::unverified(*why).show(visit),
        Decision::Redirect(answer, fault) => {
            redirect(StatusCode::FOUND, &answer.with_error(fault.error, fault.description, visit.issuer()))
        }
        Decision::NeedSignIn(_) => see(&onward.by_way_of("/login")),
        Decision::NeedConsent(_) => see(&onward.by_way_of("/consent")),
        // Only the write that issues a code answers with one.
        Decision::IssueCode(..) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

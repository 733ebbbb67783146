//! The authorize endpoint (RFC 6749 section 4.1.1): the one place that sends a browser to an application.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use door::Work;
use identity::authorization::{Considered, issue};
use identity::protocol::authorize::{Decision, deny};
use identity::protocol::redirect::{Answer, Mode, Parameters};
use kernel::{Error, Result};
use secrecy::ExposeSecret as _;

use crate::form_post;
use crate::onward::{DENIED, LOGIN_HINT, Onward};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, redirect, see};

/// Bytes of a request that came by a form and goes on as an address, which the server would not read if it were longer.
const ADDRESS_BYTES_MAX: usize = 14 << 10;
/// Bytes of what an application thinks somebody signs in with; a cookie holds no more, and no address is longer.
const LOGIN_HINT_BYTES_MAX: usize = 320;

/// `GET`: decides, and leads on.
pub(crate) async fn show(visit: Visit) -> Response {
    let answer = if visit.is_readable { decide(&visit).await } else { Err(unreadable()) };
    answer.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`, as some applications do: the same by `GET`, where the browser brings its session.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    match fields {
        Ok(form) => {
            let onward = Onward::to(&visit, &form);
            if onward.path().len() <= ADDRESS_BYTES_MAX {
                return onward.go();
            }
            Trouble::of(&Error::too_large("authorization_request", ADDRESS_BYTES_MAX as u64)).show(&visit)
        }
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

fn unreadable() -> Error {
    Error::invalid("query", "query_unreadable", "The address is no UTF-8 text.")
}

async fn decide(visit: &Visit) -> Result<Response> {
    let onward = Onward::of(visit);
    let Some(considered) = onward.considered(visit).await? else { return Err(unreadable()) };
    // That somebody said no counts while they are asked, and at no other time: anybody can write it into an address.
    if visit.query.first(DENIED).is_some() && matches!(considered.decision, Decision::NeedConsent(_)) {
        return Ok(lead(visit, &onward, &deny(&visit.query, considered.client.as_ref())));
    }
    if !matches!(considered.decision, Decision::IssueCode(..)) {
        return Ok(lead(visit, &onward, &considered.decision));
    }
    if let Some(who) = &considered.who {
        visit.rates.account(Work::Token, who.person)?;
    }
    let input = (visit.query.clone(), onward.brought(visit).await?, visit.origin);
    let issued = visit
        .house
        .db
        .write(input, |tx, (form, brought, origin)| Box::pin(issue(tx, form, brought, *origin)))
        .await?;
    match issued {
        (Considered { decision: Decision::IssueCode(answer, _), .. }, Some(code)) => {
            Ok(outward(visit, &answer, &answer.of_code(code.expose_secret(), visit.issuer())))
        }
        // Something changed in between, as a sign-out in another tab.
        (changed, _) => Ok(lead(visit, &onward, &changed.decision)),
    }
}

fn lead(visit: &Visit, onward: &Onward, decision: &Decision) -> Response {
    match decision {
        Decision::ShowError(why) => Trouble::unverified(*why).show(visit),
        Decision::Redirect(answer, fault) => {
            outward(visit, answer, &answer.of_error(fault.error, fault.description, visit.issuer()))
        }
        Decision::NeedSignIn(_) => to_sign_in(visit, onward),
        Decision::NeedConsent(_) => see(&onward.by_way_of("/consent")),
        // Only the write that issues a code answers with one.
        Decision::IssueCode(..) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The sign-in page, which is told in a cookie what the application thinks somebody signs in with.
fn to_sign_in(visit: &Visit, onward: &Onward) -> Response {
    let mut response = see(&onward.by_way_of("/login"));
    let hint = visit.query.first(LOGIN_HINT).filter(|hint| hint.len() <= LOGIN_HINT_BYTES_MAX);
    if let Some(hint) = hint
        && let Err(error) = visit.say(&mut response, LOGIN_HINT, &hint)
    {
        tracing::error!(?error, "a hint could not be kept");
    }
    response
}

/// What a browser brings to the sign-in page from there.
pub(crate) fn login_hint(visit: &Visit) -> String {
    visit.said(LOGIN_HINT).unwrap_or_default()
}

/// To the application: by a redirect, or by a form that the browser posts there.
fn outward(visit: &Visit, answer: &Answer, parameters: &Parameters) -> Response {
    match answer.mode {
        Mode::Query => redirect(StatusCode::FOUND, &answer.with(parameters)),
        Mode::FormPost => form_post::show(visit, &answer.redirect_uri, parameters),
    }
}

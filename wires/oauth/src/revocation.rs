//! Giving tokens back (RFC 7009).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use door::Work;
use identity::protocol::form::Form;
use identity::protocol::token::Refusal;
use identity::tokens::{self, GivenBack};

use crate::token::{Claim, failed, held_against_keys, nobody, plain, read, turn_down};
use crate::visit::{Fields, Visit};

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
    let who = match held_against_keys(&visit, who).await {
        Ok(who) => who,
        Err(error) => return failed(&error),
    };
    let input = (who, token, visit.origin);
    let body = visit
        .house
        .db
        .write(input, |tx, (who, token, origin)| Box::pin(tokens::revoke(tx, who, token, *origin)));
    match body.await {
        Ok(GivenBack::Ended) => plain(StatusCode::OK.into_response()),
        Ok(GivenBack::NotTheirs) => {
            if !claim.has_proof {
                visit.rates.note(Work::Token, visit.origin.address);
            }
            plain(StatusCode::OK.into_response())
        }
        Ok(GivenBack::Unproven) => turn_down(&visit, &claim, Refusal::InvalidClient),
        Err(error) => failed(&error),
    }
}

/// The token that a form names. What it says of the token's kind is only a hint, and we look among all of them anyway.
pub(crate) fn token_of(form: &Form) -> Result<String, Refusal> {
    form.each_once_but(&[])?;
    Ok(form.one("token")?.ok_or(Refusal::InvalidRequest("token is missing."))?.to_owned())
}

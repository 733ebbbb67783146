//! Giving tokens back (RFC 7009).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use door::Work;
use identity::protocol::form::Form;
use identity::protocol::token::Refusal;
use identity::tokens::{self, GivenBack};

use crate::token::{Asked, asked, failed, plain, turn_down};
use crate::visit::{Fields, Visit};

/// `POST` of a token to end. What is no token of the client's is answered as if it had been (RFC 7009 section 2.2).
pub(crate) async fn revoke(visit: Visit, Fields(fields): Fields) -> Response {
    let (claim, who, token) = match asked(&visit, fields, token_of).await {
        Ok(Asked { claim, who, wish }) => (claim, who, wish),
        Err(refused) => return *refused,
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

//! The token endpoint's one transaction: who asks, whether they may ask so, and what they get.

use kernel::{Origin, Result};
use store::Tx;

use crate::codes::{self, Redeemed};
use crate::protocol::credentials::Credentials;
use crate::protocol::grant::{self, TokenRequest};
use crate::protocol::token::Refusal;
use crate::{clients, exchange, programs, refresh};

/// Answers a token request. A refusal is an answer and no error of the transaction, since what it ends must stay ended.
pub async fn issue(
    tx: &Tx,
    who: &Credentials,
    request: &TokenRequest,
    origin: Origin,
) -> Result<Result<Redeemed, Refusal>> {
    let Some(client) = clients::authenticate(tx, who).await? else {
        return Ok(Err(Refusal::InvalidClient));
    };
    if let Err(refusal) = grant::may_ask(&client, request.grant_type()) {
        return Ok(Err(refusal));
    }
    match request {
        TokenRequest::Code(request) => codes::redeem(tx, &client, request, origin).await,
        TokenRequest::Refresh(request) => refresh::renew(tx, &client, request, origin).await,
        TokenRequest::Program(scopes) => programs::issue(tx, &client, *scopes, origin).await,
        TokenRequest::Exchange(request) => exchange::issue(tx, &client, request, origin).await,
    }
}

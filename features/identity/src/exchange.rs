//! A token of one application's for one of another's (RFC 8693): it acts for the same person, under the same grant, may
//! do no more, ends with it at the latest, and says who acts.

use kernel::{Origin, Result};
use store::{Tx, args};

use crate::codes::Redeemed;
use crate::log::{self, Granted};
use crate::protocol::grant::{self, ExchangeRequest};
use crate::protocol::token::Refusal;
use crate::rows::grants as rows;
use crate::tokens::NewToken;
use crate::{Client, memberships, recognise, secret, tokens};

/// The same answer for a token that never was, that ended, that is of elsewhere, and that nobody signed in for
/// (RFC 8693 section 2.2.2).
const UNFIT: Refusal = Refusal::InvalidRequest("subject_token is not one that can be exchanged.");

/// Gives a client a token of its own for that of another.
pub(crate) async fn issue(
    tx: &Tx,
    client: &Client,
    request: &ExchangeRequest,
    origin: Origin,
) -> Result<Result<Redeemed, Refusal>> {
    let hash = secret::hash(&request.subject);
    let Some(who) = recognise(tx, &hash).await? else { return Ok(Err(UNFIT)) };
    let Some(origin_of_it) = tx.one(rows::ORIGIN, &args![&hash], rows::origin).await? else {
        return Ok(Err(UNFIT));
    };
    // What was exchanged once is not handed on again, so that who acts is always told in full.
    if who.organisation != client.organisation || origin_of_it.is_program || origin_of_it.actor.is_some() {
        return Ok(Err(UNFIT));
    }
    let scopes = match grant::for_exchange(client, who.scopes, request.scopes) {
        Ok(scopes) => scopes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let now = tx.now_ms();
    let life_ms = client.token_life_ms.min(who.ends_ms - now);
    let new = NewToken {
        code_hash: origin_of_it.code_hash.as_ref(),
        family: origin_of_it.family,
        exchanged: Some((client.id, origin_of_it.id)),
        ..NewToken::under(origin_of_it.grant, scopes, life_ms)
    };
    let access_token = tokens::mint(tx, &new).await?;
    let (organisation, person) = (who.organisation, who.person);
    let patient = memberships::patient(tx, organisation, person).await?;
    let granted = Granted { organisation, person, patient, client: client.id, grant: origin_of_it.grant };
    log::token_exchanged(tx, &granted, origin).await?;
    Ok(Ok(Redeemed {
        access_token,
        refresh_token: None,
        scopes,
        life_s: life_ms / 1_000,
        made_ms: now,
        dialect: client.dialect,
        is_exchanged: true,
        person,
        signed_in: None,
        nonce: None,
    }))
}

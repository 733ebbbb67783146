//! Programs that act for themselves (RFC 6749 section 4.4): each has an account of its own, which is a partner of its
//! organisation, has no identifier and no way to sign in, and stands in no list of people.

use kernel::{ClientId, MembershipId, OrganisationId, Origin, PersonId, Result, Scopes};
use store::{Tx, args};
use vault::Vault;

use crate::codes::Redeemed;
use crate::log::{self, Granted};
use crate::persons::name_place;
use crate::protocol::grant;
use crate::protocol::token::Refusal;
use crate::rows::{clients as client_rows, programs as rows};
use crate::tokens::NewToken;
use crate::{Client, Language, grants, tokens};

/// Makes the account of a client, which is called what the client is called.
pub(crate) async fn add_account(
    tx: &Tx,
    organisation: OrganisationId,
    client: ClientId,
    name: &str,
) -> Result<PersonId> {
    let (account, membership): (PersonId, MembershipId) = (tx.new_id(), tx.new_id());
    let (ring, now) = (tx.tool::<Vault>()?.house(), tx.now_ms());
    let sealed = |column, text: &str| ring.seal(name_place(column, &account), text.as_bytes());
    let (first, last) = (sealed("first_name", ""), sealed("last_name", name));
    tx.run(rows::INSERT_ACCOUNT, &args![&account, &first, &last, Language::default().code(), now]).await?;
    tx.run(rows::INSERT_MEMBERSHIP, &args![&membership, &organisation, &account, now]).await?;
    tx.run(client_rows::SET_ACCOUNT, &args![&organisation, &client, &account]).await?;
    Ok(account)
}

/// Gives a program a token for itself. It gets no refresh token, since it can ask again whenever it likes.
pub(crate) async fn issue(
    tx: &Tx,
    client: &Client,
    asked: Option<Scopes>,
    origin: Origin,
) -> Result<Result<Redeemed, Refusal>> {
    let scopes = match grant::for_program(client, asked) {
        Ok(scopes) => scopes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let person = match client.account {
        Some(account) => account,
        None => add_account(tx, client.organisation, client.id, &client.name).await?,
    };
    let grant = grants::of_program(tx, client, person, scopes).await?;
    let life_ms = client.token_life_ms;
    let access_token = tokens::mint(tx, &NewToken::under(grant, scopes, life_ms)).await?;
    let granted =
        Granted { organisation: client.organisation, person, patient: None, client: client.id, grant };
    log::token_issued(tx, &granted, Some(origin)).await?;
    Ok(Ok(Redeemed {
        access_token,
        refresh_token: None,
        scopes,
        life_s: life_ms / 1_000,
        made_ms: tx.now_ms(),
        dialect: client.dialect,
        is_exchanged: false,
        person,
        signed_in: None,
        nonce: None,
    }))
}

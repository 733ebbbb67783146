//! Refresh tokens: each is used once and followed by another; one that comes back ends them all.

use kernel::{ClientId, GrantId, Origin, Result, TokenId};
use secrecy::SecretString;
use store::{Tx, args};

use crate::codes::{self, Redeemed, SignedIn};
use crate::log::{self, Granted};
use crate::protocol::grant::RefreshRequest;
use crate::protocol::refresh::{Decision, UNKNOWN, USED, Used, decide};
use crate::protocol::token::Refusal;
use crate::rows::refresh::{self as rows, Found};
use crate::tokens::{self, NewToken};
use crate::{Client, memberships, secret};

/// What a refresh token is for.
pub(crate) struct Beginning<'a> {
    pub grant: GrantId,
    pub code_hash: &'a [u8; 32],
    pub scopes: kernel::Scopes,
    pub signed_in: SignedIn,
}

/// Begins a family, with its first refresh token, which is told this once.
pub(crate) async fn begin(tx: &Tx, client: &Client, of: &Beginning<'_>) -> Result<(TokenId, SecretString)> {
    let (family, token): (TokenId, _) = (tx.new_id(), vault::secret(tx.rng()));
    let (now, ends_ms) = (tx.now_ms(), tx.now_ms() + client.refresh_life_ms);
    let (scopes, methods) = (of.scopes.names(), of.signed_in.methods.names());
    let values = args![&family, &of.grant, of.code_hash, &scopes, of.signed_in.at_ms, &methods, now, ends_ms];
    tx.run(rows::INSERT_FAMILY, &values).await?;
    tx.run(rows::INSERT, &args![&secret::hash(&token), &family, now, ends_ms]).await?;
    Ok((family, token))
}

/// A refresh token of this client's, unless what it rests on has ended.
pub(crate) async fn find(tx: &Tx, hash: &[u8; 32], client: ClientId) -> Result<Option<Found>> {
    let found = tx.one(rows::FIND, &args![hash, tx.now_ms()], rows::found).await?;
    Ok(found.filter(|found| found.client == client))
}

/// Answers a refresh token. A refusal is an answer and no error of the transaction, since the end that a token used
/// twice calls for must be kept.
pub(crate) async fn renew(
    tx: &Tx,
    client: &Client,
    request: &RefreshRequest,
    origin: Origin,
) -> Result<Result<Redeemed, Refusal>> {
    let hash = secret::hash(&request.token);
    let Some(first_look) = find(tx, &hash, client.id).await? else { return Ok(Err(UNKNOWN)) };
    tx.run(rows::HOLD, &args![&first_look.family]).await?;
    // What counts is how it stands once its family is held.
    let Some(found) = find(tx, &hash, client.id).await? else { return Ok(Err(UNKNOWN)) };
    match decide(&found.kept, request.scopes, tx.now_ms()) {
        Decision::Refuse(refusal) => Ok(Err(refusal)),
        Decision::Repeat(used) => Ok(Ok(answer(client, &found, &request.token, used))),
        Decision::EndFamily => {
            end(tx, found.family).await?;
            log::refresh_reused(tx, &granted(tx, &found).await?, origin).await?;
            Ok(Err(USED))
        }
        Decision::Renew(scopes) => {
            let used = Used { at_ms: tx.now_ms(), salt: tx.rng().bytes(), scopes };
            let answer = answer(client, &found, &request.token, used);
            keep(tx, client, &found, (&hash, used), &answer).await?;
            log::token_issued(tx, &granted(tx, &found).await?, Some(origin)).await?;
            Ok(Ok(answer))
        }
    }
}

/// The answer to one use of a refresh token, which is the same each time.
fn answer(client: &Client, found: &Found, token: &SecretString, used: Used) -> Redeemed {
    Redeemed {
        access_token: secret::derive(token, &used.salt, "access token"),
        refresh_token: Some(secret::derive(token, &used.salt, "refresh token")),
        scopes: used.scopes,
        life_s: client.token_life_ms / 1_000,
        made_ms: used.at_ms,
        dialect: client.dialect,
        is_exchanged: false,
        person: found.person,
        signed_in: Some(found.signed_in),
        nonce: None,
    }
}

async fn keep(
    tx: &Tx,
    client: &Client,
    found: &Found,
    (hash, used): (&[u8; 32], Used),
    answer: &Redeemed,
) -> Result<()> {
    let told = used.scopes.names();
    tx.run(rows::USE, &args![hash, used.at_ms, &used.salt, &told]).await?;
    let ends_ms = used.at_ms + client.refresh_life_ms;
    if let Some(next) = &answer.refresh_token {
        tx.run(rows::INSERT, &args![&secret::hash(next), &found.family, used.at_ms, ends_ms]).await?;
    }
    tx.run(rows::PROLONG, &args![&found.family, ends_ms]).await?;
    if let Some(code_hash) = &found.code_hash {
        codes::prolong(tx, code_hash, ends_ms.max(used.at_ms + client.token_life_ms)).await?;
    }
    let new = NewToken {
        code_hash: found.code_hash.as_ref(),
        family: Some(found.family),
        ..NewToken::under(found.grant, used.scopes, client.token_life_ms)
    };
    tokens::keep(tx, &answer.access_token, &new).await
}

async fn granted(tx: &Tx, found: &Found) -> Result<Granted> {
    let (organisation, person) = (found.organisation, found.person);
    let patient = memberships::patient(tx, organisation, person).await?;
    Ok(Granted { organisation, person, patient, client: found.client, grant: found.grant })
}

/// Ends a family, and every access token that it gave.
pub(crate) async fn end(tx: &Tx, family: TokenId) -> Result<()> {
    tx.run(rows::END, &args![&family, tx.now_ms()]).await?;
    tokens::revoke_of_family(tx, family).await
}

/// Ends what came of a code. Families end before tokens do: a refresh under way either finds its family ended, or has
/// its token by then.
pub(crate) async fn end_of_code(tx: &Tx, code_hash: &[u8; 32]) -> Result<()> {
    tx.run(rows::END_OF_CODE, &args![code_hash, tx.now_ms()]).await.map(drop)
}

/// Ends what came of these grants, as [`end_of_code`].
pub(crate) async fn end_of_grants(tx: &Tx, grants: &[GrantId]) -> Result<()> {
    tx.run_of(rows::END_OF_GRANTS, grants, &args![tx.now_ms()]).await.map(drop)
}

/// Ends what a client holds, as [`end_of_code`].
pub(crate) async fn end_of_client(tx: &Tx, client: ClientId) -> Result<()> {
    tx.run(rows::END_OF_CLIENT, &args![&client, tx.now_ms()]).await.map(drop)
}

/// Removes refresh tokens that ended longer than `kept_ms` ago; some at a time, and says how many.
pub async fn sweep(tx: &Tx, kept_ms: i64, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP, &args![tx.now_ms() - kept_ms, most]).await
}

/// Removes families none of whose tokens is left; some at a time, and says how many.
pub async fn sweep_families(tx: &Tx, kept_ms: i64, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP_FAMILIES, &args![tx.now_ms() - kept_ms, most]).await
}

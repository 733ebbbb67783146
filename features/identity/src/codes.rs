//! Authorization codes: issued once, redeemed once.

use kernel::{GrantId, Origin, PersonId, Result, Scopes};
use secrecy::SecretString;
use store::{Tx, args};

use crate::log::{self, By, Granted};
use crate::protocol::authorize::CodeOrder;
use crate::protocol::grant::gives_refresh_token;
use crate::protocol::token::{self, CodeRequest, Refusal};
use crate::refresh::Beginning;
use crate::rows::grants::{self as rows, KeptCode};
use crate::tokens::NewToken;
use crate::{Client, Dialect, Methods, grants, refresh, secret, tokens};

/// How long a code that is bound to a challenge is good at most.
const PKCE_LIFE_MS: i64 = 60_000;

/// What a token request gave: by a code, or otherwise ([`crate::issuing`]).
#[derive(Debug)]
pub struct Redeemed {
    /// The access token, told this once.
    pub access_token: SecretString,
    /// The refresh token, told this once, for who gets one.
    pub refresh_token: Option<SecretString>,
    /// What it may be used for.
    pub scopes: Scopes,
    /// How long it lives, in seconds.
    pub life_s: i64,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// Whose shape the answer has.
    pub dialect: Dialect,
    /// Whether it was given for a token of another application's (RFC 8693).
    pub is_exchanged: bool,
    /// In whose name it acts.
    pub person: PersonId,
    /// The sign-in that it came of, for the ID token; none where a program asked for itself or for what it was handed.
    pub signed_in: Option<SignedIn>,
    /// What the authorization request had told back in the ID token (OpenID Connect core, section 3.1.2.1).
    pub nonce: Option<String>,
}

/// The sign-in that a code came of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// When.
    pub at_ms: i64,
    /// How.
    pub methods: Methods,
}

/// Issues a code to a client for what a person who signed in allows it, and remembers that they do.
pub async fn issue(
    tx: &Tx,
    by: By<'_>,
    (person, signed_in): (PersonId, SignedIn),
    client: &Client,
    redirect_uri: &str,
    order: &CodeOrder,
) -> Result<SecretString> {
    let grant = grants::allow(tx, by, person, client, order.scopes).await?;
    let code = vault::secret(tx.rng());
    // Who brings a verifier fetches at once; servers that bring none fetch late.
    let most_ms = if order.challenge.is_some() { PKCE_LIFE_MS } else { i64::MAX };
    let life_ms = client.code_life_ms.min(most_ms);
    let (hash, scopes, methods) = (secret::hash(&code), order.scopes.names(), signed_in.methods.names());
    let values = args![
        &hash,
        &grant.id,
        redirect_uri,
        order.redirect_named,
        &scopes,
        order.challenge.as_deref(),
        tx.now_ms() + life_ms,
        order.nonce.as_deref(),
        signed_in.at_ms,
        &methods
    ];
    tx.run(rows::INSERT_CODE, &values).await?;
    Ok(code)
}

/// Redeems a code. A refusal is an answer and no error of the transaction, since the revocation that a code
/// used twice calls for must be kept.
pub(crate) async fn redeem(
    tx: &Tx,
    client: &Client,
    request: &CodeRequest,
    origin: Origin,
) -> Result<Result<Redeemed, Refusal>> {
    let (hash, now) = (secret::hash(&request.code), tx.now_ms());
    let Some(kept) = tx.one(rows::FIND_CODE, &args![&hash, now], rows::code).await? else {
        return Ok(Err(token::UNKNOWN_CODE));
    };
    let (organisation, person, grant) = (client.organisation, kept.person, kept.code.grant);
    let patient = kept.is_patient.then_some(person);
    let granted = Granted { organisation, person, patient, client: client.id, grant };
    if kept.used && kept.code.client == client.id {
        return take_back(tx, &hash, &granted, origin).await;
    }
    if let Err(refusal) = token::may_redeem(&kept.code, client, request, now) {
        return Ok(Err(refusal));
    }
    if tx.run(rows::USE_CODE, &args![&hash, now, ends_ms(client, kept.code.scopes, now)]).await? == 0 {
        return take_back(tx, &hash, &granted, origin).await;
    }
    log::token_issued(tx, &granted, Some(origin)).await?;
    mint(tx, client, kept, &hash).await.map(Ok)
}

/// Until when something that a code gives now may stand. Who refreshes prolongs it ([`prolong`]).
fn ends_ms(client: &Client, scopes: Scopes, now_ms: i64) -> i64 {
    let refreshes = gives_refresh_token(client, scopes);
    now_ms + if refreshes { client.token_life_ms.max(client.refresh_life_ms) } else { client.token_life_ms }
}

/// Remembers a code for as long as what came of it stands.
pub(crate) async fn prolong(tx: &Tx, hash: &[u8; 32], ends_ms: i64) -> Result<()> {
    tx.run(rows::PROLONG_CODE, &args![hash, ends_ms]).await.map(drop)
}

async fn mint(tx: &Tx, client: &Client, kept: KeptCode, hash: &[u8; 32]) -> Result<Redeemed> {
    let KeptCode { code, person, signed_in, nonce, .. } = kept;
    let (grant, scopes, life_ms) = (code.grant, code.scopes, client.token_life_ms);
    let (mut family, mut refresh_token) = (None, None);
    if gives_refresh_token(client, scopes) {
        let of = Beginning { grant, code_hash: hash, scopes, signed_in };
        let (begun, token) = refresh::begin(tx, client, &of).await?;
        (family, refresh_token) = (Some(begun), Some(token));
    }
    let new = NewToken { code_hash: Some(hash), family, ..NewToken::under(grant, scopes, life_ms) };
    Ok(Redeemed {
        access_token: tokens::mint(tx, &new).await?,
        refresh_token,
        scopes,
        life_s: life_ms / 1_000,
        made_ms: tx.now_ms(),
        dialect: client.dialect,
        is_exchanged: false,
        person,
        signed_in: Some(signed_in),
        nonce,
    })
}

/// A code that is used twice is in two hands; what it gave ends (RFC 6749 section 4.1.2).
async fn take_back(
    tx: &Tx,
    hash: &[u8; 32],
    granted: &Granted,
    origin: Origin,
) -> Result<Result<Redeemed, Refusal>> {
    refresh::end_of_code(tx, hash).await?;
    tokens::revoke_of_code(tx, hash).await?;
    log::code_reused(tx, granted, origin).await?;
    Ok(Err(token::USED_CODE))
}

/// Forgets the codes under these grants that nobody has redeemed.
pub(crate) async fn forget_open(tx: &Tx, grants: &[GrantId]) -> Result<()> {
    tx.run_of(rows::FORGET_OPEN_CODES, grants, &[]).await.map(drop)
}

/// Removes codes that ended, or all that came of them, longer than `kept_ms` ago; some at a time, and says how many.
pub async fn sweep(tx: &Tx, kept_ms: i64, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP_CODES, &args![tx.now_ms() - kept_ms, most]).await
}

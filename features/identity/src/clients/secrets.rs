//! What proves that a client is itself: its secrets, two of which stand while one replaces the other, or its keys.

use kernel::{ClientId, Error, Kind, Result};
use secrecy::{ExposeSecret as _, SecretString};
use store::{Tx, args};

use super::{Client, find, find_named};
use crate::log::{self, By};
use crate::protocol::credentials::{Credentials, Proof};
use crate::rows::clients as rows;
use crate::{assertions, secret};

/// Longest that two secrets stand together while one replaces the other: a week.
const ROTATION_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

pub(super) async fn add_secret(tx: &Tx, client: ClientId) -> Result<SecretString> {
    let secret = vault::secret(tx.rng());
    tx.run(rows::INSERT_SECRET, &args![&client, &secret::hash(&secret), tx.now_ms()]).await?;
    Ok(secret)
}

/// Gives a client a new secret, told this once. The one before it stands for `overlap_ms` more, any older one ends
/// now.
///
/// # Errors
/// [`Error::Invalid`] for an overlap of more than a week.
pub async fn rotate_secret(tx: &Tx, by: By<'_>, id: ClientId, overlap_ms: i64) -> Result<SecretString> {
    if !(0..=ROTATION_MS).contains(&overlap_ms) {
        let why = "The secret before stays good for a week (168 hours) at most.";
        return Err(Error::invalid("overlap_hours", "overlap_too_long", why));
    }
    let client = find(tx, id).await?.ok_or(Error::not_found(Kind::Client))?;
    if client.public {
        return Err(Error::precondition("public_client", "A public client has no secret."));
    }
    if client.jwks.is_some() {
        let why = "This client proves itself by its keys, and has no secret.";
        return Err(Error::precondition("client_of_keys", why));
    }
    let now = tx.now_ms();
    tx.run(rows::END_ROTATED_SECRETS, &args![&id, now]).await?;
    let ends_ms = now + overlap_ms;
    tx.run(rows::RETIRE_SECRETS, &args![&id, ends_ms]).await?;
    let secret = add_secret(tx, id).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client secret rotated").await?;
    Ok(secret)
}

/// The client that these credentials prove; `None` for an unknown one and for a wrong proof alike. One that registered
/// keys is not let in by a secret, and an assertion counts once.
pub async fn authenticate(tx: &Tx, who: &Credentials) -> Result<Option<Client>> {
    let Some(client) = find_named(tx, &who.client_id).await? else { return Ok(None) };
    let proven = match &who.proof {
        // A public client proves nothing; that it brings a proof only shows that somebody is mistaken.
        Proof::Nothing => client.public,
        Proof::Secret(secret) => is_its_secret(tx, &client, secret).await?,
        Proof::Signed(signed) => !client.public && assertions::spend(tx, &client, signed).await?,
        // Nobody has held it against the client's keys.
        Proof::Assertion(_) => false,
    };
    Ok(proven.then_some(client))
}

async fn is_its_secret(tx: &Tx, client: &Client, secret: &SecretString) -> Result<bool> {
    if client.public || client.jwks.is_some() {
        return Ok(false);
    }
    let hash = vault::token_hash(secret.expose_secret());
    let standing =
        tx.all(rows::SECRETS, &args![&client.id, tx.now_ms()], |row| row.get::<[u8; 32]>(0)).await?;
    Ok(standing.iter().any(|one| vault::same(one, &hash)))
}

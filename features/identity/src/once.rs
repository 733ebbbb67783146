//! Requests that their clients named, so that each is done once however often it comes (the idempotency keys of REST
//! clients). What one made is noted in the transaction that makes it.

use kernel::{Actor, Error, Id, Once, Result};
use store::{Tx, args};
use vault::Vault;

use crate::rows::aux_ids as rows;

/// For how long a request of the same name is answered with what the first made.
pub const KEPT_MS: i64 = 24 * 3_600 * 1_000;

/// What became of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The same request was done, and made this.
    Same(Made),
    /// The name was used for another request.
    Another,
}

/// Whatever a request made; its kind is known by what was asked for.
#[derive(Debug)]
pub enum Anything {}

/// The id of whatever a request made.
pub type Made = Id<Anything>;

/// The hashes of a request that the actor's client named so.
#[must_use]
pub fn named(vault: &Vault, actor: &Actor, name: &[u8], request: &[u8]) -> Once {
    let client = actor.client.map(|client| *client.as_bytes()).unwrap_or_default();
    let whose = [actor.person.as_bytes().as_slice(), actor.organisation.as_bytes(), &client, name].concat();
    Once { key: vault.blind_bytes("once_key", &whose), request: vault.blind_bytes("once_request", request) }
}

/// What became of this name in the last 24 hours.
pub async fn find(tx: &Tx, once: &Once) -> Result<Option<Done>> {
    let since_ms = tx.now_ms() - KEPT_MS;
    let name = args![&once.key, since_ms];
    let found = tx.one(rows::FIND_DONE, &name, |row| Ok((row.get::<[u8; 32]>(0)?, row.get::<Made>(1)?)));
    Ok(found
        .await?
        .map(|(request, made)| if request == once.request { Done::Same(made) } else { Done::Another }))
}

/// Notes what the actor's request made, when their client named it.
///
/// # Errors
/// [`Error::Conflict`] when another request of that name was faster: then nothing of this one is done.
pub async fn note<K>(tx: &Tx, actor: &Actor, made: &Id<K>) -> Result<()> {
    let Some(once) = &actor.origin.once else { return Ok(()) };
    let now = tx.now_ms();
    let row = args![&once.key, &once.request, made, now, now - KEPT_MS];
    if tx.run(rows::NOTE_DONE, &row).await? == 0 {
        return Err(is_used());
    }
    Ok(())
}

/// The name was used for another request, or for the same one a moment ago.
#[must_use]
pub fn is_used() -> Error {
    Error::conflict(USED, "another request came under this key within 24 hours")
}

/// The code of [`is_used`].
pub const USED: &str = "idempotency_key_used";

/// Forgets what was done too long ago, and says how much.
pub async fn sweep(tx: &Tx, rows_max: i64) -> Result<u64> {
    tx.run(rows::SWEEP_DONE, &args![tx.now_ms() - KEPT_MS, rows_max]).await
}

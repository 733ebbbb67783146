//! The rows that every kind of words shares.

use kernel::{Id, OrganisationId, Result};
use store::{Tx, args, in_list};

use crate::Of;

const FORGET: &str = concat!(
    "DELETE FROM search_tokens WHERE organisation = $65 AND object IN ",
    in_list!(),
    " RETURNING object"
);
const REACH: &str = "INSERT INTO search_progress (organisation, kind, object, seq) VALUES ($1, $2, $3, $4)
    ON CONFLICT (organisation, kind, object) DO UPDATE SET seq = excluded.seq";
const FORGET_PROGRESS: &str = concat!(
    "DELETE FROM search_progress WHERE organisation = $65 AND kind = $66 AND object IN ",
    in_list!(),
    " RETURNING object"
);

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[FORGET, REACH, FORGET_PROGRESS];

/// Lets one transaction at a time write or take away words of an organisation. Who writes asks behind this point
/// whether the text is still there.
///
/// # Errors
/// As [`Tx::lock`].
pub async fn hold(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    tx.lock(&format!("search {}", organisation.hex())).await
}

/// Takes away the words of messages, subjects (by their chats) or people. To be called in the transaction that takes
/// the texts away, after it did.
///
/// # Errors
/// As [`Tx::run`].
pub async fn forget<K>(tx: &Tx, organisation: OrganisationId, objects: &[Id<K>]) -> Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    hold(tx, organisation).await?;
    tx.all_of(FORGET, objects, &args![&organisation], |_| Ok(())).await.map(drop)
}

/// Notes how far the words of something are written.
///
/// # Errors
/// As [`Tx::run`].
pub async fn reach<K>(tx: &Tx, organisation: OrganisationId, of: Of, object: &Id<K>, seq: i64) -> Result<()> {
    tx.run(REACH, &args![&organisation, of.name(), object, seq]).await.map(drop)
}

/// Has the words of these things written anew, or no more of those that are not there.
///
/// # Errors
/// As [`Tx::run`].
pub async fn forget_progress<K>(
    tx: &Tx,
    organisation: OrganisationId,
    of: Of,
    objects: &[Id<K>],
) -> Result<()> {
    tx.all_of(FORGET_PROGRESS, objects, &args![&organisation, of.name()], |_| Ok(())).await.map(drop)
}

//! The rows that every kind of words shares.

use kernel::{Id, OrganisationId, Result};
use store::{Tx, args, in_list};

use crate::Of;

const FORGET: &str = concat!(
    "DELETE FROM search_tokens WHERE organisation = $65 AND object IN ",
    in_list!(),
    " RETURNING object"
);
const FORGET_PLACE: &str = "DELETE FROM search_tokens WHERE (place, token_hmac, object) IN
    (SELECT place, token_hmac, object FROM search_tokens WHERE organisation = $1 AND place = $2 LIMIT $3)";
const REACH: &str = "INSERT INTO search_progress (organisation, kind, object, seq) VALUES ($1, $2, $3, $4)
    ON CONFLICT (organisation, kind, object) DO UPDATE SET seq = excluded.seq";
const FORGET_PROGRESS: &str =
    "DELETE FROM search_progress WHERE organisation = $1 AND kind = $2 AND object = $3";

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[FORGET, FORGET_PLACE, REACH, FORGET_PROGRESS];

/// Words that one call of [`forget_place`] takes away: few enough for the steps of a transaction.
const WORDS_OF_A_PLACE_MAX: i64 = 5_000;

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

/// Takes away some of the words of a place in which nothing is said any more, and says whether there may be others.
///
/// # Errors
/// As [`Tx::run`].
pub async fn forget_place<K>(tx: &Tx, organisation: OrganisationId, place: &Id<K>) -> Result<bool> {
    hold(tx, organisation).await?;
    let gone = tx.run(FORGET_PLACE, &args![&organisation, place, WORDS_OF_A_PLACE_MAX]).await?;
    Ok(i64::try_from(gone).is_ok_and(|gone| gone == WORDS_OF_A_PLACE_MAX))
}

/// Notes how far the words of something are written.
///
/// # Errors
/// As [`Tx::run`].
pub async fn reach<K>(tx: &Tx, organisation: OrganisationId, of: Of, object: &Id<K>, seq: i64) -> Result<()> {
    tx.run(REACH, &args![&organisation, of.name(), object, seq]).await.map(drop)
}

/// Has the words of something written anew, or no more when it is not there.
///
/// # Errors
/// As [`Tx::run`].
pub async fn forget_progress<K>(tx: &Tx, organisation: OrganisationId, of: Of, object: &Id<K>) -> Result<()> {
    tx.run(FORGET_PROGRESS, &args![&organisation, of.name(), object]).await.map(drop)
}

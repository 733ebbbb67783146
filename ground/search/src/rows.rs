//! The rows that every kind of words shares.

use kernel::{Id, OrganisationId, Result};
use store::{Tx, args, in_list};

use crate::Of;

const FORGET: &str = concat!("DELETE FROM search_tokens WHERE organisation = $65 AND object IN ", in_list!());
/// Of the first so many words, how many each object has; the last may have more.
const COUNT_FIRST: &str = concat!(
    "SELECT object, COUNT(*) FROM (SELECT object FROM search_tokens WHERE organisation = $65 AND object IN ",
    in_list!(),
    " ORDER BY object LIMIT $66) few GROUP BY object ORDER BY object"
);
const FORGET_PLACE: &str = "DELETE FROM search_tokens WHERE (place, token_hmac, object) IN
    (SELECT place, token_hmac, object FROM search_tokens WHERE organisation = $1 AND place = $2 LIMIT $3)";
const REACH: &str = "INSERT INTO search_progress (organisation, kind, object, seq) VALUES ($1, $2, $3, $4)
    ON CONFLICT (organisation, kind, object) DO UPDATE SET seq = excluded.seq";
const FORGET_PROGRESS: &str = concat!(
    "DELETE FROM search_progress WHERE organisation = $65 AND kind = $66 AND object IN ",
    in_list!(),
    " RETURNING object"
);

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[FORGET, COUNT_FIRST, FORGET_PLACE, REACH, FORGET_PROGRESS];

/// Words that one transaction takes away, some 30 steps of SQLite's machine each: more than the longest message has.
const WORDS_PER_CALL_MAX: i64 = 5_000;

/// Lets one transaction at a time write or take away words of an organisation. Who writes asks behind this point
/// whether the text is still there.
///
/// # Errors
/// As [`Tx::lock`].
pub async fn hold(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    tx.lock(&format!("search {}", organisation.hex())).await
}

/// Takes away the words of messages, subjects (by their chats) or people. To be called in the transaction that takes
/// the texts away: whoever writes words waits until it has ended, and then finds no text. Of many objects it is asked
/// first [how many one transaction can take](forgettable).
///
/// # Errors
/// As [`Tx::run`].
pub async fn forget<K>(tx: &Tx, organisation: OrganisationId, objects: &[Id<K>]) -> Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    hold(tx, organisation).await?;
    tx.run_of(FORGET, objects, &args![&organisation]).await.map(drop)
}

/// How many of at most 64 objects, from the first on, have so few words that one transaction can [`forget`] them; one
/// at least, when there is any.
///
/// # Errors
/// As [`Tx::all`].
pub async fn forgettable<K>(tx: &Tx, organisation: OrganisationId, objects: &[Id<K>]) -> Result<usize> {
    let few = args![&organisation, WORDS_PER_CALL_MAX];
    let counted = tx.all_of(COUNT_FIRST, objects, &few, |row| Ok((row.get::<Id<K>>(0)?, row.get::<i64>(1)?)));
    let counted = counted.await?;
    let is_all = counted.iter().map(|(_, words)| words).sum::<i64>() < WORDS_PER_CALL_MAX;
    // The last that was counted may have more, and those behind it were not.
    let Some((last, _)) = counted.last().filter(|_| !is_all) else { return Ok(objects.len()) };
    let whole = objects.iter().take_while(|object| object.as_bytes() < last.as_bytes()).count();
    Ok(whole.max(1).min(objects.len()))
}

/// Takes away some of the words of a place in which nothing is said any more, and says whether there may be others.
///
/// # Errors
/// As [`Tx::run`].
pub async fn forget_place<K>(tx: &Tx, organisation: OrganisationId, place: &Id<K>) -> Result<bool> {
    hold(tx, organisation).await?;
    let gone = tx.run(FORGET_PLACE, &args![&organisation, place, WORDS_PER_CALL_MAX]).await?;
    Ok(i64::try_from(gone).is_ok_and(|gone| gone == WORDS_PER_CALL_MAX))
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

//! What waits unread, for whoever tells people so: who and since when, and never what.
//!
//! The house itself asks, so that no door is passed. Nothing of a chat comes out of here but that it is there.

use kernel::{ChatId, MessageId, OrganisationId, PersonId, Result};
use store::{Tx, args};

use crate::rows::unread as rows;

/// Somebody in whose chats something new came that they did not read yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// Whose chats these are.
    pub organisation: OrganisationId,
    /// Who.
    pub person: PersonId,
    /// When the first of it came.
    pub since_ms: i64,
}

/// Who has something unread among the messages made from one instant up to another, of which `most` are looked at;
/// and the instant up to which that was. Ids are made a moment before their commit, so that `until_ms` must lie some way
/// back.
///
/// # Errors
/// As [`Tx::all`].
pub async fn fresh(tx: &Tx, from_ms: i64, until_ms: i64, most: i64) -> Result<(Vec<Fresh>, i64)> {
    let (from, until) = (first_of(from_ms), first_of(until_ms));
    let beyond = tx.one(rows::NTH_MADE, &args![&from, &until, most], |row| row.get::<MessageId>(0)).await?;
    // All of one millisecond are looked at together, so that a page never ends in the middle of one.
    let reached_ms = beyond.map_or(until_ms, |id| id.made_ms().max(from_ms + 1));
    let reached = first_of(reached_ms);
    let asked = args![&from, &reached];
    let fresh = tx.all(rows::FRESH, &asked, |row| {
        Ok(Fresh { organisation: row.get(0)?, person: row.get(1)?, since_ms: row.get(2)? })
    });
    Ok((fresh.await?, reached_ms))
}

/// The least id that a message made at this instant can have.
fn first_of(ms: i64) -> MessageId {
    let mut bytes = [0; 12];
    bytes[..6].copy_from_slice(&ms.max(0).to_be_bytes()[2..]);
    MessageId::from_bytes(bytes)
}

/// When the oldest message came that somebody has not read, of those that came from an instant on.
///
/// # Errors
/// As [`Tx::one`].
pub async fn oldest_unread(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    after_ms: i64,
) -> Result<Option<i64>> {
    let row = args![&person, &organisation, after_ms];
    Ok(tx.one(rows::OLDEST_UNREAD, &row, |row| row.get::<Option<i64>>(0)).await?.flatten())
}

/// Whether somebody has read on in any of their chats of the organisation since an instant.
///
/// # Errors
/// As [`Tx::one`].
pub async fn has_read_since(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    since_ms: i64,
) -> Result<bool> {
    let row = args![&organisation, &person, since_ms];
    Ok(tx.one(rows::HAS_READ_SINCE, &row, |row| row.get::<PersonId>(0)).await?.is_some())
}

/// The next members of a chat in the order of their ids.
///
/// # Errors
/// As [`Tx::all`].
pub async fn members_after(
    tx: &Tx,
    organisation: OrganisationId,
    chat: ChatId,
    after: PersonId,
    most: i64,
) -> Result<Vec<PersonId>> {
    tx.all(rows::MEMBERS_AFTER, &args![&organisation, &chat, &after, most], |row| row.get(0)).await
}

//! What live connections of members are told. It was settled when somebody became a member that they hear of the chat,
//! so this is no reading that somebody asked for, and leaves no line in the access log (docs/access.md, rule 10).
//!
//! Nobody comes through a door here: the caller passes on what it gets to members alone, as [`audience`] names them.

use kernel::{ChatId, Event, MessageId, OrganisationId, PersonId, Result};
use store::{Tx, args};

use crate::chat::ChatKind;
use crate::messages::{Message, with_files};
use crate::request::Reply;
use crate::rows::chats::{KIND, ring};
use crate::rows::members::{ACQUAINTANCES, AUDIENCE, MARK_DELIVERED};
use crate::rows::messages::{self, AFTER};
use crate::rows::reactions::{self, ANSWER};

/// Messages that one call of [`posted_after`] gives at most.
pub const POSTED_MAX: i64 = 100;
/// Marks that one call of [`mark_delivered`] takes at most: each is a statement.
pub const MARKS_MAX: usize = 100;
/// People whom [`acquaintances`] names at most.
const ACQUAINTANCES_MAX: i64 = 5_000;

/// Who is told what happens in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// Two people or a group.
    pub kind: ChatKind,
    /// The two of a direct chat.
    pub peers: Option<(PersonId, PersonId)>,
    /// Those who are in it now.
    pub members: Vec<PersonId>,
}

/// That somebody's devices have a chat up to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Who owns the chat.
    pub organisation: OrganisationId,
    /// The chat.
    pub chat: ChatId,
    /// Whose.
    pub person: PersonId,
    /// Up to which place.
    pub seq: i64,
}

/// Who is in a chat of this organisation; `None` when it has no such chat.
///
/// # Errors
/// What the store refuses.
pub async fn audience(tx: &Tx, organisation: OrganisationId, chat: ChatId) -> Result<Option<Audience>> {
    let named = args![&organisation, &chat];
    let kind = tx.one(KIND, &named, |row| {
        let peers = row.get::<Option<PersonId>>(1)?.zip(row.get(2)?);
        Ok((ChatKind::named(&row.get::<String>(0)?)?, peers))
    });
    let Some((kind, peers)) = kind.await? else { return Ok(None) };
    let members = tx.all(AUDIENCE, &named, |row| row.get(0)).await?;
    Ok(Some(Audience { kind, peers, members }))
}

/// Messages of a chat after one place and up to another, the oldest first and [`POSTED_MAX`] at most. The keys of the
/// organisation are at hand.
///
/// # Errors
/// What the store refuses.
pub async fn posted_after(
    tx: &Tx,
    organisation: OrganisationId,
    chat: ChatId,
    (after, up_to): (i64, i64),
) -> Result<Vec<Message>> {
    let ring = ring(tx, organisation)?;
    let limit = up_to.saturating_sub(after).clamp(0, POSTED_MAX);
    let found = tx
        .all(AFTER, &args![&organisation, &chat, after, limit], |row| messages::message(row, chat, &ring))
        .await?;
    let found = found.into_iter().filter(|message| message.seq <= up_to).collect();
    with_files(tx, organisation, chat, found).await
}

/// The names of the options that somebody chose to answer the question of a message. The keys of the organisation are at
/// hand.
///
/// # Errors
/// What the store refuses.
pub async fn chosen(
    tx: &Tx,
    organisation: OrganisationId,
    chat: ChatId,
    (message, person): (MessageId, PersonId),
) -> Result<Vec<String>> {
    let (ring, named) = (ring(tx, organisation)?, args![&organisation, &chat, &message, &person]);
    let found = tx.one(ANSWER, &named, |row| reactions::answer(row, message, &ring)).await?;
    Ok(match found.map(|(_, answer)| answer.reply) {
        Some(Reply::Chosen(options)) => options,
        Some(Reply::Proved(_) | Reply::Refused) | None => Vec::new(),
    })
}

/// Those who share a chat of this organisation with somebody, 5,000 at most.
///
/// # Errors
/// What the store refuses.
pub async fn acquaintances(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<Vec<PersonId>> {
    tx.all(ACQUAINTANCES, &args![&organisation, &person, ACQUAINTANCES_MAX], |row| row.get(0)).await
}

/// Notes what reached the devices of members; who is none any more leaves no receipt.
///
/// # Errors
/// What the store refuses, and for more than [`MARKS_MAX`] marks.
pub async fn mark_delivered(tx: &Tx, marks: &[Delivered]) -> Result<()> {
    for Delivered { organisation, chat, person, seq } in marks {
        if tx.run(MARK_DELIVERED, &args![organisation, chat, person, *seq]).await? > 0 {
            tx.emit(Event::ReceiptMoved { chat: *chat, person: *person });
        }
    }
    Ok(())
}

//! The chats of two people who turned out to be one go to who is kept, and back when that was wrong.
//!
//! Always true:
//! - No message moves and none changes its author: who is kept reads what the other one wrote, under the name that they
//!   had.
//! - Where both had a chat with the same person, one goes on and the other stays to be read, closed.
//! - What is moved is recorded first, for thirty days.

use std::collections::{BTreeMap, BTreeSet};

use audit::{Deed, Line};
use kernel::{Actor, ChatChange, ChatId, Error, Event, OrganisationId, PersonId, Result};
use store::{Row, Tx, args};

use crate::rows::merging as rows;

/// Chats of who is gone, past ones included: all of it is one transaction.
const CHATS_MAX: i64 = if cfg!(test) { 3 } else { 400 };
/// Lines of the log that it writes: one for each patient of a chat.
const LINES_MAX: usize = 480;
const KEPT_MS: i64 = 30 * 24 * 3_600 * 1_000;

/// Who is kept, and who is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Who is kept.
    pub keep: PersonId,
    /// Who is gone.
    pub gone: PersonId,
}

/// Gives the chats of who is gone to who is kept, in these organisations. By nobody when an operator does it. The caller
/// has seen to it that these two may be merged.
///
/// # Errors
/// [`Error::TooLarge`] for more than 400 chats, or 480 patients in them.
pub async fn merge(tx: &Tx, by: Option<&Actor>, organisations: &[OrganisationId], pair: Pair) -> Result<()> {
    let Pair { keep, gone } = &pair;
    must_be_few(tx, organisations, *gone).await?;
    let now = tx.now_ms();
    let mut lines = Vec::new();
    for organisation in organisations {
        let both = args![organisation, gone, keep];
        let noting = args![organisation, gone, now];
        let moving = args![organisation, gone, keep, now];
        tx.run(rows::NOTE_PLACES, &noting).await?;
        tx.run(rows::NOTE_KEPT, &moving).await?;
        for sql in [rows::NOTE_PEERS, rows::NOTE_PATIENT, rows::NOTE_LINKS] {
            tx.run(sql, &noting).await?;
        }
        tx.run(rows::CLOSE_DOUBLED, &moving).await?;
        tx.run(rows::RENAME_PEERS, &both).await?;
        tx.run(rows::FOLD, &both).await?;
        tx.run(rows::NOTE_FOLDED, &moving).await?;
        tx.run(rows::GIVE_UP, &args![organisation, gone]).await?;
        for sql in [rows::TAKE_PLACES, rows::NAME_PATIENT, rows::TAKE_LINKS] {
            tx.run(sql, &both).await?;
        }
        lines.extend(tell(tx, by, *organisation, (pair, "merged")).await?);
    }
    write(tx, lines).await
}

/// Gives back what [`merge`] took, as far as its record is there. The caller has seen to it that it may be undone.
///
/// # Errors
/// As [`merge`].
pub async fn undo(tx: &Tx, by: Option<&Actor>, organisations: &[OrganisationId], pair: Pair) -> Result<()> {
    let Pair { keep, gone } = &pair;
    let mut lines = Vec::new();
    for organisation in organisations {
        let both = args![organisation, gone, keep];
        for sql in [rows::RETURN_PLACES, rows::RESTORE_GONE, rows::RESTORE_KEPT, rows::RENAME_BACK] {
            tx.run(sql, &both).await?;
        }
        tx.run(rows::RESTORE_DOUBLED, &args![organisation, gone]).await?;
        for sql in [rows::RESTORE_PATIENT, rows::RETURN_LINKS] {
            tx.run(sql, &both).await?;
        }
        lines.extend(tell(tx, by, *organisation, (pair, "merge undone")).await?);
        for sql in [rows::FORGET_PLACES, rows::FORGET_CHATS] {
            tx.run(sql, &args![organisation, gone]).await?;
        }
    }
    write(tx, lines).await
}

async fn write(tx: &Tx, lines: Vec<Line>) -> Result<()> {
    if lines.len() > LINES_MAX {
        return Err(Error::too_large("patients_of_merged_chats", LINES_MAX as u64));
    }
    audit::write_all(tx, lines).await
}

async fn must_be_few(tx: &Tx, organisations: &[OrganisationId], gone: PersonId) -> Result<()> {
    let mut count = 0;
    for organisation in organisations {
        let here = tx.one(rows::COUNT, &args![organisation, &gone], |row| row.get::<i64>(0)).await?;
        count += here.unwrap_or_default();
    }
    if count > CHATS_MAX {
        return Err(Error::too_large("merged_chats", CHATS_MAX.unsigned_abs()));
    }
    Ok(())
}

/// Who is in a chat, and whom its lines are about.
#[derive(Default)]
struct Audience {
    members: Vec<PersonId>,
    patients: BTreeSet<PersonId>,
}

/// Everybody in the chats that who is gone had hears of it; says the lines, of which each of their patients has one.
async fn tell(
    tx: &Tx,
    by: Option<&Actor>,
    organisation: OrganisationId,
    (pair, what): (Pair, &'static str),
) -> Result<Vec<Line>> {
    let read = |row: &Row<'_>| {
        let head = (row.get::<ChatId>(0)?, row.get::<Option<PersonId>>(1)?);
        Ok((head, row.get::<PersonId>(2)?, row.get::<bool>(3)?, row.get::<bool>(4)?))
    };
    let found = tx.all(rows::AUDIENCES, &args![&organisation, &pair.gone], read).await?;
    let mut audiences: BTreeMap<ChatId, Audience> = BTreeMap::new();
    for ((chat, patient), person, is_in, as_patient) in found {
        let audience = audiences.entry(chat).or_default();
        audience.members.extend(is_in.then_some(person));
        audience.patients.extend(patient.into_iter().chain(as_patient.then_some(person)));
    }
    let mut lines = Vec::new();
    for (chat, Audience { mut members, patients }) in audiences {
        let line = match by {
            Some(actor) => Line::of(actor, Deed::MembersChanged),
            None => Line::without_actor(organisation, Deed::MembersChanged),
        };
        let line = line.object(chat.as_bytes()).because(what);
        lines.extend(patients.iter().map(|patient| line.clone().about(Some(*patient))));
        lines.extend(patients.is_empty().then_some(line));
        members.extend([pair.keep, pair.gone]);
        members.sort_unstable();
        members.dedup();
        let by = by.map(|actor| actor.person);
        tx.emit(Event::ChatChanged { organisation, chat, change: ChatChange::Other, by, members });
    }
    Ok(lines)
}

/// Forgets what was recorded more than thirty days ago, and says how many rows that were.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    let before_ms = tx.now_ms() - KEPT_MS;
    let places = tx.run(rows::SWEEP_PLACES, &args![before_ms, most]).await?;
    let chats = tx.run(rows::SWEEP_CHATS, &args![before_ms, most]).await?;
    Ok(places.max(chats))
}

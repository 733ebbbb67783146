//! The appointments of two people who turned out to be one go to who is kept, and back when that was wrong.
//!
//! Always true:
//! - No appointment changes its time, its id or its sequence. Where both have one at the same time, both stand, beside each
//!   other.
//! - Who was blocked stays so, whichever of the two is kept. What was taken over of whom is known, so that it goes when that
//!   was wrong.
//! - Who is kept makes a link of their own into a video visit: one of who is gone opens nothing any more.
//! - What is moved is recorded first, for thirty days.

use std::collections::BTreeMap;

use audit::{Deed, Line};
use kernel::{Actor, AppointmentId, Error, Id, OrganisationId, PersonId, Result};
use store::{Row, Tx, args};

use crate::calendar::Span;
use crate::rows::merging as rows;
use crate::turns;

/// Appointments of who is gone: each has a line in the log.
const APPOINTMENTS_MAX: usize = 300;
/// Those among them that lie ahead: the time of each is looked at.
const AHEAD_MAX: usize = 20;
const KEPT_MS: i64 = 30 * 24 * 3_600 * 1_000;

/// Who is kept, and who is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Who is kept.
    pub keep: PersonId,
    /// Who is gone.
    pub gone: PersonId,
}

/// Gives the appointments of who is gone to who is kept, in these organisations. By nobody when an operator does it. The
/// caller has seen to it that these two may be merged.
///
/// # Errors
/// [`Error::TooLarge`] for more than 300 appointments, or 20 ahead.
pub async fn merge(tx: &Tx, by: Option<&Actor>, organisations: &[OrganisationId], pair: Pair) -> Result<()> {
    let Pair { keep, gone } = &pair;
    in_turn(tx, pair).await?;
    let (mut lines, mut ahead) = (Vec::new(), 0);
    for organisation in organisations {
        let both = args![organisation, gone, keep];
        tx.run(rows::NOTE, &args![organisation, gone, tx.now_ms()]).await?;
        let theirs = tx.all(rows::NOTED, &args![organisation, gone], |row| row.get(0)).await?;
        lines.extend(theirs.iter().map(|id| line(by, (*organisation, *keep), id, "merged")));
        tx.run(rows::TAKE, &both).await?;
        ahead += carry_over(tx, *organisation, (*gone, *keep)).await?;
        for sql in [rows::TAKE_HOLDS, rows::TAKE_NOTE, rows::TAKE_WAITING] {
            tx.run(sql, &both).await?;
        }
        tx.run(rows::END_VIDEO_LINKS, &args![organisation, gone]).await?;
    }
    must_be_few(ahead)?;
    write(tx, lines).await
}

/// Gives back what [`merge`] took, as far as its record is there. The caller has seen to it that it may be undone.
///
/// # Errors
/// As [`merge`].
pub async fn undo(tx: &Tx, by: Option<&Actor>, organisations: &[OrganisationId], pair: Pair) -> Result<()> {
    let Pair { keep, gone } = &pair;
    in_turn(tx, pair).await?;
    let (mut lines, mut ahead) = (Vec::new(), 0);
    for organisation in organisations {
        let noted = args![organisation, gone];
        let theirs = tx.all(rows::NOTED, &noted, |row| row.get(0)).await?;
        lines.extend(theirs.iter().map(|id| line(by, (*organisation, *gone), id, "merge undone")));
        let both = args![organisation, gone, keep];
        for sql in [
            rows::GIVE_BACK,
            rows::GIVE_BACK_HOLDS,
            rows::GIVE_BACK_WAITING,
            rows::CLEAR_INSURANCE,
            rows::CLEAR_BLOCK,
        ] {
            tx.run(sql, &both).await?;
        }
        let stretch = args![organisation, gone, keep, tx.now_ms()];
        let found = tx.all(rows::PLACES_OF_NOTED, &stretch, place).await?;
        ahead += found.len();
        must_be_few(ahead)?;
        put(tx, *organisation, *gone, found).await?;
        tx.run(rows::FORGET, &noted).await?;
    }
    write(tx, lines).await
}

/// Forgets what was recorded more than thirty days ago, and says how many rows that were.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP, &args![tx.now_ms() - KEPT_MS, most]).await
}

async fn in_turn(tx: &Tx, pair: Pair) -> Result<()> {
    turns::of_patients(tx, &[pair.keep, pair.gone]).await
}

/// Names the rows of `occupancy`. The type has no values.
enum Occupancy {}

type Found = (Id<Occupancy>, Span);

fn place(row: &Row<'_>) -> Result<Found> {
    Ok((row.get(0)?, Span { from_ms: row.get(1)?, until_ms: row.get(2)? }))
}

/// What takes one of them ahead takes the other one, beside what does already. Says how much that was.
async fn carry_over(
    tx: &Tx,
    organisation: OrganisationId,
    (from, to): (PersonId, PersonId),
) -> Result<usize> {
    let found = tx.all(rows::PLACES, &args![&organisation, &from, tx.now_ms()], place).await?;
    let count = found.len();
    must_be_few(count)?;
    put(tx, organisation, to, found).await?;
    Ok(count)
}

async fn put(tx: &Tx, organisation: OrganisationId, whose: PersonId, found: Vec<Found>) -> Result<()> {
    let lane = |row: &Row<'_>| Ok((row.get(0)?, Span { from_ms: row.get(1)?, until_ms: row.get(2)? }));
    let mut beside = tx.all(rows::LANES, &args![&organisation, &whose, tx.now_ms()], lane).await?;
    let mut lanes: BTreeMap<i64, Vec<Id<Occupancy>>> = BTreeMap::new();
    for (id, span) in found {
        let is_free = |lane: &i64| !beside.iter().any(|(one, taken)| one == lane && span.overlaps(*taken));
        let lane = (0..).find(is_free).unwrap_or_default();
        beside.push((lane, span));
        lanes.entry(lane).or_default().push(id);
    }
    for (lane, ids) in lanes {
        tx.run_of(rows::PUT, &ids, &args![&organisation, &whose, lane]).await?;
    }
    Ok(())
}

fn must_be_few(ahead: usize) -> Result<()> {
    if ahead > AHEAD_MAX {
        return Err(Error::too_large("merged_appointments_ahead", AHEAD_MAX as u64));
    }
    Ok(())
}

fn line(
    by: Option<&Actor>,
    (organisation, patient): (OrganisationId, PersonId),
    id: &AppointmentId,
    what: &'static str,
) -> Line {
    let line = match by {
        Some(actor) => Line::of(actor, Deed::Administration),
        None => Line::without_actor(organisation, Deed::Administration),
    };
    line.about(Some(patient)).object(id.as_bytes()).because(what)
}

async fn write(tx: &Tx, lines: Vec<Line>) -> Result<()> {
    if lines.len() > APPOINTMENTS_MAX {
        return Err(Error::too_large("merged_appointments", APPOINTMENTS_MAX as u64));
    }
    audit::write_all(tx, lines).await
}

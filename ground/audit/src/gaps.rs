//! What is left of a process that did not say goodbye: a line that names the span in which lines may be missing.

use kernel::{OrganisationId, Result};
use store::{Db, Tx};

use crate::{Deed, Line, Outcome, rows, write};

/// After how long without a sign of life another process counts as dead.
const SILENCE_US: i64 = 30_000_000;
/// Organisations that get their line in one transaction.
const LINES_PER_WRITE: usize = 100;
/// What lets one process at a time take care of a dead one.
const GAPS_LOCK: &str = "audit.gaps";

/// Whether other processes may run on the same database now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// None can, as on SQLite, whose data directory is locked: whoever else is on record is dead.
    Alone,
    /// Others can: who is on record is dead once it was silent for 30 s.
    Shared,
}

/// A dead process, and the span (microseconds since 1970) in which it may have lost lines.
#[derive(Clone)]
struct Dead {
    id: [u8; 12],
    from_us: i64,
    to_us: i64,
}

/// Writes the lines about every dead process but this one, and takes it off the record.
pub(crate) async fn write_lines(db: &Db, me: [u8; 12], company: Company) -> Result<()> {
    let now_us = db.clock().now_us();
    let since_us = match company {
        Company::Alone => i64::MAX,
        Company::Shared => now_us - SILENCE_US,
    };
    let (dead, organisations) = db
        .snapshot((me, since_us), |tx, (me, since_us)| {
            Box::pin(async move {
                let dead = rows::dead_writers(tx, me, *since_us).await?;
                let organisations =
                    if dead.is_empty() { Vec::new() } else { vault::organisations(tx).await? };
                Ok((dead, organisations))
            })
        })
        .await?;
    for (id, from_us) in dead {
        tracing::warn!(from_us, to_us = now_us, "a process ended without flushing the access log");
        write_lines_about(db, &Dead { id, from_us, to_us: now_us }, &organisations).await?;
    }
    Ok(())
}

/// The record goes with the last lines: a process that dies half-way leaves some lines twice, and none out.
async fn write_lines_about(db: &Db, dead: &Dead, organisations: &[OrganisationId]) -> Result<()> {
    let mut chunks: Vec<_> = organisations.chunks(LINES_PER_WRITE).map(<[_]>::to_vec).collect();
    let last = chunks.pop().unwrap_or_default();
    for chunk in chunks {
        write_chunk(db, dead, chunk, false).await?;
    }
    write_chunk(db, dead, last, true).await
}

async fn write_chunk(db: &Db, dead: &Dead, organisations: Vec<OrganisationId>, is_last: bool) -> Result<()> {
    db.write((dead.clone(), organisations, is_last), |tx, (dead, organisations, is_last)| {
        Box::pin(async move {
            tx.lock(GAPS_LOCK).await?;
            if !rows::is_writer(tx, &dead.id, dead.from_us).await? {
                // Another process took care of it, or it lives after all.
                return Ok(());
            }
            for organisation in organisations {
                write_line(tx, dead, *organisation).await?;
            }
            if *is_last { rows::end_writer(tx, &dead.id).await } else { Ok(()) }
        })
    })
    .await
}

async fn write_line(tx: &Tx, dead: &Dead, organisation: OrganisationId) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::LogGap)
        .outcome(Outcome::Failed)
        .object(&dead.id)
        .because(format!("{}..{}", dead.from_us, dead.to_us));
    write(tx, line).await
}

//! What became free, and is looked at for those who wait.

use kernel::{Id, OrganisationId, ResourceId, Result};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};

use crate::calendar::Span;

/// The job that looks for people on the waiting list.
pub const OFFER: &str = "booking.offer";

/// Rows of [`INSERT`].
const AT_ONCE: usize = 12;
/// So many at a time; what there are fewer is filled up with the first.
const INSERT: &str =
    "INSERT INTO freed_times (id, organisation, resource, from_ms, until_ms, made_ms, due_ms) VALUES
        ($3, $1, $4, $5, $6, $2, $7), ($8, $1, $9, $10, $11, $2, $12), ($13, $1, $14, $15, $16, $2, $17), ($18, $1, $19, $20, $21, $2, $22),
        ($23, $1, $24, $25, $26, $2, $27), ($28, $1, $29, $30, $31, $2, $32), ($33, $1, $34, $35, $36, $2, $37), ($38, $1, $39, $40, $41, $2, $42),
        ($43, $1, $44, $45, $46, $2, $47), ($48, $1, $49, $50, $51, $2, $52), ($53, $1, $54, $55, $56, $2, $57), ($58, $1, $59, $60, $61, $2, $62)
    ON CONFLICT (id) DO NOTHING";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT];

/// What the job [`OFFER`] needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Offering {
    /// Whose calendars.
    pub organisation: OrganisationId,
}

/// A resource that has become free for a time.
#[derive(Clone, Copy, Debug)]
pub struct Freed {
    /// Which.
    pub resource: ResourceId,
    /// When.
    pub span: Span,
    /// It is looked at once so many minutes have passed.
    pub debounce_minutes: i64,
}

/// Notes what has become free, to be looked at. Nothing is noted of what is over.
///
/// # Errors
/// The store's.
pub async fn note(tx: &Tx, organisation: OrganisationId, freed: &[Freed]) -> Result<()> {
    let now = tx.now_ms();
    let is_ahead = |one: &&Freed| one.span.until_ms > now && one.span.until_ms > one.span.from_ms;
    let due = |one: &Freed| now + one.debounce_minutes * 60_000;
    let ahead: Vec<&Freed> = freed.iter().filter(is_ahead).collect();
    let Some(due_ms) = ahead.iter().map(|one| due(one)).min() else { return Ok(()) };
    for some in ahead.chunks(AT_ONCE) {
        let ids: Vec<Id<FreedTime>> = some.iter().map(|_| tx.new_id()).collect();
        let filling = std::iter::repeat_n((&ids[0], &some[0]), AT_ONCE - some.len());
        let mut values = args![&organisation, now].to_vec();
        for (id, one) in ids.iter().zip(some).chain(filling) {
            let Span { from_ms, until_ms } = one.span;
            values.extend(args![id, &one.resource, from_ms, until_ms, due(one)]);
        }
        tx.run(INSERT, &values).await?;
    }
    let payload = serde_json::to_value(Offering { organisation }).map_err(kernel::Error::bug)?;
    jobs::enqueue_or_bring_forward(
        tx,
        &NewJob { name: OFFER, dedupe: Some(organisation.hex()), payload, due_ms },
    )
    .await
}

/// Names the rows. The type has no values.
enum FreedTime {}

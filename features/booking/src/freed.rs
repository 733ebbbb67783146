//! What became free, and is looked at for those who wait.

use kernel::{Id, OrganisationId, ResourceId, Result};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};

use crate::calendar::Span;

/// The job that looks for people on the waiting list.
pub const OFFER: &str = "booking.offer";

macro_rules! insert {
    ($($row:literal),+) => {
        concat!(
            "INSERT INTO freed_times (organisation, made_ms, id, resource, from_ms, until_ms, due_ms) VALUES ",
            $($row,)+
            " ON CONFLICT (id) DO NOTHING"
        )
    };
}

const INSERT: &str = insert!("($1, $2, $3, $4, $5, $6, $7)");
/// So many at a time.
const TOGETHER: usize = 12;
/// What there are fewer of is filled up with the first.
const INSERT_TOGETHER: &str = insert!(
    "($1, $2, $3, $4, $5, $6, $7)",
    ", ($1, $2, $8, $9, $10, $11, $12)",
    ", ($1, $2, $13, $14, $15, $16, $17)",
    ", ($1, $2, $18, $19, $20, $21, $22)",
    ", ($1, $2, $23, $24, $25, $26, $27)",
    ", ($1, $2, $28, $29, $30, $31, $32)",
    ", ($1, $2, $33, $34, $35, $36, $37)",
    ", ($1, $2, $38, $39, $40, $41, $42)",
    ", ($1, $2, $43, $44, $45, $46, $47)",
    ", ($1, $2, $48, $49, $50, $51, $52)",
    ", ($1, $2, $53, $54, $55, $56, $57)",
    ", ($1, $2, $58, $59, $60, $61, $62)"
);

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, INSERT_TOGETHER];

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
    for some in ahead.chunks(TOGETHER) {
        let (insert, places) = if some.len() == 1 { (INSERT, 1) } else { (INSERT_TOGETHER, TOGETHER) };
        let ids: Vec<Id<FreedTime>> = some.iter().map(|_| tx.new_id()).collect();
        let filling = std::iter::repeat_n((&ids[0], &some[0]), places - some.len());
        let mut values = args![&organisation, now].to_vec();
        for (id, one) in ids.iter().zip(some).chain(filling) {
            let Span { from_ms, until_ms } = one.span;
            values.extend(args![id, &one.resource, from_ms, until_ms, due(one)]);
        }
        tx.run(insert, &values).await?;
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

//! What became free, and is looked at for those who wait.

use kernel::{Id, OrganisationId, ResourceId, Result};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};

use crate::calendar::Span;

/// The job that looks for people on the waiting list.
pub const OFFER: &str = "booking.offer";

const INSERT: &str =
    "INSERT INTO freed_times (id, organisation, resource, from_ms, until_ms, made_ms, due_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT];

/// What the job [`OFFER`] needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Offering {
    /// Whose calendars.
    pub organisation: OrganisationId,
}

/// Notes that these resources have become free for a time, to be looked at once `debounce_minutes` have passed. Nothing is
/// noted of what is over.
///
/// # Errors
/// The store's.
pub async fn note(
    tx: &Tx,
    organisation: OrganisationId,
    resources: &[ResourceId],
    span: Span,
    debounce_minutes: i64,
) -> Result<()> {
    let now = tx.now_ms();
    if span.until_ms <= now || span.until_ms <= span.from_ms {
        return Ok(());
    }
    let due_ms = now + debounce_minutes * 60_000;
    for resource in resources {
        let id: Id<FreedTime> = tx.new_id();
        let values = args![&id, &organisation, resource, span.from_ms, span.until_ms, now, due_ms];
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

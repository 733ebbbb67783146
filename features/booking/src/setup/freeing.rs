//! What a change of the calendars makes free, for those on the waiting list.

use kernel::{InstitutionId, OrganisationId, ResourceId, Result};
use store::{Tx, args, in_list};

use crate::calendar::Span;
use crate::freed::{self, Freed};

/// How far ahead the types with a waiting list reach that need these, and how long they wait before letters go out.
const REACH: &str = concat!(
    "SELECT r.resource, MAX(t.horizon_days), MIN(t.asap_debounce_minutes)
     FROM type_resources r JOIN appointment_types t ON t.organisation = r.organisation AND t.id = r.type
     WHERE r.organisation = $65 AND t.asap_enabled AND t.ended_ms IS NULL AND r.resource IN ",
    in_list!(),
    " GROUP BY r.resource ORDER BY r.resource"
);
/// Those whose hours carry the times of such types: when all of a place is freed, they stand for the rest.
const CARRYING: &str = "
    SELECT DISTINCT o.id
    FROM resources o JOIN type_resources r ON r.organisation = o.organisation AND r.resource = o.id
        JOIN appointment_types t ON t.organisation = r.organisation AND t.id = r.type
    WHERE o.organisation = $1 AND o.institution = $2 AND o.ended_ms IS NULL AND r.part = 0
        AND t.asap_enabled AND t.ended_ms IS NULL
    ORDER BY o.id";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[REACH, CARRYING];

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Notes that these may be free at times when they were not. For what nobody can wait for, nothing is noted.
pub(super) async fn resources(
    tx: &Tx,
    organisation: OrganisationId,
    resources: &[ResourceId],
    within: Option<Span>,
) -> Result<()> {
    let of = args![&organisation];
    let reach = tx.all_of(REACH, resources, &of, |row| {
        Ok((row.get::<ResourceId>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?))
    });
    let now = tx.now_ms();
    let freed = |(resource, days, debounce_minutes)| {
        // A day more than the horizon: a local day may end later than one of 24 hours.
        let ahead = Span { from_ms: now, until_ms: now + (days + 1) * DAY_MS };
        let span = within.map_or(ahead, |within| Span {
            from_ms: within.from_ms.max(ahead.from_ms),
            until_ms: within.until_ms.min(ahead.until_ms),
        });
        Freed { resource, span, debounce_minutes }
    };
    let freed: Vec<Freed> = reach.await?.into_iter().map(freed).collect();
    freed::note(tx, organisation, &freed).await
}

/// Notes that all of a place may be free at times when it was not.
pub(super) async fn institution(tx: &Tx, organisation: OrganisationId, id: InstitutionId) -> Result<()> {
    let carrying = tx.all(CARRYING, &args![&organisation, &id], |row| row.get(0)).await?;
    resources(tx, organisation, &carrying, None).await
}

//! What holds and gatherings take of resources. Nobody else is taken by them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{AppointmentTypeId, Error, OrganisationId, ResourceId, Result};
use store::{Row, Tx, args, in_list};

use super::Question;
use crate::calendar::{self, By, Span, Taken};
use crate::model::AppointmentType;
use crate::rows::occupancy::LONGEST_MS;

/// What gatherings and holds take. A hold that has expired takes nothing. `$70` is the appointment that is to be moved: a
/// gathering that is nobody else's goes with it. What is kept for the patient `$71` and the type `$72` is told with its start.
const HELD: &str = concat!(
    "SELECT o.taken, o.from_ms, o.until_ms, o.hold, o.gathering, g.type, g.start_ms, g.capacity - g.taken, a.id,
         CASE WHEN h.patient = $71 AND h.type = $72 THEN h.start_ms END
     FROM occupancy o
         LEFT JOIN gatherings g ON g.organisation = o.organisation AND g.id = o.gathering
         LEFT JOIN appointments a ON a.organisation = g.organisation AND a.id = $70 AND a.gathering = g.id
             AND g.taken = 1
         LEFT JOIN holds h ON h.organisation = o.organisation AND h.id = o.hold
     WHERE o.organisation = $65 AND o.from_ms > $66 AND o.from_ms < $67 AND o.until_ms > $68
         AND o.appointment IS NULL AND (o.hold IS NULL OR h.expires_ms > $69) AND o.taken IN ",
    in_list!()
);

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[HELD];

const MINUTE_MS: i64 = 60 * 1_000;

/// All that appointments of this type can touch that begin on these local days, buffers included.
/// Where the calendar ends, so does it.
pub(super) fn touched(zone: &TimeZone, days: &RangeInclusive<Date>, kind: &AppointmentType) -> Span {
    let begin = |day: Date| calendar::instant(zone, day.at(0, 0, 0, 0));
    let (before, after) = kind.buffers;
    Span {
        from_ms: begin(*days.start()) - before * MINUTE_MS,
        until_ms: begin(days.end().saturating_add(1.day())) + (kind.duration + after) * MINUTE_MS,
    }
}

/// What holds and gatherings take of these resources, by the beginning.
pub(super) async fn read(
    tx: &Tx,
    organisation: OrganisationId,
    (resources, question): (&[ResourceId], &Question),
    kind: &AppointmentType,
    span: Span,
) -> Result<BTreeMap<ResourceId, Vec<Taken>>> {
    let mut found: BTreeMap<ResourceId, Vec<Taken>> = BTreeMap::new();
    let within = args![&organisation, span.from_ms - LONGEST_MS - 1, span.until_ms, span.from_ms];
    let asked = args![tx.now_ms(), question.moves.as_ref(), &question.patient, &kind.id];
    let add = |row: &Row<'_>| {
        let span = Span { from_ms: row.get(1)?, until_ms: row.get(2)? };
        found.entry(row.get(0)?).or_default().push(Taken { span, by: held_by(row, kind.id)? });
        Ok(())
    };
    tx.each_of(HELD, resources, &[&within[..], &asked[..]].concat(), add).await?;
    found.values_mut().for_each(|all| all.sort_by_key(|taken| taken.span));
    Ok(found)
}

fn held_by(row: &Row<'_>, asked: AppointmentTypeId) -> Result<By> {
    if let Some(own) = row.get(8)? {
        return Ok(By::Appointment(own));
    }
    match (row.get(3)?, row.get(4)?) {
        (Some(id), _) => Ok(By::Hold { id, kept_ms: row.get(9)? }),
        (None, Some(id)) => Ok(By::Gathering {
            id,
            is_of_type: row.get::<Option<AppointmentTypeId>>(5)? == Some(asked),
            start_ms: row.get::<Option<i64>>(6)?.ok_or_else(|| Error::bug("a gathering"))?,
            free: row.get::<Option<i64>>(7)?.unwrap_or_default(),
        }),
        (None, None) => Err(Error::bug("taken by nothing")),
    }
}

//! What is taken of resources and of the patient.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{AppointmentId, AppointmentTypeId, Error, Id, OrganisationId, PersonId, ResourceId, Result};
use store::{Row, Tx, args, in_list};

use super::Question;
use crate::calendar::{self, By, Span, Taken};
use crate::model::AppointmentType;

/// What is taken by whom, of one lane; no row is longer than two days, so that it is found by its beginning. A hold that
/// has expired takes nothing. `$70` is the appointment that is to be moved: a gathering that is nobody else's goes with it. What is kept for the
/// patient `$71` and the type `$72` is told with its start.
macro_rules! taken {
    ($lane:literal) => {
        concat!(
            "SELECT o.taken, o.from_ms, o.until_ms, o.appointment, o.hold, o.gathering, g.type, g.start_ms,
                 g.capacity - g.taken, a.id, CASE WHEN h.patient = $71 AND h.type = $72 THEN h.start_ms END
             FROM occupancy o
                 LEFT JOIN gatherings g ON g.organisation = o.organisation AND g.id = o.gathering
                 LEFT JOIN appointments a ON a.organisation = g.organisation AND a.id = $70 AND a.gathering = g.id
                     AND g.taken = 1
                 LEFT JOIN holds h ON h.organisation = o.organisation AND h.id = o.hold
             WHERE o.organisation = $65 AND ",
            $lane,
            " AND o.from_ms > $66 AND o.from_ms < $67 AND o.until_ms > $68
                 AND (o.hold IS NULL OR h.expires_ms > $69) AND o.taken IN ",
            in_list!()
        )
    };
}

/// What stands beside something, knowing, takes its time as well: it is there when the other is gone.
const TAKEN: &str = concat!(taken!("o.lane = 0"), " UNION ALL ", taken!("o.lane > 0"), " ORDER BY 2, 1");

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[TAKEN];

const MINUTE_MS: i64 = 60 * 1_000;
const TWO_DAYS_MS: i64 = 2 * 24 * 60 * MINUTE_MS;

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

/// What is taken of these resources and, where it counts, of the patient, by the beginning.
pub(super) async fn read(
    tx: &Tx,
    organisation: OrganisationId,
    (resources, patient, question): (&[ResourceId], Option<PersonId>, &Question),
    kind: &AppointmentType,
    span: Span,
) -> Result<(BTreeMap<ResourceId, Vec<Taken>>, Vec<Taken>)> {
    let mut ids: Vec<Id<Somebody>> = resources.iter().map(|id| Id::from_bytes(*id.as_bytes())).collect();
    ids.extend(patient.map(|id| Id::from_bytes(*id.as_bytes())));
    let earliest = span.from_ms - TWO_DAYS_MS - 1;
    let within = args![
        &organisation,
        earliest,
        span.until_ms,
        span.from_ms,
        tx.now_ms(),
        question.moves.as_ref(),
        &question.patient,
        &kind.id
    ];
    let rows = tx.all_of(TAKEN, &ids, &within, |row| Ok((row.get::<Id<Somebody>>(0)?, taken(row, kind.id)?)));
    let mut of_resources: BTreeMap<_, Vec<Taken>> = BTreeMap::new();
    let mut of_patient = Vec::new();
    for (whose, taken) in rows.await? {
        if patient.is_some_and(|patient| patient.as_bytes() == whose.as_bytes()) {
            of_patient.push(taken);
        } else {
            of_resources.entry(ResourceId::from_bytes(*whose.as_bytes())).or_default().push(taken);
        }
    }
    Ok((of_resources, of_patient))
}

fn taken(row: &Row<'_>, asked: AppointmentTypeId) -> Result<Taken> {
    let span = Span { from_ms: row.get(1)?, until_ms: row.get(2)? };
    let own = row.get::<Option<AppointmentId>>(3)?.or(row.get(9)?);
    let kept_ms = row.get::<Option<i64>>(10)?;
    let by = match (own, row.get(4)?, row.get(5)?) {
        (Some(appointment), _, _) => By::Appointment(appointment),
        (_, Some(id), _) => By::Hold { id, kept_ms },
        (_, _, Some(id)) => By::Gathering {
            id,
            is_of_type: row.get::<Option<AppointmentTypeId>>(6)? == Some(asked),
            start_ms: row.get::<Option<i64>>(7)?.ok_or_else(|| Error::bug("a gathering"))?,
            free: row.get::<Option<i64>>(8)?.unwrap_or_default(),
        },
        (None, None, None) => return Err(Error::bug("taken by nothing")),
    };
    Ok(Taken { span, by })
}

/// A resource or a patient. The type has no values.
enum Somebody {}

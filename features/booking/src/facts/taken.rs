//! What is taken of resources and of the patient.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{AppointmentTypeId, Error, Id, OrganisationId, PersonId, ResourceId, Result};
use store::{Row, Tx, args, in_list};

use super::Question;
use crate::calendar::{self, By, Span, Taken};
use crate::model::AppointmentType;

/// What appointments take, of one lane, which is nearly all that is taken: an index has it whole. No row is longer than two
/// days, so that it is found by its beginning.
macro_rules! booked {
    ($lane:literal) => {
        concat!(
            "SELECT taken, from_ms, until_ms, appointment FROM occupancy WHERE organisation = $65 AND ",
            $lane,
            " AND from_ms > $66 AND from_ms < $67 AND until_ms > $68 AND appointment IS NOT NULL AND taken IN ",
            in_list!()
        )
    };
}

/// What stands beside something, knowing, takes its time as well: it is there when the other is gone.
const BOOKED: &str = concat!(booked!("lane = 0"), " UNION ALL ", booked!("lane > 0"));

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
pub(crate) const ALL_SQL: &[&str] = &[BOOKED, HELD];

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
    let mut found = Found::default();
    let earliest = span.from_ms - TWO_DAYS_MS - 1;
    let within = args![&organisation, earliest, span.until_ms, span.from_ms];
    let asked = args![tx.now_ms(), question.moves.as_ref(), &question.patient, &kind.id];
    let asked = [&within[..], &asked[..]].concat();
    // Holds first: whoever books out of one between the two is seen at least once.
    tx.each_of(HELD, &ids, &asked, |row| found.add(row, held_by(row, kind.id)?)).await?;
    tx.each_of(BOOKED, &ids, &within, |row| found.add(row, By::Appointment(row.get(3)?))).await?;
    let mut all = found.done();
    let of_patient = patient.and_then(|patient| all.remove(&Id::from_bytes(*patient.as_bytes())));
    let of_resources = all.into_iter().map(|(whose, taken)| (Id::from_bytes(*whose.as_bytes()), taken));
    Ok((of_resources.collect(), of_patient.unwrap_or_default()))
}

/// What was found so far, by whose it is.
#[derive(Default)]
struct Found {
    all: BTreeMap<Id<Somebody>, Vec<Taken>>,
    /// Whose the last row was: mostly the next is theirs, too.
    last: Option<(Id<Somebody>, Vec<Taken>)>,
}

impl Found {
    fn add(&mut self, row: &Row<'_>, by: By) -> Result<()> {
        let (whose, span) = (row.get(0)?, Span { from_ms: row.get(1)?, until_ms: row.get(2)? });
        let taken = Taken { span, by };
        match &mut self.last {
            Some((last, theirs)) if *last == whose => theirs.push(taken),
            _ => {
                self.put_away();
                let mut theirs = self.all.remove(&whose).unwrap_or_default();
                theirs.push(taken);
                self.last = Some((whose, theirs));
            }
        }
        Ok(())
    }

    fn put_away(&mut self) {
        self.all.extend(self.last.take());
    }

    fn done(mut self) -> BTreeMap<Id<Somebody>, Vec<Taken>> {
        self.put_away();
        self.all.values_mut().for_each(|theirs| theirs.sort_by_key(|taken| taken.span));
        self.all
    }
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

/// A resource or a patient. The type has no values.
enum Somebody {}

//! Reading when resources are there.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use kernel::{Error, OrganisationId, ResourceId, Result};
use store::{Row, Tx, args, in_list};

use crate::calendar::Roster;
use crate::civil::{day_number, day_of};
use crate::model::{Exception, Minute, Weekly};
use crate::setup::absences;

/// Those that ended are never there.
const HOURS: &str = concat!(
    "SELECT h.resource, h.weekday, h.from_minute, h.until_minute, h.first_day, h.last_day
     FROM opening_hours h JOIN resources r ON r.organisation = h.organisation AND r.id = h.resource
     WHERE h.organisation = $65 AND r.ended_ms IS NULL AND (h.first_day IS NULL OR h.first_day <= $67)
         AND (h.last_day IS NULL OR h.last_day >= $66) AND h.resource IN ",
    in_list!(),
    " ORDER BY h.resource, h.weekday, h.from_minute, h.id"
);
const EXCEPTIONS: &str = concat!(
    "SELECT e.resource, e.day, e.from_minute, e.until_minute
     FROM opening_exceptions e JOIN resources r ON r.organisation = e.organisation AND r.id = e.resource
     WHERE e.organisation = $65 AND r.ended_ms IS NULL AND e.day BETWEEN $66 AND $67 AND e.resource IN ",
    in_list!(),
    " ORDER BY e.resource, e.day, e.from_minute, e.id"
);
const ABSENCES: &str = concat!(
    "SELECT id, resource, from_local_minute, until_local_minute FROM absences
     WHERE organisation = $65 AND until_local_minute > $66 AND from_local_minute < $67 AND resource IN ",
    in_list!(),
    " ORDER BY from_local_minute, id"
);

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[HOURS, EXCEPTIONS, ABSENCES];

const MINUTES_PER_DAY: i64 = 24 * 60;

/// When these resources are there on these local days; those that ended are never there.
///
/// # Errors
/// The store's.
pub async fn rosters(
    tx: &Tx,
    organisation: OrganisationId,
    ids: &[ResourceId],
    days: &RangeInclusive<Date>,
) -> Result<BTreeMap<ResourceId, Roster>> {
    let (first, last) = (day_number(*days.start()), day_number(*days.end()));
    let mut rosters: BTreeMap<_, _> = ids.iter().map(|id| (*id, Roster::default())).collect();
    let within = args![&organisation, first, last];
    for (id, weekly) in tx.all_of(HOURS, ids, &within, weekly).await? {
        rosters.entry(id).or_default().weekly.push(weekly);
    }
    for (id, day, open) in tx.all_of(EXCEPTIONS, ids, &within, exception).await? {
        add_exception(rosters.entry(id).or_default(), day, open);
    }
    // What begins on the last day may end two days after it.
    let minutes = args![&organisation, first * MINUTES_PER_DAY, (last + 3) * MINUTES_PER_DAY];
    for absence in tx.all_of(ABSENCES, ids, &minutes, absences::of_row).await? {
        rosters.entry(absence.resource).or_default().absences.push(absence);
    }
    Ok(rosters)
}

fn weekly(row: &Row<'_>) -> Result<(ResourceId, Weekly)> {
    let day = |at: usize| row.get::<Option<i64>>(at)?.map(day_of).transpose();
    let weekday = i8::try_from(row.get::<i64>(1)?).map_err(Error::bug)?;
    let (from, until) = (minute(row.get(2)?)?, minute(row.get(3)?)?);
    Ok((row.get(0)?, Weekly { weekday, from, until, first_day: day(4)?, last_day: day(5)? }))
}

/// A stretch of a day, or that the resource is not there.
type Open = Option<(Minute, Minute)>;

fn exception(row: &Row<'_>) -> Result<(ResourceId, Date, Open)> {
    let open = match (row.get::<Option<i64>>(2)?, row.get::<Option<i64>>(3)?) {
        (Some(from), Some(until)) => Some((minute(from)?, minute(until)?)),
        _ => None,
    };
    Ok((row.get(0)?, day_of(row.get(1)?)?, open))
}

fn minute(number: i64) -> Result<Minute> {
    Minute::try_from(number).map_err(Error::bug)
}

/// The rows of one day come one after the other.
fn add_exception(roster: &mut Roster, day: Date, open: Open) {
    match roster.exceptions.last_mut() {
        Some(last) if last.day == day => last.open.extend(open),
        _ => roster.exceptions.push(Exception { day, open: open.into_iter().collect() }),
    }
}

//! Setting when a resource is there.

use jiff::civil::Date;
use kernel::{Error, Id, OrganisationId, ResourceId, Result};
use store::{Tx, args};

use super::standing;
use crate::civil::day_number;
use crate::model::{Exception, Weekly};
use crate::setup::{Author, check, freeing, line};

const FORGET_HOURS: &str = "DELETE FROM opening_hours WHERE organisation = $1 AND resource = $2";
const INSERT_HOURS: &str = "
    INSERT INTO opening_hours (id, organisation, resource, weekday, from_minute, until_minute, first_day, last_day)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const FORGET_DAY: &str = "
    DELETE FROM opening_exceptions WHERE organisation = $1 AND resource = $2 AND day = $3";
const INSERT_DAY: &str = "
    INSERT INTO opening_exceptions (id, organisation, resource, day, from_minute, until_minute)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[FORGET_HOURS, INSERT_HOURS, FORGET_DAY, INSERT_DAY];

/// Replaces its weekly hours.
///
/// # Errors
/// [`kernel::Error::Invalid`] for hours that do not fit or overlap; [`kernel::Error::NotFound`] for a resource that does
/// not stand.
pub async fn set_hours(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: ResourceId,
    hours: &[Weekly],
) -> Result<()> {
    check::weekly(hours)?;
    standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "hours set").await?;
    tx.run(FORGET_HOURS, &args![&organisation, &id]).await?;
    for one in hours {
        let row: Id<Row> = tx.new_id();
        let values = args![
            &row,
            &organisation,
            &id,
            i64::from(one.weekday),
            i64::from(one.from),
            i64::from(one.until),
            one.first_day.map(day_number),
            one.last_day.map(day_number),
        ];
        tx.run(INSERT_HOURS, &values).await?;
    }
    freeing::resources(tx, organisation, &[id], None).await
}

/// Sets the hours of one day; with `None` the weekly ones hold again.
///
/// # Errors
/// As [`set_hours`].
pub async fn set_day(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: ResourceId,
    day: Date,
    open: Option<&Exception>,
) -> Result<()> {
    if let Some(exception) = open {
        check::exception(exception)?;
        if exception.day != day {
            return Err(Error::invalid("day", "day_unfit", "These are the hours of another day."));
        }
    }
    standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "hours of a day set").await?;
    tx.run(FORGET_DAY, &args![&organisation, &id, day_number(day)]).await?;
    for (from, until) in open.map(minutes).unwrap_or_default() {
        let row: Id<Row> = tx.new_id();
        tx.run(INSERT_DAY, &args![&row, &organisation, &id, day_number(day), from, until]).await?;
    }
    freeing::resources(tx, organisation, &[id], None).await
}

/// The rows of a day: one for each stretch, or one without minutes when the resource is not there.
fn minutes(exception: &Exception) -> Vec<(Option<i64>, Option<i64>)> {
    if exception.open.is_empty() {
        return vec![(None, None)];
    }
    exception.open.iter().map(|(from, until)| (Some(i64::from(*from)), Some(i64::from(*until)))).collect()
}

/// Names the rows. The type has no values.
enum Row {}

//! Days on which a place is closed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{InstitutionId, OrganisationId, Result};
use store::{Tx, args};

use super::standing;
use crate::civil::{day_number, day_of};
use crate::setup::{Author, check, freeing, line};

const LIST: &str = "
    SELECT day, name FROM holidays WHERE organisation = $1 AND institution = $2 AND day >= $3 ORDER BY day";
const FORGET: &str = "DELETE FROM holidays WHERE organisation = $1 AND institution = $2 AND day >= $3";
const INSERT: &str = "INSERT INTO holidays (organisation, institution, day, name) VALUES ($1, $2, $3, $4)";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[LIST, FORGET, INSERT];

/// Replaces its holidays from `from` on.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a day before that or twice; [`kernel::Error::NotFound`] when there is no such place that
/// stands.
pub async fn set_holidays(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: InstitutionId,
    from: Date,
    days: &[(Date, String)],
) -> Result<()> {
    check::holidays(from, days)?;
    standing(tx, organisation, id).await?;
    let before = holidays(tx, organisation, id, from).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "holidays set").await?;
    tx.run(FORGET, &args![&organisation, &id, day_number(from)]).await?;
    for (day, name) in days {
        tx.run(INSERT, &args![&organisation, &id, day_number(*day), name.trim()]).await?;
    }
    let now: BTreeSet<_> = days.iter().map(|(day, _)| *day).collect();
    if before.iter().all(|(day, _)| now.contains(day)) {
        return Ok(());
    }
    freeing::institution(tx, organisation, id).await
}

/// Its holidays from `from` on, by day.
///
/// # Errors
/// The store's.
pub async fn holidays(
    tx: &Tx,
    organisation: OrganisationId,
    id: InstitutionId,
    from: Date,
) -> Result<Vec<(Date, String)>> {
    let values = args![&organisation, &id, day_number(from)];
    tx.all(LIST, &values, |row| Ok((day_of(row.get(0)?)?, row.get(1)?))).await
}

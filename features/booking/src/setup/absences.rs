//! When somebody or something is away. What is booked then is to be planned again ([`crate::desk::affected`]).

use jiff::civil::{Date, DateTime};
use kernel::{AbsenceId, Error, Kind, OrganisationId, ResourceId, Result};
use store::{Row, Tx, args};

use super::{Author, check, freeing, line, resources};
use crate::calendar::Span;
use crate::civil::{day_number, minute_number, wall_of};
use crate::model::Absence;

const INSERT: &str = "
    INSERT INTO absences (id, organisation, resource, from_local_minute, until_local_minute, made_by, made_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const REMOVE: &str = "DELETE FROM absences WHERE organisation = $1 AND id = $2";
const LIST: &str = "
    SELECT id, resource, from_local_minute, until_local_minute FROM absences
    WHERE organisation = $1 AND until_local_minute > $2 ORDER BY from_local_minute, id";
const FIND: &str = "
    SELECT id, resource, from_local_minute, until_local_minute FROM absences WHERE organisation = $1 AND id = $2";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[INSERT, REMOVE, LIST, FIND];

const MINUTE_MS: i64 = 60 * 1_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Adds an absence, by the wall clock of the institution.
///
/// # Errors
/// [`kernel::Error::Invalid`] when it ends before it begins or lasts longer than two years; [`kernel::Error::NotFound`] for
/// a resource that does not stand.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    resource: ResourceId,
    from: DateTime,
    until: DateTime,
) -> Result<AbsenceId> {
    check::absence(from, until)?;
    resources::standing(tx, organisation, resource).await?;
    let id: AbsenceId = tx.new_id();
    line::changing(tx, author, organisation, id.as_bytes(), "absence added").await?;
    let by = match author {
        Author::Operator => None,
        Author::Staff(actor) => Some(&actor.person),
    };
    let (from, until) = (minute_number(from), minute_number(until));
    tx.run(INSERT, &args![&id, &organisation, &resource, from, until, by, tx.now_ms()]).await?;
    Ok(id)
}

/// Removes an absence, which frees what it took.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is none.
pub async fn remove(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: AbsenceId) -> Result<()> {
    let absence = find(tx, organisation, id).await?.ok_or(Error::not_found(Kind::Absence))?;
    line::changing(tx, author, organisation, id.as_bytes(), "absence removed").await?;
    tx.run(REMOVE, &args![&organisation, &id]).await?;
    // No zone is further than a day from UTC.
    let span = Span {
        from_ms: minute_number(absence.from) * MINUTE_MS - DAY_MS,
        until_ms: minute_number(absence.until) * MINUTE_MS + DAY_MS,
    };
    freeing::resources(tx, organisation, &[absence.resource], Some(span)).await
}

/// The absences of all resources that end on this day or later, by their beginning.
///
/// # Errors
/// The store's.
pub async fn list(tx: &Tx, organisation: OrganisationId, from: Date) -> Result<Vec<Absence>> {
    let midnight = day_number(from) * 24 * 60;
    tx.all(LIST, &args![&organisation, midnight], of_row).await
}

/// The absence of this id.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: AbsenceId) -> Result<Option<Absence>> {
    tx.one(FIND, &args![&organisation, &id], of_row).await
}

/// An absence from its columns.
pub(super) fn of_row(row: &Row<'_>) -> Result<Absence> {
    let (from, until) = (wall_of(row.get(2)?)?, wall_of(row.get(3)?)?);
    Ok(Absence { id: row.get(0)?, resource: row.get(1)?, from, until })
}

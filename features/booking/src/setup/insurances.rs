//! Who pays for care.

use kernel::{Error, InsuranceId, Kind, OrganisationId, Result};
use store::{Row, Tx, args};

use super::numbers::{self, Numbered};
use super::{Author, check, line};
use crate::model::{Insurance, InsuranceKind, Number};

/// What an insurance is read by.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, number, name, kind FROM insurances WHERE organisation = $1 ", $rest)
    };
}

const INSERT: &str =
    "INSERT INTO insurances (id, organisation, number, name, kind) VALUES ($1, $2, $3, $4, $5)";
const END: &str =
    "UPDATE insurances SET ended_ms = $3 WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const LIST: &str = select!("AND ended_ms IS NULL ORDER BY number");
const FIND: &str = select!("AND id = $2");
const FIND_NUMBERED: &str = select!("AND number = $2 AND ended_ms IS NULL");

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[INSERT, END, LIST, FIND, FIND_NUMBERED];

/// Adds an insurance.
///
/// # Errors
/// [`kernel::Error::Invalid`] with the field that does not fit; [`kernel::Error::Conflict`] for a number that is taken.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    number: Option<Number>,
    name: &str,
    kind: InsuranceKind,
) -> Result<InsuranceId> {
    check::name("name", name)?;
    check::number(number)?;
    let id: InsuranceId = tx.new_id();
    line::changing(tx, author, organisation, id.as_bytes(), "insurance added").await?;
    let number = numbers::given(tx, organisation, Numbered::Insurance, number).await?;
    tx.run(INSERT, &args![&id, &organisation, number, name.trim(), kind.name()]).await?;
    Ok(id)
}

/// Ends an insurance: nobody books with it any more.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is none that stands.
pub async fn end(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: InsuranceId) -> Result<()> {
    line::changing(tx, author, organisation, id.as_bytes(), "insurance ended").await?;
    if tx.run(END, &args![&organisation, &id, tx.now_ms()]).await? == 0 {
        return Err(Error::not_found(Kind::Insurance));
    }
    Ok(())
}

/// Every insurance that has not ended, by number.
///
/// # Errors
/// The store's.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Insurance>> {
    tx.all(LIST, &args![&organisation], of_row).await
}

/// The insurance of this id, ended ones included.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: InsuranceId) -> Result<Option<Insurance>> {
    tx.one(FIND, &args![&organisation, &id], of_row).await
}

/// The insurance of this number that has not ended.
///
/// # Errors
/// The store's.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<Insurance>> {
    tx.one(FIND_NUMBERED, &args![&organisation, number], of_row).await
}

fn of_row(row: &Row<'_>) -> Result<Insurance> {
    let kind =
        InsuranceKind::named(&row.get::<String>(3)?).ok_or_else(|| Error::bug("a kind of insurance"))?;
    Ok(Insurance { id: row.get(0)?, number: row.get(1)?, name: row.get(2)?, kind })
}

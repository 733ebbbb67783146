//! When somebody or something is away. What is booked then is to be planned again ([`crate::desk::affected`]).

use jiff::civil::{Date, DateTime};
use kernel::{AbsenceId, OrganisationId, ResourceId, Result};
use store::Tx;

use super::Author;
use crate::model::Absence;

/// Adds an absence, by the wall clock of the institution.
///
/// # Errors
/// [`kernel::Error::Invalid`] when it ends before it begins or lasts longer than two years.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    resource: ResourceId,
    from: DateTime,
    until: DateTime,
) -> Result<AbsenceId> {
    todo!()
}

/// Removes an absence, which frees what it took.
pub async fn remove(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: AbsenceId) -> Result<()> {
    todo!()
}

/// The absences of all resources that end on this day or later, by their beginning.
pub async fn list(tx: &Tx, organisation: OrganisationId, from: Date) -> Result<Vec<Absence>> {
    todo!()
}

/// The absence of this id.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: AbsenceId) -> Result<Option<Absence>> {
    todo!()
}

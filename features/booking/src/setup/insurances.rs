//! Who pays for care.

use kernel::{InsuranceId, OrganisationId, Result};
use store::Tx;

use super::Author;
use crate::model::{Insurance, InsuranceKind, Number};

/// Adds an insurance.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    number: Option<Number>,
    name: &str,
    kind: InsuranceKind,
) -> Result<InsuranceId> {
    todo!()
}

/// Ends an insurance: nobody books with it any more.
pub async fn end(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: InsuranceId) -> Result<()> {
    todo!()
}

/// Every insurance that has not ended, by number.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Insurance>> {
    todo!()
}

/// The insurance of this id, ended ones included.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: InsuranceId) -> Result<Option<Insurance>> {
    todo!()
}

/// The insurance of this number that has not ended.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<Insurance>> {
    todo!()
}

//! A time that is kept for somebody whom the desk speaks with, or while they choose themselves.

use kernel::{AppointmentTypeId, HoldId, OrganisationId, PersonId, ResourceId, Result};
use store::{Tx, args};

/// What is kept for an offer of the waiting list is nobody's to give up here.
const FIND: &str = "SELECT patient, type, start_ms, end_ms, expires_ms FROM holds
    WHERE organisation = $1 AND id = $2 AND offer IS NULL AND expires_ms > $3";
const RESOURCES: &str = "SELECT taken FROM occupancy WHERE organisation = $1 AND hold = $2 ORDER BY taken";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[FIND, RESOURCES];

/// A time that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// For whom.
    pub patient: PersonId,
    /// For what.
    pub kind: AppointmentTypeId,
    /// Its start as patients are shown it, in milliseconds since 1970.
    pub start_ms: i64,
    /// Its end as patients are shown it.
    pub end_ms: i64,
    /// Until when it is kept.
    pub until_ms: i64,
}

/// What is kept under this id; `None` once it is not.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, organisation: OrganisationId, hold: HoldId) -> Result<Option<Kept>> {
    tx.one(FIND, &args![&organisation, &hold, tx.now_ms()], |row| {
        Ok(Kept {
            patient: row.get(0)?,
            kind: row.get(1)?,
            start_ms: row.get(2)?,
            end_ms: row.get(3)?,
            until_ms: row.get(4)?,
        })
    })
    .await
}

/// Whom and what it is kept with.
///
/// # Errors
/// The store's.
pub async fn resources(tx: &Tx, organisation: OrganisationId, hold: HoldId) -> Result<Vec<ResourceId>> {
    tx.all(RESOURCES, &args![&organisation, &hold], |row| row.get(0)).await
}

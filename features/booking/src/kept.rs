//! Whom a time is kept for that the desk, or a patient, holds while they choose.

use kernel::{HoldId, OrganisationId, PersonId, Result};
use store::{Tx, args};

/// What is kept for an offer of the waiting list is nobody's to give up here.
const KEPT_FOR: &str = "SELECT patient FROM holds WHERE organisation = $1 AND id = $2 AND offer IS NULL";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[KEPT_FOR];

/// For whom a time is kept; `None` once it is not.
///
/// # Errors
/// The store's.
pub async fn kept_for(tx: &Tx, organisation: OrganisationId, hold: HoldId) -> Result<Option<PersonId>> {
    tx.one(KEPT_FOR, &args![&organisation, &hold], |row| row.get(0)).await
}

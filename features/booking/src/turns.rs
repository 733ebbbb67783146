//! Who changes what is taken waits for whoever does so with the same patient or the same resources: otherwise two who want
//! one time would each wait for the other's rows, and PostgreSQL would end one of them after a second. What is free is
//! decided by the rows and not by this.
//!
//! The patient comes first, then resources in the order of their ids.

use kernel::{PersonId, ResourceId, Result};
use store::Tx;

/// Waits for others who change appointments of this patient.
pub(crate) async fn of_patient(tx: &Tx, patient: PersonId) -> Result<()> {
    tx.lock(&format!("booking of {}", patient.hex())).await
}

/// Waits for others who take one of these.
pub(crate) async fn of_resources(tx: &Tx, resources: &[ResourceId]) -> Result<()> {
    let mut resources = resources.to_vec();
    resources.sort_unstable();
    resources.dedup();
    for resource in resources {
        tx.lock(&format!("booking with {}", resource.hex())).await?;
    }
    Ok(())
}

//! What is called how, by ids, what has ended included: for lists in which appointments of long ago stand, too.

use std::collections::HashMap;

use kernel::{AppointmentTypeId, Id, InstitutionId, InsuranceId, OrganisationId, ResourceId, Result};
use store::{Row, Tx, args};

use crate::model::Number;

const TYPES: &str = "SELECT id, number, name FROM appointment_types WHERE organisation = $1";
const INSTITUTIONS: &str = "SELECT id, number, name FROM institutions WHERE organisation = $1";
const INSURANCES: &str = "SELECT id, number, name FROM insurances WHERE organisation = $1";
const RESOURCES: &str = "SELECT id, name FROM resources WHERE organisation = $1";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[TYPES, INSTITUTIONS, INSURANCES, RESOURCES];

/// What something is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Its number.
    pub number: Number,
    /// What it is called.
    pub name: String,
}

/// What everything of an organisation is called.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Types.
    pub kinds: HashMap<AppointmentTypeId, Label>,
    /// Places.
    pub institutions: HashMap<InstitutionId, Label>,
    /// Insurances.
    pub insurances: HashMap<InsuranceId, Label>,
    /// Practitioners, rooms and devices.
    pub resources: HashMap<ResourceId, String>,
}

/// What everything of an organisation is called.
///
/// # Errors
/// The store's.
pub async fn of(tx: &Tx, organisation: OrganisationId) -> Result<Labels> {
    let args = args![&organisation];
    let resources = tx.all(RESOURCES, &args, |row| Ok((row.get(0)?, row.get(1)?))).await?;
    Ok(Labels {
        kinds: tx.all(TYPES, &args, labelled).await?.into_iter().collect(),
        institutions: tx.all(INSTITUTIONS, &args, labelled).await?.into_iter().collect(),
        insurances: tx.all(INSURANCES, &args, labelled).await?.into_iter().collect(),
        resources: resources.into_iter().collect(),
    })
}

fn labelled<K>(row: &Row<'_>) -> Result<(Id<K>, Label)> {
    Ok((row.get(0)?, Label { number: row.get(1)?, name: row.get(2)? }))
}

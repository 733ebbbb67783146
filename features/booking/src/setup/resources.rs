//! Practitioners, rooms and devices, and when they are there.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use kernel::{InstitutionId, OrganisationId, PersonId, ResourceId, Result};
use store::Tx;

use super::Author;
use crate::calendar::Roster;
use crate::model::{Exception, Resource, ResourceKind, Weekly};

/// A resource to add.
#[derive(Clone, Debug)]
pub struct NewResource {
    /// Where.
    pub institution: InstitutionId,
    /// What.
    pub kind: ResourceKind,
    /// What it is called.
    pub name: String,
    /// Who the practitioner is.
    pub person: Option<PersonId>,
}

/// Adds a resource, which is nowhere yet.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    new: &NewResource,
) -> Result<ResourceId> {
    todo!()
}

/// Every resource of the organisation that has not ended, by id.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Resource>> {
    todo!()
}

/// The resource of this id, ended ones included.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: ResourceId) -> Result<Option<Resource>> {
    todo!()
}

/// Ends a resource: nothing new is booked with it; what was booked stays.
pub async fn end(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: ResourceId) -> Result<()> {
    todo!()
}

/// Replaces its weekly hours.
pub async fn set_hours(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: ResourceId,
    hours: &[Weekly],
) -> Result<()> {
    todo!()
}

/// Sets the hours of one day; with `None` the weekly ones hold again.
pub async fn set_day(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: ResourceId,
    day: Date,
    open: Option<&Exception>,
) -> Result<()> {
    todo!()
}

/// When these resources are there on these local days and the one before; those that ended are never there.
pub async fn rosters(
    tx: &Tx,
    organisation: OrganisationId,
    ids: &[ResourceId],
    days: &RangeInclusive<Date>,
) -> Result<BTreeMap<ResourceId, Roster>> {
    todo!()
}

//! Practitioners, rooms and devices, and when they are there.

mod hours;
mod rosters;

use kernel::{Error, InstitutionId, Kind, OrganisationId, PersonId, ResourceId, Result};
use store::{Row, Tx, args};

use super::{Author, check, institutions, line};
use crate::model::{Resource, ResourceKind};

pub use hours::{set_day, set_hours};
pub use rosters::rosters;
pub(crate) use {hours::ALL_SQL as HOURS_SQL, rosters::ALL_SQL as ROSTERS_SQL};

/// What a resource is read by.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, institution, kind, name, person FROM resources WHERE organisation = $1 ", $rest)
    };
}

const INSERT: &str = "
    INSERT INTO resources (id, organisation, institution, kind, name, person) VALUES ($1, $2, $3, $4, $5, $6)";
const CHANGE: &str = "
    UPDATE resources SET name = $3, person = $4 WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const LIST: &str = select!("AND ended_ms IS NULL ORDER BY id");
const FIND: &str = select!("AND id = $2");
const STANDS: &str = select!("AND id = $2 AND ended_ms IS NULL");
const END: &str =
    "UPDATE resources SET ended_ms = $3 WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[INSERT, CHANGE, LIST, FIND, STANDS, END];

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
///
/// # Errors
/// [`kernel::Error::Invalid`] with the field that does not fit; [`kernel::Error::NotFound`] for a place that does not
/// stand.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    new: &NewResource,
) -> Result<ResourceId> {
    check::resource(new)?;
    institutions::standing(tx, organisation, new.institution).await?;
    let id: ResourceId = tx.new_id();
    line::changing(tx, author, organisation, id.as_bytes(), "resource added").await?;
    let (kind, name) = (new.kind.name(), new.name.trim());
    tx.run(INSERT, &args![&id, &organisation, &new.institution, kind, name, new.person.as_ref()]).await?;
    Ok(id)
}

/// Calls a resource something else, or says who the practitioner is; where and what it is stays.
///
/// # Errors
/// As [`add`]; [`kernel::Error::NotFound`] when there is none that stands.
pub async fn change(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: ResourceId,
    name: &str,
    person: Option<PersonId>,
) -> Result<()> {
    let is = standing(tx, organisation, id).await?;
    let name = name.trim();
    check::resource(&NewResource {
        institution: is.institution,
        kind: is.kind,
        name: name.to_owned(),
        person,
    })?;
    line::changing(tx, author, organisation, id.as_bytes(), "resource changed").await?;
    tx.run(CHANGE, &args![&organisation, &id, name, person.as_ref()]).await.map(drop)
}

/// Every resource of the organisation that has not ended, by id.
///
/// # Errors
/// The store's.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Resource>> {
    tx.all(LIST, &args![&organisation], of_row).await
}

/// The resource of this id, ended ones included.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: ResourceId) -> Result<Option<Resource>> {
    tx.one(FIND, &args![&organisation, &id], of_row).await
}

/// Ends a resource: nothing new is booked with it; what was booked stays.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is none that stands.
pub async fn end(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: ResourceId) -> Result<()> {
    standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "resource ended").await?;
    tx.run(END, &args![&organisation, &id, tx.now_ms()]).await.map(drop)
}

/// The resource of this id, when it has not ended.
pub(super) async fn standing(tx: &Tx, organisation: OrganisationId, id: ResourceId) -> Result<Resource> {
    let found = tx.one(STANDS, &args![&organisation, &id], of_row).await?;
    found.ok_or(Error::not_found(Kind::Resource))
}

fn of_row(row: &Row<'_>) -> Result<Resource> {
    let kind = ResourceKind::named(&row.get::<String>(2)?).ok_or_else(|| Error::bug("a kind of resource"))?;
    Ok(Resource { id: row.get(0)?, institution: row.get(1)?, kind, name: row.get(3)?, person: row.get(4)? })
}

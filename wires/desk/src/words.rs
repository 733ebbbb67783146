//! The names of this API, and what they mean here.

pub(crate) mod appointments;
pub(crate) mod categories;
pub(crate) mod figures;
pub(crate) mod hours;
pub(crate) mod institutions;
pub(crate) mod patients;
pub(crate) mod types;

use kernel::{Error, Id, Result};

/// The ids that UUIDs in a body name.
///
/// # Errors
/// [`Error::Invalid`] of the field for what is no id of ours.
pub(crate) fn ids<K>(field: &'static str, uuids: &[String]) -> Result<Vec<Id<K>>> {
    uuids.iter().map(|uuid| id(field, uuid)).collect()
}

/// The id that a UUID in a body names.
///
/// # Errors
/// As [`ids`].
pub(crate) fn id<K>(field: &'static str, uuid: &str) -> Result<Id<K>> {
    let why = "An id is a UUID as this API writes it.";
    Id::from_uuid(uuid).ok_or_else(|| Error::invalid(field, "id_unfit", why))
}

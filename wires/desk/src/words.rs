//! The names of this API, and what they mean here.

pub(crate) mod appointments;
pub(crate) mod categories;
pub(crate) mod figures;
pub(crate) mod hours;
pub(crate) mod institutions;
pub(crate) mod patients;
pub(crate) mod types;

use kernel::{Error, Id, Result};
use utoipa::IntoParams;

/// What a client may call a request by that makes something.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct Name {
    /// A name for this request: within 24 hours it is done once, and answered the same.
    #[param(rename = "Idempotency-Key", max_length = 255)]
    #[expect(dead_code, reason = "the document is made of it; it is read as a header")]
    idempotency_key: Option<String>,
}

/// Which part of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document is made of it; it is read by name")]
pub(crate) struct Paging {
    /// Which page, from 0.
    page: Option<u32>,
    /// Entries a page: 20 unless said, 100 at most.
    amount: Option<u32>,
}

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

//! The proof that we offered a time under these conditions: sealed, short-lived, and no hold.

use kernel::{
    AppointmentId, AppointmentTypeId, CategoryId, ClientId, InsuranceId, OrganisationId, PersonId,
    ResourceId, Result, Rng,
};
use vault::KeyRing;

/// Minutes that an availability is good for.
pub const MINUTES: i64 = 30;

/// A time that was offered to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// When it was offered, in milliseconds since 1970.
    pub issued_ms: i64,
    /// Until when it is good.
    pub expires_ms: i64,
    /// The start as patients are shown it; whole seconds.
    pub start_ms: i64,
    /// Minutes that patients are shown, and the buffers, when it was offered.
    pub minutes: (i64, i64, i64),
    /// Of which type.
    pub kind: AppointmentTypeId,
    /// In which category.
    pub category: CategoryId,
    /// Who pays.
    pub insurance: InsuranceId,
    /// Who and what was free then.
    pub resources: Vec<ResourceId>,
    /// The revision of what could be booked.
    pub revision: i64,
    /// The appointment that it is to move; none when it is to be booked.
    pub moves: Option<AppointmentId>,
    /// Whom it was offered to.
    pub patient: PersonId,
    /// Through which application.
    pub client: Option<ClientId>,
    /// Chance, by which a repetition is known.
    pub jti: [u8; 8],
}

/// Seals it for its organisation.
#[must_use]
pub fn seal(ring: &KeyRing, organisation: OrganisationId, availability: &Availability) -> Vec<u8> {
    todo!()
}

/// Opens what was sealed for this organisation.
///
/// # Errors
/// [`kernel::Error::Invalid`] of the field `availability_id` with the code `availability_invalid` for whatever does not
/// open or is not ours, in the same time; [`kernel::Error::Gone`] of [`kernel::Kind::Availability`] when it has expired.
pub fn open(
    ring: &KeyRing,
    organisation: OrganisationId,
    sealed: &[u8],
    now_ms: i64,
) -> Result<Availability> {
    todo!()
}

/// A new `jti`.
#[must_use]
pub fn jti(rng: &Rng) -> [u8; 8] {
    rng.bytes()
}

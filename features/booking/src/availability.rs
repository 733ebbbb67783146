//! The proof that we offered a time under these conditions: sealed, short-lived, and no hold.
//!
//! Nothing is kept of what is listed: what was offered comes back with whoever takes it, and opens for nobody who made it
//! up. It overrides no rule, and is asked about again by the predicate.

mod layout;
#[cfg(test)]
mod tests;

use kernel::{
    AppointmentId, AppointmentTypeId, CategoryId, ClientId, Error, InsuranceId, Kind, OrganisationId,
    PersonId, ResourceId, Result, Rng,
};
use vault::{KeyRing, Place};

/// Minutes that an availability is good for.
pub const MINUTES: i64 = 30;

/// No sealed availability is longer.
const SEALED_BYTES_MAX: usize = 512;

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

impl Availability {
    /// Passes for one that has not expired.
    ///
    /// # Errors
    /// [`Error::Gone`] of [`Kind::Availability`].
    pub const fn must_be_good(&self, now_ms: i64) -> Result<()> {
        if now_ms < self.expires_ms { Ok(()) } else { Err(Error::Gone { what: Kind::Availability }) }
    }
}

/// What it is for, as part of what is sealed: one to book with cannot be turned into one to move with.
#[derive(Clone, Copy)]
enum Purpose {
    Book,
    Move,
}

impl Purpose {
    const fn of(availability: &Availability) -> Self {
        if availability.moves.is_some() { Self::Move } else { Self::Book }
    }

    fn place(self, organisation: &OrganisationId) -> Place<'_> {
        let column = match self {
            Self::Book => "v1-book",
            Self::Move => "v1-move",
        };
        Place { table: "availability", column, row: organisation.as_bytes() }
    }
}

/// Seals it for its organisation.
#[must_use]
pub fn seal(ring: &KeyRing, organisation: OrganisationId, availability: &Availability) -> Vec<u8> {
    ring.seal(Purpose::of(availability).place(&organisation), &layout::write(availability))
}

/// Opens what was sealed for this organisation, also when it has expired: who repeats a request asks for what it made.
///
/// # Errors
/// [`kernel::Error::Invalid`] of the field `availability_id` with the code `availability_invalid` for whatever does not
/// open or is not ours, in the same time.
pub fn open(ring: &KeyRing, organisation: OrganisationId, sealed: &[u8]) -> Result<Availability> {
    find(ring, organisation, sealed).ok_or_else(|| {
        let sentence = "This is no time that was offered here. List the times again.";
        Error::invalid("availability_id", "availability_invalid", sentence)
    })
}

/// What was sealed, for whichever purpose. That a key is not known here is no other answer than that a seal is broken:
/// whoever made one up must not learn which it was.
fn find(ring: &KeyRing, organisation: OrganisationId, sealed: &[u8]) -> Option<Availability> {
    if sealed.len() > SEALED_BYTES_MAX {
        return None;
    }
    let for_purpose = |purpose: Purpose| {
        let plain = ring.open(purpose.place(&organisation), sealed).ok()?;
        let availability = layout::read(&plain)?;
        (availability.moves.is_some() == matches!(purpose, Purpose::Move)).then_some(availability)
    };
    for_purpose(Purpose::Book).or_else(|| for_purpose(Purpose::Move))
}

/// A new `jti`.
#[must_use]
pub fn jti(rng: &Rng) -> [u8; 8] {
    rng.bytes()
}

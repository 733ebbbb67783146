//! What a practice knows of a patient who books.

use kernel::{InsuranceId, OrganisationId, PersonId, Result};
use store::Tx;
use vault::KeyRing;

use super::Author;

/// What is known of them here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatientNote {
    /// Who pays.
    pub insurance: Option<InsuranceId>,
    /// Their number there.
    pub insurance_number: Option<String>,
    /// Since when they book nothing by themselves.
    pub blocked_ms: Option<i64>,
}

/// A number at an insurance, sealed with the organisation's key.
#[derive(Clone, Debug)]
pub struct SealedNumber(pub(crate) Vec<u8>);

/// Seals a number, outside any transaction.
#[must_use]
pub fn seal_number(
    ring: &KeyRing,
    organisation: OrganisationId,
    patient: PersonId,
    number: &str,
) -> SealedNumber {
    todo!()
}

/// What is known of a patient; nothing of who is new.
pub async fn of(
    tx: &Tx,
    ring: &KeyRing,
    organisation: OrganisationId,
    patient: PersonId,
) -> Result<PatientNote> {
    todo!()
}

/// Notes who pays for a patient's care.
pub async fn set_insurance(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    patient: PersonId,
    insurance: Option<InsuranceId>,
    number: Option<&SealedNumber>,
) -> Result<()> {
    todo!()
}

/// Keeps a patient from booking by themselves, or lets them again.
pub async fn block(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    patient: PersonId,
    is_blocked: bool,
) -> Result<()> {
    todo!()
}

//! What a practice knows of a patient who books.

use kernel::{Error, InsuranceId, Kind, OrganisationId, PersonId, Result};
use store::{Tx, args};
use vault::{KeyRing, Place};

use super::{Author, line};

const OF: &str = "
    SELECT insurance, insurance_number, blocked_ms FROM booking_patients
    WHERE organisation = $1 AND patient = $2";
const IS_INSURANCE: &str = "
    SELECT id FROM insurances WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const SET_INSURANCE: &str = "
    INSERT INTO booking_patients (organisation, patient, insurance, insurance_number, legal_hold)
    VALUES ($1, $2, $3, $4, FALSE)
    ON CONFLICT (organisation, patient)
        DO UPDATE SET insurance = excluded.insurance, insurance_number = excluded.insurance_number,
            insurance_came_from = NULL";
const BLOCK: &str = "
    INSERT INTO booking_patients (organisation, patient, blocked_ms, legal_hold) VALUES ($1, $2, $3, FALSE)
    ON CONFLICT (organisation, patient) DO UPDATE SET blocked_ms = excluded.blocked_ms, block_came_from = NULL";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[OF, IS_INSURANCE, SET_INSURANCE, BLOCK];

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

/// Seals a number, outside any transaction. The ring is the organisation's, so that it opens in no other.
#[must_use]
pub fn seal_number(
    ring: &KeyRing,
    _organisation: OrganisationId,
    patient: PersonId,
    number: &str,
) -> SealedNumber {
    SealedNumber(ring.seal(number_place(&patient), number.trim().as_bytes()))
}

/// What is known of a patient; nothing of who is new.
///
/// # Errors
/// The store's, and the vault's for what does not open.
pub async fn of(
    tx: &Tx,
    ring: &KeyRing,
    organisation: OrganisationId,
    patient: PersonId,
) -> Result<PatientNote> {
    let who = args![&organisation, &patient];
    let found = tx.one(OF, &who, |row| {
        let sealed = row.get::<Option<Vec<u8>>>(1)?;
        let number = sealed.map(|sealed| ring.open_text(number_place(&patient), &sealed)).transpose()?;
        Ok(PatientNote { insurance: row.get(0)?, insurance_number: number, blocked_ms: row.get(2)? })
    });
    Ok(found.await?.unwrap_or_default())
}

/// Notes who pays for a patient's care; what was noted before is replaced, number and all.
///
/// # Errors
/// [`kernel::Error::NotFound`] for an insurance that does not stand.
pub async fn set_insurance(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    patient: PersonId,
    insurance: Option<InsuranceId>,
    number: Option<&SealedNumber>,
) -> Result<()> {
    line::of_patient(tx, author, organisation, patient, "insurance noted").await?;
    if let Some(insurance) = &insurance {
        let found = tx.one(IS_INSURANCE, &args![&organisation, insurance], |row| row.get(0)).await?;
        let _: InsuranceId = found.ok_or(Error::not_found(Kind::Insurance))?;
    }
    let values = args![&organisation, &patient, insurance.as_ref(), number.map(|number| &number.0)];
    tx.run(SET_INSURANCE, &values).await.map(drop)
}

/// Keeps a patient from booking by themselves, or lets them again.
///
/// # Errors
/// The store's.
pub async fn block(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    patient: PersonId,
    is_blocked: bool,
) -> Result<()> {
    let what = if is_blocked { "booking blocked" } else { "booking unblocked" };
    line::of_patient(tx, author, organisation, patient, what).await?;
    tx.run(BLOCK, &args![&organisation, &patient, is_blocked.then(|| tx.now_ms())]).await.map(drop)
}

/// Where the number of a patient stands.
pub(crate) fn number_place(patient: &PersonId) -> Place<'_> {
    Place { table: "booking_patients", column: "insurance_number", row: patient.as_bytes() }
}

//! Reads what decides whether a type can be booked.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use kernel::{AppointmentId, AppointmentTypeId, HoldId, InsuranceId, OrganisationId, PersonId, Result};
use store::Tx;

use crate::calendar::{Asker, Facts};
use crate::model::{Category, Institution};

/// Who asks for what, and when.
#[derive(Clone, Debug)]
pub struct Question {
    /// What they want.
    pub kind: AppointmentTypeId,
    /// Whom it is for.
    pub patient: PersonId,
    /// Who pays; the staff need not say.
    pub insurance: Option<InsuranceId>,
    /// When the patient was born, when it is known.
    pub born_on: Option<Date>,
    /// The local days that are asked about.
    pub days: RangeInclusive<Date>,
    /// The appointment that is to be moved.
    pub moves: Option<AppointmentId>,
    /// Their own hold.
    pub hold: Option<HoldId>,
}

/// What was found: the facts, who asks, and what the type belongs to.
#[derive(Clone, Debug)]
pub struct Found {
    /// What decides.
    pub facts: Facts,
    /// Who asks.
    pub asker: Asker,
    /// The type's category.
    pub category: Category,
    /// Its place.
    pub institution: Institution,
    /// The revision of what can be booked.
    pub revision: i64,
}

/// Reads them, in one go.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is no such type.
pub async fn load(tx: &Tx, organisation: OrganisationId, question: &Question) -> Result<Found> {
    todo!()
}

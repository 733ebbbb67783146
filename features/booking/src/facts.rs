//! Reads what decides whether a type can be booked.

mod barring;
mod booked;
mod offered;
mod recollection;
mod taken;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use kernel::{AppointmentId, AppointmentTypeId, HoldId, InsuranceId, OrganisationId, PersonId, Result};
use store::Tx;

use crate::calendar::{self, Asker, Facts};
use crate::model::{Category, Institution};
use crate::setup::{institutions, resources};
use offered::Offered;

pub use recollection::Recollection;
pub(crate) use {
    booked::ALL_SQL as BOOKED_SQL, offered::ALL_SQL as OFFERED_SQL, taken::ALL_SQL as TAKEN_SQL,
};

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
    /// A hold that is for it, besides what is kept for the patient at just the time that is asked about.
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

/// Reads them, in one go: a dozen statements or so, however many resources the type has.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is no such type.
pub async fn load(tx: &Tx, organisation: OrganisationId, question: &Question) -> Result<Found> {
    let offered = offered::read(tx, organisation, question).await?;
    let zone = calendar::zone(&offered.institution.time_zone)?;
    let ids: Vec<_> =
        offered.kind.parts.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let days = &question.days;
    let around = calendar::around(days);
    let rosters = resources::rosters(tx, organisation, &ids, &around).await?;
    let holidays = institutions::holidays(tx, organisation, offered.institution.id, *around.start()).await?;
    let holidays = holidays.into_iter().map(|(day, _)| day).filter(|day| day <= around.end()).collect();
    let patient = (!offered.patients_may_overlap).then_some(question.patient);
    let touched = taken::touched(&zone, days, &offered.kind);
    // Holds first: whoever books out of one between the two is seen at least once.
    let taken = taken::read(tx, organisation, (&ids, question), &offered.kind, touched).await?;
    let booked = booked::of_resources(tx, organisation, (&ids, question.moves), touched).await?;
    let patient = match patient {
        Some(patient) => booked::of_patient(tx, organisation, patient, touched).await?,
        None => Vec::new(),
    };
    let barred = barring::barred(&offered, question);
    let of_age = barring::of_age(&offered, question);
    let Offered { kind, category, institution, revision, .. } = offered;
    Ok(Found {
        facts: Facts { zone, kind, rosters, holidays, booked, taken, patient },
        asker: Asker { moves: question.moves, hold: question.hold, barred, of_age },
        category,
        institution,
        revision,
    })
}

//! What the desk of a practice does with appointments: it may pass over windows, notice and hours, and put one beside
//! another in a lane of its own; what is taken it never takes twice without saying so.

use jiff::civil::Date;
use kernel::{
    AbsenceId, Actor, AppointmentId, AppointmentTypeId, InstitutionId, InsuranceId, OrganisationId, PersonId,
    ResourceId, Result,
};
use store::Tx;

use crate::access::OpenAppointment;
use crate::appointments::SealedDetails;
use crate::model::Appointment;

/// What the desk books.
#[derive(Clone, Debug)]
pub struct DeskOrder {
    /// What.
    pub kind: AppointmentTypeId,
    /// For whom.
    pub patient: PersonId,
    /// Who pays.
    pub insurance: Option<InsuranceId>,
    /// The start as patients are shown it, in milliseconds since 1970.
    pub start_ms: i64,
    /// With whom and what, one of each part; whoever is free when it is empty.
    pub resources: Vec<ResourceId>,
    /// Beside what is there already, in a lane of its own.
    pub overbook: bool,
    /// What was said.
    pub details: SealedDetails,
}

/// One appointment of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayEntry {
    /// The appointment.
    pub appointment: Appointment,
    /// What its type is called.
    pub type_name: String,
    /// With whom and what.
    pub resources: Vec<ResourceId>,
    /// The sealed details.
    pub details: Vec<u8>,
}

/// Books for a patient.
///
/// # Errors
/// [`kernel::Error::NotAllowed`] for who does not work at the desk; [`kernel::Error::Conflict`] with `availability_taken`
/// unless it is to be overbooked; [`kernel::Error::Precondition`] with `downtime`.
pub async fn create(tx: &Tx, actor: &Actor, order: &DeskOrder) -> Result<Appointment> {
    todo!()
}

/// Moves an appointment, also outside its windows.
///
/// # Errors
/// As [`create`].
pub async fn move_to(
    tx: &Tx,
    open: &OpenAppointment,
    start_ms: i64,
    resources: &[ResourceId],
    overbook: bool,
) -> Result<Appointment> {
    todo!()
}

/// Says yes to an appointment that waits for it.
///
/// # Errors
/// [`kernel::Error::Precondition`] when it does not wait.
pub async fn confirm(tx: &Tx, open: &OpenAppointment) -> Result<Appointment> {
    todo!()
}

/// The appointments of a local day at an institution, cancelled ones left out, by start. Leaves a line about each patient.
///
/// # Errors
/// [`kernel::Error::NotAllowed`] for who does not work at the desk.
pub async fn day(tx: &Tx, actor: &Actor, institution: InstitutionId, date: Date) -> Result<Vec<DayEntry>> {
    todo!()
}

/// The same for an operator of the server, who prints it when nobody can sign in.
///
/// # Errors
/// The store's.
pub async fn day_for_operator(
    tx: &Tx,
    organisation: OrganisationId,
    institution: InstitutionId,
    date: Date,
) -> Result<Vec<DayEntry>> {
    todo!()
}

/// The appointments ahead that fall into an absence, by start: they are to be planned again.
///
/// # Errors
/// As [`day`]; [`kernel::Error::NotFound`] when there is no such absence.
pub async fn affected(tx: &Tx, actor: &Actor, absence: AbsenceId) -> Result<Vec<DayEntry>> {
    todo!()
}

/// With whom and what an appointment is.
///
/// # Errors
/// The store's.
pub async fn resources_of(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
) -> Result<Vec<ResourceId>> {
    todo!()
}

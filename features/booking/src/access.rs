//! The only doors to an appointment. A door asks once, answers with proof or as if there were no such appointment, and
//! leaves the line in the access log.

use kernel::{Actor, AppointmentId, OrganisationId, PersonId, Result};
use store::Tx;

use crate::model::Appointment;

/// What somebody wants of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To see it.
    Read,
    /// To move or cancel it, and to wait for an earlier one.
    Change,
}

/// Why a door opened (docs/access.md, rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It is theirs, or they act for whose it is.
    Own,
    /// They work at the desk of the practice, or care for patients there.
    Desk,
}

/// The proof that somebody may do something with an appointment, good for the transaction that it was made in.
#[derive(Clone, Debug)]
pub struct OpenAppointment {
    pub(crate) actor: Actor,
    pub(crate) ground: Ground,
    pub(crate) appointment: Appointment,
}

impl OpenAppointment {
    /// The appointment.
    #[must_use]
    pub const fn appointment(&self) -> &Appointment {
        &self.appointment
    }

    /// Why the door opened.
    #[must_use]
    pub const fn ground(&self) -> Ground {
        self.ground
    }
}

/// Whose appointments the actor speaks of: those of whom they act for, else their own.
#[must_use]
pub fn patient_of(actor: &Actor) -> PersonId {
    actor.acting_for.unwrap_or(actor.person)
}

/// The door by which a patient, or who acts for one, comes to an appointment.
///
/// # Errors
/// [`kernel::Error::NotFound`] for anybody else's.
pub async fn open(tx: &Tx, actor: &Actor, id: AppointmentId, right: Right) -> Result<OpenAppointment> {
    todo!()
}

/// The door by which the desk comes to it: clinicians and assistants of the organisation.
///
/// # Errors
/// [`kernel::Error::NotFound`] for anybody else, and for another organisation's.
pub async fn open_as_desk(
    tx: &Tx,
    actor: &Actor,
    id: AppointmentId,
    right: Right,
) -> Result<OpenAppointment> {
    todo!()
}

/// The appointment of this id, for who has another proof that they may: a letter's token, a calendar's secret, a job.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: AppointmentId) -> Result<Option<Appointment>> {
    todo!()
}

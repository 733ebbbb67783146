//! The access log's lines of this crate: each is about the patient whose appointment it is.

use std::borrow::Cow;

use audit::{Deed, Line, Log, Outcome};
use kernel::clock::instant_of_ms;
use kernel::{Actor, AppointmentId, OrganisationId, Origin, PersonId, Result};
use store::Tx;

use crate::model::Appointment;

/// Whoever has the link of a letter: they are whom it was sent to.
#[derive(Clone, Copy, Debug)]
pub struct ByLetter {
    /// Where.
    pub organisation: OrganisationId,
    /// Whose appointment it is about.
    pub patient: PersonId,
    /// Who acts in their stead; nobody when it was sent to the patient.
    pub proxy: Option<PersonId>,
    /// From where they came.
    pub origin: Origin,
}

impl ByLetter {
    pub(crate) fn line(&self, deed: Deed) -> Line {
        let person = self.proxy.unwrap_or(self.patient);
        let line = Line::without_actor(self.organisation, deed).from(self.origin).by(Some(person));
        line.acting_for(self.proxy.map(|_| self.patient)).about(Some(self.patient))
    }
}

/// Who did something.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Doer<'a> {
    /// Somebody at a door.
    Actor(&'a Actor),
    /// Whoever has the link of a letter.
    Letter(&'a ByLetter),
    /// The house.
    House(OrganisationId),
}

impl Doer<'_> {
    pub const fn organisation(&self) -> OrganisationId {
        match self {
            Self::Actor(actor) => actor.organisation,
            Self::Letter(by) => by.organisation,
            Self::House(organisation) => *organisation,
        }
    }

    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Actor(actor) => Some(actor.person),
            Self::Letter(by) => Some(by.proxy.unwrap_or(by.patient)),
            Self::House(_) => None,
        }
    }

    pub const fn client(&self) -> Option<kernel::ClientId> {
        match self {
            Self::Actor(actor) => actor.client,
            Self::Letter(_) | Self::House(_) => None,
        }
    }

    fn line(&self, deed: Deed) -> Line {
        match self {
            Self::Actor(actor) => Line::of(actor, deed),
            Self::Letter(by) => by.line(deed),
            Self::House(organisation) => Line::without_actor(*organisation, deed),
        }
    }
}

/// Something was done with an appointment.
pub(crate) async fn of(
    tx: &Tx,
    doer: Doer<'_>,
    deed: Deed,
    appointment: &Appointment,
    reason: impl Into<Cow<'static, str>>,
) -> Result<()> {
    let line = doer.line(deed).about(Some(appointment.patient)).object(appointment.id.as_bytes());
    audit::write(tx, line.because(reason)).await
}

/// Several appointments were seen at once.
pub(crate) async fn of_each<'a>(
    tx: &Tx,
    doer: Doer<'_>,
    deed: Deed,
    seen: impl Iterator<Item = (&'a Appointment, &'static str)>,
) -> Result<()> {
    let line = doer.line(deed);
    let about = |(one, reason): (&Appointment, _)| {
        line.clone().about(Some(one.patient)).object(one.id.as_bytes()).because(reason)
    };
    audit::write_all(tx, seen.map(about).collect()).await
}

/// Somebody saw the list of a patient's appointments.
pub(crate) async fn listed(tx: &Tx, actor: &Actor, patient: PersonId) -> Result<()> {
    let line = Line::of(actor, Deed::AppointmentsListed).about(Some(patient)).object(patient.as_bytes());
    audit::write(tx, line).await
}

/// Somebody tried to open an appointment of their organisation that is not theirs. Kept beside the transaction, which is
/// undone.
pub(crate) fn refused(tx: &Tx, actor: &Actor, id: AppointmentId, patient: PersonId) -> Result<()> {
    let line = Line::of(actor, Deed::AppointmentRead).about(Some(patient)).object(id.as_bytes());
    tx.tool::<Log>()?.note(line.outcome(Outcome::Refused))
}

/// Somebody of the staff tried to do this with what is known of a patient, and was refused for this reason. Kept beside the
/// transaction, which is undone.
pub(crate) fn refused_of(
    tx: &Tx,
    actor: &Actor,
    (deed, why): (Deed, &'static str),
    patient: PersonId,
) -> Result<()> {
    let line = Line::of(actor, deed).about(Some(patient)).object(patient.as_bytes());
    tx.tool::<Log>()?.note(line.because(why).outcome(Outcome::Refused))
}

/// From when to when something was moved.
pub(crate) fn both_times(old_ms: i64, new_ms: i64) -> String {
    let [old, new] = [old_ms, new_ms].map(instant_of_ms);
    format!("from {old} to {new}")
}

//! An appointment as it is written: its row, the change that made it so, and the job that tells of it.

use kernel::{AppointmentId, Error, InsuranceId, OrganisationId, PersonId, Result};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};

use super::details::SealedDetails;
use crate::calendar::{self, Slot};
use crate::civil::minute_number;
use crate::facts::Found;
use crate::line::Doer;
use crate::model::{Appointment, State};
use crate::rows::appointments as rows;
use crate::seats::{self, Place, Taken};
use crate::setup::settings;

/// The job that tells the patient what became of an appointment.
pub const TELL: &str = "booking.tell";

/// What the job [`TELL`] needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Telling {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub appointment: AppointmentId,
    /// Its sequence after the change that is told.
    pub sequence: i64,
}

/// An appointment to be.
pub(crate) struct New<'a> {
    pub doer: Doer<'a>,
    pub found: &'a Found,
    pub slot: &'a Slot,
    pub patient: PersonId,
    pub insurance: Option<InsuranceId>,
    pub jti: Option<[u8; 8]>,
    pub details: &'a SealedDetails,
    /// Whether the staff make it, who need not say yes to themselves.
    pub by_desk: bool,
    pub overbook: bool,
}

/// Takes the time and writes the appointment.
pub(crate) async fn enter(tx: &Tx, new: New<'_>) -> Result<Appointment> {
    let organisation = new.doer.organisation();
    let id = new.details.appointment;
    let place = place(tx, &organisation, new.found, new.slot, new.patient, new.overbook).await?;
    let taken = seats::take(tx, place, id).await?;
    let appointment = drafted(&new, taken, tx.now_ms());
    insert(tx, &organisation, &new, &appointment).await?;
    changed(tx, new.doer, &appointment, "booked").await?;
    Ok(appointment)
}

/// What somebody is to have, and whom it takes.
pub(crate) async fn place<'a>(
    tx: &Tx,
    organisation: &'a OrganisationId,
    found: &'a Found,
    slot: &'a Slot,
    patient: PersonId,
    overbook: bool,
) -> Result<Place<'a>> {
    let settings = settings::of(tx, *organisation).await?;
    let patient = (!settings.patients_may_overlap).then_some(patient);
    Ok(Place { organisation, kind: &found.facts.kind, slot, patient, overbook })
}

fn drafted(new: &New<'_>, taken: Taken, now_ms: i64) -> Appointment {
    let kind = &new.found.facts.kind;
    let waits = kind.needs_confirmation && !new.by_desk;
    Appointment {
        id: new.details.appointment,
        institution: new.found.institution.id,
        category: new.found.category.id,
        kind: kind.id,
        insurance: new.insurance,
        patient: new.patient,
        state: if waits { State::Pending } else { State::Booked },
        start_ms: new.slot.start_ms,
        end_ms: new.slot.end_ms,
        start_local: calendar::local(&new.found.facts.zone, new.slot.start_ms),
        time_zone: new.found.institution.time_zone.clone(),
        buffers: kind.buffers,
        cancel: kind.cancel,
        reschedule: kind.reschedule,
        reschedules_left: kind.reschedules_max,
        gathering: taken.gathering,
        is_overbooked: taken.is_overbooked,
        sequence: 0,
        made_ms: now_ms,
        client: new.doer.client(),
        updated_ms: now_ms,
        cancelled_ms: None,
    }
}

async fn insert(tx: &Tx, organisation: &OrganisationId, new: &New<'_>, made: &Appointment) -> Result<()> {
    let by = new.doer.person();
    let row = args![
        &made.id,
        organisation,
        &made.institution,
        &made.category,
        &made.kind,
        made.insurance.as_ref(),
        &made.patient,
        made.state.name(),
        made.start_ms,
        made.end_ms,
        minute_number(made.start_local),
        &made.time_zone,
        made.buffers.0,
        made.buffers.1,
        made.cancel,
        made.reschedule,
        made.reschedules_left,
        made.gathering.as_ref(),
        made.is_overbooked,
        new.jti.as_ref().map(|jti| &jti[..]),
        &new.details.details,
        by.as_ref(),
        made.made_ms,
        made.client.as_ref()
    ];
    tx.run(rows::INSERT, &row).await.map(drop)
}

/// Writes the new time of an appointment that has taken it, and gives it its next sequence.
pub(crate) async fn write_move(
    tx: &Tx,
    organisation: &OrganisationId,
    old: &Appointment,
    new: Appointment,
) -> Result<Appointment> {
    let row = args![
        organisation,
        &old.id,
        old.sequence,
        new.start_ms,
        new.end_ms,
        minute_number(new.start_local),
        &new.time_zone,
        new.buffers.0,
        new.buffers.1,
        new.reschedules_left,
        new.gathering.as_ref(),
        new.is_overbooked,
        tx.now_ms(),
        new.state.name()
    ];
    must_be_one(tx.run(rows::MOVE, &row).await?)?;
    Ok(Appointment { sequence: old.sequence + 1, updated_ms: tx.now_ms(), ..new })
}

/// Passes when an appointment was as it had been read.
pub(crate) fn must_be_one(changed: u64) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(Error::unavailable("the appointment was changed in this moment")) }
}

/// Notes what an appointment became, and leaves the job that tells its patient.
pub(crate) async fn changed(
    tx: &Tx,
    doer: Doer<'_>,
    appointment: &Appointment,
    what: &'static str,
) -> Result<()> {
    let (organisation, sequence) = (doer.organisation(), appointment.sequence);
    let (by, client) = (doer.person(), doer.client());
    let row = args![
        &organisation,
        &appointment.id,
        sequence,
        what,
        appointment.start_ms,
        by.as_ref(),
        client.as_ref(),
        tx.now_ms()
    ];
    tx.run(rows::INSERT_CHANGE, &row).await?;
    let job = Telling { organisation, appointment: appointment.id, sequence };
    let payload = serde_json::to_value(job).map_err(Error::bug)?;
    jobs::enqueue(tx, &NewJob { name: TELL, dedupe: None, payload, due_ms: tx.now_ms() }).await
}

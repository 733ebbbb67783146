//! What the desk of a practice does with appointments: it may pass over windows, notice and hours, and put one beside
//! another in a lane of its own; what is taken it never takes twice without saying so.

mod days;
mod free;

use audit::Deed;
use kernel::{Actor, AppointmentTypeId, Error, HoldId, InsuranceId, PersonId, ResourceId, Result};
use store::{Tx, args};

use crate::access::{OpenAppointment, must_work_at_the_desk};
use crate::appointments::record::{self, New};
use crate::appointments::{Moving, SealedDetails, Terms, day_of, question_of};
use crate::facts::{self, Question};
use crate::grounds::Grounds;
use crate::line::{self, Doer};
use crate::model::{Appointment, State};
use crate::rows::appointments as rows;
use crate::setup::settings;
use crate::{holds, turns};

pub use days::{Behind, DayEntry, affected, day, of_patient, resources_of, waiting};

/// The desk is bound by no horizon, but a year that was mistyped is none that is meant.
const AHEAD_MS_MAX: i64 = 5 * 366 * 24 * 3_600 * 1_000;

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
    /// What is kept for the patient, and given up for it.
    pub hold: Option<HoldId>,
    /// What was said.
    pub details: SealedDetails,
}

/// Books for a patient.
///
/// # Errors
/// [`Error::NotAllowed`] for who does not work at the desk; [`Error::Conflict`] with `availability_taken` unless it is to be
/// overbooked; [`Error::Precondition`] with `downtime`; [`Error::Invalid`] of `starts_at` as [`must_lie_ahead`], of `hold` with
/// `hold_of_another`.
pub async fn create(tx: &Tx, actor: &Actor, order: &DeskOrder) -> Result<Appointment> {
    must_work_at_the_desk(actor)?;
    let organisation = actor.organisation;
    turns::of_patient(tx, order.patient).await?;
    settings::must_be_up(tx, organisation).await?;
    must_lie_ahead(order.start_ms, tx.now_ms())?;
    let question = Question {
        kind: order.kind,
        patient: order.patient,
        insurance: order.insurance,
        born_on: None,
        days: day_of(tx, organisation, order.kind, order.start_ms).await?,
        moves: None,
        hold: None,
    };
    let time = (order.kind, order.start_ms);
    let (own, elsewhere) = holds::kept_for(tx, organisation, order.patient, time, order.hold).await?;
    let held = turns::with_holds(tx, organisation, &[&own, elsewhere.as_slice()].concat()).await?;
    turns::of_type(tx, organisation, order.kind, &[&order.resources[..], &held].concat()).await?;
    holds::spend(tx, organisation, elsewhere.as_slice(), &[]).await?;
    let found = facts::load(tx, organisation, &question).await?;
    let wanted = free::Wanted {
        start_ms: order.start_ms,
        resources: &order.resources,
        preferred: &[],
        overbook: order.overbook,
    };
    let (slot, overbook) = free::slot(&found, &wanted)?;
    holds::spend(tx, organisation, &own, &slot.resources).await?;
    let new = New {
        doer: Doer::Actor(actor),
        found: &found,
        slot: &slot,
        patient: order.patient,
        insurance: order.insurance,
        jti: None,
        details: &order.details,
        by_desk: true,
        overbook,
    };
    let made = record::enter(tx, new).await?;
    let grounds = Grounds::of(tx, actor, &[made.patient], &[made.id]).await?;
    let ground = grounds.find(&made, &slot.resources).ok_or_else(|| Error::bug("whoever booked it"))?;
    let reason =
        if made.is_overbooked { format!("{}, overbooked", ground.name()) } else { ground.name().into() };
    line::of(tx, Doer::Actor(actor), Deed::AppointmentBooked, &made, reason).await?;
    Ok(made)
}

/// Moves an appointment, also outside its windows. Whom it is with stays when they are free and nobody is named.
///
/// # Errors
/// As [`create`]; [`Error::Precondition`] with `already_cancelled`, or `not_upcoming` when it has begun.
pub async fn move_to(
    tx: &Tx,
    open: &OpenAppointment,
    start_ms: i64,
    resources: &[ResourceId],
    overbook: bool,
    hold: Option<HoldId>,
) -> Result<Appointment> {
    must_be_by_desk(open)?;
    let (actor, old, now) = (&open.actor, &open.appointment, tx.now_ms());
    let organisation = actor.organisation;
    must_be_ahead(old, now)?;
    settings::must_be_up(tx, organisation).await?;
    must_lie_ahead(start_ms, now)?;
    let held = resources_of(tx, organisation, old.id).await?;
    if start_ms == old.start_ms && (resources.is_empty() || is_with(&held, resources)) {
        line::of(tx, Doer::Actor(actor), Deed::AppointmentRead, old, "moved to the time that it has").await?;
        return Ok(old.clone());
    }
    let days = day_of(tx, organisation, old.kind, start_ms).await?;
    let (own, elsewhere) = holds::kept_for(tx, organisation, old.patient, (old.kind, start_ms), hold).await?;
    let question = question_of(old, days, None);
    let moving = Moving { doer: Doer::Actor(actor), ground: open.ground, old, question };
    moving.wait(tx, resources, &[&own, elsewhere.as_slice()].concat()).await?;
    holds::spend(tx, organisation, elsewhere.as_slice(), &[]).await?;
    let found = moving.found_without_own(tx).await?;
    let wanted = free::Wanted { start_ms, resources, preferred: &held, overbook };
    let (slot, overbook) = free::slot(&found, &wanted)?;
    holds::spend(tx, organisation, &own, &slot.resources).await?;
    let terms = Terms { state: old.state, reschedules_left: old.reschedules_left, overbook };
    moving.settle(tx, &found, &slot, terms).await
}

/// Says yes to an appointment that waits for it.
///
/// # Errors
/// [`Error::Precondition`] when it does not wait; with `not_upcoming` when it has begun.
pub async fn confirm(tx: &Tx, open: &OpenAppointment) -> Result<Appointment> {
    must_be_by_desk(open)?;
    let (actor, old, now) = (&open.actor, &open.appointment, tx.now_ms());
    settings::must_be_up(tx, actor.organisation).await?;
    if old.state != State::Pending {
        return Err(Error::precondition("not_pending", "This appointment does not wait for a yes."));
    }
    must_be_ahead(old, now)?;
    let waiting = args![&actor.organisation, &old.id, old.sequence, now];
    record::must_be_one(tx.run(rows::CONFIRM, &waiting).await?)?;
    let new =
        Appointment { state: State::Booked, sequence: old.sequence + 1, updated_ms: now, ..old.clone() };
    let doer = Doer::Actor(actor);
    record::changed(tx, doer, &new, "confirmed").await?;
    line::of(tx, doer, Deed::AppointmentConfirmed, &new, open.ground.name()).await?;
    Ok(new)
}

fn is_with(held: &[ResourceId], named: &[ResourceId]) -> bool {
    held.len() == named.len() && named.iter().all(|one| held.contains(one))
}

fn must_be_by_desk(open: &OpenAppointment) -> Result<()> {
    open.must_be_for_change()?;
    if open.ground.is_of_staff() {
        return Ok(());
    }
    Err(Error::bug("a patient's door to what only the desk does"))
}

fn must_be_ahead(appointment: &Appointment, now_ms: i64) -> Result<()> {
    if appointment.state == State::Cancelled {
        return Err(Error::precondition("already_cancelled", "This appointment was cancelled."));
    }
    if !appointment.is_ahead(now_ms) {
        return Err(Error::precondition("not_upcoming", "This appointment has begun."));
    }
    Ok(())
}

/// Passes for a start at which the desk can book or keep something.
///
/// # Errors
/// [`Error::Invalid`] of `starts_at` for what is over, years ahead or no whole minute.
pub fn must_lie_ahead(start_ms: i64, now_ms: i64) -> Result<()> {
    if start_ms <= now_ms {
        return Err(Error::invalid("starts_at", "start_passed", "This time has passed."));
    }
    if start_ms - now_ms > AHEAD_MS_MAX {
        return Err(Error::invalid("starts_at", "start_too_far", "That is more than five years ahead."));
    }
    if start_ms % 60_000 != 0 {
        return Err(Error::invalid("starts_at", "no_whole_minute", "Appointments begin at a whole minute."));
    }
    Ok(())
}

//! Moving an appointment: whole or not at all.

use audit::Deed;
use jiff::civil::Date;
use kernel::{AppointmentId, Error, HoldId, Kind, ResourceId, Result};
use store::Tx;

use super::booking::{chosen, day_of, must_be_offered, refused, unfit};
use super::question_of;
use super::record;
use crate::access::{self, Ground, OpenAppointment};
use crate::availability::Availability;
use crate::calendar::{self, Slot};
use crate::facts::{self, Found, Question};
use crate::line::{self, ByLetter, Doer};
use crate::model::{Appointment, State};
use crate::setup::{settings, types};
use crate::{asap, holds, seats, turns};

/// Moves an appointment to a time that its patient was offered. The id stays; when the new time is gone, so does the old
/// one. Where its type needs a yes of the practice, the new time waits for one.
///
/// # Errors
/// As [`super::book`], where what has expired is no repetition unless the appointment is at that time;
/// [`Error::Precondition`] with `reschedule_window_passed`, `reschedules_used_up` or
/// `already_cancelled`.
pub async fn reschedule(
    tx: &Tx,
    open: &OpenAppointment,
    availability: &Availability,
    born_on: Option<Date>,
) -> Result<Appointment> {
    open.must_be_for_change()?;
    let (offer, old) = (availability, &open.appointment);
    must_be_offered(offer, &open.actor)?;
    must_be_for(offer, old)?;
    if old.state != State::Cancelled && offer.start_ms == old.start_ms {
        let doer = Doer::Actor(&open.actor);
        line::of(tx, doer, Deed::AppointmentRead, old, "moved to the time that it has").await?;
        return Ok(old.clone());
    }
    offer.must_be_good(tx.now_ms())?;
    must_be_reschedulable(old, tx.now_ms())?;
    settings::must_be_up(tx, open.actor.organisation).await?;
    let patients = Patients { doer: Doer::Actor(&open.actor), old, start_ms: offer.start_ms, born_on };
    patients.move_it(tx, None, |found, now_ms| chosen(found, offer, now_ms)).await
}

/// Moves it to an earlier time that was told by letter; otherwise as [`reschedule`]. The caller has the proof that they may:
/// the token of the letter, whose reader is its patient or has a mandate.
///
/// # Errors
/// As [`reschedule`].
pub(crate) async fn take_earlier(
    tx: &Tx,
    by: &ByLetter,
    id: AppointmentId,
    start_ms: i64,
    hold: Option<HoldId>,
    born_on: Option<Date>,
) -> Result<Appointment> {
    let organisation = by.organisation;
    turns::of_patient(tx, by.patient).await?;
    let old = access::find(tx, organisation, id).await?.ok_or(Error::not_found(Kind::Appointment))?;
    must_be_reschedulable(&old, tx.now_ms())?;
    if start_ms >= old.start_ms {
        return Err(seats::taken());
    }
    settings::must_be_up(tx, organisation).await?;
    let patients = Patients { doer: Doer::Letter(by), old: &old, start_ms, born_on };
    let free =
        |found: &Found, now_ms| found.facts.choose(&found.asker, start_ms, &[], now_ms).map_err(refused);
    patients.move_it(tx, hold, free).await
}

/// Passes for an appointment that its patient may move now.
///
/// # Errors
/// [`Error::Precondition`] with `already_cancelled`, `reschedule_window_passed` or `reschedules_used_up`.
pub fn must_be_reschedulable(appointment: &Appointment, now_ms: i64) -> Result<()> {
    if appointment.state == State::Cancelled {
        return Err(Error::precondition("already_cancelled", "This appointment was cancelled."));
    }
    if !appointment.is_ahead(now_ms) || now_ms > appointment.reschedulable_until_ms() {
        let why = "It is too late to move this appointment. Please call the practice.";
        return Err(Error::precondition("reschedule_window_passed", why));
    }
    if appointment.reschedules_left.is_some_and(|left| left <= 0) {
        let why = "This appointment was moved as often as it may be. Please call the practice.";
        return Err(Error::precondition("reschedules_used_up", why));
    }
    Ok(())
}

/// Type, category and insurance stay: only the time moves.
fn must_be_for(offer: &Availability, old: &Appointment) -> Result<()> {
    let is_for_it = offer.moves.is_none_or(|id| id == old.id)
        && (offer.kind, offer.category) == (old.kind, old.category)
        && old.insurance.is_none_or(|insurance| insurance == offer.insurance);
    if is_for_it { Ok(()) } else { Err(unfit()) }
}

/// A move that a patient makes, or who acts for them.
struct Patients<'a> {
    doer: Doer<'a>,
    old: &'a Appointment,
    start_ms: i64,
    born_on: Option<Date>,
}

impl Patients<'_> {
    async fn move_it(
        &self,
        tx: &Tx,
        hold: Option<HoldId>,
        choose: impl Fn(&Found, i64) -> Result<Slot> + Send + Sync,
    ) -> Result<Appointment> {
        let Self { doer, old, start_ms, born_on } = *self;
        let organisation = doer.organisation();
        let mut kept = holds::find_own(tx, organisation, old.patient, (old.kind, start_ms)).await?;
        kept.extend(hold.filter(|hold| !kept.contains(hold)));
        let days = day_of(tx, organisation, old.kind, start_ms).await?;
        let question = Question { hold, ..question_of(old, days, born_on) };
        let moving = Moving { doer, ground: Ground::Own, old, question };
        moving.wait(tx, &[], &kept).await?;
        let found = moving.found_without_own(tx).await?;
        let slot = choose(&found, tx.now_ms())?;
        holds::spend(tx, organisation, &kept, &slot.resources).await?;
        // The practice said yes to the old time.
        let state = if found.facts.kind.needs_confirmation { State::Pending } else { old.state };
        let left = old.reschedules_left.map(|left| left - 1);
        let terms = Terms { state, reschedules_left: left, overbook: false };
        moving.settle(tx, &found, &slot, terms).await
    }
}

/// A move on its way.
pub(crate) struct Moving<'a> {
    pub doer: Doer<'a>,
    pub ground: Ground,
    pub old: &'a Appointment,
    pub question: Question,
}

/// How an appointment is to stand once it is moved.
pub(crate) struct Terms {
    pub state: State,
    pub reschedules_left: Option<i64>,
    pub overbook: bool,
}

impl Moving<'_> {
    /// Waits for all that this may give back or take: `named` are resources that it is to be with, and `kept` is given up
    /// for it.
    pub(crate) async fn wait(&self, tx: &Tx, named: &[ResourceId], kept: &[HoldId]) -> Result<()> {
        let organisation = self.doer.organisation();
        let held = turns::with_holds(tx, organisation, kept).await?;
        turns::of_appointment(tx, organisation, self.old, &[named, &held].concat()).await
    }

    /// Gives the old time back, and reads what is free without it, once it is its turn. Whatever is refused from here on
    /// undoes this as well, since a transaction is whole: the old time stays.
    pub(crate) async fn found_without_own(&self, tx: &Tx) -> Result<Found> {
        let organisation = self.doer.organisation();
        let kind = types::find(tx, organisation, self.old.kind).await?;
        let debounce = kind.map_or(0, |kind| kind.asap.debounce);
        seats::give_back(tx, organisation, self.old, debounce).await?;
        facts::load(tx, organisation, &self.question).await
    }

    /// Takes the new time and writes it.
    pub(crate) async fn settle(
        &self,
        tx: &Tx,
        found: &Found,
        slot: &Slot,
        Terms { state, reschedules_left, overbook }: Terms,
    ) -> Result<Appointment> {
        let (organisation, old) = (self.doer.organisation(), self.old);
        let place = record::place(tx, &organisation, found, slot, old.patient, overbook).await?;
        let taken = seats::take(tx, place, old.id).await?;
        let new = Appointment {
            state,
            start_ms: slot.start_ms,
            end_ms: slot.end_ms,
            start_local: calendar::local(&found.facts.zone, slot.start_ms),
            time_zone: found.institution.time_zone.clone(),
            buffers: found.facts.kind.buffers,
            gathering: taken.gathering,
            is_overbooked: taken.is_overbooked,
            reschedules_left,
            ..old.clone()
        };
        let new = record::write_move(tx, &organisation, old, new).await?;
        record::changed(tx, self.doer, &new, "moved").await?;
        asap::after_move(tx, organisation, &new, found.facts.kind.asap.stays).await?;
        let times = line::both_times(old.start_ms, new.start_ms);
        let reason = format!("{}, {times}", self.ground.name());
        line::of(tx, self.doer, Deed::AppointmentMoved, &new, reason).await?;
        Ok(new)
    }
}

//! What can be booked, each time with the proof that it was offered.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use audit::{Deed, Line};
use booking::access::{self, Right, patient_of};
use booking::appointments::{self, barred_by};
use booking::availability::{self, Availability};
use booking::calendar::{self, Slot};
use booking::facts::{self, Found, Question};
use booking::setup::{categories, institutions, insurances, types};
use booking::{Appointment, Number, asap};
use futures_util::future::BoxFuture;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Actor, AppointmentId, AppointmentTypeId, Error, InsuranceId, Kind, OrganisationId, Result};
use store::Tx;
use vault::KeyRing;

use super::known;
use super::showing::{Shown, dressed};
use super::stretch::{DAYS_AHEAD, DAYS_MAX, Days, length, range, today};
use crate::House;

/// What somebody wants to see.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The number of the category.
    pub category: Number,
    /// The number of the type.
    pub kind: Number,
    /// The number of the insurance.
    pub insurance: Number,
    /// When.
    pub days: Days,
    /// How many times at most.
    pub limit: usize,
}

/// A time that is offered, with its sealed proof.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The time.
    pub slot: Slot,
    /// Its proof ([`booking::availability`]).
    pub proof: Vec<u8>,
}

/// What can be booked.
#[derive(Clone, Debug)]
pub struct Offering {
    /// The times.
    pub times: Vec<Offered>,
    /// The zone in which they are shown.
    pub time_zone: String,
    /// When there are none: the next local day on which there is one, within the horizon and a year from those.
    pub next_on: Option<Date>,
}

/// What was asked, and what was read of it.
struct Reading {
    question: Question,
    found: Found,
    now_ms: i64,
}

/// What can be booked.
///
/// # Errors
/// [`Error::NotFound`] for an unknown category, type or insurance; [`Error::NotAllowed`] with `insurance_not_accepted`,
/// `patient_blocked`, `age_not_accepted` or `not_a_patient`; [`Error::Invalid`] of `to` with `range_reversed` or
/// `range_too_long` (366 days).
pub async fn availabilities(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Offering> {
    offering(house, actor, read(house, actor, wanted).await?, wanted.limit).await
}

/// The local days of a stretch, all of them, and whether anything can be booked on each.
///
/// # Errors
/// As [`availabilities`].
pub async fn days(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Vec<(Date, bool)>> {
    let looking = looked_through(read(house, actor, wanted).await?, |reading| {
        let Reading { question, found, now_ms } = reading;
        found.facts.open_days(&found.asker, question.days.clone(), *now_ms).collect::<BTreeSet<Date>>()
    });
    let (Reading { question, .. }, open) = looking.await?;
    let all = question.days.start().series(1.day()).take_while(|day| question.days.contains(day));
    Ok(all.map(|day| (day, open.contains(&day))).collect())
}

/// To which times an appointment can be moved by its patient.
///
/// # Errors
/// As [`availabilities`]; [`Error::Precondition`] as [`appointments::reschedule`].
pub async fn times_to_move(
    house: &House,
    actor: &Actor,
    id: AppointmentId,
    days: Days,
    limit: usize,
) -> Result<Offering> {
    let input = (actor.clone(), id, days);
    let reading = house.read_long(input, |tx, (actor, id, days)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Read).await?;
            let appointment = open.appointment();
            appointments::must_be_reschedulable(appointment, tx.now_ms())?;
            let days = range(*days, &calendar::zone(&appointment.time_zone)?, tx.now_ms())?;
            to_move(tx, actor.organisation, appointment, days).await
        })
    });
    offering(house, actor, reading.await?, limit).await
}

/// The earliest time before an appointment that is on the waiting list, to which it could be moved.
///
/// # Errors
/// [`Error::Precondition`] with `asap_not_subscribed`, or as [`times_to_move`].
pub async fn earlier(house: &House, actor: &Actor, id: AppointmentId) -> Result<(Shown, Option<Offered>)> {
    let reading = house.read_long((actor.clone(), id), |tx, (actor, id)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Read).await?;
            let appointment = open.appointment().clone();
            if asap::of(tx, actor.organisation, &[*id]).await?.is_empty() {
                let why = "This appointment is not on the waiting list.";
                return Err(Error::precondition("asap_not_subscribed", why));
            }
            appointments::must_be_reschedulable(&appointment, tx.now_ms())?;
            let zone = calendar::zone(&appointment.time_zone)?;
            let days = today(&zone, tx.now_ms())..=appointment.start_local.date();
            let reading = to_move(tx, actor.organisation, &appointment, days).await?;
            let details = appointments::details(tx, &open).await?;
            Ok((reading, appointment, details))
        })
    });
    let (reading, appointment, details) = reading.await?;
    let before_ms = appointment.start_ms;
    let looking = looked_through(reading, move |Reading { found, now_ms, .. }| {
        found.facts.earliest_between(&found.asker, *now_ms, before_ms, *now_ms)
    });
    let (Reading { question, found, now_ms }, slot) = looking.await?;
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let seller = Seller { house, actor, ring: &ring, question: &question, found: &found, now_ms };
    let offered = slot.map(|slot| seller.offer(slot));
    let mut shown = dressed(house, actor, vec![(appointment, details)]).await?;
    Ok((shown.pop().ok_or_else(|| Error::bug("an appointment that was read"))?, offered))
}

async fn read(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Reading> {
    let input = (actor.clone(), wanted.clone());
    if wanted.days.are_few() {
        return house.read(input, read_in).await;
    }
    // They may be a year.
    house.read_long(input, read_in).await
}

fn read_in<'c>(tx: &'c Tx, (actor, wanted): &'c (Actor, Wanted)) -> BoxFuture<'c, Result<Reading>> {
    Box::pin(async move {
        let (kind, insurance, zone) = named(tx, actor.organisation, wanted).await?;
        let days = range(wanted.days, &zone, tx.now_ms())?;
        let patient = patient_of(actor);
        if actor.acting_for.is_some() {
            // What is free for somebody tells when they are elsewhere.
            let line = Line::of(actor, Deed::AppointmentsListed).about(Some(patient));
            audit::write(tx, line.object(patient.as_bytes()).because("times that are free for them")).await?;
        }
        let born_on = known::patient_born_on(tx, actor.organisation, patient).await?;
        let insurance = Some(insurance);
        let question = Question { kind, patient, insurance, born_on, days, moves: None, hold: None };
        load(tx, actor.organisation, question).await
    })
}

/// The type and the insurance of these numbers, and the zone in which the type is.
async fn named(
    tx: &Tx,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<(AppointmentTypeId, InsuranceId, TimeZone)> {
    let no_such = Error::not_found;
    let category = categories::find_numbered(tx, organisation, wanted.category).await?;
    let category = category.ok_or(no_such(Kind::Category))?;
    let kind = types::find_numbered(tx, organisation, wanted.kind).await?;
    let kind = kind.filter(|kind| kind.category == category.id).ok_or(no_such(Kind::AppointmentType))?;
    let insurance = insurances::find_numbered(tx, organisation, wanted.insurance).await?;
    let insurance = insurance.ok_or(no_such(Kind::Insurance))?;
    let place = institutions::find(tx, organisation, category.institution).await?;
    let place = place.ok_or(no_such(Kind::Institution))?;
    Ok((kind.id, insurance.id, calendar::zone(&place.time_zone)?))
}

async fn to_move(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: &Appointment,
    days: RangeInclusive<Date>,
) -> Result<Reading> {
    let born_on = known::born_on(tx, appointment.patient).await?;
    load(tx, organisation, appointments::question_of(appointment, days, born_on)).await
}

async fn load(tx: &Tx, organisation: OrganisationId, question: Question) -> Result<Reading> {
    let found = facts::load(tx, organisation, &question).await?;
    match found.asker.barred {
        Some(why) => Err(barred_by(why)),
        None => Ok(Reading { question, found, now_ms: tx.now_ms() }),
    }
}

/// Looks through what was read. More than a few weeks are looked through on a thread of their own, so that nobody who asks
/// for little waits.
async fn looked_through<T: Send + 'static>(
    reading: Reading,
    look: impl FnOnce(&Reading) -> T + Send + 'static,
) -> Result<(Reading, T)> {
    if i64::from(length(&reading.question.days)) <= DAYS_AHEAD + 1 {
        let found = look(&reading);
        return Ok((reading, found));
    }
    let looking = tokio::task::spawn_blocking(move || {
        let found = look(&reading);
        (reading, found)
    });
    looking.await.map_err(Error::bug)
}

/// What was read, with a proof for each time. All of this is done when the transaction is over.
async fn offering(house: &House, actor: &Actor, reading: Reading, limit: usize) -> Result<Offering> {
    let looking = looked_through(reading, move |Reading { question, found, now_ms }| {
        let slots = found.facts.slots(&found.asker, question.days.clone(), *now_ms);
        slots.take(limit).collect::<Vec<Slot>>()
    });
    let (reading, slots) = looking.await?;
    let Reading { question, found, now_ms } = &reading;
    let next_on = if slots.is_empty() { next_on(house, actor, &reading).await? } else { None };
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let seller = Seller { house, actor, ring: &ring, question, found, now_ms: *now_ms };
    let times = slots.into_iter().map(|slot| seller.offer(slot)).collect();
    Ok(Offering { times, time_zone: found.institution.time_zone.clone(), next_on })
}

/// The next local day behind those that were asked about on which there is something.
async fn next_on(house: &House, actor: &Actor, reading: &Reading) -> Result<Option<Date>> {
    let Reading { question, found, now_ms } = reading;
    let today = today(&found.facts.zone, *now_ms);
    let first = question.days.end().saturating_add(1.day()).max(today);
    let last = today.saturating_add(found.facts.kind.horizon.days());
    let last = last.min(first.saturating_add((DAYS_MAX - 1).days()));
    if first > last {
        return Ok(None);
    }
    let input = (actor.organisation, Question { days: first..=last, ..question.clone() });
    let later = house
        .read_long(input, |tx, (organisation, question)| Box::pin(load(tx, *organisation, question.clone())));
    let looking = looked_through(later.await?, |Reading { question, found, now_ms }| {
        found.facts.open_days(&found.asker, question.days.clone(), *now_ms).next()
    });
    Ok(looking.await?.1)
}

/// Who offers times to whom.
struct Seller<'a> {
    house: &'a House,
    actor: &'a Actor,
    ring: &'a KeyRing,
    question: &'a Question,
    found: &'a Found,
    now_ms: i64,
}

impl Seller<'_> {
    fn offer(&self, slot: Slot) -> Offered {
        let Self { question, found, now_ms, .. } = self;
        let kind = &found.facts.kind;
        let availability = Availability {
            issued_ms: *now_ms,
            expires_ms: now_ms + availability::MINUTES * 60_000,
            start_ms: slot.start_ms,
            minutes: (kind.duration, kind.buffers.0, kind.buffers.1),
            kind: kind.id,
            category: found.category.id,
            // The desk may have booked without one: whoever moves that is asked for none.
            insurance: question.insurance.unwrap_or(InsuranceId::from_bytes([0; 12])),
            resources: slot.resources.clone(),
            revision: found.revision,
            moves: question.moves,
            patient: question.patient,
            client: self.actor.client,
            jti: availability::jti(&self.house.rng),
        };
        Offered { slot, proof: availability::seal(self.ring, self.actor.organisation, &availability) }
    }
}

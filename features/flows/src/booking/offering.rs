//! What can be booked, each time with the proof that it was offered.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use booking::access::{self, Right, patient_of};
use booking::appointments::{self, barred_by};
use booking::availability::{self, Availability};
use booking::calendar::{self, Slot};
use booking::facts::{self, Found, Question};
use booking::setup::{categories, institutions, insurances, types};
use booking::{Appointment, Number, asap};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Actor, AppointmentId, AppointmentTypeId, Error, InsuranceId, Kind, OrganisationId, Result};
use store::Tx;
use vault::KeyRing;

use super::known;
use super::showing::{Shown, dressed};
use crate::House;

/// Days of a listing when they are not said: so many after today.
const DAYS_AHEAD: i64 = 28;
/// Days of one listing.
const DAYS_MAX: i32 = 366;

/// What somebody wants to see.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The number of the category.
    pub category: Number,
    /// The number of the type.
    pub kind: Number,
    /// The number of the insurance.
    pub insurance: Number,
    /// The local days, both included; 28 from today when they are not said.
    pub days: Option<RangeInclusive<Date>>,
    /// How many at most.
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
    /// When there are none: the next local day on which there is one, within the horizon.
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
/// `patient_blocked` or `age_not_accepted`; [`Error::Invalid`] of `from` with `range_reversed` or `range_too_long` (366
/// days).
pub async fn availabilities(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Offering> {
    let reading = read(house, actor, wanted).await?;
    offering(house, actor, &reading, wanted.limit).await
}

/// The local days of a stretch, and whether anything can be booked on each.
///
/// # Errors
/// As [`availabilities`].
pub async fn days(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Vec<(Date, bool)>> {
    let Reading { question, found, now_ms } = read(house, actor, wanted).await?;
    let slots = found.facts.slots(&found.asker, question.days.clone(), now_ms);
    let open: BTreeSet<Date> =
        slots.map(|slot| calendar::local(&found.facts.zone, slot.start_ms).date()).collect();
    let first = *question.days.start();
    let all = first.series(1.day()).take_while(|day| question.days.contains(day));
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
    days: Option<RangeInclusive<Date>>,
    limit: usize,
) -> Result<Offering> {
    let input = (actor.clone(), id, days);
    let reading = house.read(input, |tx, (actor, id, days)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Read).await?;
            appointments::must_be_reschedulable(open.appointment(), tx.now_ms())?;
            to_move(tx, actor.organisation, open.appointment(), days.clone()).await
        })
    });
    offering(house, actor, &reading.await?, limit).await
}

/// The earliest time before an appointment that is on the waiting list, to which it could be moved.
///
/// # Errors
/// [`Error::Precondition`] with `asap_not_subscribed`, or as [`times_to_move`].
pub async fn earlier(house: &House, actor: &Actor, id: AppointmentId) -> Result<(Shown, Option<Offered>)> {
    let reading = house.read((actor.clone(), id), |tx, (actor, id)| {
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
            let reading = to_move(tx, actor.organisation, &appointment, Some(days)).await?;
            let details = appointments::details(tx, &open).await?;
            Ok((reading, appointment, details))
        })
    });
    let (Reading { question, found, now_ms }, appointment, details) = reading.await?;
    let before_ms = appointment.start_ms;
    let slot = found.facts.earliest_between(&found.asker, now_ms, before_ms, now_ms);
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let seller = Seller { house, actor, ring: &ring, question: &question, found: &found, now_ms };
    let offered = slot.map(|slot| seller.offer(slot));
    let mut shown = dressed(house, actor, vec![(appointment, details)]).await?;
    Ok((shown.pop().ok_or_else(|| Error::bug("an appointment that was read"))?, offered))
}

async fn read(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Reading> {
    let reading = house.read((actor.clone(), wanted.clone()), |tx, (actor, wanted)| {
        Box::pin(async move {
            let (kind, insurance, zone) = named(tx, actor.organisation, wanted).await?;
            let days = range(wanted.days.clone(), today(&zone, tx.now_ms()))?;
            let patient = patient_of(actor);
            let born_on = known::born_on(tx, patient).await?;
            let insurance = Some(insurance);
            let question = Question { kind, patient, insurance, born_on, days, moves: None, hold: None };
            load(tx, actor.organisation, question).await
        })
    });
    reading.await
}

/// The type and the insurance of these numbers, and the zone in which the type is.
async fn named(
    tx: &Tx,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<(AppointmentTypeId, InsuranceId, jiff::tz::TimeZone)> {
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
    days: Option<RangeInclusive<Date>>,
) -> Result<Reading> {
    let zone = calendar::zone(&appointment.time_zone)?;
    let days = range(days, today(&zone, tx.now_ms()))?;
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

fn today(zone: &jiff::tz::TimeZone, now_ms: i64) -> Date {
    calendar::local(zone, now_ms).date()
}

fn range(days: Option<RangeInclusive<Date>>, today: Date) -> Result<RangeInclusive<Date>> {
    let Some(days) = days else { return Ok(today..=today.saturating_add(DAYS_AHEAD.days())) };
    if days.start() > days.end() {
        return Err(Error::invalid("from", "range_reversed", "The first day lies behind the last."));
    }
    let length = days.start().until(*days.end()).map_or(i32::MAX, |span| span.get_days());
    if length >= DAYS_MAX {
        return Err(Error::invalid("from", "range_too_long", format!("At most {DAYS_MAX} days at once.")));
    }
    Ok(days)
}

/// What was read, with a proof for each time. All of this is done when the transaction is over.
async fn offering(house: &House, actor: &Actor, reading: &Reading, limit: usize) -> Result<Offering> {
    let Reading { question, found, now_ms } = reading;
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let seller = Seller { house, actor, ring: &ring, question, found, now_ms: *now_ms };
    let slots = found.facts.slots(&found.asker, question.days.clone(), *now_ms);
    let times: Vec<Offered> = slots.take(limit).map(|slot| seller.offer(slot)).collect();
    let next_on = if times.is_empty() { next_on(house, actor, reading).await? } else { None };
    Ok(Offering { times, time_zone: found.institution.time_zone.clone(), next_on })
}

/// The next local day behind those that were asked about on which there is something.
async fn next_on(house: &House, actor: &Actor, reading: &Reading) -> Result<Option<Date>> {
    let Reading { question, found, now_ms } = reading;
    let today = today(&found.facts.zone, *now_ms);
    let first = question.days.end().saturating_add(1.day()).max(today);
    let last = today.saturating_add(found.facts.kind.horizon.days());
    if first > last {
        return Ok(None);
    }
    let input = (actor.organisation, Question { days: first..=last, ..question.clone() });
    let later = house
        .read_long(input, |tx, (organisation, question)| Box::pin(load(tx, *organisation, question.clone())));
    let Reading { question, found, now_ms } = later.await?;
    let next = found.facts.slots(&found.asker, question.days, now_ms).next();
    Ok(next.map(|slot| calendar::local(&found.facts.zone, slot.start_ms).date()))
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

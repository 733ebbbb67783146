//! A time that is kept for a patient while the desk speaks with them.

use booking::setup::types;
use booking::{Number, access, calendar, facts, holds, kept};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Actor, Error, HoldId, Kind, PersonId, Result};
use store::Tx;

use super::{insurance, must_work_at_the_desk, patient};
use crate::House;
use crate::booking::retried;

/// What is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The number of the type.
    pub kind: Number,
    /// For whom.
    pub patient: PersonId,
    /// Who pays, by the number of the insurance.
    pub insurance: Option<Number>,
    /// The start as patients are shown it, in milliseconds since 1970.
    pub start_ms: i64,
}

/// What is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which.
    pub id: HoldId,
    /// The time.
    pub slot: calendar::Slot,
    /// The zone in which it is shown.
    pub time_zone: String,
    /// Until when it is kept, in milliseconds since 1970.
    pub until_ms: i64,
}

/// Keeps a time for a patient for a few minutes.
///
/// # Errors
/// As [`holds::hold`]; [`Error::NotFound`] for an unknown type, insurance or patient.
pub async fn hold(house: &House, actor: &Actor, wish: Wish) -> Result<Kept> {
    let keeping = retried(|| {
        let input = (actor.clone(), wish);
        house.write_booking(actor.organisation, input, |tx, (actor, wish)| Box::pin(keep(tx, actor, wish)))
    });
    keeping.await
}

async fn keep(tx: &Tx, actor: &Actor, wish: &Wish) -> Result<Kept> {
    must_work_at_the_desk(actor)?;
    let here = actor.organisation;
    let kind = types::find_numbered(tx, here, wish.kind).await?;
    let kind = kind.ok_or(Error::not_found(Kind::AppointmentType))?.id;
    let insurance = insurance(tx, here, wish.insurance).await?;
    let patient = patient(tx, actor, wish.patient).await?;
    let for_them = Actor { acting_for: Some(patient), ..actor.clone() };
    let born_on = super::dressing::births(tx, &[patient]).await?.get(&patient).copied();
    // Wherever the institution is, the start lies within a day of the same date in UTC.
    let day = instant_of_ms(wish.start_ms).to_zoned(TimeZone::UTC).date();
    let mut question = facts::Question {
        kind,
        patient: access::patient_of(&for_them),
        insurance,
        born_on,
        days: day..=day,
        moves: None,
        hold: None,
    };
    let time_zone = facts::load(tx, here, &question).await?.institution.time_zone;
    let day = local_day(&time_zone, wish.start_ms);
    question.days = day..=day;
    let (id, slot) = holds::hold(tx, &for_them, &question, wish.start_ms).await?;
    Ok(Kept { id, slot, time_zone, until_ms: tx.now_ms() + holds::MINUTES * 60_000 })
}

fn local_day(time_zone: &str, ms: i64) -> Date {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    instant_of_ms(ms).to_zoned(zone).date()
}

/// Gives a time up that is kept for a patient.
///
/// # Errors
/// [`Error::NotFound`] when it is not kept, or for an offer of the waiting list.
pub async fn release(house: &House, actor: &Actor, hold: HoldId) -> Result<()> {
    let released = house.db.write((actor.clone(), hold), |tx, (actor, hold)| {
        Box::pin(async move {
            must_work_at_the_desk(actor)?;
            let kept = kept::kept_for(tx, actor.organisation, *hold).await?;
            kept.ok_or(Error::not_found(Kind::Availability))?;
            holds::release(tx, actor.organisation, *hold).await
        })
    });
    released.await
}

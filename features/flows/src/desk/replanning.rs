//! Appointments that fall into an absence, each with the next times to which it could be moved.

use std::ops::RangeInclusive;

use booking::appointments::{self, Details};
use booking::calendar::Slot;
use booking::{Appointment, desk, facts};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{AbsenceId, Actor, Error, OrganisationId, Result};

use super::dressing::{Shown, dress};
use crate::House;

/// Times that are named for each.
const TIMES: usize = 3;
/// Local days that are looked at in one go.
const DAYS: i64 = 14;

/// An appointment that is to be planned again.
#[derive(Clone, Debug)]
pub struct Displaced {
    /// The appointment.
    pub shown: Shown,
    /// The next times to which it could be moved, by the same rules as its patient could.
    pub next: Vec<Slot>,
}

/// The appointments ahead that fall into an absence, by start. A line about each patient is left.
///
/// # Errors
/// As [`desk::affected`].
pub async fn displaced(house: &House, actor: &Actor, absence: AbsenceId) -> Result<Vec<Displaced>> {
    let read = house.read_long((actor.clone(), absence), |tx, (actor, absence)| {
        Box::pin(async move {
            let entries = desk::affected(tx, actor, *absence).await?;
            let patients = entries.iter().map(|entry| entry.appointment.patient);
            let dressing = dress(tx, actor, patients).await?;
            Ok((entries, dressing))
        })
    });
    let (entries, dressing) = read.await?;
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let details = Details::open(&ring, entry.appointment.id, &entry.details)?;
        let shown = dressing.show((entry.appointment, entry.resources), details);
        let next = next(house, actor.organisation, &shown).await?;
        all.push(Displaced { shown, next });
    }
    Ok(all)
}

/// The next times to which an appointment could be moved.
async fn next(house: &House, organisation: OrganisationId, shown: &Shown) -> Result<Vec<Slot>> {
    let now_ms = house.clock.now_ms();
    let zone = TimeZone::get(&shown.appointment.time_zone).map_err(Error::bug)?;
    let today = instant_of_ms(now_ms).to_zoned(zone).date();
    let (mut slots, mut first) = (Vec::new(), today);
    loop {
        let days = first..=first.saturating_add((DAYS - 1).days());
        let found =
            load(house, organisation, &shown.appointment, days.clone(), shown.patient.born_on).await?;
        let more = found.facts.slots(&found.asker, days, now_ms);
        slots.extend(more.take(TIMES - slots.len()));
        first = first.saturating_add(DAYS.days());
        if slots.len() == TIMES || first > today.saturating_add(found.facts.kind.horizon.days()) {
            return Ok(slots);
        }
    }
}

async fn load(
    house: &House,
    organisation: OrganisationId,
    appointment: &Appointment,
    days: RangeInclusive<Date>,
    born_on: Option<Date>,
) -> Result<facts::Found> {
    let question = appointments::question_of(appointment, days, born_on);
    let read = house.db.read_long((organisation, question), |tx, (organisation, question)| {
        Box::pin(facts::load(tx, *organisation, question))
    });
    read.await
}

//! Appointments that fall into an absence, each with the next times to which it could be moved.

use std::ops::RangeInclusive;

use booking::appointments;
use booking::calendar::{self, Slot};
use booking::desk::{self, Behind};
use booking::{Appointment, facts};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{AbsenceId, Actor, OrganisationId, Result};

use super::dressing::{Shown, dress_entries};
use crate::House;

/// Times that are named for each.
const TIMES: usize = 3;
/// Local days that are looked at in one go.
const DAYS: i64 = 14;
/// So many from today on are looked at for each.
const DAYS_MAX: i64 = 56;
/// Appointments that are told of in one go: for each, calendars are read several times.
pub const REPLANNED_AT_ONCE: u32 = 20;

/// An appointment that is to be planned again.
#[derive(Clone, Debug)]
pub struct Displaced {
    /// The appointment.
    pub shown: Shown,
    /// The next times within eight weeks to which it could be moved, by the same rules as its patient could.
    pub next: Vec<Slot>,
}

impl Displaced {
    /// Where the list goes on behind this one, also once it was moved.
    #[must_use]
    pub const fn behind(&self) -> Behind {
        (self.shown.appointment.start_ms, self.shown.appointment.id)
    }
}

/// The appointments ahead that fall into an absence, by start, [`REPLANNED_AT_ONCE`] at most, from the first on or behind
/// one that was told of before. A line about each patient is left.
///
/// # Errors
/// As [`desk::affected`].
pub async fn displaced(
    house: &House,
    actor: &Actor,
    absence: AbsenceId,
    behind: Option<Behind>,
) -> Result<Vec<Displaced>> {
    let read = house.read_long((actor.clone(), absence, behind), |tx, (actor, absence, behind)| {
        Box::pin(async move {
            let entries = desk::affected(tx, actor, *absence, *behind, REPLANNED_AT_ONCE).await?;
            let dressing = dress_entries(tx, actor, &entries).await?;
            Ok((entries, dressing))
        })
    });
    let (entries, dressing) = read.await?;
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let shown = dressing.show_entry(&ring, entry)?;
        let next = match &shown.patient {
            Some(patient) => next(house, actor.organisation, &shown.appointment, patient.born_on).await?,
            None => Vec::new(),
        };
        all.push(Displaced { shown, next });
    }
    Ok(all)
}

/// The next times to which an appointment could be moved.
async fn next(
    house: &House,
    organisation: OrganisationId,
    appointment: &Appointment,
    born_on: Option<Date>,
) -> Result<Vec<Slot>> {
    let now_ms = house.clock.now_ms();
    let today = calendar::local(&calendar::zone(&appointment.time_zone)?, now_ms).date();
    let (mut slots, mut first) = (Vec::new(), today);
    loop {
        let days = first..=first.saturating_add((DAYS - 1).days());
        let found = load(house, organisation, appointment, days.clone(), born_on).await?;
        let more = found.facts.slots(&found.asker, days, now_ms);
        slots.extend(more.take(TIMES - slots.len()));
        first = first.saturating_add(DAYS.days());
        let last = today.saturating_add(found.facts.kind.horizon.min(DAYS_MAX).days());
        if slots.len() == TIMES || first > last {
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

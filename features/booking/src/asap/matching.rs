//! Who is told of what: pure rules over what was read.
//!
//! Nobody is told of a time that they could not take now: it is asked of the predicate that booking asks, as if they moved
//! their appointment there. It is earlier than that one, and so everybody who accepts comes earlier: a chain of such moves
//! ends.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::ResourceId;
use kernel::clock::instant_of_ms;

use crate::calendar::{Asker, Facts, Slot, Span};
use crate::model::{Appointment, AppointmentType, State, Strategy};

pub(super) const DAY_MS: i64 = 24 * 3_600_000;
/// An offer stands for two days at most.
const OFFER_MS: i64 = 2 * DAY_MS;
/// Times that are looked at for one person.
const TIMES_MAX: usize = 200;

/// What somebody was told before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Had {
    /// Of which times, ever.
    pub starts: BTreeSet<i64>,
    /// How often within a day.
    pub today: usize,
    /// Whether one of them still stands.
    pub has_open: bool,
}

/// How many were told of each time in this round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told(BTreeMap<i64, usize>);

impl Told {
    /// One more was told of these.
    pub fn note(&mut self, start_ms: i64) {
        *self.0.entry(start_ms).or_default() += 1;
    }

    fn times(&self, start_ms: i64) -> usize {
        self.0.get(&start_ms).copied().unwrap_or_default()
    }
}

/// The local days that what became free touches, up to an appointment; `None` when it begins behind that.
#[must_use]
pub fn days(zone: &TimeZone, freed: &[(ResourceId, Span)], before_ms: i64) -> Option<RangeInclusive<Date>> {
    let day = |ms: i64| instant_of_ms(ms).to_zoned(zone.clone()).date();
    let first = freed.iter().map(|(_, span)| span.from_ms).min().filter(|from_ms| *from_ms < before_ms)?;
    let last = freed.iter().map(|(_, span)| span.until_ms).max()?.min(before_ms);
    // What is taken before its start may reach into the day before.
    let first = day(first);
    Some(first.yesterday().unwrap_or(first)..=day(last))
}

/// The times within what became free to which an appointment could be moved now, each earlier than it is; the earliest
/// first.
#[must_use]
pub fn earlier(
    facts: &Facts,
    asker: &Asker,
    appointment: &Appointment,
    freed: &[(ResourceId, Span)],
    now_ms: i64,
) -> Vec<Slot> {
    let can_move = appointment.state == State::Booked && appointment.is_reschedulable(now_ms);
    let days = days(&facts.zone, freed, appointment.start_ms).filter(|_| can_move);
    let Some(days) = days else { return Vec::new() };
    let slots = facts.slots_in(asker, days, freed, now_ms);
    slots.take_while(|slot| slot.start_ms < appointment.start_ms).take(TIMES_MAX).collect()
}

/// Of which of these times somebody is told. To all at once: of each, as long as the letters of a day reach, and where they
/// do not, first of those that the fewest were told of. In turn: of the first, unless an earlier offer to them still stands.
/// What is kept for another is not free, so that of one time as many are told as there are free of it.
#[must_use]
pub fn choose(
    strategy: Strategy,
    slots: Vec<Slot>,
    had: &Had,
    told: &Told,
    letters_per_day_max: i64,
) -> Vec<Slot> {
    let room = usize::try_from(letters_per_day_max).unwrap_or_default().saturating_sub(had.today);
    let mut new: Vec<Slot> = slots.into_iter().filter(|slot| !had.starts.contains(&slot.start_ms)).collect();
    match strategy {
        Strategy::Broadcast => {
            // The sort keeps the earlier first among those that as many were told of.
            if new.len() > room {
                new.sort_by_key(|slot| told.times(slot.start_ms));
            }
            new.truncate(room);
        }
        Strategy::Sequential => {
            new.truncate(if had.has_open { 0 } else { room.min(1) });
        }
    }
    new
}

/// Until when an offer of this time can be accepted: not beyond the notice, nor beyond the time until which the appointment
/// can be moved at all, nor for more than two days; in turn, for as long as it is kept.
#[must_use]
pub fn expires_ms(kind: &AppointmentType, appointment: &Appointment, slot: &Slot, now_ms: i64) -> i64 {
    let kept_ms = match kind.asap.strategy {
        Strategy::Broadcast => OFFER_MS,
        Strategy::Sequential => OFFER_MS.min(kind.asap.hold * 60_000),
    };
    let bounds =
        [now_ms + kept_ms, slot.start_ms - kind.notice * 60_000, appointment.reschedulable_until_ms()];
    bounds.into_iter().min().unwrap_or(now_ms)
}

#[cfg(test)]
mod tests;

//! The calendar's rules, and what the wall clock does to them.

mod choosing;
mod clock;
mod hours;
mod listing;
mod oracle;
mod rules;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};
use kernel::{AppointmentTypeId, CategoryId, ResourceId};

use super::{Asker, Facts, Roster, Span, instant, local, zone};
use crate::model::{AppointmentType, Asap, Minute, Strategy, Weekly};

/// Dr. Green, whose hours carry the grid.
const GREEN: ResourceId = ResourceId::from_bytes([1; 12]);
/// Dr. Brown, who works beside her.
const BROWN: ResourceId = ResourceId::from_bytes([2; 12]);
/// The room where ears are looked into.
const ROOM: ResourceId = ResourceId::from_bytes([3; 12]);

/// Half an hour with Dr. Green, each half hour.
fn consultation() -> AppointmentType {
    AppointmentType {
        id: AppointmentTypeId::from_bytes([4; 12]),
        number: 198,
        category: CategoryId::from_bytes([5; 12]),
        name: "First consultation".to_owned(),
        description: None,
        duration: 30,
        buffers: (0, 0),
        grid: 30,
        notice: 0,
        horizon: 730,
        cancel: 0,
        reschedule: 0,
        reschedules_max: None,
        capacity: 1,
        is_video: false,
        needs_confirmation: false,
        requires_account: true,
        needs_attendant: true,
        comment_form: None,
        windows: Vec::new(),
        insurances: Vec::new(),
        parts: vec![vec![GREEN]],
        asap: Asap { enabled: true, strategy: Strategy::Broadcast, hold: 30, debounce: 5, stays: true },
    }
}

/// The same hours each day of the week.
fn daily(hours: &[(Minute, Minute)]) -> Roster {
    let weekly = (1..=7).flat_map(|weekday| {
        hours.iter().map(move |(from, until)| Weekly {
            weekday,
            from: *from,
            until: *until,
            first_day: None,
            last_day: None,
        })
    });
    Roster { weekly: weekly.collect(), ..Roster::default() }
}

/// A practice in this zone in which Dr. Green has these hours each day.
fn practice(zone_name: &str, hours: &[(Minute, Minute)]) -> Facts {
    Facts {
        zone: zone(zone_name).unwrap(),
        kind: consultation(),
        rosters: BTreeMap::from([(GREEN, daily(hours))]),
        holidays: Vec::new(),
        booked: BTreeMap::new(),
        taken: BTreeMap::new(),
        patient: Vec::new(),
    }
}

const fn hour(hour: Minute) -> Minute {
    hour * 60
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn days(text: &str) -> RangeInclusive<Date> {
    day(text)..=day(text)
}

/// The instant of an RFC 3339 text.
fn utc(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

fn wall(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn span(facts: &Facts, from: &str, until: &str) -> Span {
    Span { from_ms: instant(&facts.zone, wall(from)), until_ms: instant(&facts.zone, wall(until)) }
}

/// A moment long before anything else here.
fn long_ago() -> i64 {
    utc("2026-01-01T00:00:00Z")
}

/// What the wall clock shows at the beginning of each time that can be booked on a day.
fn listed(facts: &Facts, on: &str) -> Vec<String> {
    listed_for(facts, &Asker::default(), on, long_ago())
}

fn listed_for(facts: &Facts, asker: &Asker, on: &str, now_ms: i64) -> Vec<String> {
    let shown = |start_ms: i64| local(&facts.zone, start_ms).strftime("%H:%M").to_string();
    facts.slots(asker, days(on), now_ms).map(|slot| shown(slot.start_ms)).collect()
}

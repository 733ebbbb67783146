//! When a resource is there: its hours, day by day, as instants.

use std::ops::RangeInclusive;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::zone::{DAY_MS, MINUTE_MS, instant, instant_of_end, minute_of};
use super::{Roster, Span, spans};
use crate::model::Minute;

/// The hours of one resource over some days.
#[derive(Debug)]
pub(super) struct Opening {
    /// Each opening interval, by its beginning, whole even where an absence cuts it: the grid hangs on its beginning.
    pub intervals: Vec<Span>,
    /// When the resource is there.
    pub present: Vec<Span>,
    /// When it is away.
    pub away: Vec<Span>,
}

impl Opening {
    /// What began on these days.
    pub(super) fn of(
        roster: &Roster,
        zone: &TimeZone,
        holidays: &[Date],
        days: &RangeInclusive<Date>,
    ) -> Self {
        let mut intervals: Vec<Span> =
            each(days).flat_map(|day| began_on(roster, zone, holidays, day)).collect();
        intervals.sort_unstable();
        let away = away(roster, zone, days);
        let present = spans::without(&spans::joined(intervals.clone()), &away);
        Self { intervals, present, away }
    }

    /// Whether something that is shown for `shown`, and takes `occupied`, fits.
    pub(super) fn admits(&self, shown: Span, occupied: Span) -> bool {
        spans::cover(&self.present, shown) && !spans::touch(&self.away, occupied)
    }

    /// Whether a start is on the grid of an interval that it lies in.
    pub(super) fn has_start(&self, start_ms: i64, grid: i64) -> bool {
        let began = self.intervals.partition_point(|interval| interval.from_ms <= start_ms);
        // None is longer than two days and what a clock that goes back adds.
        let near = self.intervals[..began]
            .iter()
            .rev()
            .take_while(|interval| start_ms - interval.from_ms < 3 * DAY_MS);
        near.filter(|interval| start_ms < interval.until_ms)
            .any(|interval| (start_ms - interval.from_ms) % (grid.max(1) * MINUTE_MS) == 0)
    }
}

/// Each day of a range, the last included.
fn each(days: &RangeInclusive<Date>) -> impl Iterator<Item = Date> + use<> {
    let last = *days.end();
    std::iter::successors(Some(*days.start()), |day| day.tomorrow().ok()).take_while(move |day| *day <= last)
}

fn began_on(
    roster: &Roster,
    zone: &TimeZone,
    holidays: &[Date],
    day: Date,
) -> impl Iterator<Item = Span> + use<> {
    let span = |(from, until): (Minute, Minute)| Span {
        from_ms: instant(zone, minute_of(day, from)),
        until_ms: instant_of_end(zone, minute_of(day, until)),
    };
    let hours = hours_of(roster, holidays, day).into_iter().map(span);
    // An interval within the hour that a leap takes away is none.
    hours.filter(|span| !span.is_empty()).collect::<Vec<_>>().into_iter()
}

/// The minutes between which the resource is there on a day, absences aside.
fn hours_of(roster: &Roster, holidays: &[Date], day: Date) -> Vec<(Minute, Minute)> {
    let mut exceptions = roster.exceptions.iter().filter(|exception| exception.day == day).peekable();
    if exceptions.peek().is_some() {
        return exceptions.flat_map(|exception| exception.open.iter().copied()).collect();
    }
    if holidays.contains(&day) {
        return Vec::new();
    }
    let weekday = day.weekday().to_monday_one_offset();
    let holds = roster.weekly.iter().filter(|weekly| {
        weekly.weekday == weekday
            && weekly.first_day.is_none_or(|first| first <= day)
            && weekly.last_day.is_none_or(|last| day <= last)
    });
    holds.map(|weekly| (weekly.from, weekly.until)).collect()
}

fn away(roster: &Roster, zone: &TimeZone, days: &RangeInclusive<Date>) -> Vec<Span> {
    // What began on the last day may go on for two more, and buffers reach further by hours.
    let first = days.start().saturating_sub(1.days());
    let last = days.end().saturating_add(3.days());
    let near = roster
        .absences
        .iter()
        .filter(|absence| first <= absence.until.date() && absence.from.date() <= last)
        .map(|absence| Span {
            from_ms: instant(zone, absence.from),
            until_ms: instant_of_end(zone, absence.until),
        });
    spans::joined(near.filter(|span| !span.is_empty()).collect())
}

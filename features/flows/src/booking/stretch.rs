//! The days that somebody asks about, where the institution is.

use std::ops::RangeInclusive;

use booking::calendar;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Error, Result};

/// Days of a listing when they are not said: so many after today.
pub(super) const DAYS_AHEAD: i64 = 28;
/// Days of one listing, and so many behind it are looked at for the next one on which there is something.
pub(super) const DAYS_MAX: i32 = 366;

/// A local day, or an instant: then the day is meant that it is on where the institution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// That day.
    Day(Date),
    /// In milliseconds since 1970.
    At(i64),
}

impl When {
    fn day(self, zone: &TimeZone) -> Date {
        match self {
            Self::Day(day) => day,
            Self::At(ms) => calendar::local(zone, ms).date(),
        }
    }
}

/// The days that are asked about, both included: from today on unless said, and 28 on unless said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Option<When>,
    /// The last.
    pub to: Option<When>,
}

impl From<RangeInclusive<Date>> for Days {
    fn from(days: RangeInclusive<Date>) -> Self {
        let [from, to] = [*days.start(), *days.end()].map(|day| Some(When::Day(day)));
        Self { from, to }
    }
}

impl Days {
    /// Whether these are no more than when nothing is said. It is asked before anybody knows where the institution is, so
    /// that it may be a day more.
    pub(super) fn are_few(self) -> bool {
        let [from, to] = [self.from, self.to].map(|when| when.map(|when| when.day(&TimeZone::UTC)));
        match (from, to) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(first), Some(last)) => i64::from(length(&(first..=last))) <= DAYS_AHEAD + 1,
        }
    }
}

/// The local day of now.
pub(super) fn today(zone: &TimeZone, now_ms: i64) -> Date {
    calendar::local(zone, now_ms).date()
}

/// The days that are meant.
///
/// # Errors
/// [`Error::Invalid`] of `to` with `range_reversed` or `range_too_long`.
pub(super) fn range(asked: Days, zone: &TimeZone, now_ms: i64) -> Result<RangeInclusive<Date>> {
    let [from, to] = [asked.from, asked.to].map(|when| when.map(|when| when.day(zone)));
    let today = today(zone, now_ms);
    // What is over is not offered, but nobody must know which day it is there to ask for what is left of one.
    let first = from.unwrap_or_else(|| to.map_or(today, |to| to.min(today)));
    let last = to.unwrap_or_else(|| first.saturating_add(DAYS_AHEAD.days()));
    if last < first {
        return Err(Error::invalid("to", "range_reversed", "The first day lies behind the last."));
    }
    if length(&(first..=last)) > DAYS_MAX {
        return Err(Error::invalid("to", "range_too_long", format!("At most {DAYS_MAX} days at once.")));
    }
    Ok(first..=last)
}

/// How many days that are, both ends included.
pub(super) fn length(days: &RangeInclusive<Date>) -> i32 {
    days.start().until(*days.end()).map_or(i32::MAX, |span| span.get_days().saturating_add(1))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const BERLIN: &str = "Europe/Berlin";

    /// As asked at noon of 2 March 2026 in Berlin.
    fn asked(days: Days) -> Result<RangeInclusive<Date>> {
        let zone = calendar::zone(BERLIN).expect("a zone");
        let noon = calendar::instant(&zone, date(2026, 3, 2).at(12, 0, 0, 0));
        range(days, &zone, noon)
    }

    #[test]
    fn what_is_not_said_is_from_today_on_and_four_weeks() {
        let (today, day) = (date(2026, 3, 2), |day| Some(When::Day(day)));
        for (days, first, last) in [
            (Days::default(), today, date(2026, 3, 30)),
            (Days { from: day(date(2026, 5, 1)), to: None }, date(2026, 5, 1), date(2026, 5, 29)),
            (Days { from: None, to: day(date(2026, 3, 4)) }, today, date(2026, 3, 4)),
            (Days { from: None, to: day(date(2026, 2, 1)) }, date(2026, 2, 1), date(2026, 2, 1)),
            (Days { from: day(Date::MAX), to: None }, Date::MAX, Date::MAX),
        ] {
            assert_eq!(asked(days).expect("days"), first..=last, "{days:?}");
        }
    }

    #[test]
    fn an_instant_is_the_day_that_it_is_there_then() {
        let at = |text: &str| {
            Some(When::At(text.parse::<jiff::Timestamp>().expect("an instant").as_millisecond()))
        };
        let days = Days { from: at("2026-03-09T23:30:00Z"), to: at("2026-03-10T22:59:59Z") };
        assert_eq!(asked(days).expect("a day"), date(2026, 3, 10)..=date(2026, 3, 10));
    }

    #[test]
    fn few_are_as_many_as_when_nothing_is_said() {
        let (first, day) = (date(2026, 3, 2), |day| Some(When::Day(day)));
        let until = |last| Days { from: day(first), to: day(last) };
        for few in
            [Days::default(), until(first), until(date(2026, 3, 30)), Days { from: day(first), to: None }]
        {
            assert!(few.are_few(), "{few:?}");
        }
        for many in [until(date(2026, 3, 31)), until(date(2027, 3, 2)), Days { from: None, to: day(first) }] {
            assert!(!many.are_few(), "{many:?}");
        }
    }

    #[test]
    fn a_year_is_the_most_and_no_range_runs_backwards() {
        let (first, year) = (date(2026, 3, 2), date(2027, 3, 2));
        assert!(asked((first..=year).into()).is_ok(), "366 days");
        for bad in [first..=date(2027, 3, 3), first..=date(2026, 3, 1), Date::MIN..=Date::MAX] {
            assert!(matches!(asked(bad.into()), Err(Error::Invalid { field: "to", .. })));
        }
    }
}

//! Times as this wire writes and reads them: ISO 8601 with the offset of the place, and local days.

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use kernel::{Error, Result};

use crate::refusals::Refusal;
use crate::taken::Given;

/// Days that are shown when nobody says how many.
const DAYS: i64 = 28;
/// Days that may be asked for at once.
const DAYS_MAX: i32 = 366;

/// The zone in which times are written.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// The zone of this name.
    pub fn named(name: &str) -> Result<Self> {
        booking::calendar::zone(name).map(Self)
    }

    /// An instant, as `2026-12-01T09:00:00+01:00`.
    pub fn write(&self, ms: i64) -> String {
        let instant = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
        instant.to_zoned(self.0.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

/// The days of `from` and `to`, or of `date`; nothing when none of them is said.
pub(crate) fn days(given: &Given, now_ms: i64) -> Result<Option<RangeInclusive<Date>>, Refusal> {
    let day = |name| given.text(name)?.map(|text| day(name, &text)).transpose();
    let (from, to, date) = (day("from")?, day("to")?, day("date")?);
    if let Some(date) = date {
        return Ok(Some(date..=date));
    }
    let (from, to) = match (from, to) {
        (None, None) => return Ok(None),
        (Some(from), to) => (from, to.unwrap_or_else(|| from.saturating_add(DAYS.days()))),
        // Somewhere it is still the day before; what is over is not offered.
        (None, Some(to)) => (yesterday(now_ms), to),
    };
    if to < from {
        return Err(Error::invalid("to", "range_reversed", "to lies before from").into());
    }
    if (to - from).get_days() > DAYS_MAX {
        return Err(Error::invalid("to", "range_too_long", "at most 366 days").into());
    }
    Ok(Some(from..=to))
}

fn yesterday(now_ms: i64) -> Date {
    let now = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::MAX);
    TimeZone::UTC.to_datetime(now).date().saturating_sub(1.day())
}

/// A day, or the day that a time with its offset shows.
fn day(name: &'static str, text: &str) -> Result<Date, Refusal> {
    let text = mended(text.trim());
    let unfit = || Refusal::unreadable(name, "parameter_unfit");
    let is_day = text.len() == 10;
    if is_day {
        return text.parse().map_err(|_| unfit());
    }
    if text.parse::<Timestamp>().is_ok() {
        return text.get(..10).and_then(|day| day.parse().ok()).ok_or_else(unfit);
    }
    let is_time = text.parse::<DateTime>().is_ok();
    Err(if is_time { Refusal::unreadable(name, "time_without_offset") } else { unfit() })
}

/// In a query, the `+` of an offset comes as a blank.
fn mended(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((time, offset)) if time.contains('T') && offset.contains(':') => format!("{time}+{offset}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, u16> {
        let read = day("from", text).map(|day| day.to_string());
        read.map_err(|refusal| axum::response::IntoResponse::into_response(refusal).status().as_u16())
    }

    #[test]
    fn a_time_is_the_day_that_it_shows_and_needs_its_offset() {
        for good in [
            "2026-12-01",
            " 2026-12-01 ",
            "2026-12-01T00:30:00+01:00",
            "2026-12-01T00:30:00 01:00",
            "2026-12-01T23:30:00-03:30",
            "2026-12-01T09:00Z",
        ] {
            assert_eq!(read(good).as_deref(), Ok("2026-12-01"), "{good}");
        }
        for bad in [
            "2026-12-01T09:00:00",
            "2026-12-01 09:00:00",
            "2026-13-01",
            "2026-02-30",
            "tomorrow",
            "1",
            "20261201",
        ] {
            assert_eq!(read(bad), Err(400), "{bad}");
        }
    }

    #[test]
    fn an_instant_is_written_with_the_offset_of_its_day() {
        let berlin = Zone::named("Europe/Berlin").expect("a zone");
        let of = |text: &str| berlin.write(text.parse::<Timestamp>().expect("an instant").as_millisecond());
        assert_eq!(of("2026-12-01T08:00:00Z"), "2026-12-01T09:00:00+01:00");
        assert_eq!(of("2026-07-01T08:00:00Z"), "2026-07-01T10:00:00+02:00");
        let india = Zone::named("Asia/Kolkata").expect("a zone");
        assert_eq!(india.write(0), "1970-01-01T05:30:00+05:30");
        assert!(Zone::named("Europe/Nowhere").is_err());
    }
}

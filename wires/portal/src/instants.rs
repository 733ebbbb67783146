//! Times as this wire writes and reads them: ISO 8601 with the offset of the place, and local days.

use flows::booking::{Days, When};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::Result;

use crate::refusals::Refusal;
use crate::taken::Given;

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
        instant.display_with_offset(self.0.to_offset(instant)).to_string()
    }
}

/// The days of `from` and `to`, or of `date`.
pub(crate) fn days(given: &Given) -> Result<Days, Refusal> {
    let when = |name| given.text(name)?.map(|text| when(name, &text)).transpose();
    let (from, to, date) = (when("from")?, when("to")?, when("date")?);
    if date.is_some() {
        return Ok(Days { from: date, to: date });
    }
    Ok(Days { from, to })
}

/// A day, or an instant with its offset.
fn when(name: &'static str, text: &str) -> Result<When, Refusal> {
    let text = mended(text.trim());
    let unfit = || Refusal::unreadable(name, "parameter_unfit");
    let is_day = text.len() == 10;
    if is_day {
        return text.parse().map(When::Day).map_err(|_| unfit());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(When::At(at.as_millisecond()));
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

    fn read(text: &str) -> Result<When, u16> {
        let read = when("from", text);
        read.map_err(|refusal| axum::response::IntoResponse::into_response(refusal).status().as_u16())
    }

    #[test]
    fn a_day_is_a_day_and_a_time_needs_its_offset() {
        for good in ["2026-12-01", " 2026-12-01 "] {
            assert_eq!(read(good), Ok(When::Day(jiff::civil::date(2026, 12, 1))), "{good}");
        }
        let at: Timestamp = "2026-11-30T23:30:00Z".parse().expect("an instant");
        for good in [
            "2026-12-01T00:30:00+01:00",
            "2026-12-01T00:30:00 01:00",
            "2026-11-30T20:00:00-03:30",
            "2026-11-30T23:30Z",
        ] {
            assert_eq!(read(good), Ok(When::At(at.as_millisecond())), "{good}");
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

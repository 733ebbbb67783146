//! Days and times by the wall clock, as this API and the commands of an operator write them.

use booking::Minute;
use identity::protocol::form::Form;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Error, Result};

/// A minute of a day as `HH:MM`; what lies in the next day is written on from `24:00`.
#[must_use]
pub fn clock(minute: Minute) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The minute of a day that `HH:MM` says, up to `48:00`.
///
/// # Errors
/// [`Error::Invalid`] of the field for what is no time.
pub fn minute(field: &'static str, text: &str) -> Result<Minute> {
    let part = |digits: &str| {
        let is_pair = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_pair.then(|| digits.parse::<Minute>().ok()).flatten()
    };
    let read = text.split_once(':').and_then(|(hours, minutes)| Some((part(hours)?, part(minutes)?)));
    let read = read.filter(|(hours, minutes)| *minutes < 60 && hours * 60 + minutes <= 48 * 60);
    let why = "A time is written as 09:30; what lies in the next day goes on from 24:00.";
    read.map(|(hours, minutes)| hours * 60 + minutes).ok_or_else(|| Error::invalid(field, "time_unfit", why))
}

/// The day that `YYYY-MM-DD` says.
///
/// # Errors
/// [`Error::Invalid`] of the field for what is no day.
pub fn day(field: &'static str, text: &str) -> Result<Date> {
    let is_day = text.len() == 10;
    let read = text.parse().ok().filter(|_| is_day);
    read.ok_or_else(|| Error::invalid(field, "day_unfit", "A day is written as 2026-03-02."))
}

/// The instant of a start that a text with an offset says, in milliseconds since 1970; without one nothing is guessed.
///
/// # Errors
/// [`Error::Invalid`] of `start` for anything else.
pub fn start(text: &str) -> Result<i64> {
    let why = "A time is written with its offset, as in 2026-12-01T09:00:00+01:00.";
    let at: Timestamp = text.parse().map_err(|_| Error::invalid("start", "time_unreadable", why))?;
    Ok(at.as_millisecond())
}

/// An instant with the offset of a zone.
#[must_use]
pub fn instant(ms: i64, zone: &TimeZone) -> String {
    let instant = instant_of_ms(ms);
    instant.display_with_offset(zone.to_offset(instant)).to_string()
}

/// The day that a query names, when it does.
pub(crate) fn day_of(form: &Form, field: &'static str) -> Result<Option<Date>> {
    form.first(field).map(|text| day(field, text)).transpose()
}

/// The wall clock that `YYYY-MM-DDTHH:MM` says.
pub(crate) fn wall(field: &'static str, text: &str) -> Result<DateTime> {
    let why = "A time by the wall clock is written as 2026-03-02T09:30, without an offset.";
    let read = text.parse().ok().filter(|_| text.len() == 16);
    read.ok_or_else(|| Error::invalid(field, "time_unfit", why))
}

/// The same the other way round.
pub(crate) fn written(wall: DateTime) -> String {
    wall.strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_no_start() {
        for text in ["2026-12-01T09:00:00", "2026-12-01", "nine", "", "2026-13-01T09:00:00Z"] {
            assert!(matches!(start(text), Err(Error::Invalid { field: "start", .. })), "{text}");
        }
        let nine = start("2026-12-01T09:00:00+01:00").expect("a time");
        assert_eq!(start("2026-12-01T08:00:00Z").expect("the same"), nine);
    }

    #[test]
    fn an_instant_is_written_with_the_offset_of_its_zone() {
        let nine = start("2026-12-01T09:00:00+01:00").expect("a time");
        for (zone, text) in
            [("Europe/Amsterdam", "2026-12-01T09:00:00+01:00"), ("Asia/Kolkata", "2026-12-01T13:30:00+05:30")]
        {
            assert_eq!(instant(nine, &booking::calendar::zone(zone).expect("a zone")), text);
        }
    }

    #[test]
    fn a_time_comes_back_as_it_was_written() {
        for text in ["00:00", "09:30", "24:00", "25:15", "48:00"] {
            assert_eq!(clock(minute("from", text).expect("a time")), text);
        }
        for bad in ["", "9:30", "09:60", "48:01", "-1:00", "09.30", "09:3", "+9:30", "99:99", "é9:30"] {
            assert!(minute("from", bad).is_err(), "{bad}");
        }
        assert_eq!(written(wall("from", "2026-03-02T09:30").expect("a time")), "2026-03-02T09:30");
        for bad in [
            "2026-03-02",
            "2026-03-02T09:30Z",
            "2026-03-02T09:30+01:00",
            "2026-02-30T09:30",
            "+02026-03-02T09:",
        ] {
            assert!(wall("from", bad).is_err(), "{bad}");
        }
        for bad in ["2026-3-2", "20260302", "2026-13-01", "+2026-03-0"] {
            assert!(day("from", bad).is_err(), "{bad}");
        }
    }
}

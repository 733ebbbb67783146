//! Readings of a wall clock as they are kept: minutes since the beginning of 1970, as that clock counts them.

use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};

const BEGINNING: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

/// The minute of a reading.
pub(crate) fn minute(at: DateTime) -> i64 {
    // No zone is in it, so that every day has 1,440 minutes.
    let days = i64::from(BEGINNING.date().until(at.date()).map_or(0, |span| span.get_days()));
    days * 1_440 + i64::from(at.hour()) * 60 + i64::from(at.minute())
}

/// The reading of a minute; nothing for one of no year.
pub(crate) fn of_minute(minute: i64) -> Option<DateTime> {
    BEGINNING.checked_add(minute.minutes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_clock_shows_comes_back() {
        for at in [
            date(2026, 3, 29).at(2, 30, 0, 0),
            date(1969, 12, 31).at(23, 59, 0, 0),
            date(2028, 2, 29).at(0, 0, 0, 0),
        ] {
            assert_eq!(of_minute(minute(at)), Some(at));
        }
        assert_eq!(minute(date(1970, 1, 2).at(0, 1, 0, 0)), 1_441);
        assert_eq!(of_minute(i64::MAX), None);
    }
}

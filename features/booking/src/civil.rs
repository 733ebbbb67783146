//! Local days and minutes as the database keeps them: numbers since 1 January 1970, without a zone.

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Span};
use kernel::{Error, Result};

const MINUTES_PER_DAY: i64 = 24 * 60;

/// The day of this number.
pub(crate) fn day_of(number: i64) -> Result<Date> {
    let days = Span::new().try_days(number).map_err(Error::bug)?;
    date(1970, 1, 1).checked_add(days).map_err(Error::bug)
}

/// The number of a day.
#[must_use]
pub(crate) fn day_number(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_hours() / 24
}

/// The wall clock at this minute.
pub(crate) fn wall_of(minute: i64) -> Result<DateTime> {
    let minutes = SignedDuration::from_secs(minute.saturating_mul(60));
    date(1970, 1, 1).at(0, 0, 0, 0).checked_add(minutes).map_err(Error::bug)
}

/// The minute of a wall clock; its seconds are left out.
#[must_use]
pub(crate) fn minute_number(wall: DateTime) -> i64 {
    day_number(wall.date()) * MINUTES_PER_DAY + i64::from(wall.hour()) * 60 + i64::from(wall.minute())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_day_is_day_nought_and_the_one_before_is_one_less() {
        assert_eq!(day_number(date(1970, 1, 1)), 0);
        assert_eq!(day_number(date(1969, 12, 31)), -1);
        assert_eq!(minute_number(date(1970, 1, 2).at(0, 1, 59, 0)), 1_441);
    }

    proptest! {
        #[test]
        fn a_day_and_a_minute_come_back_as_they_went(day in -700_000_i64..2_900_000, minute in 0_i64..1_440) {
            prop_assert_eq!(day_number(day_of(day).expect("a day")), day);
            let minute = day * MINUTES_PER_DAY + minute;
            prop_assert_eq!(minute_number(wall_of(minute).expect("a time")), minute);
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        assert!(day_of(i64::MAX).is_err());
        assert!(wall_of(i64::MAX).is_err());
    }
}

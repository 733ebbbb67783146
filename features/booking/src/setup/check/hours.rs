//! Hours by the wall clock.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use kernel::{Error, Result};

use super::texts::name;
use super::{at_most, overlap, within};
use crate::civil::{day_number, minute_number};
use crate::model::{Exception, Minute, Weekly};

const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;
const WEEKLY_MAX: usize = 70;
const EXCEPTION_MAX: usize = 10;
const HOLIDAYS_MAX: usize = 100;
const ABSENCE_DAYS_MAX: i64 = 731;

/// Passes for hours of which no two hold at the same time, neither on one day nor into the next.
pub(in crate::setup) fn weekly(hours: &[Weekly]) -> Result<()> {
    at_most("hours", hours.len(), WEEKLY_MAX)?;
    for one in hours {
        within("hours", one.weekday.into(), 1..=7, "weekday_unfit")?;
        stretch(one.from, one.until)?;
        for day in [one.first_day, one.last_day].into_iter().flatten() {
            known("hours", day)?;
        }
        if let (Some(first), Some(last)) = (one.first_day, one.last_day)
            && last < first
        {
            return Err(Error::invalid("hours", "days_reversed", "The last day lies before the first."));
        }
    }
    let clash = |(at, one): (usize, &Weekly)| hours[..at].iter().any(|other| is_clash(one, other));
    if hours.iter().enumerate().any(clash) {
        return Err(Error::invalid("hours", "hours_overlap", "Two of these hours overlap."));
    }
    Ok(())
}

/// Passes for the hours of one day.
pub(in crate::setup) fn exception(one: &Exception) -> Result<()> {
    at_most("open", one.open.len(), EXCEPTION_MAX)?;
    known("day", one.day)?;
    one.open.iter().try_for_each(|(from, until)| stretch(*from, *until))?;
    if overlap(one.open.iter().map(|(from, until)| (i64::from(*from), i64::from(*until)))) {
        return Err(Error::invalid("open", "hours_overlap", "Two of these hours overlap."));
    }
    Ok(())
}

/// Passes for holidays from a day on, each day once.
pub(in crate::setup) fn holidays(from: Date, days: &[(Date, String)]) -> Result<()> {
    known("from", from)?;
    at_most("holidays", days.len(), HOLIDAYS_MAX)?;
    for (day, called) in days {
        known("holidays", *day)?;
        name("holidays", called)?;
        if *day < from {
            let why = "A holiday lies before the day from which they are replaced.";
            return Err(Error::invalid("holidays", "day_before", why));
        }
    }
    if days.iter().map(|(day, _)| day).collect::<BTreeSet<_>>().len() < days.len() {
        return Err(Error::invalid("holidays", "day_twice", "A day stands there twice."));
    }
    Ok(())
}

/// Passes for an absence that has a length, of two years at most.
pub(in crate::setup) fn absence(from: DateTime, until: DateTime) -> Result<()> {
    known("from", from.date())?;
    known("until", until.date())?;
    let minutes = minute_number(until) - minute_number(from);
    if minutes <= 0 {
        return Err(Error::invalid("until", "times_reversed", "It ends before it begins."));
    }
    if minutes > ABSENCE_DAYS_MAX * DAY {
        return Err(Error::invalid("until", "too_long", "It lasts longer than two years."));
    }
    Ok(())
}

fn stretch(from: Minute, until: Minute) -> Result<()> {
    let (from, until) = (i64::from(from), i64::from(until));
    if (0..DAY).contains(&from) && from < until && until <= 2 * DAY {
        return Ok(());
    }
    let why = "Hours begin within their day and end after that, at midnight of the next day at the latest.";
    Err(Error::invalid("hours", "minutes_unfit", why))
}

/// Days that a calendar needs: a mistyped year is refused.
fn known(field: &'static str, day: Date) -> Result<()> {
    within(field, day.year().into(), 2000..=2199, "year_unfit")
}

/// Whether both hold at one time: in one week, or at its turn.
fn is_clash(one: &Weekly, other: &Weekly) -> bool {
    let at = |hours: &Weekly| (i64::from(hours.weekday) - 1) * DAY + i64::from(hours.from);
    let length = |hours: &Weekly| i64::from(hours.until) - i64::from(hours.from);
    let ahead = (at(other) - at(one)).rem_euclid(WEEK);
    let behind = (at(one) - at(other)).rem_euclid(WEEK);
    is_valid_together(one, other) && (ahead < length(one) || behind < length(other))
}

/// Whether there are days on which both hold; hours of the day before reach into the next.
fn is_valid_together(one: &Weekly, other: &Weekly) -> bool {
    let reach = i64::from(one.weekday != other.weekday);
    let begins = |hours: &Weekly| hours.first_day.map_or(i64::MIN, day_number);
    let ends = |hours: &Weekly| hours.last_day.map_or(i64::MAX, |day| day_number(day) + reach);
    begins(one) <= ends(other) && begins(other) <= ends(one)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn on(weekday: i8, from: Minute, until: Minute) -> Weekly {
        Weekly { weekday, from, until, first_day: None, last_day: None }
    }

    #[test]
    fn hours_that_touch_fit_and_hours_that_overlap_do_not() {
        assert!(weekly(&[on(1, 480, 720), on(1, 720, 1_020), on(2, 480, 720)]).is_ok());
        assert!(weekly(&[on(1, 480, 720), on(1, 700, 1_020)]).is_err());
        assert!(
            weekly(&[on(1, 1_200, 1_560), on(2, 120, 600)]).is_ok(),
            "until two at night, and from two on"
        );
        assert!(weekly(&[on(1, 1_200, 1_561), on(2, 120, 600)]).is_err(), "a minute into the next day");
        assert!(weekly(&[on(7, 1_200, 1_561), on(1, 120, 600)]).is_err(), "from Sunday into Monday");
    }

    #[test]
    fn hours_of_different_months_do_not_meet() {
        let spring = Weekly { last_day: Some(date(2026, 5, 31)), ..on(1, 480, 720) };
        let summer = Weekly { first_day: Some(date(2026, 6, 1)), ..on(1, 500, 1_020) };
        assert!(weekly(&[spring, summer]).is_ok());
        assert!(weekly(&[spring, Weekly { first_day: Some(date(2026, 5, 31)), ..summer }]).is_err());
    }

    #[test]
    fn hours_beyond_the_clock_are_refused() {
        for bad in [
            on(0, 480, 720),
            on(8, 480, 720),
            on(1, 480, 480),
            on(1, 1_440, 1_500),
            on(1, 0, 2_881),
            on(1, -1, 5),
        ] {
            assert!(weekly(&[bad]).is_err(), "{bad:?}");
        }
        assert!(weekly(&[on(1, 0, 1_440), on(2, 0, 1_440)]).is_ok(), "round the clock");
        let reversed =
            Weekly { first_day: Some(date(2026, 2, 2)), last_day: Some(date(2026, 2, 1)), ..on(1, 1, 2) };
        assert!(weekly(&[reversed]).is_err());
        let year = Weekly { first_day: Some(date(20, 2, 2)), ..on(1, 1, 2) };
        assert!(weekly(&[year]).is_err());
    }

    #[test]
    fn an_absence_has_a_length_and_holidays_are_days() {
        let noon = date(2026, 3, 2).at(12, 0, 0, 0);
        assert!(absence(noon, date(2026, 3, 9).at(0, 0, 0, 0)).is_ok());
        assert!(absence(noon, noon).is_err());
        assert!(absence(noon, date(2036, 3, 2).at(0, 0, 0, 0)).is_err());
        let king = (date(2026, 4, 27), "Koningsdag".to_owned());
        assert!(holidays(date(2026, 1, 1), std::slice::from_ref(&king)).is_ok());
        assert!(holidays(date(2026, 1, 1), &[king.clone(), king.clone()]).is_err());
        assert!(holidays(date(2026, 5, 1), &[king]).is_err());
        let open = |open| Exception { day: date(2026, 4, 27), open };
        assert!(exception(&open(vec![])).is_ok());
        assert!(exception(&open(vec![(540, 600), (590, 700)])).is_err());
    }
}

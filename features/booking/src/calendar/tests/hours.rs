//! Hours, days and what cuts them.

use chrono::TimeZone as _;

use super::super::Asker;
use super::oracle::{ZONES, changes, naive, tz};
use super::{GREEN, daily, day, days, hour, listed, long_ago, practice, wall};
use crate::model::{Absence, Exception, Weekly};

#[test]
fn a_day_lists_each_start_of_the_grid_that_ends_within_the_hours() {
    let facts = practice("Europe/Berlin", &[(hour(9), hour(11) + 15)]);
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "09:30", "10:00", "10:30"]);
}

#[test]
fn the_grid_hangs_on_the_local_beginning_in_zones_of_half_an_hour() {
    for zone in ["Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"] {
        let mut facts = practice(zone, &[(hour(9), hour(12))]);
        facts.kind.grid = 60;
        facts.kind.duration = 45;
        assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "10:00", "11:00"], "{zone}");
    }
}

#[test]
fn a_night_from_one_to_four_lasts_two_hours_in_spring_and_four_in_autumn() {
    let facts = practice("Europe/Berlin", &[(hour(1), hour(4))]);
    assert_eq!(listed(&facts, "2026-03-29"), ["01:00", "01:30", "03:00", "03:30"]);
    let autumn = ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"];
    assert_eq!(listed(&facts, "2026-10-25"), autumn);
    assert_eq!(listed(&facts, "2027-03-28").len(), 4);
    assert_eq!(listed(&facts, "2027-10-31").len(), 8);
}

#[test]
fn hours_that_begin_within_the_leap_begin_at_its_end() {
    let facts = practice("Europe/Berlin", &[(hour(2) + 15, hour(4))]);
    assert_eq!(listed(&facts, "2026-03-29"), ["03:00", "03:30"]);
    let facts = practice("Europe/Berlin", &[(hour(2) + 15, hour(3))]);
    assert!(listed(&facts, "2026-03-29").is_empty());
}

#[test]
fn a_day_that_never_was_has_nothing() {
    let facts = practice("Pacific/Apia", &[(0, hour(24))]);
    let on =
        |text: &str| facts.slots(&Asker::default(), days(text), super::utc("2011-12-01T00:00:00Z")).count();
    assert_eq!(on("2011-12-29"), 48);
    assert_eq!(on("2011-12-30"), 0);
    assert_eq!(on("2011-12-31"), 48);
}

#[test]
fn one_visit_may_lie_across_a_day_that_never_was() {
    let mut facts = practice("Pacific/Apia", &[(0, hour(24))]);
    (facts.kind.duration, facts.kind.grid) = (20, 15);
    let before = super::utc("2011-12-01T00:00:00Z");
    let quarter_to = super::utc("2011-12-30T09:45:00Z");
    assert_eq!(facts.is_bookable(&Asker::default(), quarter_to, &[GREEN], before), Ok(()));
    let last = facts.slots(&Asker::default(), days("2011-12-29"), before).last();
    assert_eq!(last.map(|slot| slot.start_ms), Some(quarter_to));
}

#[test]
fn a_house_that_never_closes_is_open_for_all_that_elapses() {
    for zone in ZONES {
        let mut facts = practice(zone, &[(0, hour(24))]);
        (facts.kind.duration, facts.kind.grid) = (5, 5);
        for change in changes(zone) {
            let month_before = change - 30 * 86_400_000;
            let local = naive(zone, change).date();
            for shift in -2..=2 {
                let on = local + chrono::TimeDelta::days(shift);
                let begin = |day: chrono::NaiveDate| {
                    let midnight = day.and_time(chrono::NaiveTime::MIN);
                    let first = tz(zone).from_local_datetime(&midnight).earliest();
                    // Of the day that never was, the next has the beginning.
                    first.map_or(change / 1_000, |first| first.timestamp())
                };
                let elapsed = (begin(on + chrono::TimeDelta::days(1)) - begin(on)) / 60;
                let slots = facts.slots(&Asker::default(), days(&on.to_string()), month_before).count();
                let open = 5 * i64::try_from(slots).unwrap();
                assert_eq!(open, elapsed, "{zone} {on}");
            }
        }
    }
}

#[test]
fn hours_may_go_on_past_midnight_and_belong_to_the_day_on_which_they_began() {
    let mut facts = practice("Europe/Berlin", &[]);
    facts.rosters.get_mut(&GREEN).unwrap().weekly.push(Weekly {
        weekday: 1,
        from: hour(23),
        until: hour(25),
        first_day: None,
        last_day: None,
    });
    // 2026-11-30 is a Monday, and the last day of its month.
    assert_eq!(listed(&facts, "2026-11-30"), ["23:00", "23:30"]);
    assert_eq!(listed(&facts, "2026-12-01"), ["00:00", "00:30"]);
    facts.kind.duration = 60;
    assert_eq!(listed(&facts, "2026-11-30"), ["23:00", "23:30"]);
    assert_eq!(listed(&facts, "2026-12-01"), ["00:00"]);
    // The holiday of the day after does not end the night; that of its own day does.
    facts.holidays = vec![day("2026-12-01")];
    assert_eq!(listed(&facts, "2026-12-01"), ["00:00"]);
    facts.holidays = vec![day("2026-11-30")];
    assert!(listed(&facts, "2026-12-01").is_empty());
}

#[test]
fn one_visit_may_lie_across_midnight_where_one_days_hours_meet_the_nexts() {
    let mut facts = practice("Europe/Berlin", &[(hour(23) + 45, hour(24)), (0, 15)]);
    assert_eq!(listed(&facts, "2026-12-01"), ["23:45"]);
    // The holiday is only reached into: it matters to the day before all the same.
    facts.holidays = vec![day("2026-12-02")];
    assert!(listed(&facts, "2026-12-01").is_empty());
    assert!(super::super::around(&days("2026-12-01")).contains(&day("2026-12-02")));
}

#[test]
fn the_last_day_of_a_month_and_of_a_year_is_a_day_like_others() {
    let facts = practice("America/St_Johns", &[(hour(9), hour(10))]);
    for on in ["2026-01-31", "2026-02-28", "2026-04-30", "2026-12-31", "2027-01-01"] {
        assert_eq!(listed(&facts, on), ["09:00", "09:30"], "{on}");
    }
    let mut leap = facts;
    leap.kind.horizon = 1_000;
    assert_eq!(listed(&leap, "2028-02-29"), ["09:00", "09:30"]);
}

#[test]
fn weekly_hours_hold_from_their_first_day_to_their_last() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(10))]);
    for weekly in &mut facts.rosters.get_mut(&GREEN).unwrap().weekly {
        (weekly.first_day, weekly.last_day) = (Some(day("2026-12-02")), Some(day("2026-12-03")));
    }
    let open =
        ["2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"].map(|on| !listed(&facts, on).is_empty());
    assert_eq!(open, [false, true, true, false]);
}

#[test]
fn an_exception_stands_for_the_hours_of_its_day_also_on_a_holiday() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(10))]);
    facts.holidays = vec![day("2026-12-24"), day("2026-12-25")];
    let exceptions = [("2026-12-24", vec![(hour(8), hour(9))]), ("2026-12-28", vec![])];
    facts.rosters.get_mut(&GREEN).unwrap().exceptions =
        exceptions.map(|(on, open)| Exception { day: day(on), open }).to_vec();
    assert_eq!(listed(&facts, "2026-12-24"), ["08:00", "08:30"]);
    assert!(listed(&facts, "2026-12-25").is_empty());
    assert!(listed(&facts, "2026-12-28").is_empty());
    assert_eq!(listed(&facts, "2026-12-29"), ["09:00", "09:30"]);
}

#[test]
fn an_absence_cuts_the_hours_and_leaves_the_grid_where_it_was() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(12))]);
    facts.rosters.get_mut(&GREEN).unwrap().absences = vec![
        absence("2026-12-01T09:40", "2026-12-01T10:10"),
        absence("2026-12-02T11:00", "2026-12-05T09:30"),
    ];
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "10:30", "11:00", "11:30"]);
    assert_eq!(listed(&facts, "2026-12-02"), ["09:00", "09:30", "10:00", "10:30"]);
    assert!(listed(&facts, "2026-12-03").is_empty());
    assert_eq!(listed(&facts, "2026-12-05"), ["09:30", "10:00", "10:30", "11:00", "11:30"]);
}

#[test]
fn buffers_reach_out_of_the_hours_and_into_no_absence() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(10))]);
    facts.kind.buffers = (10, 10);
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "09:30"]);
    facts.rosters.get_mut(&GREEN).unwrap().absences = vec![
        absence("2026-12-01T08:00", "2026-12-01T08:55"),
        absence("2026-12-02T08:00", "2026-12-02T08:50"),
        absence("2026-12-02T10:05", "2026-12-02T12:00"),
    ];
    assert_eq!(listed(&facts, "2026-12-01"), ["09:30"]);
    assert_eq!(listed(&facts, "2026-12-02"), ["09:00"]);
}

#[test]
fn overlapping_hours_list_each_start_once() {
    let facts =
        practice("Europe/Berlin", &[(hour(9), hour(10)), (hour(9) + 30, hour(11)), (hour(9), hour(10))]);
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "09:30", "10:00", "10:30"]);
}

#[test]
fn the_days_are_local_and_both_count() {
    let mut facts = practice("Asia/Kolkata", &[(0, hour(24))]);
    facts.kind.grid = 720;
    let slots: Vec<_> =
        facts.slots(&Asker::default(), day("2026-12-01")..=day("2026-12-02"), long_ago()).collect();
    let shown: Vec<String> =
        slots.iter().map(|slot| super::local(&facts.zone, slot.start_ms).to_string()).collect();
    assert_eq!(
        shown,
        ["2026-12-01T00:00:00", "2026-12-01T12:00:00", "2026-12-02T00:00:00", "2026-12-02T12:00:00"]
    );
    let none = facts.slots(&Asker::default(), day("2026-12-02")..=day("2026-12-01"), long_ago()).count();
    assert_eq!(none, 0, "a range that ends before it begins holds nothing");
}

#[test]
fn a_roster_that_is_far_from_full_is_no_harm() {
    let mut facts = practice("Europe/Berlin", &[]);
    assert!(listed(&facts, "2026-12-01").is_empty());
    facts.rosters.clear();
    assert!(listed(&facts, "2026-12-01").is_empty());
    facts.rosters.insert(GREEN, daily(&[(hour(9), hour(10))]));
    facts.kind.parts.clear();
    assert!(listed(&facts, "2026-12-01").is_empty());
    facts.kind.parts = vec![vec![GREEN], vec![]];
    assert!(listed(&facts, "2026-12-01").is_empty());
}

fn absence(from: &str, until: &str) -> Absence {
    Absence {
        id: kernel::AbsenceId::from_bytes([9; 12]),
        resource: GREEN,
        from: wall(from),
        until: wall(until),
    }
}

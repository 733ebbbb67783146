//! The wall clock and instants, and another library that agrees.

use chrono::{LocalResult, NaiveDate, TimeZone as _};
use jiff::civil::Date;
use proptest::prelude::*;

use super::super::zone::{Wall, instant_of_end};
use super::super::{Span, instant, local, tz_version, zone};
use super::oracle::{ZONES, changes, naive, tz};
use super::{utc, wall};

#[test]
fn berlin_changes_its_clocks_when_it_says() {
    let berlin = zone("Europe/Berlin").unwrap();
    for (change, before, after) in [
        ("2026-03-29T01:00:00Z", "2026-03-29T01:59:59", "2026-03-29T03:00:00"),
        ("2026-10-25T01:00:00Z", "2026-10-25T02:59:59", "2026-10-25T02:00:00"),
        ("2027-03-28T01:00:00Z", "2027-03-28T01:59:59", "2027-03-28T03:00:00"),
        ("2027-10-31T01:00:00Z", "2027-10-31T02:59:59", "2027-10-31T02:00:00"),
    ] {
        assert_eq!(local(&berlin, utc(change) - 1_000), wall(before));
        assert_eq!(local(&berlin, utc(change)), wall(after));
    }
}

#[test]
fn a_time_that_the_clock_never_shows_is_the_leap_itself() {
    let berlin = zone("Europe/Berlin").unwrap();
    for skipped in ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59"] {
        assert_eq!(instant(&berlin, wall(skipped)), utc("2026-03-29T01:00:00Z"));
        assert_eq!(instant_of_end(&berlin, wall(skipped)), utc("2026-03-29T01:00:00Z"));
    }
    let lord_howe = zone("Australia/Lord_Howe").unwrap();
    assert_eq!(instant(&lord_howe, wall("2026-10-04T02:15")), utc("2026-10-03T15:30:00Z"));
    let apia = zone("Pacific/Apia").unwrap();
    for skipped in ["2011-12-30T00:00", "2011-12-30T12:00", "2011-12-30T23:59"] {
        assert_eq!(instant(&apia, wall(skipped)), utc("2011-12-30T10:00:00Z"));
        assert_eq!(instant_of_end(&apia, wall(skipped)), utc("2011-12-30T10:00:00Z"));
    }
}

#[test]
fn of_a_time_that_the_clock_shows_twice_what_begins_takes_the_first_and_what_ends_the_second() {
    let berlin = zone("Europe/Berlin").unwrap();
    assert_eq!(instant(&berlin, wall("2026-10-25T02:30")), utc("2026-10-25T00:30:00Z"));
    assert_eq!(instant_of_end(&berlin, wall("2026-10-25T02:30")), utc("2026-10-25T01:30:00Z"));
    let lord_howe = zone("Australia/Lord_Howe").unwrap();
    assert_eq!(instant(&lord_howe, wall("2026-04-05T01:45")), utc("2026-04-04T14:45:00Z"));
    assert_eq!(instant_of_end(&lord_howe, wall("2026-04-05T01:45")), utc("2026-04-04T15:15:00Z"));
}

#[test]
fn a_zone_is_known_by_its_iana_name_and_by_no_other() {
    assert_eq!(zone("Asia/Kolkata").unwrap().iana_name(), Some("Asia/Kolkata"));
    for strange in ["", "Europe/Atlantis", "+01:00", "local", "Etc/Unknown", "../etc/passwd", "CET-1CEST"] {
        assert!(zone(strange).is_err(), "{strange}");
    }
}

#[test]
fn the_version_of_the_rules_can_be_told() {
    assert!(tz_version().starts_with("20"), "{}", tz_version());
}

#[test]
fn instants_that_no_calendar_has_are_no_panic() {
    let berlin = zone("Europe/Berlin").unwrap();
    for strange in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
        let shown = local(&berlin, strange);
        assert_eq!(instant(&berlin, shown) < 0, strange < 0);
    }
    assert!(instant(&berlin, Date::MAX.at(23, 59, 59, 0)) > 0);
    assert!(instant(&berlin, Date::MIN.at(0, 0, 0, 0)) < 0);
}

/// Moments near a change of the clocks, in each of the zones.
fn near_changes() -> impl Strategy<Value = (&'static str, i64)> {
    let zones = prop::sample::select(ZONES.to_vec());
    let near = |name: &'static str| {
        let changes = prop::sample::select(changes(name));
        (Just(name), changes, -3 * 1_440_i64..3 * 1_440)
    };
    zones.prop_flat_map(near).prop_map(|(name, change, minutes)| (name, change + minutes * 60_000))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn another_library_says_the_same_of_each_wall_time((name, ms) in near_changes(), shift in -1_500_i64..1_500) {
        let here = zone(name).unwrap();
        let there = tz(name);
        // A wall time is made from an instant and moved, so that it may be one that never is.
        let at = naive(name, ms) + chrono::TimeDelta::minutes(shift);
        let at_here = wall(&at.to_string());
        let (first, second) = (instant(&here, at_here), instant_of_end(&here, at_here));
        match there.from_local_datetime(&at) {
            LocalResult::Single(one) => {
                prop_assert_eq!(first, one.timestamp_millis());
                prop_assert_eq!(second, one.timestamp_millis());
            }
            LocalResult::Ambiguous(one, other) => {
                prop_assert_eq!(first, one.timestamp_millis().min(other.timestamp_millis()));
                prop_assert_eq!(second, one.timestamp_millis().max(other.timestamp_millis()));
            }
            LocalResult::None => {
                prop_assert_eq!(first, second);
                prop_assert!(naive(name, first - 1_000) < at && at < naive(name, first));
            }
        }
    }

    #[test]
    fn what_the_clock_shows_is_the_same_asked_once_or_each_time((name, ms) in near_changes()) {
        let here = zone(name).unwrap();
        let around = Span { from_ms: ms - 5 * 86_400_000, until_ms: ms + 5 * 86_400_000 };
        let shown = Wall::during(&here, around).at(ms);
        let at = naive(name, ms);
        let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        prop_assert_eq!(shown.day, (at.date() - first).num_days());
        let weekday = chrono::Datelike::weekday(&at).number_from_monday();
        prop_assert_eq!(i64::from(shown.weekday), i64::from(weekday));
        let minute = chrono::Timelike::hour(&at) * 60 + chrono::Timelike::minute(&at);
        prop_assert_eq!(shown.minute, i64::from(minute));
    }
}

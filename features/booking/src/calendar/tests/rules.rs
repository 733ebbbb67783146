//! Who may book when, and the reason when they may not.

use kernel::{AppointmentId, HoldId};

use super::super::{Asker, Barred, By, Span, Taken, Unbookable, stretch};
use super::{GREEN, ROOM, daily, days, hour, listed, listed_for, long_ago, practice, span, utc};
use crate::model::Window;

fn taken(span: Span) -> Taken {
    Taken { span, by: By::Appointment(AppointmentId::from_bytes([7; 12])) }
}

#[test]
fn back_to_back_is_free_and_a_minute_more_is_not() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(11))]);
    facts.taken.insert(GREEN, vec![taken(span(&facts, "2026-12-01T09:30", "2026-12-01T10:00"))]);
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "10:00", "10:30"]);
    facts.kind.buffers = (0, 1);
    assert_eq!(listed(&facts, "2026-12-01"), ["10:00", "10:30"]);
    facts.kind.buffers = (1, 0);
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "10:30"]);
}

#[test]
fn patients_are_there_for_what_they_are_shown_and_for_no_buffers() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(11))]);
    facts.kind.buffers = (15, 15);
    facts.patient = vec![taken(span(&facts, "2026-12-01T09:30", "2026-12-01T10:00"))];
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "10:00", "10:30"]);
}

#[test]
fn what_is_long_is_seen_behind_what_is_short() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(11))]);
    let all_morning = taken(span(&facts, "2026-12-01T08:00", "2026-12-01T10:30"));
    let beside_it = taken(span(&facts, "2026-12-01T08:30", "2026-12-01T08:40"));
    facts.taken.insert(GREEN, vec![all_morning, beside_it]);
    assert_eq!(listed(&facts, "2026-12-01"), ["10:30"]);
}

#[test]
fn notice_is_elapsed_time_and_nothing_that_has_begun_can_be_booked() {
    let mut facts = practice("Europe/Berlin", &[(0, hour(24))]);
    let now_ms = utc("2026-03-28T09:00:00Z");
    facts.kind.notice = 24 * 60;
    // Ten o'clock on the day before the leap: a day of 24 hours ends at eleven.
    assert_eq!(listed_for(&facts, &Asker::default(), "2026-03-29", now_ms)[0], "11:00");
    facts.kind.notice = 0;
    assert_eq!(listed_for(&facts, &Asker::default(), "2026-03-28", now_ms)[0], "10:30");
}

#[test]
fn the_horizon_is_in_local_days() {
    let mut facts = practice("Asia/Kolkata", &[(0, hour(24))]);
    facts.kind.horizon = 2;
    // In Kolkata it is the second already.
    let now_ms = utc("2026-12-01T20:00:00Z");
    assert_eq!(listed_for(&facts, &Asker::default(), "2026-12-04", now_ms).len(), 48);
    assert!(listed_for(&facts, &Asker::default(), "2026-12-05", now_ms).is_empty());
}

#[test]
fn a_window_counts_by_the_local_start() {
    let mut facts = practice("Europe/Berlin", &[(hour(8), hour(12))]);
    // 2026-12-01 is a Tuesday.
    facts.kind.windows = vec![Window { weekday: 2, from: hour(9), until: hour(10) }];
    assert_eq!(listed(&facts, "2026-12-01"), ["09:00", "09:30"]);
    assert!(listed(&facts, "2026-12-02").is_empty());
    facts.kind.windows.push(Window { weekday: 3, from: 0, until: hour(8) + 1 });
    assert_eq!(listed(&facts, "2026-12-02"), ["08:00"]);
}

#[test]
fn what_is_ones_own_is_free_for_oneself_alone() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(10))]);
    let mine = AppointmentId::from_bytes([7; 12]);
    let hold = HoldId::from_bytes([8; 12]);
    let held = Taken {
        span: span(&facts, "2026-12-01T09:30", "2026-12-01T10:00"),
        by: By::Hold { id: hold, kept_ms: None },
    };
    let visit = taken(span(&facts, "2026-12-01T09:00", "2026-12-01T09:30"));
    facts.taken.insert(GREEN, vec![visit, held]);
    facts.patient = vec![visit];
    assert!(listed(&facts, "2026-12-01").is_empty());
    let mover = Asker { moves: Some(mine), ..Asker::default() };
    assert_eq!(listed_for(&facts, &mover, "2026-12-01", long_ago()), ["09:00"]);
    let holder = Asker { hold: Some(hold), ..Asker::default() };
    assert_eq!(listed_for(&facts, &holder, "2026-12-01", long_ago()), ["09:30"]);
}

#[test]
fn whoever_is_barred_is_told_why_and_listed_nothing() {
    let facts = practice("Europe/Berlin", &[(hour(9), hour(10))]);
    for barred in [Barred::Blocked, Barred::Insurance, Barred::Age, Barred::Ended] {
        let asker = Asker { barred: Some(barred), ..Asker::default() };
        assert!(listed_for(&facts, &asker, "2026-12-01", long_ago()).is_empty());
        let start_ms = utc("2026-12-01T08:00:00Z");
        let said = facts.is_bookable(&asker, start_ms, &[GREEN], long_ago());
        assert_eq!(said, Err(Unbookable::Barred(barred)));
        assert_eq!(facts.choose(&asker, start_ms, &[], long_ago()), Err(Unbookable::Barred(barred)));
    }
}

#[test]
fn each_refusal_has_its_reason() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(12))]);
    facts.kind.horizon = 60;
    facts.taken.insert(GREEN, vec![taken(span(&facts, "2026-12-01T09:30", "2026-12-01T10:00"))]);
    facts.patient = vec![taken(span(&facts, "2026-12-01T11:00", "2026-12-01T11:10"))];
    let now_ms = utc("2026-12-01T08:10:00Z");
    for (start, why) in [
        ("2026-12-01T08:00:00Z", Some(Unbookable::TooSoon)),
        ("2026-12-01T08:30:00Z", Some(Unbookable::Taken)),
        ("2026-12-01T09:00:00Z", None),
        ("2026-12-01T09:15:00Z", Some(Unbookable::NotOpen)),
        ("2026-12-01T10:00:00Z", Some(Unbookable::PatientTaken)),
        ("2026-12-01T11:00:00Z", Some(Unbookable::NotOpen)),
        ("2027-01-30T08:00:00Z", None),
        ("2027-01-31T08:00:00Z", Some(Unbookable::TooFar)),
    ] {
        let asker = Asker::default();
        let said = facts.is_bookable(&asker, utc(start), &[GREEN], now_ms);
        assert_eq!(said.err(), why, "{start}");
        assert_eq!(facts.choose(&asker, utc(start), &[], now_ms).err(), why, "{start}");
    }
}

#[test]
fn resources_must_be_one_of_each_part() {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(12))]);
    facts.rosters.insert(ROOM, daily(&[(hour(9), hour(12))]));
    facts.kind.parts = vec![vec![GREEN, ROOM], vec![ROOM]];
    let start_ms = utc("2026-12-01T08:00:00Z");
    let says = |resources: &[kernel::ResourceId]| {
        facts.is_bookable(&Asker::default(), start_ms, resources, long_ago())
    };
    assert_eq!(says(&[GREEN, ROOM]), Ok(()));
    for wrong in [&[][..], &[GREEN], &[ROOM, GREEN], &[ROOM, ROOM], &[GREEN, ROOM, ROOM]] {
        assert_eq!(says(wrong), Err(Unbookable::NotOpen), "{wrong:?}");
    }
}

#[test]
fn instants_that_no_calendar_has_are_refused() {
    let facts = practice("Europe/Berlin", &[(0, hour(24))]);
    let says =
        |start_ms: i64| facts.is_bookable(&Asker::default(), start_ms, &[GREEN], long_ago()).unwrap_err();
    assert_eq!(says(i64::MIN), Unbookable::TooSoon);
    assert_eq!(says(i64::MAX), Unbookable::TooFar);
    assert_eq!(facts.clashes(&Asker::default(), i64::MAX, &[GREEN]), Ok(()));
}

#[test]
fn the_earliest_time_is_from_one_instant_until_just_before_another() {
    let facts = practice("Europe/Berlin", &[(hour(9), hour(10))]);
    let between = |after: &str, before: &str| {
        let found = facts.earliest_between(&Asker::default(), utc(after), utc(before), long_ago());
        found.map(|slot| slot.start_ms)
    };
    let (nine, half_past) = ("2026-12-01T08:00:00Z", "2026-12-01T08:30:00Z");
    assert_eq!(between(nine, half_past), Some(utc(nine)));
    assert_eq!(between("2026-12-01T08:00:01Z", half_past), None);
    assert_eq!(between("2026-12-01T08:00:01Z", "2026-12-01T08:30:01Z"), Some(utc(half_past)));
    assert_eq!(between(half_past, nine), None);
    assert_eq!(between("2026-12-01T09:00:00Z", "2027-03-01T00:00:00Z"), Some(utc("2026-12-02T08:00:00Z")));
}

#[test]
fn what_is_read_reaches_further_than_any_buffer_and_any_day() {
    let mut facts = practice("Europe/Berlin", &[]);
    facts.kind.duration = 1_440;
    let read = stretch(&facts.zone, &days("2026-10-25"), &facts.kind);
    assert!(read.from_ms <= utc("2026-10-24T22:00:00Z") - 240 * 60_000);
    assert!(utc("2026-10-25T23:00:00Z") + (1_440 + 240) * 60_000 <= read.until_ms);
}

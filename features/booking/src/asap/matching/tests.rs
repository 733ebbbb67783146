//! Who is told of what.

use kernel::{AppointmentId, AppointmentTypeId, CategoryId, InstitutionId, PersonId};
use proptest::prelude::*;

use super::*;
use crate::calendar::{Barred, By, Roster, Taken, local, zone};
use crate::model::{Asap, Strategy, Weekly};

const GREEN: ResourceId = ResourceId::from_bytes([1; 12]);
const BROWN: ResourceId = ResourceId::from_bytes([2; 12]);
const HALF_HOUR_MS: i64 = 30 * 60_000;

/// A Wednesday in the practice, at eight in the morning.
fn wednesday_at(hour: i64, minute: i64) -> i64 {
    let eight = "2026-12-02T08:00:00+01:00".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    eight + ((hour - 8) * 60 + minute) * 60_000
}

fn kind() -> AppointmentType {
    AppointmentType {
        id: AppointmentTypeId::from_bytes([4; 12]),
        number: 198,
        category: CategoryId::from_bytes([5; 12]),
        name: "First consultation".to_owned(),
        description: None,
        duration: 30,
        buffers: (0, 0),
        grid: 30,
        notice: 60,
        horizon: 60,
        cancel: 0,
        reschedule: 0,
        reschedules_max: None,
        capacity: 1,
        is_video: false,
        needs_confirmation: false,
        requires_account: true,
        needs_attendant: true,
        comment_form: None,
        windows: Vec::new(),
        insurances: Vec::new(),
        parts: vec![vec![GREEN]],
        asap: Asap { enabled: true, strategy: Strategy::Broadcast, hold: 60, debounce: 3, stays: true },
    }
}

/// Dr. Green from eight to noon each day, with these appointments of others.
fn practice(taken: &[(i64, i64)]) -> Facts {
    let weekly =
        (1..=7).map(|weekday| Weekly { weekday, from: 480, until: 720, first_day: None, last_day: None });
    let roster = Roster { weekly: weekly.collect(), ..Roster::default() };
    let by = By::Appointment(AppointmentId::from_bytes([9; 12]));
    let taken = taken.iter().map(|(from_ms, until_ms)| Taken { span: span(*from_ms, *until_ms), by });
    Facts {
        zone: zone("Europe/Amsterdam").unwrap(),
        kind: kind(),
        rosters: [(GREEN, roster.clone()), (BROWN, roster)].into(),
        holidays: Vec::new(),
        booked: BTreeMap::new(),
        taken: [(GREEN, taken.collect())].into(),
        patient: Vec::new(),
    }
}

fn span(from_ms: i64, until_ms: i64) -> Span {
    Span { from_ms, until_ms }
}

fn freed(hour: i64, minute: i64, minutes: i64) -> Vec<(ResourceId, Span)> {
    let from_ms = wednesday_at(hour, minute);
    vec![(GREEN, span(from_ms, from_ms + minutes * 60_000))]
}

/// Anna's appointment.
fn annas(start_ms: i64) -> Appointment {
    Appointment {
        id: AppointmentId::from_bytes([7; 12]),
        institution: InstitutionId::from_bytes([6; 12]),
        category: CategoryId::from_bytes([5; 12]),
        kind: AppointmentTypeId::from_bytes([4; 12]),
        insurance: None,
        patient: PersonId::from_bytes([8; 12]),
        state: State::Booked,
        start_ms,
        end_ms: start_ms + HALF_HOUR_MS,
        start_local: local(&zone("Europe/Amsterdam").unwrap(), start_ms),
        time_zone: "Europe/Amsterdam".to_owned(),
        buffers: (0, 0),
        cancel: 0,
        reschedule: 0,
        reschedules_left: None,
        gathering: None,
        is_overbooked: false,
        sequence: 0,
        made_ms: 0,
        client: None,
        updated_ms: 0,
        cancelled_ms: None,
    }
}

/// What Anna could have, who has an appointment at eleven, when she is asked about it at seven.
fn for_anna(facts: &Facts, freed: &[(ResourceId, Span)]) -> Vec<i64> {
    let appointment = annas(wednesday_at(11, 0));
    let asker = Asker { moves: Some(appointment.id), ..Asker::default() };
    starts(&earlier(facts, &asker, &appointment, freed, wednesday_at(7, 0)))
}

fn starts(slots: &[Slot]) -> Vec<i64> {
    slots.iter().map(|slot| slot.start_ms).collect()
}

#[test]
fn what_became_free_earlier_is_offered_and_nothing_beside_it() {
    let facts = practice(&[]);
    assert_eq!(for_anna(&facts, &freed(9, 0, 30)), [wednesday_at(9, 0)]);
    assert_eq!(for_anna(&facts, &freed(9, 15, 30)), [wednesday_at(9, 0), wednesday_at(9, 30)]);
    assert!(for_anna(&facts, &[]).is_empty());
}

#[test]
fn nothing_later_and_not_the_same_time_is_offered() {
    let facts = practice(&[]);
    assert!(for_anna(&facts, &freed(11, 0, 60)).is_empty());
    assert_eq!(for_anna(&facts, &freed(10, 30, 60)), [wednesday_at(10, 30)]);
}

#[test]
fn what_somebody_has_again_by_now_is_not_offered() {
    let facts = practice(&[(wednesday_at(9, 0), wednesday_at(9, 30))]);
    assert!(for_anna(&facts, &freed(9, 0, 30)).is_empty());
}

#[test]
fn what_is_nearer_than_the_notice_is_not_offered() {
    let facts = practice(&[]);
    let appointment = annas(wednesday_at(11, 0));
    let asker = Asker { moves: Some(appointment.id), ..Asker::default() };
    let at = |now_ms| starts(&earlier(&facts, &asker, &appointment, &freed(9, 0, 30), now_ms));
    assert_eq!(at(wednesday_at(8, 0)), [wednesday_at(9, 0)], "an hour before is enough");
    assert!(at(wednesday_at(8, 0) + 1).is_empty());
}

#[test]
fn a_time_at_which_they_are_elsewhere_is_not_offered_but_their_own_appointment_does_not_count() {
    let mut facts = practice(&[]);
    let own = By::Appointment(AppointmentId::from_bytes([7; 12]));
    facts.patient = vec![Taken { span: span(wednesday_at(9, 0), wednesday_at(9, 30)), by: own }];
    assert_eq!(for_anna(&facts, &freed(9, 0, 30)), [wednesday_at(9, 0)]);
    let other = By::Appointment(AppointmentId::from_bytes([3; 12]));
    facts.patient = vec![Taken { span: span(wednesday_at(9, 10), wednesday_at(9, 20)), by: other }];
    assert!(for_anna(&facts, &freed(9, 0, 30)).is_empty());
}

#[test]
fn who_may_book_nothing_and_who_may_not_move_is_told_of_nothing() {
    let (facts, freed, now_ms) = (practice(&[]), freed(9, 0, 30), wednesday_at(7, 0));
    let open = annas(wednesday_at(11, 0));
    let asker = Asker { moves: Some(open.id), ..Asker::default() };
    let told = |asker: &Asker, appointment: &Appointment| {
        !earlier(&facts, asker, appointment, &freed, now_ms).is_empty()
    };
    assert!(told(&asker, &open));
    assert!(!told(&Asker { barred: Some(Barred::Insurance), ..asker }, &open));
    assert!(!told(&Asker { barred: Some(Barred::Blocked), ..asker }, &open));
    assert!(!told(&asker, &Appointment { reschedules_left: Some(0), ..open.clone() }));
    assert!(!told(&asker, &Appointment { reschedule: 24 * 60, ..open.clone() }), "too late to move it");
    assert!(!told(&asker, &Appointment { state: State::Cancelled, ..open.clone() }));
    assert!(!told(&asker, &Appointment { state: State::Pending, ..open }));
}

#[test]
fn a_doctor_who_became_free_is_offered_also_where_another_would_be_chosen_first() {
    let mut facts = practice(&[]);
    facts.kind.parts = vec![vec![BROWN, GREEN]];
    assert_eq!(for_anna(&facts, &freed(9, 0, 30)), [wednesday_at(9, 0)]);
    facts.kind.parts = vec![vec![BROWN]];
    assert!(for_anna(&facts, &freed(9, 0, 30)).is_empty(), "Dr. Green does not do this");
}

#[test]
fn what_lies_before_and_after_an_appointment_counts_as_taken_with_it() {
    let mut facts = practice(&[]);
    facts.kind.buffers = (0, 15);
    // What would end at nine takes until a quarter past, and so has to do with what became free at ten past.
    assert_eq!(for_anna(&facts, &freed(9, 10, 5)), [wednesday_at(8, 30), wednesday_at(9, 0)]);
}

fn slots(hours: &[i64]) -> Vec<Slot> {
    let slot = |hour: &i64| {
        let start_ms = wednesday_at(*hour, 0);
        Slot { start_ms, end_ms: start_ms + HALF_HOUR_MS, resources: vec![GREEN], gathering: None }
    };
    hours.iter().map(slot).collect()
}

fn chosen(strategy: Strategy, hours: &[i64], had: &Had, told: &Told, most: i64) -> Vec<i64> {
    starts(&choose(strategy, slots(hours), had, told, most))
}

fn at(hours: &[i64]) -> Vec<i64> {
    hours.iter().map(|hour| wednesday_at(*hour, 0)).collect()
}

#[test]
fn everybody_is_told_of_each_time_once_and_within_the_letters_of_a_day() {
    let (broadcast, nobody) = (Strategy::Broadcast, Told::default());
    let new = Had::default();
    assert_eq!(chosen(broadcast, &[8, 9], &new, &nobody, 3), at(&[8, 9]));
    assert_eq!(chosen(broadcast, &[8, 9, 10, 11], &new, &nobody, 3), at(&[8, 9, 10]));
    let knows = Had { starts: [wednesday_at(8, 0)].into(), today: 1, has_open: true };
    assert_eq!(chosen(broadcast, &[8, 9], &knows, &nobody, 3), at(&[9]));
    let full = Had { today: 3, ..Had::default() };
    assert!(chosen(broadcast, &[8], &full, &nobody, 3).is_empty());
    assert!(chosen(broadcast, &[8], &new, &nobody, 0).is_empty());
}

#[test]
fn of_more_times_than_letters_those_are_told_that_the_fewest_know_of() {
    let mut told = Told::default();
    let most = 1;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let one = chosen(Strategy::Broadcast, &[8, 9, 10], &Had::default(), &told, most);
        told.note(one[0]);
        seen.extend(one);
    }
    assert_eq!(seen, at(&[8, 9, 10, 8]));
}

#[test]
fn in_turn_each_is_told_of_the_first_that_is_free_and_of_one_at_a_time() {
    let in_turn = Strategy::Sequential;
    let mut told = Told::default();
    assert_eq!(chosen(in_turn, &[8, 9], &Had::default(), &told, 3), at(&[8]));
    told.note(wednesday_at(8, 0));
    let again = chosen(in_turn, &[8, 9], &Had::default(), &told, 3);
    assert_eq!(again, at(&[8]), "another seat of the same time: what is kept is not among them");
    let knows = Had { starts: [wednesday_at(8, 0)].into(), ..Had::default() };
    assert_eq!(chosen(in_turn, &[8, 9], &knows, &told, 3), at(&[9]));
    let busy = Had { has_open: true, ..Had::default() };
    assert!(chosen(in_turn, &[10], &busy, &told, 3).is_empty());
    assert!(chosen(in_turn, &[10], &Had { today: 3, ..Had::default() }, &told, 3).is_empty());
}

#[test]
fn an_offer_stands_no_longer_than_it_can_be_taken() {
    let now_ms = wednesday_at(7, 0);
    let (mut kind, slot) = (kind(), &slots(&[10])[0]);
    let until =
        |kind: &AppointmentType, appointment: &Appointment| expires_ms(kind, appointment, slot, now_ms);
    let soon = annas(wednesday_at(11, 0));
    assert_eq!(until(&kind, &soon), wednesday_at(9, 0), "the notice of an hour");
    let fixed = Appointment { reschedule: 150, ..soon.clone() };
    assert_eq!(until(&kind, &fixed), wednesday_at(8, 30), "it cannot be moved any later");
    kind.asap = Asap { strategy: Strategy::Sequential, hold: 45, ..kind.asap };
    assert_eq!(until(&kind, &soon), wednesday_at(7, 45), "kept for three quarters of an hour");
    kind.asap.strategy = Strategy::Broadcast;
    let far = Slot { start_ms: now_ms + 10 * DAY_MS, ..slot.clone() };
    assert_eq!(expires_ms(&kind, &annas(now_ms + 20 * DAY_MS), &far, now_ms), now_ms + 2 * DAY_MS);
}

proptest! {
    /// Patients of one day, each of whom takes whatever earlier time they are told of, as often as they are: each comes
    /// earlier each time, no two have the same time, and it ends.
    #[test]
    fn a_chain_of_moves_ends(first_free in 0usize..7, booked in proptest::sample::subsequence(vec![0, 1, 2, 3, 4, 5, 6, 7], 1..7)) {
        let time = |place: usize| wednesday_at(8, 0) + place as i64 * HALF_HOUR_MS;
        let mut places: Vec<usize> = booked.into_iter().filter(|place| *place != first_free).collect();
        let mut free = vec![first_free];
        let mut moves = 0;
        while let Some(place) = free.pop() {
            let became_free = [(GREEN, span(time(place), time(place) + HALF_HOUR_MS))];
            for patient in 0..places.len() {
                let others: Vec<(i64, i64)> = places
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != patient)
                    .map(|(_, place)| (time(*place), time(*place) + HALF_HOUR_MS))
                    .collect();
                let appointment = annas(time(places[patient]));
                let asker = Asker { moves: Some(appointment.id), ..Asker::default() };
                let now_ms = wednesday_at(6, 0);
                let facts = practice(&others);
                let Some(slot) = earlier(&facts, &asker, &appointment, &became_free, now_ms).into_iter().next() else {
                    continue;
                };
                prop_assert!(facts.is_bookable(&asker, slot.start_ms, &slot.resources, now_ms).is_ok());
                prop_assert!(slot.start_ms < appointment.start_ms);
                prop_assert_eq!(slot.start_ms, time(place));
                free.push(places[patient]);
                places[patient] = place;
                moves += 1;
                prop_assert!(moves <= 64, "it does not end");
                break;
            }
        }
        let mut apart = places.clone();
        apart.sort_unstable();
        apart.dedup();
        prop_assert_eq!(apart.len(), places.len(), "two have the same time");
    }
}

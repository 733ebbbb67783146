//! Who and what is taken for a time.

use kernel::{AppointmentId, GatheringId, ResourceId};
use proptest::prelude::*;

use super::super::matching::one_of_each;
use super::super::{Asker, By, Facts, Slot, Taken, Unbookable};
use super::{BROWN, GREEN, ROOM, daily, hour, long_ago, practice, utc};

const NINE: &str = "2026-12-01T08:00:00Z";

/// Two doctors and a room, open in the morning.
fn two_doctors() -> Facts {
    let mut facts = practice("Europe/Berlin", &[(hour(9), hour(12))]);
    facts.rosters.insert(BROWN, daily(&[(hour(9), hour(12))]));
    facts.rosters.insert(ROOM, daily(&[(hour(8), hour(20))]));
    facts.kind.parts = vec![vec![GREEN, BROWN], vec![ROOM]];
    facts
}

fn choose(facts: &Facts, preferred: &[ResourceId]) -> Result<Slot, Unbookable> {
    facts.choose(&Asker::default(), utc(NINE), preferred, long_ago())
}

fn take(facts: &mut Facts, resource: ResourceId, by: By) {
    let span = facts.occupied(utc(NINE));
    facts.taken.entry(resource).or_default().push(Taken { span, by });
}

fn somebody() -> By {
    By::Appointment(AppointmentId::from_bytes([7; 12]))
}

fn gathering(number: u8, free: i64) -> By {
    let id = GatheringId::from_bytes([number; 12]);
    By::Gathering { id, is_of_type: true, start_ms: utc(NINE), free }
}

#[test]
fn the_first_of_each_part_is_taken_or_whoever_is_preferred() {
    let facts = two_doctors();
    let slot = choose(&facts, &[]).unwrap();
    assert_eq!(slot.resources, [GREEN, ROOM]);
    assert_eq!(slot.end_ms - slot.start_ms, 30 * 60_000);
    assert_eq!(slot.gathering, None);
    assert_eq!(choose(&facts, &[BROWN, ROOM]).unwrap().resources, [BROWN, ROOM]);
    assert_eq!(choose(&facts, &[BROWN]).unwrap().resources, [BROWN, ROOM]);
}

#[test]
fn another_takes_the_place_of_whoever_is_taken() {
    let mut facts = two_doctors();
    take(&mut facts, GREEN, somebody());
    assert_eq!(choose(&facts, &[GREEN, ROOM]).unwrap().resources, [BROWN, ROOM]);
    take(&mut facts, BROWN, somebody());
    assert_eq!(choose(&facts, &[GREEN, ROOM]), Err(Unbookable::Taken));
}

#[test]
fn one_resource_is_not_used_for_two_parts_and_gives_way_where_another_will_do() {
    let mut facts = two_doctors();
    // Dr. Green could do both parts, and the second can be done by her alone.
    facts.kind.parts = vec![vec![GREEN, BROWN], vec![GREEN]];
    assert_eq!(choose(&facts, &[]).unwrap().resources, [BROWN, GREEN]);
    facts.kind.parts = vec![vec![GREEN], vec![GREEN]];
    assert_eq!(choose(&facts, &[]), Err(Unbookable::NotOpen));
}

#[test]
fn the_grid_is_that_of_whoever_is_taken_for_the_first_part() {
    let mut facts = two_doctors();
    facts.rosters.insert(BROWN, daily(&[(hour(9) + 10, hour(12))]));
    let at_ten_past = utc("2026-12-01T08:10:00Z");
    let chosen = facts.choose(&Asker::default(), at_ten_past, &[GREEN], long_ago()).unwrap();
    assert_eq!(chosen.resources, [BROWN, ROOM]);
    let said = facts.is_bookable(&Asker::default(), at_ten_past, &[GREEN, ROOM], long_ago());
    assert_eq!(said, Err(Unbookable::NotOpen));
}

#[test]
fn a_seat_in_a_gathering_comes_before_a_second_gathering() {
    let mut facts = two_doctors();
    take(&mut facts, BROWN, gathering(1, 2));
    take(&mut facts, ROOM, gathering(1, 2));
    let slot = choose(&facts, &[]).unwrap();
    assert_eq!((slot.resources, slot.gathering), (vec![BROWN, ROOM], Some(GatheringId::from_bytes([1; 12]))));
    let resources = [BROWN, ROOM];
    assert_eq!(facts.is_bookable(&Asker::default(), utc(NINE), &resources, long_ago()), Ok(()));
    let seat = facts.seat(&Asker::default(), utc(NINE), &resources);
    assert_eq!(seat, Ok(Some(GatheringId::from_bytes([1; 12]))));
}

#[test]
fn whom_somebody_prefers_comes_before_a_seat_beside_another() {
    let mut facts = two_doctors();
    facts.kind.parts = vec![vec![GREEN, BROWN]];
    take(&mut facts, BROWN, gathering(1, 2));
    assert_eq!(choose(&facts, &[GREEN]).unwrap().resources, [GREEN]);
    assert_eq!(choose(&facts, &[]).unwrap().resources, [BROWN]);
    take(&mut facts, GREEN, gathering(2, 1));
    let second = Some(GatheringId::from_bytes([2; 12]));
    assert_eq!(choose(&facts, &[GREEN]).unwrap().gathering, second);
    facts.taken.remove(&GREEN);
    take(&mut facts, GREEN, somebody());
    assert_eq!(choose(&facts, &[GREEN]).unwrap().resources, [BROWN]);
}

#[test]
fn a_full_gathering_and_one_of_another_type_or_start_are_taken() {
    let id = GatheringId::from_bytes([1; 12]);
    for by in [
        gathering(1, 0),
        By::Gathering { id, is_of_type: false, start_ms: utc(NINE), free: 5 },
        By::Gathering { id, is_of_type: true, start_ms: utc(NINE) - 60_000, free: 5 },
    ] {
        let mut facts = two_doctors();
        take(&mut facts, ROOM, by);
        assert_eq!(choose(&facts, &[]), Err(Unbookable::Taken), "{by:?}");
        let seat = facts.seat(&Asker::default(), utc(NINE), &[GREEN, ROOM]);
        assert_eq!(seat, Err(Unbookable::Taken), "{by:?}");
    }
}

#[test]
fn a_gathering_is_joined_whole_or_not_at_all() {
    let mut facts = two_doctors();
    take(&mut facts, BROWN, gathering(1, 2));
    take(&mut facts, ROOM, gathering(1, 2));
    let with_green = facts.seat(&Asker::default(), utc(NINE), &[GREEN, ROOM]);
    assert_eq!(with_green, Err(Unbookable::Taken));
    take(&mut facts, ROOM, somebody());
    assert_eq!(choose(&facts, &[]), Err(Unbookable::Taken), "somebody is in the room beside them");
}

#[test]
fn the_desk_passes_over_hours_and_notice_and_not_over_what_is_taken() {
    let mut facts = two_doctors();
    facts.kind.notice = 10_000_000;
    let sunday_night = utc("2026-12-06T02:07:00Z");
    let chosen = facts.choose_free(&Asker::default(), sunday_night, &[BROWN]).unwrap();
    assert_eq!(chosen.resources, [BROWN, ROOM]);
    take(&mut facts, GREEN, somebody());
    assert_eq!(facts.clashes(&Asker::default(), utc(NINE), &[GREEN]), Err(Unbookable::Taken));
    assert_eq!(facts.clashes(&Asker::default(), utc(NINE), &[BROWN]), Ok(()));
    facts.patient = vec![Taken { span: facts.occupied(utc(NINE)), by: somebody() }];
    assert_eq!(facts.clashes(&Asker::default(), utc(NINE), &[BROWN]), Err(Unbookable::PatientTaken));
    let nobody = facts.choose_free(&Asker::default(), utc(NINE), &[]);
    assert_eq!(nobody, Err(Unbookable::PatientTaken));
}

/// Every way to take one of each part, tried.
fn tried(parts: &[Vec<ResourceId>], chosen: &mut Vec<ResourceId>) -> bool {
    let Some((part, later)) = parts.split_first() else { return true };
    part.iter().any(|resource| {
        let is_new = !chosen.contains(resource);
        chosen.push(*resource);
        let found = is_new && tried(later, chosen);
        chosen.pop();
        found
    })
}

proptest! {
    #[test]
    fn one_of_each_is_found_whenever_there_is_one(
        parts in prop::collection::vec(prop::collection::vec(0_u8..6, 0..4), 1..6),
        preferred in prop::collection::vec(0_u8..6, 0..3),
        away in 0_u8..6,
    ) {
        let ids = |numbers: &Vec<u8>| -> Vec<ResourceId> {
            numbers.iter().map(|number| ResourceId::from_bytes([*number; 12])).collect()
        };
        let parts: Vec<Vec<ResourceId>> = parts.iter().map(ids).collect();
        let preferred = ids(&preferred);
        let fits = |_: usize, resource: ResourceId| resource != ResourceId::from_bytes([away; 12]);
        let found = one_of_each(&parts, &preferred, fits);
        let there: Vec<Vec<ResourceId>> =
            parts.iter().map(|part| part.iter().copied().filter(|one| fits(0, *one)).collect()).collect();
        prop_assert_eq!(found.is_some(), tried(&there, &mut Vec::new()));
        if let Some(found) = found {
            prop_assert_eq!(found.len(), parts.len());
            prop_assert!(found.iter().zip(&there).all(|(one, part)| part.contains(one)));
            prop_assert!((1..found.len()).all(|at| !found[..at].contains(&found[at])));
            prop_assert_eq!(Some(found), one_of_each(&parts, &preferred, fits));
        }
    }
}

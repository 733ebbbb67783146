//! What is listed can be booked, and what can be booked is listed: for made-up practices around changes of the clocks, as
//! another library and the plainest reading of the rules have it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{AbsenceId, AppointmentId, GatheringId, HoldId, ResourceId};
use proptest::prelude::*;

use super::super::{Asker, By, Facts, Roster, Taken, joined, zone};
use super::oracle::{Oracle, ZONES, changes, date, naive};
use super::{BROWN, GREEN, ROOM, consultation};
use crate::model::{Absence, Exception, Minute, Weekly, Window};

const MINE: AppointmentId = AppointmentId::from_bytes([11; 12]);
const MY_HOLD: HoldId = HoldId::from_bytes([12; 12]);
/// Kept for whoever asks, for one start.
const KEPT: HoldId = HoldId::from_bytes([13; 12]);

/// A practice, a day that is asked about, and when.
#[derive(Clone, Debug)]
struct Scene {
    zone: &'static str,
    facts: Facts,
    asker: Asker,
    on: Date,
    now_ms: i64,
}

fn hours() -> impl Strategy<Value = (Minute, Minute)> {
    let whole_days = Just((0, 1_440));
    // Hours of the night are the ones that change.
    let by_night = (0_i16..16, 1_i16..40).prop_map(|(from, length)| (from * 15, from * 15 + length * 15));
    let any = (0_i16..96, 1_i16..96).prop_map(|(from, length)| (from * 15, (from + length) * 15));
    prop_oneof![1 => whole_days, 4 => by_night, 3 => any]
}

/// Around a day: which one, as a distance from it, and minutes of it.
fn moments() -> impl Strategy<Value = (i64, i64, i64)> {
    (-1_i64..=1, 0_i64..96, 1_i64..30)
}

fn roster(on: Date) -> impl Strategy<Value = Roster> {
    let weekly = prop::collection::vec((hours(), -3_i64..=3, 0_i64..6, 0_u8..4), 0..4);
    let exceptions = prop::option::weighted(0.2, (-1_i64..=1, prop::collection::vec(hours(), 0..3)));
    let absences = prop::collection::vec(moments(), 0..2);
    (weekly, exceptions, absences).prop_map(move |(weekly, exceptions, absences)| {
        let at = |(shift, quarter, length): (i64, i64, i64)| {
            let from = on.at(0, 0, 0, 0) + shift.days() + (quarter * 15).minutes();
            let id = AbsenceId::from_bytes([13; 12]);
            Absence { id, resource: GREEN, from, until: from + (length * 15).minutes() }
        };
        let each_day = weekly.into_iter().flat_map(|((from, until), first, length, only)| {
            let holds = (only == 0).then(|| (on + first.days(), on + (first + length).days()));
            (1..=7).map(move |weekday| Weekly {
                weekday,
                from,
                until,
                first_day: holds.map(|(first, _)| first),
                last_day: holds.map(|(_, last)| last),
            })
        });
        let exception = |(shift, open): (i64, Vec<_>)| Exception { day: on + shift.days(), open };
        Roster {
            weekly: each_day.collect(),
            exceptions: exceptions.into_iter().map(exception).collect(),
            absences: absences.into_iter().map(at).collect(),
        }
    })
}

/// What the type is: minutes, parts, and when it may begin.
fn kinds() -> impl Strategy<Value = crate::model::AppointmentType> {
    let lengths = prop::sample::select(vec![5_i64, 20, 30, 45, 90]);
    let grids = prop::sample::select(vec![5_i64, 15, 20, 30, 60]);
    let buffers = prop::sample::select(vec![(0_i64, 0_i64), (5, 0), (0, 10), (15, 15)]);
    let parts = prop::sample::select(vec![
        vec![vec![GREEN]],
        vec![vec![GREEN, BROWN]],
        vec![vec![GREEN], vec![ROOM]],
        vec![vec![BROWN, GREEN], vec![ROOM, GREEN]],
    ]);
    let windows = prop::option::weighted(0.2, (0_i16..90, 1_i16..40));
    (lengths, grids, buffers, parts, windows, 0_i64..3_000, 1_i64..6).prop_map(
        |(duration, grid, buffers, parts, windows, notice, horizon)| {
            let window = |(from, length): (i16, i16), weekday: i8| Window {
                weekday,
                from: from * 15,
                until: (from * 15 + length * 15).min(1_440),
            };
            let windows =
                windows.into_iter().flat_map(|minutes| (1..=7).map(move |day| window(minutes, day)));
            let windows = windows.collect();
            crate::model::AppointmentType {
                duration,
                grid,
                buffers,
                parts,
                windows,
                notice,
                horizon,
                ..consultation()
            }
        },
    )
}

/// A birthday around the day that is asked about, before or after which it cannot be booked.
fn age() -> impl Strategy<Value = Option<i64>> {
    prop::option::weighted(0.2, -1_i64..=1)
}

/// What takes a resource: when, and by what.
fn takings() -> impl Strategy<Value = Vec<(i64, i64, u8)>> {
    // Half of it around noon, where the gatherings are.
    let when = prop_oneof![-200_i64..500, -12_i64..12];
    prop::collection::vec((when, 1_i64..24, 0_u8..7), 0..4)
}

fn taken(facts: &Facts, noon_ms: i64, resource: u8, takings: Vec<(i64, i64, u8)>) -> Vec<Taken> {
    let one = |(at, length, by): (i64, i64, u8)| {
        let from_ms = noon_ms + at * 5 * 60_000;
        let other = AppointmentId::from_bytes([resource + 20; 12]);
        let span = super::Span { from_ms, until_ms: from_ms + length * 5 * 60_000 };
        // One gathering in all of them, and one that only this resource has.
        let gathering = |number: u8, free: i64| {
            let id = GatheringId::from_bytes([number; 12]);
            let by = By::Gathering { id, is_of_type: number != 16, start_ms: noon_ms, free };
            Taken { span: facts.occupied(noon_ms), by }
        };
        match by {
            0 => Taken { span, by: By::Appointment(MINE) },
            1 => Taken { span, by: By::Hold { id: MY_HOLD, kept_ms: None } },
            4 => Taken {
                span,
                by: By::Hold { id: KEPT, kept_ms: Some(from_ms + facts.kind.buffers.0 * 60_000) },
            },
            2 => gathering(15, 2),
            3 => gathering(16 + resource, at % 2),
            _ => Taken { span, by: By::Appointment(other) },
        }
    };
    let mut all: Vec<Taken> = takings.into_iter().map(one).collect();
    all.sort_by_key(|taken| taken.span);
    all
}

fn scenes() -> impl Strategy<Value = Scene> {
    let shifts = || prop_oneof![2 => Just(0_i64), 3 => -2_i64..=2];
    let days = prop::sample::select(ZONES.to_vec())
        .prop_flat_map(move |zone| (Just(zone), prop::sample::select(changes(zone)), shifts()));
    days.prop_flat_map(|(name, change, shift)| {
        let on = jiff::Timestamp::from_millisecond(change).unwrap().to_zoned(zone(name).unwrap()).date();
        let on = on + shift.days();
        let rosters = (roster(on), roster(on), roster(on));
        let taken_of_each = (takings(), takings(), takings(), takings());
        let rest =
            (any::<[bool; 2]>(), prop::option::weighted(0.2, -1_i64..=1), 0_i64..5_000, (age(), age()));
        (Just((name, on)), kinds(), rosters, taken_of_each, rest)
    })
    .prop_map(|((name, on), kind, rosters, takings, (own, holiday, minutes_ahead, ages))| {
        let zone = zone(name).unwrap();
        let noon_ms = super::instant(&zone, on.at(12, 0, 0, 0));
        let mut facts = Facts {
            zone,
            kind,
            rosters: BTreeMap::from([(GREEN, rosters.0), (BROWN, rosters.1), (ROOM, rosters.2)]),
            holidays: holiday.map(|shift| on + shift.days()).into_iter().collect(),
            booked: BTreeMap::new(),
            taken: BTreeMap::new(),
            patient: Vec::new(),
        };
        for (number, (resource, takings)) in
            [(GREEN, takings.0), (BROWN, takings.1), (ROOM, takings.2)].into_iter().enumerate()
        {
            let taken = taken(&facts, noon_ms, number as u8, takings);
            facts.taken.insert(resource, taken);
        }
        facts.patient = taken(&facts, noon_ms, 9, takings.3.into_iter().filter(|one| one.2 != 2).collect());
        facts
            .patient
            .retain(|taken| !matches!(taken.by, By::Gathering { .. } | By::Hold { kept_ms: Some(_), .. }));
        let day = i64::from((on - Date::constant(1970, 1, 1)).get_days());
        let of_age = (ages.0.map(|shift| day + shift), ages.1.map(|shift| day + shift));
        let (moves, hold) = (own[0].then_some(MINE), own[1].then_some(MY_HOLD));
        let asker = Asker { moves, hold, of_age, ..Asker::default() };
        Scene { zone: name, facts, asker, on, now_ms: noon_ms - minutes_ahead * 60_000 }
    })
}

/// The same, where what others have booked is told without their names.
fn without_names(facts: &Facts, asker: &Asker) -> Facts {
    let mut told = facts.clone();
    for (resource, taken) in &mut told.taken {
        let is_anothers = |one: &mut Taken| matches!(one.by, By::Appointment(id) if asker.moves != Some(id));
        let booked = taken.extract_if(.., is_anothers).map(|one| one.span).collect();
        told.booked.insert(*resource, joined(booked).into());
    }
    told
}

/// Each way to take one of each part.
fn assignments(parts: &[Vec<ResourceId>]) -> Vec<Vec<ResourceId>> {
    parts.iter().fold(vec![Vec::new()], |begun, part| {
        let with = |begun: &Vec<ResourceId>| {
            part.iter().map(|resource| [begun.clone(), vec![*resource]].concat()).collect::<Vec<_>>()
        };
        begun.iter().flat_map(with).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn what_is_listed_is_what_can_be_booked(scene in scenes()) {
        let Scene { zone, facts, asker, on, now_ms } = &scene;
        let days: Vec<_> = (-3..=3).map(|shift: i64| date(*on + shift.days())).collect();
        let oracle = Oracle::over(zone, facts, &days);
        let week = *on + (-3).days()..=*on + 3.days();
        let days_of_slots: BTreeSet<Date> = facts
            .slots(asker, week.clone(), *now_ms)
            .map(|slot| super::local(&facts.zone, slot.start_ms).date())
            .collect();
        let open: Vec<Date> = facts.open_days(asker, week, *now_ms).collect();
        prop_assert_eq!(open, days_of_slots.into_iter().collect::<Vec<_>>(), "days on which anything is listed");
        let slots: Vec<_> = facts.slots(asker, *on..=*on, *now_ms).collect();
        let listed: BTreeSet<i64> = slots.iter().map(|slot| slot.start_ms / 60_000).collect();
        prop_assert_eq!(listed.len(), slots.len(), "each start once");
        prop_assert!(slots.is_sorted_by_key(|slot| slot.start_ms));
        let told = without_names(facts, asker);
        prop_assert_eq!(&told.slots(asker, *on..=*on, *now_ms).collect::<Vec<_>>(), &slots);

        let ways = assignments(&facts.kind.parts);
        let noon = super::instant(&facts.zone, on.at(12, 0, 0, 0)) / 60_000;
        for minute in (noon - 2_160..noon + 2_160).step_by(5) {
            let is_on_day = naive(zone, minute * 60_000).date() == date(*on);
            let expected: Vec<bool> =
                ways.iter().map(|way| oracle.says(asker, minute, way, *now_ms)).collect();
            let can_be = expected.contains(&true);
            if is_on_day {
                prop_assert_eq!(listed.contains(&minute), can_be, "minute {}", minute);
            }
            if can_be || minute % 35 == 0 {
                for (way, expected) in ways.iter().zip(&expected) {
                    let said = facts.is_bookable(asker, minute * 60_000, way, *now_ms);
                    prop_assert_eq!(said.is_ok(), *expected, "minute {} {:?} {:?}", minute, way, said);
                }
                let chosen = facts.choose(asker, minute * 60_000, &ways[0], *now_ms);
                prop_assert_eq!(chosen.is_ok(), can_be);
                if let Ok(slot) = chosen {
                    prop_assert_eq!(slot.resources == ways[0], expected[0], "the preferred where they are free");
                }
            }
        }
        for slot in slots {
            let said = facts.is_bookable(asker, slot.start_ms, &slot.resources, *now_ms);
            prop_assert_eq!(said, Ok(()));
            prop_assert_eq!(facts.seat(asker, slot.start_ms, &slot.resources), Ok(slot.gathering));
            prop_assert_eq!(told.seat(asker, slot.start_ms, &slot.resources), Ok(slot.gathering));
        }
    }
}

//! Several patients who come together, and what is kept for one for a few minutes.

use jiff::SignedDuration;
use kernel::Role;
use store::args;
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use super::visits::code;
use crate::calendar::Span;
use crate::freed::{self, Freed};
use crate::holds;
use crate::setup::types::NewType;

#[bedside_test]
async fn seats_of_a_course_are_counted_and_the_last_who_leaves_ends_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let pair = NewType {
        parts: vec![vec![of.jansen], vec![of.room]],
        capacity: 2,
        ..NewType::named(of.nurses, "Two together", 60, vec![])
    };
    let mut pair_type = pair;
    (pair_type.cancel, pair_type.reschedule) = (0, 0);
    let pair = clinic.offer(pair_type).await;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let third = clinic.another(Role::Patient);
    let late = clinic.offered(&third, pair, ten).await;
    let anna = clinic.books(&clinic.anna, pair, ten).await;
    let bram = clinic.books(&clinic.bram, pair, ten).await;
    assert!(anna.gathering.is_some());
    assert_eq!(anna.gathering, bram.gathering);
    assert_eq!(clinic.takes_resource(of.jansen).await.len(), 1, "one row for both");
    assert_eq!(code(clinic.books_with(&third, &late).await), "availability_taken");
    assert!(clinic.slot(&clinic.anna, of.treatment, ten).await.is_none(), "the room is taken");
    clinic.cancels(&clinic.anna, anna.id).await.expect("cancelled");
    clinic.books(&third, pair, ten).await;
    let other = clinic.offered(&clinic.bram, pair, TUESDAY.at(14, 0, 0, 0)).await;
    clinic.moves_with(&clinic.bram, bram.id, &other).await.expect("moved");
    assert_eq!(clinic.number("SELECT COUNT(*) FROM gatherings").await, 2);
    assert_eq!(clinic.number("SELECT COUNT(*) FROM gatherings WHERE taken = 1").await, 2);
    // Alone in it, one may also move onto a part of one's own time.
    let half = clinic.offer(NewType {
        grid: 30,
        reschedule: 0,
        cancel: 0,
        capacity: 2,
        ..NewType::named(of.nurses, "Half past", 60, vec![of.devries])
    });
    let half = half.await;
    let alone = clinic.books(&clinic.anna, half, TUESDAY.at(13, 0, 0, 0)).await;
    let onto = clinic.offered(&clinic.devries, half, TUESDAY.at(15, 0, 0, 0)).await;
    let onto = crate::availability::Availability {
        patient: clinic.anna.person,
        start_ms: at(TUESDAY.at(13, 30, 0, 0)),
        ..onto
    };
    let asks =
        crate::facts::Question { moves: Some(alone.id), ..clinic.asks(&clinic.anna, half, TUESDAY, TUESDAY) };
    let found = clinic.found(asks).await.expect("facts");
    let now_ms = clinic.ground.clock.now_ms();
    let mut listed = found.facts.slots(&found.asker, TUESDAY..=TUESDAY, now_ms);
    assert!(listed.any(|slot| slot.start_ms == onto.start_ms), "what she can take she is shown");
    clinic.moves_with(&clinic.anna, alone.id, &onto).await.expect("half an hour later");
    assert_eq!(clinic.takes_resource(of.devries).await.len(), 1);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn what_is_held_is_free_for_its_owner_alone_and_for_all_when_it_is_over(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let shown = clinic.offered(&clinic.bram, of.consultation, ten).await;
    clinic.holds(&clinic.anna, of.consultation, ten).await.expect("held");
    assert!(clinic.slot(&clinic.bram, of.consultation, ten).await.is_none());
    assert_eq!(code(clinic.books_with(&clinic.bram, &shown).await), "availability_taken");
    for start in [TUESDAY.at(11, 0, 0, 0), TUESDAY.at(11, 20, 0, 0)] {
        clinic.holds(&clinic.anna, of.consultation, start).await.expect("held");
    }
    let fourth = clinic.holds(&clinic.anna, of.consultation, TUESDAY.at(11, 40, 0, 0)).await;
    assert_eq!(fourth.as_ref().expect_err("too many").retry_after_s(), Some(300));
    assert_eq!(code(fourth), "holds_per_patient");
    let hers =
        crate::availability::Availability { patient: clinic.anna.person, jti: [9; 8], ..shown.clone() };
    clinic.books_with(&clinic.anna, &hers).await.expect("it was kept for her");
    assert_eq!(clinic.number("SELECT COUNT(*) FROM holds").await, 2, "the hold became the appointment");
    clinic.ground.clock.pass(SignedDuration::from_mins(holds::MINUTES));
    // Nobody has swept yet.
    clinic.books(&clinic.bram, of.consultation, TUESDAY.at(11, 0, 0, 0)).await;
    let swept = clinic.ground.db.write((), |tx, ()| Box::pin(holds::sweep(tx, 100))).await.expect("swept");
    assert_eq!(swept, 2);
    assert_eq!(clinic.takes_resource(of.devries).await.len(), 2, "two appointments, and no hold");
    assert!(clinic.number("SELECT COUNT(*) FROM freed_times").await > 0, "those who wait are told");
    let course = clinic.holds(&clinic.anna, of.course, TUESDAY.at(14, 0, 0, 0)).await;
    assert_eq!(code(course), "not_held_for_groups");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn what_is_kept_for_somebody_is_listed_for_them_at_just_its_time(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let quick =
        clinic.offer(NewType { grid: 10, ..NewType::named(of.nurses, "Quick", 20, vec![of.devries]) });
    let quick = quick.await;
    let [before, ten, after] =
        [(9, 50), (10, 0), (10, 10)].map(|(hour, minute)| TUESDAY.at(hour, minute, 0, 0));
    clinic.holds(&clinic.anna, quick, ten).await.expect("held");
    for beside in [before, after] {
        assert!(clinic.slot(&clinic.anna, quick, beside).await.is_none(), "it keeps no other time");
    }
    assert!(clinic.slot(&clinic.anna, of.consultation, ten).await.is_none(), "nor for anything else");
    assert!(clinic.slot(&clinic.bram, quick, ten).await.is_none());
    assert_eq!(code(clinic.holds(&clinic.anna, quick, ten).await), "availability_taken");
    let asks = clinic.asks(&clinic.anna, quick, TUESDAY, TUESDAY);
    let found = clinic.found(asks).await.expect("facts");
    let listed = found.facts.slots(&found.asker, TUESDAY..=TUESDAY, clinic.ground.clock.now_ms());
    let listed: Vec<i64> = listed.map(|slot| slot.start_ms).collect();
    assert_eq!([before, ten, after].map(|start| listed.contains(&at(start))), [false, true, false]);
    clinic.books(&clinic.anna, quick, ten).await;
    assert_eq!(clinic.number("SELECT COUNT(*) FROM holds").await, 0);
    // The desk books for her what is kept for her, as well.
    let three = TUESDAY.at(15, 0, 0, 0);
    clinic.holds(&clinic.bram, quick, three).await.expect("held");
    let freed = "SELECT COUNT(*) FROM freed_times";
    let before = clinic.number(freed).await;
    let made = clinic.at_the_desk(&clinic.els, clinic.order(&clinic.bram, quick, three)).await;
    assert!(!made.expect("booked").is_overbooked);
    assert_eq!(clinic.number("SELECT COUNT(*) FROM holds").await, 0);
    assert_eq!(clinic.number(freed).await, before, "it is nobody else's chance");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn one_application_keeps_no_more_than_some_times(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let client = kernel::ClientId::new(&clinic.ground.clock, &clinic.ground.rng);
    let through = |who: &kernel::Actor| kernel::Actor { client: Some(client), ..who.clone() };
    let made_ms = clinic.ground.clock.now_ms();
    let mut left = holds::PER_CLIENT_MAX - 1;
    while left > 0 {
        let some = left.min(100);
        let keeping = clinic.ground.db.write((clinic.here, of.course), move |tx, (here, kind)| {
            Box::pin(async move {
                for _ in 0..some {
                    let (id, patient) = (tx.new_id::<kernel::HoldId>(), tx.new_id::<kernel::PersonId>());
                    let until_ms = made_ms + 60_000;
                    let row = args![
                        &id,
                        here,
                        &patient,
                        Some(&client),
                        None::<&kernel::OfferId>,
                        kind,
                        0,
                        1,
                        made_ms,
                        until_ms
                    ];
                    tx.run(crate::rows::holds::INSERT, &row).await?;
                }
                Ok(())
            })
        });
        keeping.await.expect("kept");
        left -= some;
    }
    clinic.holds(&through(&clinic.anna), of.consultation, TUESDAY.at(10, 0, 0, 0)).await.expect("the last");
    let eleven = TUESDAY.at(11, 0, 0, 0);
    let refused = clinic.holds(&through(&clinic.bram), of.consultation, eleven).await;
    assert_eq!(refused.as_ref().expect_err("too many").retry_after_s(), Some(60));
    assert_eq!(code(refused), "holds_per_client");
    clinic.holds(&clinic.bram, of.consultation, eleven).await.expect("through another");
    clinic.ground.clock.pass(SignedDuration::from_mins(1));
    clinic
        .holds(&through(&clinic.anna), of.consultation, TUESDAY.at(11, 20, 0, 0))
        .await
        .expect("one is over");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn all_that_becomes_free_is_noted_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    for (many, all) in [(1, 1), (13, 14), (25, 39)] {
        let noting = clinic.ground.db.write((clinic.here, clinic.calendars.room), move |tx, (here, room)| {
            Box::pin(async move {
                let from_ms = at(TUESDAY.at(10, 0, 0, 0));
                let one = |n: i64| Freed {
                    resource: *room,
                    span: Span { from_ms: from_ms + n, until_ms: from_ms + 60_000 },
                    debounce_minutes: n,
                };
                freed::note(tx, *here, &(0..many).map(one).collect::<Vec<_>>()).await
            })
        });
        noting.await.expect("noted");
        assert_eq!(clinic.number("SELECT COUNT(*) FROM freed_times").await, all);
    }
    let each =
        "SELECT COUNT(DISTINCT from_ms) FROM freed_times WHERE due_ms - made_ms = (from_ms % 60000) * 60000";
    assert_eq!(clinic.number(each).await, 25);
    clinic.forget_jobs().await;
}

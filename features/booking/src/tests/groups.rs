//! Several patients who come together, and what is kept for one for a few minutes.

use jiff::SignedDuration;
use kernel::Role;
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use super::visits::code;
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

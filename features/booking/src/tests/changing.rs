//! Moving and cancelling.

use jiff::SignedDuration;
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use super::visits::code;
use crate::availability::Availability;
use crate::model::State;
use crate::setup::types::NewType;

#[bedside_test]
async fn anna_moves_her_appointment_and_its_id_stays(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let (ten, eleven) = (TUESDAY.at(10, 0, 0, 0), TUESDAY.at(11, 0, 0, 0));
    let old = clinic.books(&clinic.anna, of.consultation, ten).await;
    let later = clinic.offered(&clinic.anna, of.consultation, eleven).await;
    let new = clinic.moves_with(&clinic.anna, old.id, &later).await.expect("moved");
    assert_eq!((new.id, new.sequence, new.start_ms), (old.id, 1, at(eleven)));
    assert_eq!(clinic.sees(&clinic.anna, old.id).await.expect("hers"), new);
    let row = (0, at(eleven), at(TUESDAY.at(11, 20, 0, 0)));
    assert_eq!(clinic.takes_resource(of.devries).await, [row]);
    assert_eq!(clinic.takes_patient(clinic.anna.person).await, [row]);
    // The same once more is done already.
    let again = clinic.moves_with(&clinic.anna, old.id, &later).await.expect("as it is");
    assert_eq!(again, new);
    let freed = "SELECT COUNT(*) FROM freed_times";
    assert_eq!(clinic.number(freed).await, 1, "ten o'clock is somebody else's chance");
    let changes = "SELECT COUNT(*) FROM appointment_changes";
    assert_eq!(clinic.number(changes).await, 2);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn when_the_new_time_is_gone_the_old_one_stands(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let (ten, eleven) = (TUESDAY.at(10, 0, 0, 0), TUESDAY.at(11, 0, 0, 0));
    let old = clinic.books(&clinic.anna, of.consultation, ten).await;
    let later = clinic.offered(&clinic.anna, of.consultation, eleven).await;
    clinic.books(&clinic.bram, of.consultation, eleven).await;
    assert_eq!(code(clinic.moves_with(&clinic.anna, old.id, &later).await), "availability_taken");
    assert_eq!(clinic.sees(&clinic.anna, old.id).await.expect("hers"), old);
    let row = (0, at(ten), at(TUESDAY.at(10, 20, 0, 0)));
    assert_eq!(clinic.takes_patient(clinic.anna.person).await, [row]);
    assert_eq!(clinic.number("SELECT COUNT(*) FROM freed_times").await, 0, "nothing was freed");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn only_the_time_moves_and_only_of_what_the_offer_is_for(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let old = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(10, 0, 0, 0)).await;
    let other = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(11, 0, 0, 0)).await;
    let treatment = clinic.offered(&clinic.anna, of.treatment, TUESDAY.at(14, 0, 0, 0)).await;
    assert_eq!(code(clinic.moves_with(&clinic.anna, old.id, &treatment).await), "availability_invalid");
    let offer = clinic.offered(&clinic.anna, of.consultation, TUESDAY.at(9, 0, 0, 0)).await;
    let of_other = Availability { moves: Some(other.id), ..offer.clone() };
    assert_eq!(code(clinic.moves_with(&clinic.anna, old.id, &of_other).await), "availability_invalid");
    let privately = Availability { insurance: of.private, ..offer.clone() };
    assert_eq!(code(clinic.moves_with(&clinic.anna, old.id, &privately).await), "availability_invalid");
    let own = Availability { moves: Some(old.id), ..offer.clone() };
    assert_eq!(code(clinic.moves_with(&clinic.bram, old.id, &own).await), "appointment");
    clinic.moves_with(&clinic.anna, old.id, &own).await.expect("moved");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn windows_are_instants_and_moves_are_counted(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let strict = NewType {
        cancel: 24 * 60,
        reschedule: 24 * 60,
        reschedules_max: Some(1),
        ..NewType::named(of.doctor, "Strict", 20, vec![of.devries])
    };
    let strict = clinic.offer(strict).await;
    let near = clinic.books(&clinic.anna, strict, TUESDAY.at(9, 0, 0, 0)).await;
    let far = clinic.books(&clinic.anna, strict, TUESDAY.tomorrow().expect("a day").at(9, 0, 0, 0)).await;
    let noon = clinic.offered(&clinic.anna, strict, TUESDAY.at(15, 0, 0, 0)).await;
    let one = clinic.offered(&clinic.anna, strict, TUESDAY.at(15, 20, 0, 0)).await;
    clinic.moves_with(&clinic.anna, far.id, &noon).await.expect("once");
    assert_eq!(code(clinic.moves_with(&clinic.anna, far.id, &one).await), "reschedules_used_up");
    // Exactly a day before is in time; a second later is not.
    clinic.ground.clock.pass(SignedDuration::from_secs(1));
    assert_eq!(code(clinic.moves_with(&clinic.anna, near.id, &one).await), "reschedule_window_passed");
    assert_eq!(code(clinic.cancels(&clinic.anna, near.id).await), "cancellation_window_passed");
    assert_eq!(clinic.sees(&clinic.anna, near.id).await.expect("hers"), near);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn cancelling_twice_is_cancelling_once_and_frees_the_time(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let old = clinic.books(&clinic.anna, of.consultation, ten).await;
    assert_eq!(code(clinic.cancels(&clinic.bram, old.id).await), "appointment");
    let cancelled = clinic.cancels(&clinic.anna, old.id).await.expect("cancelled");
    assert_eq!((cancelled.state, cancelled.sequence), (State::Cancelled, 1));
    assert_eq!(clinic.cancels(&clinic.anna, old.id).await.expect("still so"), cancelled);
    assert!(clinic.takes_resource(of.devries).await.is_empty());
    assert!(clinic.takes_patient(clinic.anna.person).await.is_empty());
    assert_eq!(clinic.number("SELECT COUNT(*) FROM freed_times").await, 1);
    let offer = clinic.offered(&clinic.anna, of.consultation, ten).await;
    assert_eq!(code(clinic.moves_with(&clinic.anna, old.id, &offer).await), "already_cancelled");
    clinic.books(&clinic.bram, of.consultation, ten).await;
    // What is over is not cancelled any more.
    let over = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(9, 0, 0, 0)).await;
    clinic.ground.clock.pass(SignedDuration::from_hours(24));
    assert_eq!(code(clinic.cancels(&clinic.anna, over.id).await), "cancellation_window_passed");
    clinic.forget_jobs().await;
}

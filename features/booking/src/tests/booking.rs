//! Booking what was offered.

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use kernel::Actor;
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, at};
use super::visits::code;
use crate::model::State;
use crate::setup::types::NewType;
use crate::setup::{Author, patients, settings};

pub const TUESDAY: Date = date(2026, 3, 3);

#[bedside_test]
async fn anna_books_what_she_was_shown_and_a_repetition_is_the_same_appointment(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let offer = clinic.offered(&clinic.anna, of.consultation, ten).await;
    let booked = clinic.books_with(&clinic.anna, &offer).await.expect("booked");
    let made = booked.appointment;
    assert!(booked.is_new);
    assert_eq!((made.state, made.sequence, made.start_ms), (State::Booked, 0, at(ten)));
    assert_eq!((made.start_local, made.time_zone.as_str()), (ten, "Europe/Amsterdam"));
    let again = clinic.books_with(&clinic.anna, &offer).await.expect("the first answer");
    assert_eq!((again.is_new, again.appointment.id), (false, made.id));
    assert_eq!(clinic.number("SELECT COUNT(*) FROM appointments").await, 1);
    let row = (0, at(ten), at(TUESDAY.at(10, 20, 0, 0)));
    assert_eq!(clinic.takes_resource(of.devries).await, [row]);
    assert_eq!(clinic.takes_patient(clinic.anna.person).await, [row]);
    assert_eq!(clinic.sees(&clinic.anna, made.id).await.expect("hers"), made);
    assert!(clinic.slot(&clinic.bram, of.consultation, ten).await.is_none(), "what is taken is not shown");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn an_offer_whose_appointment_is_over_or_elsewhere_books_nothing_and_names_nothing(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let offer = clinic.offered(&clinic.anna, of.consultation, ten).await;
    let made = clinic.books_with(&clinic.anna, &offer).await.expect("booked").appointment;
    clinic.cancels(&clinic.anna, made.id).await.expect("cancelled");
    assert_eq!(code(clinic.books_with(&clinic.anna, &offer).await), "availability_taken");
    let fresh = clinic.offered(&clinic.anna, of.consultation, ten).await;
    let other = clinic.books_with(&clinic.anna, &fresh).await.expect("booked anew").appointment;
    let later = clinic.offered(&clinic.anna, of.consultation, TUESDAY.at(11, 0, 0, 0)).await;
    clinic.moves_with(&clinic.anna, other.id, &later).await.expect("moved");
    assert_eq!(code(clinic.books_with(&clinic.anna, &fresh).await), "availability_taken");
    assert_eq!(clinic.number("SELECT COUNT(*) FROM appointments").await, 2);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn an_offer_that_expired_answers_who_repeats_what_it_made_and_makes_nothing_new(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let offer = clinic.offered(&clinic.anna, of.consultation, ten).await;
    let unused = clinic.offered(&clinic.bram, of.consultation, TUESDAY.at(11, 0, 0, 0)).await;
    let made = clinic.books_with(&clinic.anna, &offer).await.expect("booked").appointment;
    let later = clinic.offered(&clinic.anna, of.consultation, TUESDAY.at(9, 0, 0, 0)).await;
    clinic.ground.clock.pass(SignedDuration::from_mins(crate::availability::MINUTES));
    let again = clinic.books_with(&clinic.anna, &offer).await.expect("the first answer");
    assert_eq!((again.is_new, again.appointment.id), (false, made.id));
    let gone = clinic.books_with(&clinic.bram, &unused).await;
    assert!(matches!(gone, Err(kernel::Error::Gone { .. })));
    assert!(matches!(
        clinic.moves_with(&clinic.anna, made.id, &later).await,
        Err(kernel::Error::Gone { .. })
    ));
    clinic.moves_with(&clinic.anna, made.id, &offer).await.expect("it is there already");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn who_is_second_hears_that_it_is_taken_and_an_equal_one_takes_its_place_where_it_may(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let first = clinic.offered(&clinic.anna, of.consultation, ten).await;
    let second = clinic.offered(&clinic.bram, of.consultation, ten).await;
    clinic.books_with(&clinic.anna, &first).await.expect("booked");
    assert_eq!(code(clinic.books_with(&clinic.bram, &second).await), "availability_taken");
    // Either doctor will do for a treatment, but there is one room.
    let eleven = TUESDAY.at(11, 0, 0, 0);
    let dressing = NewType {
        parts: vec![vec![of.devries, of.jansen]],
        ..NewType::named(of.nurses, "Dressing", 30, vec![])
    };
    let dressing = clinic.offer(dressing).await;
    let one = clinic.offered(&clinic.anna, dressing, eleven).await;
    let other = clinic.offered(&clinic.bram, dressing, eleven).await;
    assert_eq!(one.resources, other.resources, "both were shown the same doctor");
    clinic.books_with(&clinic.anna, &one).await.expect("booked");
    clinic.books_with(&clinic.bram, &other).await.expect("the other doctor is as good");
    for doctor in [of.devries, of.jansen] {
        let rows = clinic.takes_resource(doctor).await;
        assert_eq!(rows.iter().filter(|(_, from, _)| *from == at(eleven)).count(), 1);
    }
    let third = clinic.another(kernel::Role::Patient);
    let late = crate::availability::Availability { patient: third.person, jti: [7; 8], ..one };
    assert_eq!(code(clinic.books_with(&third, &late).await), "availability_taken");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn an_offer_is_for_whom_it_was_made_and_overrides_no_rule(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let offer = clinic.offered(&clinic.anna, of.consultation, TUESDAY.at(10, 0, 0, 0)).await;
    assert_eq!(code(clinic.books_with(&clinic.bram, &offer).await), "availability_invalid");
    let for_a_move = crate::availability::Availability {
        moves: Some(kernel::AppointmentId::from_bytes([1; 12])),
        ..offer.clone()
    };
    assert_eq!(code(clinic.books_with(&clinic.anna, &for_a_move).await), "availability_invalid");
    let (here, anna) = (clinic.here, clinic.anna.person);
    let blocking = clinic
        .ground
        .db
        .write((), move |tx, ()| Box::pin(patients::block(tx, Author::Operator, here, anna, true)));
    blocking.await.expect("blocked");
    assert_eq!(code(clinic.books_with(&clinic.anna, &offer).await), "patient_blocked");
    let for_bram = clinic.offered(&clinic.bram, of.consultation, TUESDAY.at(10, 0, 0, 0)).await;
    let down = clinic
        .ground
        .db
        .write((), move |tx, ()| Box::pin(settings::set_downtime(tx, Author::Operator, here, true)));
    down.await.expect("on paper");
    assert_eq!(code(clinic.books_with(&clinic.bram, &for_bram).await), "downtime");
    assert_eq!(clinic.number("SELECT COUNT(*) FROM appointments").await, 0, "nothing was changed");
    assert_eq!(clinic.number("SELECT COUNT(*) FROM occupancy").await, 0);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn anna_is_in_one_place_at_a_time_unless_the_practice_lets_her_overlap(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let treatment = clinic.offered(&clinic.anna, of.treatment, ten).await;
    let other = NewType::named(of.nurses, "Weighing", 10, vec![of.jansen]);
    let other = clinic.offer(other).await;
    clinic.books(&clinic.anna, other, ten).await;
    assert_eq!(code(clinic.books_with(&clinic.anna, &treatment).await), "availability_taken");
    let here = clinic.here;
    let letting = clinic
        .ground
        .db
        .write((), move |tx, ()| Box::pin(settings::let_patients_overlap(tx, Author::Operator, here, true)));
    letting.await.expect("she may");
    clinic.books_with(&clinic.anna, &treatment).await.expect("both, then");
    assert_eq!(clinic.takes_patient(clinic.anna.person).await.len(), 1, "the second takes her not");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn mother_books_for_her_child_and_both_stand_in_the_log(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let child = clinic.another(kernel::Role::Patient);
    let mother = Actor { acting_for: Some(child.person), ..clinic.anna.clone() };
    let made = clinic.books(&mother, of.consultation, TUESDAY.at(9, 0, 0, 0)).await;
    assert_eq!(made.patient, child.person);
    clinic.sees(&child, made.id).await.expect("it is the child's");
    clinic.sees(&mother, made.id).await.expect("the mother acts for it");
    assert_eq!(code(clinic.sees(&clinic.anna, made.id).await), "appointment", "it is not the mother's own");
    assert_eq!(code(clinic.sees(&clinic.bram, made.id).await), "appointment");
    assert_eq!(code(clinic.sees(&clinic.stranger, made.id).await), "appointment");
    let both = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'appointment_booked' AND person IS NOT NULL
        AND acting_for IS NOT NULL AND patient = acting_for";
    assert_eq!(clinic.number(both).await, 1);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn what_needs_a_yes_takes_its_time_until_it_has_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let asked =
        NewType { needs_confirmation: true, ..NewType::named(of.doctor, "Check", 20, vec![of.devries]) };
    let asked = clinic.offer(asked).await;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let made = clinic.books(&clinic.anna, asked, ten).await;
    assert_eq!(made.state, State::Pending);
    assert!(clinic.slot(&clinic.bram, of.consultation, ten).await.is_none(), "pending is taken");
    let confirm = |who: &Actor| {
        clinic.ground.db.write((who.clone(), made.id), |tx, (who, id)| {
            Box::pin(async move {
                let open = crate::access::open_as_desk(tx, who, *id, crate::access::Right::Change).await?;
                crate::desk::confirm(tx, &open).await
            })
        })
    };
    assert_eq!(code(confirm(&clinic.anna).await), "appointment");
    assert_eq!(code(confirm(&clinic.beheer).await), "appointment", "who administers has no desk");
    let confirmed = confirm(&clinic.els).await.expect("a yes");
    assert_eq!((confirmed.state, confirmed.sequence), (State::Booked, 1));
    assert_eq!(code(confirm(&clinic.els).await), "not_pending");
    // The yes was for that time: another of the patient's waits for one, another of the desk's does not.
    let other = clinic.offered(&clinic.anna, asked, TUESDAY.at(11, 0, 0, 0)).await;
    let moved = clinic.moves_with(&clinic.anna, made.id, &other).await.expect("moved");
    assert_eq!((moved.state, moved.sequence), (State::Pending, 2));
    assert_eq!(clinic.sees(&clinic.anna, made.id).await.expect("hers"), moved);
    assert_eq!(confirm(&clinic.els).await.expect("a yes").state, State::Booked);
    let by_desk = (TUESDAY.at(14, 0, 0, 0), Vec::new(), false);
    let moved = clinic.moves_at_the_desk(&clinic.els, made.id, by_desk).await.expect("moved");
    assert_eq!(moved.state, State::Booked);
    // Nobody comes any more to what is over.
    let late = clinic.offered(&clinic.anna, asked, TUESDAY.at(15, 0, 0, 0)).await;
    clinic.moves_with(&clinic.anna, made.id, &late).await.expect("moved");
    clinic.ground.clock.pass(SignedDuration::from_hours(48));
    assert_eq!(code(confirm(&clinic.els).await), "not_upcoming");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn the_lists_of_anna_show_what_is_hers(ground: Ground) {
    use crate::appointments::{Filter, list};
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let nine = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(9, 0, 0, 0)).await;
    let ten = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(10, 0, 0, 0)).await;
    let eleven = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(11, 0, 0, 0)).await;
    clinic.books(&clinic.bram, of.consultation, TUESDAY.at(11, 20, 0, 0)).await;
    clinic.cancels(&clinic.anna, ten.id).await.expect("cancelled");
    clinic.ground.clock.pass(SignedDuration::from_mins(25 * 60));
    let listed = async |filter, page| {
        let input = (clinic.anna.clone(), filter, page);
        let listing = clinic
            .ground
            .db
            .read(input, |tx, (who, filter, page)| Box::pin(list(tx, who, *filter, *page, 2)));
        let (found, count) = listing.await.expect("a list");
        (found.into_iter().map(|(one, _)| one.id).collect::<Vec<_>>(), count)
    };
    assert_eq!(listed(Filter::All, 1).await, (vec![eleven.id, ten.id], 3));
    assert_eq!(listed(Filter::All, 2).await, (vec![nine.id], 3));
    assert_eq!(listed(Filter::Upcoming, 1).await, (vec![eleven.id], 1));
    assert_eq!(listed(Filter::Past, 1).await, (vec![nine.id], 1));
    assert_eq!(listed(Filter::Cancelled, 1).await, (vec![ten.id], 1));
    clinic.forget_jobs().await;
}

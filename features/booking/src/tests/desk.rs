//! What the desk does.

use jiff::civil::date;
use kernel::{Actor, Result};
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use super::visits::code;
use crate::desk::{self, DayEntry};
use crate::model::State;
use crate::setup::types::NewType;
use crate::setup::{Author, absences};

#[bedside_test]
async fn the_desk_passes_over_hours_and_notice_but_never_takes_twice_without_saying_so(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let evening = date(2026, 3, 2).at(20, 7, 0, 0);
    let made = clinic.at_the_desk(&clinic.els, clinic.order(&clinic.anna, of.consultation, evening)).await;
    let made = made.expect("outside hours, soon and on no grid");
    assert_eq!((made.state, made.is_overbooked, made.insurance), (State::Booked, false, None));
    let second = clinic.order(&clinic.bram, of.consultation, evening);
    assert_eq!(code(clinic.at_the_desk(&clinic.els, second.clone()).await), "availability_taken");
    for nobody in [&clinic.anna, &clinic.beheer] {
        assert_eq!(code(clinic.at_the_desk(nobody, second.clone()).await), "not_at_the_desk");
    }
    let beside = desk::DeskOrder { overbook: true, ..second };
    let beside = clinic.at_the_desk(&clinic.els, beside).await.expect("beside the other");
    assert!(beside.is_overbooked);
    let (from, until) = (at(evening), at(evening) + 20 * 60_000);
    assert_eq!(clinic.takes_resource(of.devries).await, [(0, from, until), (1, from, until)]);
    assert_eq!(clinic.takes_patient(clinic.bram.person).await, [(0, from, until)], "Bram is free himself");
    // Where there is room, it is none.
    let alone = clinic.order(&clinic.bram, of.consultation, TUESDAY.at(9, 0, 0, 0));
    let alone = desk::DeskOrder { overbook: true, ..alone };
    assert!(!clinic.at_the_desk(&clinic.els, alone).await.expect("booked").is_overbooked);
    let past = clinic.order(&clinic.anna, of.consultation, date(2026, 3, 2).at(8, 0, 0, 0));
    assert_eq!(code(clinic.at_the_desk(&clinic.els, past).await), "start_passed");
    let reason =
        "SELECT COUNT(*) FROM audit_lines WHERE kind = 'appointment_booked' AND reason = 'desk, overbooked'";
    assert_eq!(clinic.number(reason).await, 1);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn what_stands_beside_another_keeps_its_time_when_the_other_is_gone(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let first = clinic.books(&clinic.anna, of.consultation, ten).await;
    let beside = clinic.order(&clinic.bram, of.consultation, ten);
    let beside = desk::DeskOrder { overbook: true, ..beside };
    clinic.at_the_desk(&clinic.devries, beside).await.expect("beside the other");
    clinic.cancels(&clinic.anna, first.id).await.expect("cancelled");
    assert!(clinic.slot(&clinic.anna, of.consultation, ten).await.is_none(), "Bram still comes");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn the_desk_moves_what_its_patient_no_longer_may(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let strict = NewType {
        cancel: 48 * 60,
        reschedule: 48 * 60,
        parts: vec![vec![of.devries, of.jansen]],
        ..NewType::named(of.nurses, "Strict", 20, vec![])
    };
    let strict = clinic.offer(strict).await;
    let (ten, three) = (TUESDAY.at(10, 0, 0, 0), TUESDAY.at(15, 0, 0, 0));
    let old = clinic.books(&clinic.anna, strict, ten).await;
    assert_eq!(code(clinic.cancels(&clinic.anna, old.id).await), "cancellation_window_passed");
    let moved = clinic.moves_at_the_desk(&clinic.els, old.id, (three, vec![], false)).await.expect("moved");
    assert_eq!((moved.id, moved.sequence, moved.start_ms), (old.id, 1, at(three)));
    let same = clinic.moves_at_the_desk(&clinic.els, old.id, (three, vec![], false)).await.expect("as it is");
    assert_eq!(same, moved);
    let is_with_jansen = !clinic.takes_resource(of.jansen).await.is_empty();
    let (from, to) = if is_with_jansen { (of.jansen, of.devries) } else { (of.devries, of.jansen) };
    let other = clinic.moves_at_the_desk(&clinic.els, old.id, (three, vec![to], false)).await;
    assert_eq!(other.expect("with the other doctor").sequence, 2);
    assert_eq!(clinic.takes_resource(to).await.len(), 1);
    assert!(clinic.takes_resource(from).await.is_empty());
    let odd = clinic.moves_at_the_desk(&clinic.els, old.id, (three, vec![of.room], false)).await;
    assert_eq!(code(odd), "resources_do_not_fit");
    let hers = clinic.moves_at_the_desk(&clinic.anna, old.id, (ten, vec![], false)).await;
    assert_eq!(code(hers), "appointment", "a patient has no desk");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn the_day_and_an_absence_name_who_comes(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let nine = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(9, 0, 0, 0)).await;
    let course = clinic.books(&clinic.bram, of.course, TUESDAY.at(14, 0, 0, 0)).await;
    let gone = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(11, 0, 0, 0)).await;
    clinic.cancels(&clinic.anna, gone.id).await.expect("cancelled");
    clinic.books(&clinic.anna, of.consultation, TUESDAY.tomorrow().expect("a day").at(9, 0, 0, 0)).await;
    let day = |who: &Actor| {
        clinic
            .ground
            .db
            .read((who.clone(), of.linde), |tx, (who, linde)| Box::pin(desk::day(tx, who, *linde, TUESDAY)))
    };
    let entries = day(&clinic.els).await.expect("the day");
    let told = |entries: &[DayEntry]| {
        let each =
            entries.iter().map(|one| (one.appointment.id, one.type_name.clone(), one.resources.clone()));
        each.collect::<Vec<_>>()
    };
    let mut both = vec![of.jansen, of.room];
    both.sort_unstable();
    let expected =
        vec![(nine.id, "Consultation".to_owned(), vec![of.devries]), (course.id, "Course".to_owned(), both)];
    assert_eq!(told(&entries), expected);
    assert_eq!(code(day(&clinic.anna).await), "not_at_the_desk");
    let here = clinic.here;
    let ill = clinic.ground.db.write((), move |tx, ()| {
        let (from, until) = (TUESDAY.at(8, 0, 0, 0), TUESDAY.at(18, 0, 0, 0));
        Box::pin(absences::add(tx, Author::Operator, here, of.jansen, from, until))
    });
    let ill = ill.await.expect("ill");
    let affected: Result<Vec<DayEntry>> = clinic
        .ground
        .db
        .read((clinic.els.clone(), ill), |tx, (els, ill)| Box::pin(desk::affected(tx, els, *ill, None, 20)))
        .await;
    assert_eq!(told(&affected.expect("who is affected")), expected[1..]);
    clinic.forget_jobs().await;
}

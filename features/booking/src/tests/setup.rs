//! What a practice sets up, what it may not, and what comes of it.

use jiff::civil::date;
use kernel::{Error, Kind, Result};
use store::{Tx, args};
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, office_hours};
use crate::model::{Exception, InsuranceKind};
use crate::setup::categories::{self, NewCategory};
use crate::setup::institutions::{self, NewInstitution};
use crate::setup::types::{self, NewType};
use crate::setup::{Author, absences, insurances, patients, resources, settings};

fn code<T: std::fmt::Debug>(refused: Result<T>) -> &'static str {
    match refused.expect_err("a refusal") {
        Error::Invalid { why, .. } | Error::Conflict { why } | Error::Precondition { why } => why.code,
        Error::NotFound { what } => what.code(),
        other => panic!("{other:?}"),
    }
}

#[bedside_test]
async fn numbers_are_given_in_turn_and_a_chosen_one_is_given_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let add = async |number| {
        let adding = clinic.ground.db.write(clinic.here, move |tx, here| {
            Box::pin(insurances::add(tx, Author::Operator, *here, number, "Another", InsuranceKind::Other))
        });
        adding.await
    };
    add(Some(200)).await.expect("a number");
    add(None).await.expect("the next one");
    assert_eq!(code(add(Some(200)).await), "number_taken");
    assert_eq!(code(add(Some(0)).await), "number_unfit");
    let last = add(Some(150)).await.expect("one that was left out");
    let all = clinic.ground.db.read(clinic.here, |tx, here| Box::pin(insurances::list(tx, *here))).await;
    let numbers: Vec<_> = all.expect("a list").into_iter().map(|one| one.number).collect();
    assert_eq!(numbers, [136, 137, 150, 200, 201]);
    let ending = clinic.ground.db.write((clinic.here, last), |tx, (here, id)| {
        Box::pin(insurances::end(tx, Author::Operator, *here, *id))
    });
    ending.await.expect("an end");
    assert_eq!(code(add(Some(150)).await), "number_taken", "what has ended keeps its number");
}

#[bedside_test]
async fn a_type_comes_back_as_it_was_set_up(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let full = NewType {
        number: Some(198),
        description: Some("Two lines\nof it".to_owned()),
        buffers: (5, 10),
        grid: 15,
        notice: 0,
        horizon: 90,
        cancel: 60,
        reschedule: 120,
        reschedules_max: Some(2),
        capacity: 3,
        is_video: true,
        needs_confirmation: true,
        requires_account: false,
        needs_attendant: false,
        windows: vec![crate::Window { weekday: 2, from: 540, until: 600 }],
        insurances: vec![of.private, of.statutory, of.private],
        parts: vec![vec![of.jansen, of.devries], vec![of.room]],
        ..NewType::named(of.nurses, " Video ", 25, vec![])
    };
    let id = clinic.offer(full.clone()).await;
    let found =
        clinic.ground.db.read((clinic.here, id), |tx, (here, id)| Box::pin(types::find(tx, *here, *id)));
    let is = found.await.expect("an answer").expect("a type");
    assert_eq!((is.number, is.name.as_str(), is.category), (198, "Video", of.nurses));
    assert_eq!((is.duration, is.buffers, is.grid, is.notice, is.horizon), (25, (5, 10), 15, 0, 90));
    assert_eq!((is.cancel, is.reschedule, is.reschedules_max, is.capacity), (60, 120, Some(2), 3));
    assert!(is.is_video && is.needs_confirmation && !is.requires_account && !is.needs_attendant);
    assert_eq!(
        (is.description, is.windows, is.asap),
        (full.description.clone(), full.windows.clone(), full.asap)
    );
    assert_eq!(is.insurances, [of.statutory, of.private], "each once, by number");
    let mut parts = full.parts.clone();
    parts.iter_mut().for_each(|part| part.sort_unstable());
    assert_eq!(is.parts, parts);
    clinic
        .change(id, NewType { windows: vec![], insurances: vec![], name: "Audio".to_owned(), ..full })
        .await;
    let all = clinic
        .ground
        .db
        .read((clinic.here, of.nurses), |tx, (here, category)| Box::pin(types::list(tx, *here, *category)));
    let all = all.await.expect("a list");
    assert_eq!(all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Treatment", "Course", "Audio"]);
    assert!(all[2].windows.is_empty() && all[2].insurances.is_empty());
}

#[bedside_test]
async fn what_is_of_another_practice_or_place_is_not_taken(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let other = clinic.ground.db.write(clinic.here, |tx, here| {
        Box::pin(async move {
            let by = Author::Operator;
            let place =
                institutions::add(tx, by, *here, &NewInstitution::named("Elsewhere", "Asia/Kolkata")).await?;
            categories::add(tx, by, *here, &NewCategory::named(place, "Others")).await
        })
    });
    let other = other.await.expect("another place");
    let add = async |organisation, new: NewType| {
        let adding = clinic.ground.db.write((organisation, new), |tx, (organisation, new)| {
            Box::pin(types::add(tx, Author::Operator, *organisation, new))
        });
        code(adding.await)
    };
    let elsewhere = clinic.stranger.organisation;
    assert_eq!(
        add(clinic.here, NewType::named(other, "Far", 20, vec![of.devries])).await,
        "resource_unknown"
    );
    let own = NewType::named(of.doctor, "Own", 20, vec![of.devries]);
    assert_eq!(add(elsewhere, own.clone()).await, "appointment_category");
    let unknown = NewType { insurances: vec![kernel::InsuranceId::from_bytes([9; 12])], ..own.clone() };
    assert_eq!(add(clinic.here, unknown).await, "insurance_unknown");
    assert_eq!(add(clinic.here, NewType { duration: 0, ..own }).await, "number_unfit");
    let types = clinic
        .ground
        .db
        .read((clinic.here, of.doctor), |tx, (here, category)| Box::pin(types::list(tx, *here, *category)));
    assert_eq!(types.await.expect("a list").len(), 1, "nothing was changed");
}

#[bedside_test]
async fn while_the_practice_works_on_paper_nothing_is_changed(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let down = async |is_down| {
        let setting =
            clinic.ground.db.write((clinic.here, clinic.beheer.clone()), move |tx, (here, beheer)| {
                Box::pin(settings::set_downtime(tx, Author::Staff(beheer), *here, is_down))
            });
        setting.await.expect("a setting");
    };
    let close = async || {
        let closing = clinic.ground.db.write((clinic.here, clinic.calendars.room), |tx, (here, room)| {
            let closed = Exception { day: date(2026, 3, 3), open: vec![] };
            Box::pin(async move {
                resources::set_day(tx, Author::Operator, *here, *room, closed.day, Some(&closed)).await
            })
        });
        closing.await
    };
    let since = clinic.ground.clock.now_ms();
    down(true).await;
    clinic.ground.clock.pass(jiff::SignedDuration::from_mins(1));
    down(true).await;
    let is = clinic.ground.db.read(clinic.here, |tx, here| Box::pin(settings::of(tx, *here))).await;
    assert_eq!(is.expect("settings").downtime_since_ms, Some(since), "since it first was");
    assert_eq!(code(close().await), "downtime");
    down(false).await;
    close().await.expect("a closed day");
}

#[bedside_test]
async fn what_is_freed_is_noted_for_types_with_a_waiting_list_alone(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let freed = async || {
        const COUNT: &str = "SELECT COUNT(id) FROM freed_times WHERE organisation = $1";
        let counting = clinic.ground.db.read(clinic.here, |tx, here| {
            Box::pin(async move { tx.one(COUNT, &args![here], |row| row.get::<i64>(0)).await })
        });
        counting.await.expect("an answer").expect("a count")
    };
    let hours = async |id| {
        let setting = clinic.ground.db.write((clinic.here, id), |tx, (here, id)| {
            Box::pin(
                async move { resources::set_hours(tx, Author::Operator, *here, *id, &office_hours()).await },
            )
        });
        setting.await.expect("hours");
    };
    hours(of.room).await;
    assert_eq!(freed().await, 0, "nobody waits for the room");
    hours(of.devries).await;
    assert_eq!(freed().await, 1);
    let (from, until) = (date(2026, 3, 9).at(0, 0, 0, 0), date(2026, 3, 16).at(0, 0, 0, 0));
    let away = clinic.ground.db.write((clinic.here, of.devries), move |tx, (here, id)| {
        Box::pin(absences::add(tx, Author::Operator, *here, *id, from, until))
    });
    let away = away.await.expect("an absence");
    assert_eq!(freed().await, 1, "an absence frees nothing");
    let back = clinic.ground.db.write((clinic.here, away), |tx, (here, id)| {
        Box::pin(absences::remove(tx, Author::Operator, *here, *id))
    });
    back.await.expect("nobody is away");
    assert_eq!(freed().await, 2);
    let holidays = async |days: Vec<jiff::civil::Date>| {
        let setting = clinic.ground.db.write((clinic.here, of.linde, days), |tx, (here, id, days)| {
            let days: Vec<_> = days.iter().map(|day| (*day, "Closed".to_owned())).collect();
            Box::pin(async move {
                let from = date(2026, 3, 1);
                institutions::set_holidays(tx, Author::Operator, *here, *id, from, &days).await
            })
        });
        setting.await.expect("holidays");
    };
    holidays(vec![date(2026, 3, 20)]).await;
    assert_eq!(freed().await, 2, "a holiday frees nothing");
    holidays(vec![]).await;
    assert_eq!(freed().await, 3, "its end frees those who carry a waiting list");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn a_patients_number_is_sealed_and_comes_back(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.anna.person;
    let number = patients::seal_number(&clinic.ring, clinic.here, anna, " A 123 ");
    let input = (clinic.anna.clone(), clinic.calendars.statutory, number);
    let noting = clinic.ground.db.write(input, |tx, (anna, insurance, number)| {
        let by = Author::Staff(anna);
        Box::pin(patients::set_insurance(
            tx,
            by,
            anna.organisation,
            anna.person,
            Some(*insurance),
            Some(number),
        ))
    });
    noting.await.expect("a note");
    let ring = clinic.ring.clone();
    let noted = clinic.ground.db.read((clinic.here, ring, anna), |tx, (here, ring, anna)| {
        Box::pin(async move { patients::of(tx, ring, *here, *anna).await })
    });
    let noted = noted.await.expect("a note");
    assert_eq!(noted.insurance, Some(clinic.calendars.statutory));
    assert_eq!(noted.insurance_number.as_deref(), Some("A 123"));
    let unknown = clinic.ground.db.write(clinic.anna.clone(), |tx, anna| {
        let nobody = kernel::InsuranceId::from_bytes([9; 12]);
        let by = Author::Staff(anna);
        Box::pin(patients::set_insurance(tx, by, anna.organisation, anna.person, Some(nobody), None))
    });
    assert!(matches!(unknown.await, Err(Error::NotFound { what: Kind::Insurance })));
}

#[bedside_test]
async fn a_place_that_ends_takes_its_calendars_along(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ending = clinic.ground.db.write((clinic.here, of.linde), |tx, (here, id)| {
        Box::pin(institutions::end(tx, Author::Operator, *here, *id))
    });
    ending.await.expect("an end");
    let left = clinic
        .ground
        .db
        .read((clinic.here, of.doctor), |tx, (here, doctor)| Box::pin(left(tx, *here, *doctor)));
    assert_eq!(left.await.expect("what is left"), [0, 0, 0, 0]);
}

async fn left(tx: &Tx, here: kernel::OrganisationId, doctor: kernel::CategoryId) -> Result<[usize; 4]> {
    Ok([
        institutions::list(tx, here).await?.len(),
        categories::list(tx, here).await?.len(),
        types::list(tx, here, doctor).await?.len(),
        resources::list(tx, here).await?.len(),
    ])
}

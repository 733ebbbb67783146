//! What decides is read as it stands.

use jiff::civil::{Date, date};
use kernel::{Error, Kind};
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, at};
use crate::calendar::{Barred, By, Span};
use crate::setup::categories::{self, NewCategory};
use crate::setup::types::NewType;
use crate::setup::{Author, absences, institutions, insurances, patients, resources, settings};

const TUESDAY: Date = date(2026, 3, 3);
const FRIDAY: Date = date(2026, 3, 6);

#[bedside_test]
async fn anna_is_shown_a_week_with_dr_de_vries(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let found =
        clinic.found(clinic.asks(&clinic.anna, of.consultation, TUESDAY, FRIDAY)).await.expect("facts");
    assert_eq!((found.category.id, found.institution.id), (of.doctor, of.linde));
    assert_eq!(found.facts.kind.parts, [vec![of.devries]]);
    assert_eq!(found.facts.rosters[&of.devries].weekly.len(), 10, "five days, twice");
    assert!(found.facts.taken.is_empty() && found.facts.patient.is_empty());
    assert!(found.facts.booked[&of.devries].is_empty());
    assert_eq!(found.asker.barred, None);
    assert!(found.revision > 0);
}

#[bedside_test]
async fn what_takes_the_doctor_or_anna_is_found_and_what_is_over_is_not(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let nine = TUESDAY.at(9, 0, 0, 0);
    clinic.takes(*of.devries.as_bytes(), (nine, TUESDAY.at(9, 20, 0, 0))).await;
    clinic.takes(*of.jansen.as_bytes(), (nine, TUESDAY.at(10, 0, 0, 0))).await;
    clinic
        .takes(*of.devries.as_bytes(), (date(2026, 3, 2).at(9, 0, 0, 0), date(2026, 3, 2).at(17, 0, 0, 0)))
        .await;
    // A night watch that lasts into the first day.
    clinic.takes(*of.devries.as_bytes(), (date(2026, 3, 2).at(20, 0, 0, 0), TUESDAY.at(2, 0, 0, 0))).await;
    let hers = clinic.takes(*clinic.anna.person.as_bytes(), (nine, TUESDAY.at(10, 0, 0, 0))).await;
    let found =
        clinic.found(clinic.asks(&clinic.anna, of.consultation, TUESDAY, FRIDAY)).await.expect("facts");
    let touching = found.booked(of.devries, (TUESDAY, FRIDAY));
    assert_eq!(touching.len(), 2, "the night and the first hour: {touching:?}");
    assert_eq!(touching[1], Span { from_ms: at(nine), until_ms: at(TUESDAY.at(9, 20, 0, 0)) });
    assert!(!found.facts.booked.contains_key(&of.jansen), "nobody asked for Jansen");
    assert_eq!(found.facts.patient.iter().map(|one| one.by).collect::<Vec<_>>(), [By::Appointment(hers)]);
    let bram =
        clinic.found(clinic.asks(&clinic.bram, of.consultation, TUESDAY, FRIDAY)).await.expect("facts");
    assert!(bram.facts.patient.is_empty());
    let letting = clinic.ground.db.write(clinic.here, |tx, here| {
        Box::pin(settings::let_patients_overlap(tx, Author::Operator, *here, true))
    });
    letting.await.expect("a choice");
    let anna =
        clinic.found(clinic.asks(&clinic.anna, of.consultation, TUESDAY, FRIDAY)).await.expect("facts");
    assert!(anna.facts.patient.is_empty(), "where patients may overlap, nothing takes them");
}

#[bedside_test]
async fn a_hold_counts_until_it_expires_and_a_gathering_has_seats(ground: Ground) {
    use kernel::{GatheringId, HoldId};
    use store::args;

    const HOLD: &str = "
        INSERT INTO holds (id, organisation, patient, type, start_ms, end_ms, made_ms, expires_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    const HELD: &str = "
        INSERT INTO occupancy (id, organisation, taken, lane, from_ms, until_ms, hold)
        VALUES ($1, $2, $3, 0, $4, $5, $1)";
    const GATHERING: &str = "
        INSERT INTO gatherings (id, organisation, type, start_ms, capacity, taken) VALUES ($1, $2, $3, $4, 6, 2)";
    const GATHERED: &str = "
        INSERT INTO occupancy (id, organisation, taken, lane, from_ms, until_ms, gathering)
        VALUES ($1, $2, $3, 0, $4, $5, $1)";
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let (nine, ten) = (at(TUESDAY.at(9, 0, 0, 0)), at(TUESDAY.at(10, 0, 0, 0)));
    let holding =
        clinic.ground.db.write((clinic.here, clinic.bram.person, of), move |tx, (here, bram, of)| {
            Box::pin(async move {
                let (hold, gathering): (HoldId, GatheringId) = (tx.new_id(), tx.new_id());
                let expires = tx.now_ms() + 300_000;
                let values = args![&hold, here, bram, &of.course, ten, ten + 1, tx.now_ms(), expires];
                tx.run(HOLD, &values).await?;
                tx.run(HELD, &args![&hold, here, &of.room, ten, ten + 3_600_000]).await?;
                tx.run(GATHERING, &args![&gathering, here, &of.course, nine]).await?;
                tx.run(GATHERED, &args![&gathering, here, &of.jansen, nine, ten]).await?;
                Ok((hold, gathering))
            })
        });
    let (hold, gathering) = holding.await.expect("a hold and a gathering");
    let asked = clinic.asks(&clinic.anna, of.course, TUESDAY, TUESDAY);
    let found = clinic.found(asked.clone()).await.expect("facts");
    assert_eq!(found.facts.taken[&of.room][0].by, By::Hold { id: hold, kept_ms: None });
    let seats = By::Gathering { id: gathering, is_of_type: true, start_ms: nine, free: 4 };
    assert_eq!(found.facts.taken[&of.jansen][0].by, seats);
    let treatment =
        clinic.found(clinic.asks(&clinic.anna, of.treatment, TUESDAY, TUESDAY)).await.expect("facts");
    let other = By::Gathering { id: gathering, is_of_type: false, start_ms: nine, free: 4 };
    assert_eq!(treatment.facts.taken[&of.jansen][0].by, other);
    clinic.ground.clock.pass(jiff::SignedDuration::from_mins(5));
    let found = clinic.found(asked).await.expect("facts");
    assert!(!found.facts.taken.contains_key(&of.room), "the hold has expired");
}

#[bedside_test]
async fn who_may_book_nothing_is_told_why(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let barred = async |asked| clinic.found(asked).await.expect("facts").asker.barred;
    let asked = |kind| clinic.asks(&clinic.anna, kind, TUESDAY, TUESDAY);
    let category = NewCategory {
        insurances: vec![of.statutory],
        ages: (Some(18), Some(65)),
        ..NewCategory::named(of.linde, "Grown-ups insured by law")
    };
    let adding = clinic.ground.db.write((clinic.here, category), |tx, (here, new)| {
        Box::pin(categories::add(tx, Author::Operator, *here, new))
    });
    let category = adding.await.expect("a category");
    let like_category = clinic.offer(NewType::named(category, "Check", 20, vec![of.devries])).await;
    let own =
        NewType { insurances: vec![of.private], ..NewType::named(category, "Extra", 20, vec![of.devries]) };
    let own = clinic.offer(own).await;
    let paid_by = |insurance, kind| crate::facts::Question { insurance: Some(insurance), ..asked(kind) };
    assert_eq!(barred(asked(like_category)).await, None);
    assert_eq!(barred(paid_by(of.private, like_category)).await, Some(Barred::Insurance));
    assert_eq!(barred(paid_by(of.private, own)).await, None, "the type's own list counts");
    assert_eq!(barred(paid_by(of.statutory, own)).await, Some(Barred::Insurance));
    let nobody = crate::facts::Question { insurance: None, ..asked(own) };
    assert_eq!(barred(nobody).await, None, "the staff need not say who pays");
    for (born, why) in [
        (date(2008, 3, 4), Some(Barred::Age)),
        (date(2008, 3, 3), None),
        (date(1960, 3, 4), None),
        (date(1960, 3, 3), Some(Barred::Age)),
    ] {
        let asked = crate::facts::Question { born_on: Some(born), ..asked(like_category) };
        assert_eq!(barred(asked).await, why, "born on {born}");
    }
    let ending = clinic.ground.db.write((clinic.here, of.statutory), |tx, (here, id)| {
        Box::pin(insurances::end(tx, Author::Operator, *here, *id))
    });
    ending.await.expect("an end");
    assert_eq!(barred(asked(of.consultation)).await, Some(Barred::Insurance), "it has ended");
    let blocking = clinic.ground.db.write((clinic.here, clinic.anna.person), |tx, (here, anna)| {
        Box::pin(patients::block(tx, Author::Operator, *here, *anna, true))
    });
    blocking.await.expect("a block");
    assert_eq!(barred(asked(of.consultation)).await, Some(Barred::Blocked));
    let ending = clinic.ground.db.write((clinic.here, of.doctor), |tx, (here, id)| {
        Box::pin(categories::end(tx, Author::Operator, *here, *id))
    });
    ending.await.expect("an end");
    assert_eq!(barred(asked(of.consultation)).await, Some(Barred::Ended));
}

#[bedside_test]
async fn holidays_absences_and_single_days_are_read_and_who_ended_is_never_there(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let setting = clinic.ground.db.write((clinic.here, of), |tx, (here, of)| {
        Box::pin(async move {
            let by = Author::Operator;
            let holiday = [(TUESDAY, "Carnival".to_owned()), (date(2026, 3, 20), "Later".to_owned())];
            institutions::set_holidays(tx, by, *here, of.linde, date(2026, 3, 1), &holiday).await?;
            let (from, until) = (FRIDAY.at(9, 0, 0, 0), FRIDAY.at(12, 0, 0, 0));
            absences::add(tx, by, *here, of.jansen, from, until).await?;
            let closed = crate::Exception { day: FRIDAY, open: vec![] };
            resources::set_day(tx, by, *here, of.room, FRIDAY, Some(&closed)).await?;
            let longer = crate::Exception { day: TUESDAY, open: vec![(480, 600), (660, 720)] };
            resources::set_day(tx, by, *here, of.room, TUESDAY, Some(&longer)).await?;
            resources::end(tx, by, *here, of.devries).await
        })
    });
    setting.await.expect("days of their own");
    let found = clinic.found(clinic.asks(&clinic.anna, of.treatment, TUESDAY, FRIDAY)).await.expect("facts");
    assert_eq!(found.facts.holidays, [TUESDAY]);
    assert_eq!(found.facts.rosters[&of.devries], crate::calendar::Roster::default());
    assert_eq!(found.facts.rosters[&of.jansen].absences[0].until, FRIDAY.at(12, 0, 0, 0));
    let days: Vec<_> =
        found.facts.rosters[&of.room].exceptions.iter().map(|one| (one.day, one.open.len())).collect();
    assert_eq!(days, [(TUESDAY, 2), (FRIDAY, 0)]);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn a_type_of_another_practice_is_not_there(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let asked = clinic.asks(&clinic.stranger, clinic.calendars.consultation, TUESDAY, FRIDAY);
    let reading = clinic.ground.db.read((clinic.stranger.organisation, asked), |tx, (elsewhere, asked)| {
        Box::pin(crate::facts::load(tx, *elsewhere, asked))
    });
    let refused = reading.await.expect_err("nothing there");
    assert!(matches!(refused, Error::NotFound { what: Kind::AppointmentType }));
}

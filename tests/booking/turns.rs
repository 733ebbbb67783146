//! Whoever changes what is booked waits for others, and what was true before may be so no more.

use std::sync::Arc;
use std::time::Duration;

use booking::setup::categories::{self, NewCategory};
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::resources::{self, NewResource};
use booking::setup::types::{self, NewType};
use booking::setup::{Author, insurances, settings};
use booking::{InsuranceKind, ResourceKind, Weekly};
use flows::booking::Wanted;
use identity::By;
use identity::mandates::{self, MandateKind, NewMandate};
use jiff::civil::{Date, date};
use kernel::{Actor, Error, OrganisationId, Result, Role};
use store::{Place, Tx, args};
use testkit::{Site, bedside_test};

use super::practice::{Kind, Practice, request};
use crate::cast::Ward;

const MONDAY: Date = date(2026, 3, 9);

async fn set_up(tx: &Tx, here: OrganisationId) -> Result<()> {
    let by = Author::Operator;
    let place =
        institutions::add(tx, by, here, &NewInstitution::named("De Linde", "Europe/Amsterdam")).await?;
    insurances::add(tx, by, here, Some(136), "By law", InsuranceKind::Statutory).await?;
    let (institution, kind) = (place, ResourceKind::Practitioner);
    let new = NewResource { institution, kind, name: "Dr. de Vries".to_owned(), person: None };
    let doctor = resources::add(tx, by, here, &new).await?;
    let monday = Weekly { weekday: 1, from: 540, until: 1_020, first_day: None, last_day: None };
    resources::set_hours(tx, by, here, doctor, &[monday]).await?;
    let new = NewCategory { number: Some(53), ..NewCategory::named(place, "Doctors") };
    let category = categories::add(tx, by, here, &new).await?;
    let visit = NewType { number: Some(198), ..NewType::named(category, "Visit", 20, vec![doctor]) };
    types::add(tx, by, here, &NewType { cancel: 0, reschedule: 0, ..visit }).await.map(drop)
}

#[bedside_test]
async fn a_mandate_that_ended_since_the_request_began_books_moves_and_cancels_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    ward.house.db.write(linde.id, |tx, here| Box::pin(set_up(tx, *here))).await.expect("calendars");
    let (mother, child) = (linde.patient("Anna").await, linde.patient("Kind").await);
    let new = NewMandate {
        organisation: linde.id,
        patient: child.id,
        proxy: mother.id,
        kind: MandateKind::Parent,
        may_write: false,
        may_book: true,
        given_by: child.id,
        end_ms: None,
    };
    let giving = ward.house.db.write(new, |tx, new| Box::pin(mandates::give(tx, By::Operator, new)));
    let mandate = giving.await.expect("a mandate");
    let actor = mother.actor(Role::Patient, &[]);
    let acting = flows::booking::in_stead_of(&ward.house, &actor, child.id, true).await.expect("she books");
    let wanted =
        Wanted { category: 53, kind: 198, insurance: 136, days: (MONDAY..=MONDAY).into(), limit: 10 };
    let times = flows::booking::availabilities(&ward.house, &acting, &wanted).await.expect("times").times;
    let proof = |at: usize| times[at].proof.clone();
    let id = flows::booking::book(&ward.house, &acting, request(proof(0))).await.expect("booked");
    let ending = ward.house.db.write((linde.id, mandate), |tx, (linde, mandate)| {
        Box::pin(mandates::end(tx, By::Operator, *linde, *mandate))
    });
    ending.await.expect("ended");
    let refused = |outcome: Result<()>| matches!(outcome, Err(Error::NotFound { .. }));
    assert!(refused(flows::booking::book(&ward.house, &acting, request(proof(1))).await.map(drop)));
    assert!(refused(flows::booking::reschedule(&ward.house, &acting, id, proof(2)).await));
    assert!(refused(flows::booking::cancel(&ward.house, &acting, id, None).await));
    let hers = Actor { person: child.id, ..child.actor(Role::Patient, &[]) };
    let filter = booking::appointments::Filter::Upcoming;
    let (found, count) =
        flows::booking::appointments(&ward.house, &hers, filter, 1, 10).await.expect("a list");
    assert_eq!((found[0].appointment.start_ms, count), (times[0].slot.start_ms, 1));
    ward.settle().await;
}

#[bedside_test]
async fn who_was_let_through_is_done_before_the_practice_works_on_paper(site: Site) {
    const SLOWLY: &str = "SELECT pg_sleep(0.5)";
    const DONE: &str = "UPDATE institutions SET photo_url = 'https://x.test/done' WHERE organisation = $1";
    const IS_DONE: &str = "SELECT COUNT(*) FROM institutions WHERE photo_url IS NOT NULL";
    const UNDER_WAY: &str = "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.mode = 'ShareLock' AND l.granted";
    if matches!(site.place, Place::File(_)) {
        return; // It has one writer.
    }
    let practice = Practice::open(site).await;
    let (house, here) = (practice.house.clone(), practice.id);
    let changing = tokio::spawn(async move {
        let changing = house.db.write(here, |tx, here| {
            Box::pin(async move {
                settings::must_be_up(tx, *here).await?;
                tx.all(SLOWLY, &[], |_| Ok(())).await?;
                tx.run(DONE, &args![here]).await.map(drop)
            })
        });
        changing.await
    });
    while practice.number(UNDER_WAY).await == 0 {
        assert!(!changing.is_finished(), "it waits for nobody");
        tokio::task::yield_now().await;
    }
    let going_down = practice
        .house
        .db
        .write(here, |tx, here| Box::pin(settings::set_downtime(tx, Author::Operator, *here, true)));
    going_down.await.expect("on paper");
    assert_eq!(practice.number(IS_DONE).await, 1, "it is on the list that is printed now");
    changing.await.expect("a task").expect("done");
    let late = practice.house.db.write(here, |tx, here| Box::pin(settings::must_be_up(tx, *here)));
    assert!(matches!(late.await, Err(Error::Precondition { .. })));
    practice.close().await;
}

/// Has a turn until [`let_go`] says so.
pub fn keeping(practice: &Practice, turn: String) -> tokio::task::JoinHandle<Result<()>> {
    const LOOK: &str = "SELECT COUNT(i.id) FROM pg_sleep(0.05) LEFT JOIN institutions i ON i.photo_url = 'https://x.test/done'";
    let house = practice.house.clone();
    tokio::spawn(async move {
        let keeping = house.db.write(turn, |tx, turn| {
            Box::pin(async move {
                tx.lock(turn).await?;
                while tx.one(LOOK, &[], |row| row.get::<i64>(0)).await? == Some(0) {}
                Ok(())
            })
        });
        keeping.await
    })
}

pub async fn let_go(practice: &Practice) {
    const DONE: &str = "UPDATE institutions SET photo_url = 'https://x.test/done' WHERE organisation = $1";
    let letting = practice
        .house
        .db
        .write(practice.id, |tx, here| Box::pin(async move { tx.run(DONE, &args![here]).await.map(drop) }));
    letting.await.expect("it is told");
}

/// Who waits for a turn.
pub const WAITING: &str = "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted";

pub async fn until_so_many_wait(practice: &Practice, many: i64) {
    while practice.number(WAITING).await < many {
        tokio::task::yield_now().await;
    }
}

#[bedside_test]
async fn a_crowd_that_wants_one_time_keeps_nobody_from_writing_elsewhere(site: Site) {
    const SOON: Duration = Duration::from_secs(3);
    if matches!(site.place, Place::File(_)) {
        return; // It has one writer.
    }
    let practice = Arc::new(Practice::open(site).await);
    let anybody = practice.patient().await;
    let listed = practice.listed(&anybody, Kind::Consultation, (MONDAY, MONDAY)).await;
    let doctor = listed[0].slot.resources[0];
    let later = request(listed[9].proof.clone());
    let later = flows::booking::book(&practice.house, &anybody, later).await.expect("booked");
    let mut requests = Vec::new();
    for _ in 0..40 {
        let who = practice.patient().await;
        let request = request(practice.made_to(&who, &listed[0]).await);
        requests.push((who, request));
    }
    let kept = keeping(&practice, format!("booking with {}", doctor.hex()));
    let crowd = |requests: Vec<(Actor, flows::booking::Request)>| {
        let booking = requests.into_iter().map(|(who, request)| {
            let house = practice.house.clone();
            tokio::spawn(async move { flows::booking::book(&house, &who, request).await })
        });
        booking.collect::<Vec<_>>()
    };
    let patient = requests.split_off(20);
    let impatient = crowd(requests);
    until_so_many_wait(&practice, 4).await;
    // Who hangs up leaves nobody in: what they asked for is still under way.
    for one in &impatient {
        one.abort();
    }
    let crowd = crowd(patient);
    let house = practice.house.clone();
    let joins = async move { flows::asap::subscribe(&house, &anybody, later, "anna@example.test").await };
    let joining = tokio::spawn(joins);
    for _ in 0..200 {
        assert_eq!(practice.number(WAITING).await, 4, "the others wait without a connection");
    }
    // Most connections that write are free for others while the crowd waits.
    let others = (0..12).map(|_| {
        practice.house.db.write((), |tx, ()| Box::pin(async move { tx.lock("somebody else").await }))
    });
    let others = tokio::time::timeout(SOON, futures_util::future::join_all(others)).await;
    for other in others.expect("soon") {
        other.expect("written");
    }
    assert_eq!(practice.number(WAITING).await, 4);
    assert!(!kept.is_finished() && !joining.is_finished(), "whoever changes what is booked is in the queue");
    let_go(&practice).await;
    kept.await.expect("a task").expect("had its turn");
    joining.await.expect("a task").expect("on the list");
    let mut booked = 0;
    for one in crowd {
        match one.await.expect("a task") {
            Ok(_) => booked += 1,
            Err(error) => assert!(matches!(error, Error::Conflict { .. }), "{error:?}"),
        }
    }
    assert!(booked <= 1);
    assert_eq!(practice.number("SELECT COUNT(*) FROM appointments").await, 2);
    practice.is_sound().await;
    Arc::into_inner(practice).expect("nobody else has it").close().await;
}

/// How many turns somebody has.
pub const TURNS: &str = "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.mode = 'ExclusiveLock' AND l.granted";

#[bedside_test]
async fn who_turns_out_to_be_somebody_else_meanwhile_is_waited_for_as_that_one(site: Site) {
    const MERGED: &str = "UPDATE appointments SET patient = $2 WHERE patient = $1";
    // A moment each, since a transaction may not ask for ever.
    const WAITED_FOR: &str =
        "SELECT COUNT(l.pid) FROM pg_sleep(0.05) LEFT JOIN pg_locks l ON l.locktype = 'advisory'
        AND NOT l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    if matches!(site.place, Place::File(_)) {
        return; // It has one writer.
    }
    let practice = Practice::open(site).await;
    let (gone, keep) = (practice.patient().await, practice.patient().await);
    let listed = practice.listed(&gone, Kind::Consultation, (MONDAY, MONDAY)).await;
    let id = flows::booking::book(&practice.house, &gone, request(listed[0].proof.clone())).await;
    let id = id.expect("booked");
    let kept = keeping(&practice, format!("booking of {}", keep.person.hex()));
    let house = practice.house.clone();
    let pair = (gone.person, keep.person);
    let merging = tokio::spawn(async move {
        let merging = house.db.write(pair, |tx, (gone, keep)| {
            Box::pin(async move {
                tx.lock(&format!("booking of {}", gone.hex())).await?;
                tx.run(MERGED, &args![gone, keep]).await?;
                while tx.one(WAITED_FOR, &[], |row| row.get::<i64>(0)).await? == Some(0) {}
                Ok(())
            })
        });
        merging.await
    });
    while practice.number(TURNS).await < 2 {
        tokio::task::yield_now().await;
    }
    let (house, doctor) = (practice.house.clone(), Actor { role: Role::Doctor, ..practice.desk.clone() });
    let cancelling = tokio::spawn(async move { flows::desk::cancel(&house, &doctor, id, None).await });
    merging.await.expect("a task").expect("they are one");
    while practice.number(WAITING).await == 0 {
        assert!(!cancelling.is_finished(), "it waits for who was kept");
        tokio::task::yield_now().await;
    }
    let_go(&practice).await;
    kept.await.expect("a task").expect("had its turn");
    let cancelled = cancelling.await.expect("a task").expect("the patient comes soon, whoever they are");
    assert_eq!(cancelled.appointment.patient, keep.person);
    practice.close().await;
}

#[bedside_test]
async fn the_desk_waits_for_the_patient_before_it_gives_up_what_is_kept_for_them(site: Site) {
    const HAS_WHILE_WAITING: &str = "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
            AND l.pid IN (SELECT w.pid FROM pg_locks w WHERE w.locktype = 'advisory' AND NOT w.granted)";
    if matches!(site.place, Place::File(_)) {
        return; // It has one writer.
    }
    let practice = Practice::open(site).await;
    let who = practice.patient().await;
    let listed = practice.listed(&who, Kind::Consultation, (MONDAY, MONDAY)).await;
    let question = booking::facts::Question {
        kind: practice.known(Kind::Consultation).id,
        patient: who.person,
        insurance: None,
        born_on: None,
        days: MONDAY..=MONDAY,
        moves: None,
        hold: None,
    };
    let input = (who.clone(), question, listed[0].slot.start_ms);
    let holding = practice.house.db.write(input, |tx, (who, question, start_ms)| {
        Box::pin(booking::holds::hold(tx, who, question, *start_ms))
    });
    let (hold, _) = holding.await.expect("kept");
    let order =
        super::rush::order(&practice, &who, (Kind::Consultation, listed[3].slot.start_ms, false)).await;
    let order = booking::desk::DeskOrder { hold: Some(hold), ..order };
    let kept = keeping(&practice, format!("booking of {}", who.person.hex()));
    while practice.number(TURNS).await == 0 {
        tokio::task::yield_now().await;
    }
    let (house, desk) = (practice.house.clone(), practice.desk.clone());
    let booking = tokio::spawn(async move {
        let making = house
            .db
            .write((desk, order), |tx, (desk, order)| Box::pin(booking::desk::create(tx, desk, order)));
        making.await
    });
    until_so_many_wait(&practice, 1).await;
    assert_eq!(practice.number(HAS_WHILE_WAITING).await, 0, "it keeps nobody from anything yet");
    let_go(&practice).await;
    kept.await.expect("a task").expect("had its turn");
    booking.await.expect("a task").expect("booked");
    assert_eq!(practice.number("SELECT COUNT(*) FROM holds").await, 0);
    practice.is_sound().await;
    practice.close().await;
}

#[bedside_test]
async fn what_is_wrong_in_one_organisation_keeps_no_other_from_the_hours_that_were_told(ward: Ward) {
    const LATER: &str = "UPDATE appointments SET start_ms = start_ms + 1200000, end_ms = end_ms + 1200000";
    const ZONE: &str = "UPDATE appointments SET time_zone = $2 WHERE organisation = $1";
    let mut visits = Vec::new();
    for name in ["linde", "eik"] {
        let practice = ward.organisation(name).await;
        ward.house.db.write(practice.id, |tx, here| Box::pin(set_up(tx, *here))).await.expect("calendars");
        let who = practice.patient("Anna").await.actor(Role::Patient, &[]);
        let wanted =
            Wanted { category: 53, kind: 198, insurance: 136, days: (MONDAY..=MONDAY).into(), limit: 1 };
        let times = flows::booking::availabilities(&ward.house, &who, &wanted).await.expect("times").times;
        let id =
            flows::booking::book(&ward.house, &who, request(times[0].proof.clone())).await.expect("booked");
        visits.push((practice.id, who, id, times[0].slot.start_ms));
    }
    let later = ward.house.db.write((), |tx, ()| Box::pin(async move { tx.run(LATER, &[]).await.map(drop) }));
    later.await.expect("as if their zone had been another");
    let zone = async |organisation: OrganisationId, name: &'static str| {
        let changing = ward.house.db.write((organisation, name), |tx, (organisation, name)| {
            Box::pin(async move { tx.run(ZONE, &args![organisation, *name]).await.map(drop) })
        });
        changing.await.expect("a zone");
    };
    // Whichever of them comes first.
    for (broken, whole) in [(0, 1), (1, 0)] {
        zone(visits[broken].0, "Nowhere/AtAll").await;
        flows::booking::resettle(&ward.house).await.expect_err("something is wrong");
        zone(visits[broken].0, "Europe/Amsterdam").await;
        let (_, who, id, start_ms) = &visits[whole];
        let shown = flows::booking::appointment(&ward.house, who, *id).await.expect("theirs");
        assert_eq!(shown.appointment.start_ms, *start_ms);
    }
    ward.settle().await;
}

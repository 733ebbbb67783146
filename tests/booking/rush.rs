//! Two hundred who want the same time.

use booking::desk::{self, DeskOrder};
use booking::facts::Question;
use booking::holds;
use flows::booking::{Offered, retried};
use futures_util::future::join_all;
use jiff::civil::{Date, date};
use kernel::{Actor, AppointmentId, Error, Result};
use testkit::{Site, bedside_test};
use tokio::time::Instant;

use super::practice::{Kind, Practice, request};

/// Who want one time.
const AT_ONCE: usize = 200;
/// Who book what lies partly over each other, and who do something else meanwhile.
const SOME_AT_ONCE: usize = 60;
const OTHERS: usize = 24;
/// How many rounds there are.
const ROUNDS: &str = "BEDSIDE_TEST_ROUNDS";
const WHEN_NOT_SAID: usize = 200;
/// Of each kind so many times take turns.
const TIMES: usize = 4;
const MONDAY: Date = date(2026, 3, 9);
const SUNDAY: Date = date(2026, 3, 15);

/// How often it is done, and how long that took.
struct Rounds {
    wanted: usize,
    began: Instant,
}

impl Rounds {
    fn begin() -> Self {
        let said = std::env::var(ROUNDS).ok().map(|rounds| rounds.parse().expect("a number of rounds"));
        Self { wanted: said.unwrap_or(WHEN_NOT_SAID), began: Instant::now() }
    }

    fn told(&self, what: &str) {
        eprintln!("{what}: {} rounds in {:?}", self.wanted, self.began.elapsed());
    }
}

/// Somebody who wants a time, with an offer of their own. It can be used again once nothing is booked.
pub type Booker = (Actor, Vec<u8>);

pub async fn bookers(practice: &Practice, offers: &[Offered], count: usize) -> Vec<Booker> {
    let mut bookers = Vec::with_capacity(count);
    for offer in offers.iter().cycle().take(count) {
        let who = practice.patient().await;
        let proof = practice.made_to(&who, offer).await;
        bookers.push((who, proof));
    }
    bookers
}

/// All of them book at once.
pub async fn rush(practice: &Practice, bookers: &[Booker]) -> Vec<Result<AppointmentId>> {
    let mut bookings = Vec::with_capacity(bookers.len());
    for (who, proof) in bookers.iter().cloned() {
        let house = practice.house.clone();
        bookings.push(tokio::spawn(async move { flows::booking::book(&house, &who, request(proof)).await }));
    }
    join_all(bookings).await.into_iter().map(|booked| booked.expect("a task")).collect()
}

fn is_taken<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::Conflict { why }) if why.code == "availability_taken")
}

/// How many succeeded. The rest heard that it is taken, and nothing else.
pub fn winners<T: std::fmt::Debug>(outcomes: &[Result<T>]) -> usize {
    let odd = outcomes.iter().find(|outcome| outcome.is_err() && !is_taken(outcome));
    assert!(odd.is_none(), "{odd:?}");
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

/// Nothing is booked, so that each round has the week to itself.
pub async fn clear(practice: &Practice) {
    let clearing = practice.house.db.write((), |tx, ()| {
        Box::pin(async move {
            for sql in [
                "DELETE FROM occupancy WHERE from_ms > 0",
                "DELETE FROM holds WHERE expires_ms > 0",
                "DELETE FROM gatherings WHERE start_ms > 0",
                "DELETE FROM appointment_changes WHERE at_ms > 0",
                "DELETE FROM appointments WHERE start_ms > 0",
                "DELETE FROM jobs WHERE state = 'waiting'",
            ] {
                tx.run(sql, &[]).await?;
            }
            Ok(())
        })
    });
    clearing.await.expect("an empty week");
}

#[bedside_test]
async fn of_two_hundred_who_want_one_time_one_has_it(site: Site) {
    let practice = Practice::open(site).await;
    let anybody = practice.patient().await;
    let mut wanted = Vec::new();
    // The second is with either practitioner, but there is one room.
    for kind in [Kind::Consultation, Kind::Treatment] {
        for offered in practice.listed(&anybody, kind, (MONDAY, SUNDAY)).await.into_iter().take(TIMES) {
            let bookers = bookers(&practice, std::slice::from_ref(&offered), AT_ONCE).await;
            wanted.push((offered, bookers));
        }
    }
    let rounds = Rounds::begin();
    for round in 0..rounds.wanted {
        let (offered, bookers) = &wanted[round % wanted.len()];
        let outcomes = rush(&practice, bookers).await;
        assert_eq!(winners(&outcomes), 1, "round {round}");
        assert_eq!(practice.number("SELECT COUNT(*) FROM appointments").await, 1);
        let rows = practice.taken().await;
        for resource in &offered.slot.resources {
            let theirs = rows.iter().filter(|(whose, ..)| whose == resource.as_bytes()).count();
            assert!(theirs <= 1 && rows.len() == offered.slot.resources.len() + 1, "{rows:?}");
        }
        clear(&practice).await;
    }
    rounds.told("of two hundred one");
    practice.close().await;
}

#[bedside_test]
async fn a_course_has_as_many_as_it_has_seats(site: Site) {
    let practice = Practice::open(site).await;
    let times = practice.listed(&practice.patient().await, Kind::Course, (MONDAY, MONDAY)).await;
    for wanted in times.iter().take(2) {
        let bookers = bookers(&practice, std::slice::from_ref(wanted), AT_ONCE).await;
        let outcomes = rush(&practice, &bookers).await;
        assert_eq!(winners(&outcomes), 3);
        assert_eq!(practice.number("SELECT COUNT(*) FROM gatherings WHERE taken = capacity").await, 1);
        practice.is_sound().await;
        clear(&practice).await;
    }
    practice.close().await;
}

/// Somebody who chooses, or the desk, meanwhile.
async fn meanwhile(practice: &Practice, turn: usize, wanted: &Offered) -> Result<()> {
    let (house, start_ms) = (&practice.house, wanted.slot.start_ms);
    let who = practice.patient().await;
    match turn % 4 {
        0 => {
            let day = MONDAY;
            let question = Question {
                kind: practice.known(Kind::Consultation).id,
                patient: who.person,
                insurance: None,
                born_on: None,
                days: day..=day,
                moves: None,
                hold: None,
            };
            let input = (who, question, start_ms);
            let hold = retried(|| {
                house.db.write(input.clone(), |tx, (who, question, start_ms)| {
                    Box::pin(holds::hold(tx, who, question, *start_ms))
                })
            });
            hold.await.map(drop)
        }
        1 | 2 => {
            let order = order(practice, &who, (Kind::Long, start_ms, turn % 8 == 2)).await;
            let input = (practice.desk.clone(), order);
            let made = retried(|| {
                house.db.write(input.clone(), |tx, (desk, order)| Box::pin(desk::create(tx, desk, order)))
            });
            made.await.map(drop)
        }
        _ => {
            practice.listed(&who, Kind::Treatment, (MONDAY, MONDAY)).await;
            Ok(())
        }
    }
}

pub async fn order(
    practice: &Practice,
    who: &Actor,
    (kind, start_ms, overbook): (Kind, i64, bool),
) -> DeskOrder {
    let house = &practice.house;
    let ring = house.vault.ring_of(&house.db, practice.id).await.expect("keys");
    let details = booking::appointments::Details::default();
    DeskOrder {
        kind: practice.known(kind).id,
        patient: who.person,
        insurance: None,
        start_ms,
        resources: Vec::new(),
        overbook,
        hold: None,
        details: details.seal(&ring, &house.clock, &house.rng).expect("sealed"),
    }
}

#[bedside_test]
async fn whoever_books_holds_and_plans_at_once_nothing_is_taken_twice(site: Site) {
    let practice = Practice::open(site).await;
    let anybody = practice.patient().await;
    // What lies over each other within two hours of the day.
    let mut wanted = Vec::new();
    for kind in Kind::ALL {
        wanted.extend(practice.listed(&anybody, kind, (MONDAY, MONDAY)).await.into_iter().take(6));
    }
    let bookers = bookers(&practice, &wanted, SOME_AT_ONCE).await;
    let rounds = Rounds::begin();
    for round in 0..rounds.wanted {
        let others =
            (0..OTHERS).map(|turn| meanwhile(&practice, turn, &wanted[(round + turn) % wanted.len()]));
        let (booked, others) = tokio::join!(rush(&practice, &bookers), join_all(others));
        assert!(winners(&booked) + winners(&others) > 1);
        practice.is_sound().await;
        clear(&practice).await;
    }
    rounds.told("partly over each other");
    practice.close().await;
}

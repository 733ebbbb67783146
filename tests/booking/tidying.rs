//! What was kept for offers is given back, several resources at a time, while others book.

use booking::appointments;
use booking::asap::{self, NewOffer, Offer, OfferState};
use futures_util::future::join_all;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan as _};
use kernel::{Actor, AppointmentId, OfferId};
use store::{Place, args};
use testkit::{Site, bedside_test};

use super::practice::{Kind, Practice};
use super::rush::{Booker, bookers, rush, winners};

const MONDAY: Date = date(2026, 3, 9);
const SUNDAY: Date = date(2026, 3, 15);
/// Who wait for an earlier treatment: more than one turn ends.
const WAITING: usize = 12;
const ROUNDS: usize = 10;
/// Who tidy up at once, and as many who give up what has expired.
const TIDYING: usize = 3;
const BOOKING: usize = 32;
const HOLD_MS: i64 = 30 * 60_000;
const TREATMENT_MS: i64 = 40 * 60_000;

type Waiting = (Actor, AppointmentId);

/// Starts of treatments of a day, of which none lies over another.
async fn treatments(practice: &Practice, day: Date) -> Vec<i64> {
    let anybody = practice.patient().await;
    let listed = practice.listed(&anybody, Kind::Treatment, (day, day)).await;
    listed.iter().step_by(2).take(WAITING).map(|one| one.slot.start_ms).collect()
}

async fn many_wait(practice: &Practice) -> Vec<Waiting> {
    let mut waiting = Vec::new();
    for start_ms in treatments(practice, SUNDAY).await {
        let who = practice.patient().await;
        let id = practice.given(&who, Kind::Treatment, start_ms).await;
        waiting.push((who, id));
    }
    waiting
}

/// Starts on Monday: with the doctor and with the nurse by turns, and each time with the room.
async fn earlier_times(practice: &Practice) -> Vec<i64> {
    let starts = treatments(practice, MONDAY).await;
    for (start_ms, elsewhere) in starts.iter().zip([Kind::Consultation, Kind::Asked].into_iter().cycle()) {
        practice.given(&practice.patient().await, elsewhere, *start_ms).await;
    }
    starts
}

/// Each of them is offered one of these times, which is kept for them.
async fn all_are_offered(practice: &Practice, waiting: &[Waiting], starts: impl Iterator<Item = &i64>) {
    let (clock, rng) = (&practice.site.clock, &practice.site.rng);
    for ((who, id), start_ms) in waiting.iter().zip(starts) {
        let subscription = practice.joins(who, *id, "anna@example.test").await.expect("on the list").id;
        let offer = Offer {
            id: OfferId::new(clock, rng),
            subscription,
            appointment: *id,
            old_start_ms: 0,
            start_ms: *start_ms,
            end_ms: start_ms + TREATMENT_MS,
            state: OfferState::Open,
            expires_ms: clock.now_ms() + HOLD_MS,
        };
        let made = practice.house.db.write((practice.id, offer), |tx, (here, offer)| {
            Box::pin(async move {
                let found = booking::access::find(tx, *here, offer.appointment).await?.expect("theirs");
                let offer = Offer { old_start_ms: found.start_ms, ..offer.clone() };
                let keeps = Some(appointments::question_of(&found, MONDAY..=MONDAY, None));
                let new = NewOffer { offer, keeps, letters_per_day_max: i64::MAX };
                asap::make(tx, *here, found.patient, &new).await
            })
        });
        assert!(made.await.expect("an answer"), "it is kept for them");
    }
}

/// People who book on one of the other days, each something that takes some of the same resources.
async fn others(practice: &Practice, round: usize) -> Vec<Booker> {
    let day = MONDAY.saturating_add((1 + i64::try_from(round % 5).expect("a day")).days());
    let anybody = practice.patient().await;
    let mut wanted = Vec::new();
    for kind in [Kind::Course, Kind::Asked, Kind::Treatment, Kind::Consultation] {
        let listed = practice.listed(&anybody, kind, (day, day)).await;
        wanted.extend(listed.into_iter().skip(round / 5 * 4).step_by(3).take(4));
    }
    bookers(practice, &wanted, BOOKING).await
}

async fn run(practice: &Practice, sql: &'static str) {
    let run = practice.house.db.write(sql, |tx, sql| Box::pin(async move { tx.run(sql, &[]).await }));
    run.await.expect("done");
}

/// Several tidy up at once, and give up what has expired, while others book.
async fn tidied_while_others_book(practice: &Practice, others: &[Booker]) {
    let tidying = (0..TIDYING).map(|_| {
        let house = practice.house.clone();
        tokio::spawn(async move { flows::asap::tidy_up(&house).await })
    });
    let giving_up = (0..TIDYING).map(|_| {
        let house = practice.house.clone();
        tokio::spawn(async move { flows::booking::release_expired(&house).await.map(drop) })
    });
    let upkeep: Vec<_> = tidying.chain(giving_up).collect();
    let (booked, upkeep) = tokio::join!(rush(practice, others), join_all(upkeep));
    for done in upkeep {
        done.expect("a task").expect("tidied up");
    }
    assert!(winners(&booked) > 0);
}

/// Nothing is kept or open any more, and what was kept is somebody's chance.
async fn nothing_is_left(practice: &Practice) {
    const OPEN: &str = "SELECT COUNT(*) FROM asap_offers WHERE state = 'open'";
    const LOST: &str = "SELECT COUNT(*) FROM asap_offers o WHERE o.settled_ms = (SELECT MAX(settled_ms) FROM asap_offers)
        AND NOT EXISTS (SELECT f.id FROM freed_times f WHERE f.from_ms <= o.start_ms AND o.end_ms <= f.until_ms)";
    for sql in ["SELECT COUNT(*) FROM holds", OPEN, LOST] {
        assert_eq!(practice.number(sql).await, 0, "{sql}");
    }
    practice.is_sound().await;
}

/// How many transactions PostgreSQL had to end because two waited for each other. It says so once they have gone whose they
/// were.
async fn deadlocks(practice: Practice) -> (Practice, i64) {
    const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    const OLDER: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
        AND backend_type = 'client backend' AND CAST(EXTRACT(EPOCH FROM backend_start) * 1000 AS BIGINT) < $1";
    const DEADLOCKS: &str = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let now = practice.number(NOW).await;
    let practice = practice.fall_over(Vec::new()).await;
    let older = async || {
        let counting = practice.house.db.read(now, |tx, now| {
            Box::pin(async move { tx.one(OLDER, &args![*now], |row| row.get::<i64>(0)).await })
        });
        counting.await.expect("an answer").expect("a number")
    };
    while older().await > 0 {
        tokio::task::yield_now().await;
    }
    let deadlocks = practice.number(DEADLOCKS).await;
    (practice, deadlocks)
}

#[bedside_test]
async fn what_was_kept_is_given_back_while_others_book_and_nobody_waits_for_each_other(site: Site) {
    const KEPT: &str = "SELECT COUNT(DISTINCT taken) FROM occupancy WHERE hold IS NOT NULL";
    let is_server = matches!(site.place, Place::Url(_));
    let mut practice = Practice::open(site).await;
    let (waiting, starts) = (many_wait(&practice).await, earlier_times(&practice).await);
    for round in 0..ROUNDS {
        run(&practice, "DELETE FROM freed_times WHERE until_ms > 0").await;
        all_are_offered(&practice, &waiting, starts.iter().cycle().skip(round)).await;
        assert_eq!(practice.number(KEPT).await, 3, "the doctor, the nurse and the room");
        // The offers are over, or nobody waits for anything any more.
        if round % 2 == 0 {
            practice.site.clock.pass(SignedDuration::from_millis(HOLD_MS));
        } else {
            run(&practice, "UPDATE appointment_types SET asap_enabled = FALSE WHERE asap_enabled").await;
        }
        let others = others(&practice, round).await;
        tidied_while_others_book(&practice, &others).await;
        nothing_is_left(&practice).await;
        run(&practice, "UPDATE appointment_types SET asap_enabled = TRUE WHERE asap_strategy = 'sequential'")
            .await;
        practice.site.clock.pass(SignedDuration::from_secs(1));
    }
    if is_server {
        let (reopened, deadlocks) = deadlocks(practice).await;
        assert_eq!(deadlocks, 0);
        practice = reopened;
    }
    practice.close().await;
}

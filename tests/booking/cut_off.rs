//! The waiting list when the house falls over while it writes to people.

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use store::jobs;
use testkit::{Site, bedside_test};

use super::practice::{Kind, Practice, request};

const MONDAY: Date = date(2026, 3, 9);
const SUNDAY: Date = date(2026, 3, 15);
/// More than one look of a run reads.
const WAITING: usize = 80;
/// The house falls over when so many were told: within the first look, and behind it.
const CUTS: [i64; 2] = [7, 58];
const TOLD: &str = "SELECT COUNT(*) FROM asap_offers";

/// So many have appointments one after the other, and would come earlier: their addresses.
async fn many_wait(practice: &Practice, starts: &[i64]) -> Vec<String> {
    let mut emails = Vec::with_capacity(starts.len());
    for (number, start_ms) in starts.iter().enumerate() {
        let who = practice.patient().await;
        let id = practice.given(&who, Kind::Consultation, *start_ms).await;
        let email = format!("{number}@example.test");
        practice.joins(&who, id, &email).await.expect("on the list");
        emails.push(email);
    }
    emails
}

/// The house falls over once so many were told, in the middle of a run.
async fn falls_over_at(practice: Practice, told: i64) -> Practice {
    let house = practice.house.clone();
    let run = tokio::spawn(async move { drop(flows::duties::worker(&house).do_due().await) });
    while practice.number(TOLD).await < told {
        assert!(!run.is_finished(), "it was done before it was cut off");
        tokio::task::yield_now().await;
    }
    // It begins nothing more, and what it has in hand is cut off.
    run.abort();
    let practice = practice.fall_over(vec![run]).await;
    let told = practice.number(TOLD).await;
    assert!(usize::try_from(told).is_ok_and(|told| told < WAITING), "{told} were told before it was cut off");
    practice
}

#[bedside_test]
async fn who_waits_is_told_once_however_often_the_run_that_tells_them_is_cut_off(site: Site) {
    let mut practice = Practice::open(site).await;
    // What is free from the beginning is no news.
    practice.site.clock.pass(SignedDuration::from_mins(10));
    practice.does_what_is_due().await;
    let chris = practice.patient().await;
    let times = practice.listed(&chris, Kind::Consultation, (MONDAY, SUNDAY)).await;
    let starts: Vec<i64> = times.iter().skip(1).take(WAITING).map(|one| one.slot.start_ms).collect();
    let proof = times[0].proof.clone();
    let freed = flows::booking::book(&practice.house, &chris, request(proof)).await.expect("booked");
    let emails = many_wait(&practice, &starts).await;
    practice.does_what_is_due().await;
    flows::booking::cancel(&practice.house, &chris, freed, None).await.expect("cancelled");
    practice.site.clock.pass(SignedDuration::from_mins(4));
    for told in CUTS {
        practice = falls_over_at(practice, told).await;
        // What was in hand is nobody's for five minutes.
        practice.site.clock.pass(SignedDuration::from_mins(6));
    }
    for _ in 0..2 {
        practice.does_what_is_due().await;
        practice.site.clock.pass(SignedDuration::from_hours(1));
    }
    for email in &emails {
        assert_eq!(practice.offers_to(Some(email)).await.len(), 1, "{email}");
    }
    let left = practice.house.db.read((), |tx, ()| Box::pin(jobs::list(tx, 1_000))).await.expect("jobs");
    assert!(left.iter().all(|job| job.state != "parked"), "{left:?}");
    practice.close().await;
}

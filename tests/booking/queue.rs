//! Whoever changes what is booked at one practice waits in its queue, by whichever way they come.

use std::fmt::Debug;
use std::sync::Arc;

use booking::appointments::Details;
use flows::asap::answering;
use flows::booking::Offered;
use flows::desk::{Order, Place, Wish};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use kernel::{Actor, Origin, Result};
use testkit::{Site, bedside_test};
use tokio::task::JoinHandle;

use super::practice::{Kind, Practice, request, token};
use super::turns::{TURNS, WAITING, keeping, let_go, until_so_many_wait};

const MONDAY: Date = date(2026, 3, 9);
/// So many changes of one practice are under way at once.
const AT_ONCE: usize = 4;

/// Two are offered the first time of these: what the links of their letters hold.
async fn two_are_offered(practice: &Practice, times: &[Offered]) -> [String; 2] {
    practice.site.clock.pass(SignedDuration::from_mins(10));
    practice.does_what_is_due().await;
    let chris = practice.patient().await;
    let freed = practice.given(&chris, Kind::Consultation, times[0].slot.start_ms).await;
    let emails = ["anna@example.test", "bram@example.test"];
    for (email, time) in emails.iter().zip(&times[1..]) {
        let who = practice.patient().await;
        let id = practice.given(&who, Kind::Consultation, time.slot.start_ms).await;
        practice.joins(&who, id, email).await.expect("on the list");
    }
    flows::desk::cancel(&practice.house, &practice.desk, freed, None).await.expect("cancelled");
    practice.site.clock.pass(SignedDuration::from_mins(4));
    practice.does_what_is_due().await;
    let mut tokens = Vec::new();
    for email in emails {
        tokens.push(token(&practice.offers_to(Some(email)).await[0], "/earlier/"));
    }
    tokens.try_into().expect("one of each")
}

type Changing = (&'static str, JoinHandle<Result<()>>);

fn changing<T: Debug>(
    what: &'static str,
    change: impl Future<Output = Result<T>> + Send + 'static,
) -> Changing {
    (what, tokio::spawn(async move { change.await.map(drop) }))
}

/// What wants nothing that anybody else has or wants, but for the earlier time.
fn others(practice: &Practice, who: [&Actor; 2], nurse: &[Offered], tokens: [String; 2]) -> Vec<Changing> {
    let (desk, kind) = (practice.desk.clone(), practice.known(Kind::Asked).number);
    let [house, again, third, fourth] = [(); 4].map(|()| practice.house.clone());
    let [accepted, kept] = tokens;
    let origin: Origin = desk.origin;
    let wish = Wish { kind, patient: who[0].person, insurance: None, start_ms: nurse[0].slot.start_ms };
    let place =
        Place { start_ms: nurse[3].slot.start_ms, resources: Vec::new(), overbook: false, hold: None };
    let order = Order { kind, patient: who[1].person, insurance: None, place, details: Details::default() };
    let at_the_desk = desk.clone();
    vec![
        changing("a time kept", async move { flows::desk::hold(&house, &desk, wish).await }),
        changing("booked at the desk", async move { flows::desk::create(&again, &at_the_desk, order).await }),
        changing("accepted", async move { answering::accept(&third, &accepted, origin).await }),
        changing("declined", async move { answering::keep(&fourth, &kept, origin).await }),
    ]
}

#[bedside_test]
async fn whoever_answers_an_offer_or_works_at_the_desk_waits_behind_those_who_book(site: Site) {
    if matches!(site.place, store::Place::File(_)) {
        return; // It has one writer.
    }
    let practice = Arc::new(Practice::open(site).await);
    let anybody = practice.patient().await;
    let times = practice.listed(&anybody, Kind::Consultation, (MONDAY, MONDAY)).await;
    let nurse = practice.listed(&anybody, Kind::Asked, (MONDAY, MONDAY)).await;
    let tokens = two_are_offered(&practice, &times).await;
    let mut requests = Vec::new();
    for time in times.iter().skip(10).take(AT_ONCE) {
        let who = practice.patient().await;
        requests.push((request(practice.made_to(&who, time).await), who));
    }
    let (hers, his) = (practice.patient().await, practice.patient().await);
    // From here on nobody waits for longer than the server lets them.
    let kept = keeping(&practice, format!("booking with {}", times[0].slot.resources[0].hex()));
    while practice.number(TURNS).await == 0 {
        tokio::task::yield_now().await;
    }
    let mut crowd = Vec::new();
    for (request, who) in requests {
        let house = practice.house.clone();
        crowd.push(tokio::spawn(async move { flows::booking::book(&house, &who, request).await }));
    }
    until_so_many_wait(&practice, 4).await;
    let others = others(&practice, [&hers, &his], &nurse, tokens);
    for _ in 0..100 {
        assert_eq!(practice.number(WAITING).await, 4, "the others wait without a connection");
    }
    let done: Vec<&str> =
        others.iter().filter(|(_, task)| task.is_finished()).map(|(what, _)| *what).collect();
    assert!(done.is_empty(), "not in the queue: {done:?}");
    let_go(&practice).await;
    kept.await.expect("a task").expect("had its turn");
    for one in crowd {
        one.await.expect("a task").expect("booked");
    }
    for (what, one) in others {
        one.await.expect("a task").unwrap_or_else(|error| panic!("{what}: {error:?}"));
    }
    practice.is_sound().await;
    Arc::into_inner(practice).expect("nobody else has it").close().await;
}

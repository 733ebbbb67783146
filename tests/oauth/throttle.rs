//! Guessing gets slower and slower, and locks nobody out who is known.

use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::{PASSWORD, browser, sign_in};
use crate::cast::{Browser, Page, Somebody, Ward};

async fn guess(visit: &mut Browser, person: &Somebody) -> Page {
    let page = visit.open("/login").await;
    visit.submit(&page, &[("email", &person.email), ("password", "a guess")]).await
}

#[bedside_test]
async fn the_delay_grows_and_says_how_long_and_a_right_password_waits_like_any_other(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let mut visit = browser(&ward);
    let mut waits = Vec::new();
    for _ in 0..12 {
        let mut answer = guess(&mut visit, &anna).await;
        if answer.status == 429 {
            let seconds: i64 = answer.header("retry-after").parse().expect("seconds");
            waits.push(seconds);
            let page = visit.open("/login").await;
            assert_eq!(sign_in(&mut visit, &page, &anna).await.status, 429, "no oracle while it waits");
            ward.clock.pass(SignedDuration::from_secs(seconds));
            answer = guess(&mut visit, &anna).await;
        }
        assert_eq!(answer.status, 422);
    }
    assert!(waits.len() >= 5 && waits.is_sorted_by(|one, next| one < next), "{waits:?}");
    ward.clock.pass(SignedDuration::from_secs(waits.last().unwrap() * 2));
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, &anna).await.path, "/account");
}

#[bedside_test]
async fn a_browser_that_signed_in_before_gets_in_while_a_stranger_guesses(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let mut hers = browser(&ward);
    let page = hers.open("/login").await;
    sign_in(&mut hers, &page, &anna).await;
    hers.cookies.remove("bedside");
    let mut stranger = browser(&ward);
    let mut last = 422;
    for _ in 0..12 {
        last = guess(&mut stranger, &anna).await.status;
    }
    assert_eq!(last, 429, "the stranger waits");
    let page = hers.open("/login").await;
    assert_eq!(sign_in(&mut hers, &page, &anna).await.path, "/account", "she does not");
}

#[bedside_test]
async fn guesses_at_an_unknown_account_are_slowed_just_the_same(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let nobody = Somebody { email: "nobody@example.test".to_owned(), ..anna.clone() };
    let (mut one, mut other) = (browser(&ward), browser(&ward));
    for number in 0..10 {
        let (known, unknown) = (guess(&mut one, &anna).await, guess(&mut other, &nobody).await);
        assert_eq!(known.status, unknown.status, "try {number}");
        assert_eq!(known.header("retry-after"), unknown.header("retry-after"));
    }
}

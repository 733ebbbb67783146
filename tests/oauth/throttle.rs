//! Guessing gets slower and slower, and locks nobody out who is known.

use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::{PASSWORD, browser, sign_in};
use crate::cast::{Browser, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

const ROWS: [&str; 2] = ["SELECT COUNT(*) FROM known_devices", "SELECT COUNT(*) FROM sign_in_failures"];

/// How many browsers are known, and how many counts of failures are kept.
async fn kept(ward: &Ward) -> [i64; 2] {
    let read = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let mut counts = [0; 2];
            for (count, sql) in counts.iter_mut().zip(ROWS) {
                *count = tx.one(sql, &[], |row| row.get(0)).await?.unwrap_or_default();
            }
            Ok(counts)
        })
    });
    read.await.expect("counts")
}

async fn guess(visit: &mut Browser, person: &Somebody) -> Page {
    let page = visit.open("/login").await;
    visit.submit(&page, &[("email", &person.email), ("password", "a guess")]).await
}

/// A browser in which somebody signed in, and in which they are signed in no more.
async fn known_browser(ward: &Ward, person: &Somebody) -> Browser {
    let mut theirs = browser(ward);
    let page = theirs.open("/login").await;
    sign_in(&mut theirs, &page, person).await;
    theirs.cookies.remove("bedside");
    theirs
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
    assert_eq!(sign_in(&mut visit, &page, &anna).await.path, "/chats");
}

#[bedside_test]
async fn a_browser_that_signed_in_before_gets_in_while_a_stranger_guesses(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let mut hers = known_browser(&ward, &anna).await;
    let mut stranger = browser(&ward);
    let mut last = 422;
    for _ in 0..12 {
        last = guess(&mut stranger, &anna).await.status;
    }
    assert_eq!(last, 429, "the stranger waits");
    let page = hers.open("/login").await;
    assert_eq!(sign_in(&mut hers, &page, &anna).await.path, "/chats", "she does not");
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
        // The same body, but for what was typed and for what binds the form to its browser.
        let body = |page: &Page, person: &Somebody| {
            let token = page.form().value("form_token").to_owned();
            page.text.replace(&token, "TOKEN").replace(&person.email, "EMAIL")
        };
        assert_eq!(body(&known, &anna), body(&unknown, &nobody), "try {number}");
    }
}

#[bedside_test]
async fn a_restart_forgets_neither_a_known_browser_nor_how_often_somebody_guessed(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let hers = known_browser(&ward, &anna).await;
    let mut stranger = browser(&ward);
    while guess(&mut stranger, &anna).await.status != 429 {}

    let after = ward.restarted().await;
    let mut stranger = Browser::at(&ward.http, &after.url);
    assert_eq!(guess(&mut stranger, &anna).await.status, 429, "no new tries");
    let mut again = Browser::at(&ward.http, &after.url);
    again.cookies = hers.cookies;
    let page = again.open("/login").await;
    assert_eq!(sign_in(&mut again, &page, &anna).await.path, "/chats", "she does not wait");
    after.close().await;
}

#[bedside_test]
async fn a_new_password_makes_every_browser_a_stranger(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let mut hers = known_browser(&ward, &anna).await;
    assert_eq!(kept(&ward).await, [1, 0]);
    let anna = anna.with_password(PASSWORD).await;
    assert_eq!(kept(&ward).await, [0, 0]);
    let page = hers.open("/login").await;
    assert_eq!(sign_in(&mut hers, &page, &anna).await.path, "/chats");
}

#[bedside_test]
async fn who_signs_out_everywhere_else_is_known_in_no_other_browser_and_still_in_this(ward: Ward) {
    const FORM: &str = "action=\"/account/end-others\"";
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    known_browser(&ward, &bram).await;
    let arrives = async |visit: &mut Browser| {
        let page = visit.open("/login?return=%2Faccount").await;
        let own = sign_in(visit, &page, &anna).await;
        assert_eq!(own.path, "/account");
        let token = own.forms()[0].value("form_token").to_owned();
        (own, [("form_token".to_owned(), token)])
    };
    let (mut library, mut hers) = (browser(&ward), browser(&ward));
    let (_, form) = arrives(&mut library).await;
    assert_eq!(library.post("/logout", &form, &[]).await.status, 303);
    let (own, form) = arrives(&mut hers).await;
    assert!(own.text.contains(FORM), "she is signed in nowhere else, and still known there");
    assert_eq!(kept(&ward).await, [3, 0]);
    for _ in 0..2 {
        assert_eq!(hers.post("/account/end-others", &form, &[]).await.status, 303);
        assert_eq!(kept(&ward).await, [2, 0], "this one stays, and that of somebody else");
    }
    assert!(!hers.open("/account").await.text.contains(FORM), "there is nothing more to end");
    let lines = lines(&ward).await;
    let forgotten = Some("known browsers forgotten");
    assert_eq!(lines.iter().filter(|line| line.reason.as_deref() == forgotten).count(), 1);

    let mut stranger = browser(&ward);
    let mut last = 422;
    for _ in 0..12 {
        last = guess(&mut stranger, &anna).await.status;
    }
    assert_eq!(last, 429, "the stranger waits");
    let page = library.open("/login").await;
    assert_eq!(sign_in(&mut library, &page, &anna).await.status, 429, "so does whoever sits there");
    hers.cookies.remove("bedside");
    let page = hers.open("/login").await;
    assert_eq!(sign_in(&mut hers, &page, &anna).await.path, "/chats", "she does not");
}

#[bedside_test]
async fn what_is_remembered_of_tries_is_little_and_goes_by_itself(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    for _ in 0..22 {
        let mut another = browser(&ward);
        let page = another.open("/login").await;
        assert_eq!(sign_in(&mut another, &page, &anna).await.path, "/chats");
        ward.clock.pass(SignedDuration::from_secs(1));
    }
    assert_eq!(kept(&ward).await, [20, 0], "the newest browsers");
    let mut hers = browser(&ward);
    for failures in [0, 0, 2] {
        guess(&mut hers, &anna).await;
        assert_eq!(
            kept(&ward).await,
            [20, failures],
            "the network and everywhere, once it looks like guessing"
        );
    }
    let page = hers.open("/login").await;
    sign_in(&mut hers, &page, &anna).await;
    assert_eq!(kept(&ward).await, [20, 1], "this place is forgiven");
    ward.clock.pass(SignedDuration::from_hours(2));
    bedside::house::tidy_up(&ward.house).await.expect("tidy");
    assert_eq!(kept(&ward).await, [20, 0]);
    ward.clock.pass(SignedDuration::from_hours(24 * 366));
    bedside::house::tidy_up(&ward.house).await.expect("tidy");
    assert_eq!(kept(&ward).await, [0, 0]);
}

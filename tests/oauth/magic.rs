//! Signing in by a link that comes by mail.

use jiff::SignedDuration;
use kernel::Role;
use testkit::bedside_test;

use super::app::{PASSWORD, browser};
use crate::cast::{Browser, Page, Ward};
use crate::secrecy::access_log::lines;

async fn ask(visit: &mut Browser, email: &str) -> Page {
    let page = visit.open("/login/link").await;
    visit.submit(&page, &[("email", email)]).await
}

/// The path of the newest link to sign in.
async fn link(ward: &Ward) -> String {
    ward.settle().await;
    ward.letters().await.last().expect("a letter").link(ward)
}

#[bedside_test]
async fn a_patient_signs_in_by_a_link_once_in_whichever_browser_it_was_opened(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let asked = ask(&mut browser(&ward), &anna.email.to_uppercase()).await;
    assert_eq!(asked.path, "/login/link?sent=1");
    let link = link(&ward).await;
    assert!(link.starts_with("/login/by-link?code="), "{link}");
    let letter = ward.letters().await.remove(0);
    assert!(letter.to == anna.email && letter.text.contains("a quarter of an hour"), "{letter:?}");

    for _ in 0..3 {
        let scanner = browser(&ward).open(&link).await;
        assert_eq!(scanner.status, 200, "a mail scanner looks at it");
        assert!(scanner.text.contains("a•••@example.test") && !scanner.text.contains(&anna.email));
    }
    let (mut phone, mut tablet) = (browser(&ward), browser(&ward));
    let page = phone.open(&link).await;
    let late = tablet.open(&link).await;
    let mut forged = page.form().fields;
    forged.retain(|(name, _)| name != "form_token");
    assert_eq!(phone.post("/login/by-link", &forged, &[]).await.status, 403);
    let inside = phone.submit(&page, &[]).await;
    assert_eq!((inside.status, inside.path.as_str()), (200, "/chats"));
    assert!(phone.open("/account").await.text.contains("Anna de Boer"));
    assert_eq!(browser(&ward).open(&link).await.status, 404, "it opens once");
    assert_eq!(tablet.submit(&late, &[]).await.status, 404, "also for who had opened it before");

    let lines = lines(&ward).await;
    let of =
        |reason: &str| lines.iter().filter(|line| line.reason.as_deref() == Some(reason)).collect::<Vec<_>>();
    for reason in ["sign-in link sent", "sign-in link used"] {
        let found = of(reason);
        assert_eq!(found.len(), 1, "{reason}");
        assert_eq!(found[0].patient, Some(anna.id), "she sees it");
    }
}

#[bedside_test]
async fn the_answer_tells_nobody_who_has_an_account(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, eva) = (linde.patient("Anna").await, linde.doctor("Eva").await);
    let mut heard = Vec::new();
    for email in [anna.email.as_str(), eva.email.as_str(), "nobody@example.test", "no address"] {
        let mut visit = browser(&ward);
        let asked = ask(&mut visit, email).await;
        let token = asked.form().value("form_token").to_owned();
        heard.push((asked.status, asked.text.replace(&token, "TOKEN")));
    }
    assert!(heard.iter().all(|one| *one == heard[0] && one.0 == 200), "{heard:?}");
    ward.settle().await;
    let letters = ward.letters().await;
    assert_eq!(letters.len(), 2, "to those who are there");
    let hers = letters.iter().find(|letter| letter.to == eva.email).expect("a letter to the doctor");
    assert!(hers.text.contains("with your password") && hers.link(&ward) == "/login", "{hers:?}");
    let empty = ask(&mut browser(&ward), " ").await;
    assert!(empty.status == 422 && empty.text.contains("aria-describedby=\"email-error\""));
}

#[bedside_test]
async fn a_link_is_good_for_a_quarter_of_an_hour_and_nobodys_mailbox_is_filled(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    ask(&mut browser(&ward), &anna.email).await;
    let late = link(&ward).await;
    ward.clock.pass(SignedDuration::from_mins(15));
    assert_eq!(browser(&ward).open(&late).await.status, 404);
    assert_eq!(browser(&ward).open("/login/by-link?code=guess").await.status, 404);
    let mut waits = 0;
    for _ in 0..8 {
        waits += usize::from(ask(&mut browser(&ward), &anna.email).await.status == 429);
    }
    ward.settle().await;
    assert!(waits > 0 && ward.letters().await.len() <= 4, "three in a quarter of an hour, and one before");
    let mut nobodys = 0;
    for _ in 0..9 {
        nobodys += usize::from(ask(&mut browser(&ward), "nobody@example.test").await.status == 429);
    }
    assert!(nobodys > 0, "an address that is nobody's is slowed, too");
    ward.settle().await;
}

async fn letters_to(ward: &Ward, email: &str) -> usize {
    ward.settle().await;
    ward.letters().await.iter().filter(|letter| letter.to == email).count()
}

#[bedside_test]
async fn a_stranger_who_asks_and_asks_takes_no_link_from_anna(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let mut hers = browser(&ward);
    ask(&mut hers, &anna.email).await;
    let first = link(&ward).await;
    let page = hers.open(&first).await;
    assert_eq!(hers.submit(&page, &[]).await.path, "/chats");
    let log = hers.open("/account/log").await;
    let row = "E-mail to you asked for, to sign in or to choose another password";
    assert!(log.text.contains(row) && log.text.contains("Somebody we do not know"), "{}", log.text);
    hers.cookies.remove("bedside");
    ward.clock.pass(SignedDuration::from_hours(24));

    let mut stranger = browser(&ward);
    let mut sent = Vec::new();
    for _ in 0..13 {
        assert_eq!(ask(&mut stranger, &anna.email).await.status, 200, "nobody is told that it was too often");
        sent.push(letters_to(&ward, &anna.email).await - 1);
        ward.clock.pass(SignedDuration::from_mins(16));
    }
    assert_eq!(sent, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10]);
    ask(&mut hers, &anna.email).await;
    assert_eq!(letters_to(&ward, &anna.email).await, 12, "hers comes");
    let newest = link(&ward).await;
    let page = hers.open(&newest).await;
    assert_eq!(hers.submit(&page, &[]).await.path, "/chats");

    ask(&mut browser(&ward), &anna.email).await;
    assert_eq!(letters_to(&ward, &anna.email).await, 13, "on a new device, too, once an hour");
    ask(&mut browser(&ward), &anna.email).await;
    assert_eq!(letters_to(&ward, &anna.email).await, 13);
}

#[bedside_test]
async fn wishes_for_links_wait_longer_and_longer_whether_or_not_the_address_is_somebodys(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let mut waits = [Vec::new(), Vec::new()];
    for (email, waits) in [anna.email.as_str(), "nobody@example.test"].into_iter().zip(&mut waits) {
        let mut visit = browser(&ward);
        for _ in 0..12 {
            let asked = ask(&mut visit, email).await;
            if asked.status == 429 {
                let seconds: i64 = asked.header("retry-after").parse().expect("seconds");
                waits.push(seconds);
                ward.clock.pass(SignedDuration::from_secs(seconds));
            }
        }
        ward.clock.pass(SignedDuration::from_mins(1));
    }
    assert!(waits[0].len() >= 3 && waits[0].is_sorted_by(|one, next| one < next), "{waits:?}");
    assert_eq!(waits[0], waits[1]);
    ward.settle().await;
}

#[bedside_test]
async fn a_letter_of_a_sandbox_lets_nobody_into_another_house(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    eik.member(&anna, Role::Patient).await;
    const REAL: &str = "UPDATE organisations SET sandbox = FALSE WHERE slug = 'eik'";
    ward.house.db.run_alone(store::Statement::new(REAL, &[])).await.expect("a real house");
    ask(&mut browser(&ward), &anna.email).await;
    let worker = flows::duties::worker(&ward.house);
    // There is no mail server here, so that the letter waits.
    let _ = worker.do_due().await;
    let house = ward.house.db.read((), |tx, ()| {
        const WHERE: &str = "SELECT o.slug FROM letters l JOIN organisations o ON o.id = l.organisation";
        Box::pin(tx.all(WHERE, &[], |row| row.get::<String>(0)))
    });
    assert_eq!(house.await.expect("letters"), ["eik"], "the staff of the sandbox reads none of it");
    const DONE: &str = "DELETE FROM jobs";
    ward.house.db.run_alone(store::Statement::new(DONE, &[])).await.expect("done");
    ward.settle().await;
}

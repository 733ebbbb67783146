//! Signing in by a link that comes by mail.

use identity::protocol::form::encode;
use jiff::SignedDuration;
use kernel::Role;
use testkit::bedside_test;

use super::app::{App, PASSWORD, answer_of, browser};
use crate::cast::{Browser, Page, Ward};
use crate::secrecy::access_log::lines;

async fn ask(visit: &mut Browser, email: &str) -> Page {
    let page = visit.open("/login/link").await;
    visit.submit(&page, &[("email", email)]).await
}

/// Asks for a link at the sign-in page to which an application sent this browser.
async fn ask_on_the_way(visit: &mut Browser, request: &str, email: &str) -> Page {
    let page = visit.open(request).await;
    let leads = page.text.split("href=\"").map(|rest| rest.split('"').next().unwrap());
    let leads: Vec<_> = leads.filter(|path| path.starts_with("/login/link")).collect();
    assert_eq!(leads.len(), 1, "{}", page.path);
    let page = visit.open(leads[0]).await;
    visit.submit(&page, &[("email", email)]).await
}

/// The path of the newest link to sign in.
async fn link(ward: &Ward) -> String {
    ward.settle().await;
    ward.letters().await.last().expect("a letter").link(ward)
}

/// The path of the link that this address got.
async fn link_to(ward: &Ward, email: &str) -> String {
    ward.settle().await;
    let letters = ward.letters().await;
    letters.iter().find(|letter| letter.to == email).expect("a letter").link(ward)
}

#[bedside_test]
async fn a_patient_signs_in_by_a_link_once_in_whichever_browser_it_was_opened(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let asked = ask(&mut browser(&ward), &anna.email.to_uppercase()).await;
    assert_eq!(asked.path, "/login/link?return=%2Fchats&sent=1");
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
async fn who_asks_on_the_way_to_an_application_ends_there_in_the_same_browser(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let app = App::of(&linde, |_| {}).await;
    let mut phone = browser(&ward);
    let state = "a state of the application";
    let request = app.request(&[("state", state)]);
    let asked = ask_on_the_way(&mut phone, &request, &anna.email).await;
    assert!(asked.text.contains("You then go on to Messenger."), "{}", asked.text);
    let first = link(&ward).await;
    let code = first.strip_prefix("/login/by-link?code=").expect("a link");
    assert!(
        code.len() == 43 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
    let again = phone.open(asked.path.strip_suffix("&sent=1").expect("it was asked")).await;
    phone.submit(&again, &[("email", &anna.email)]).await;
    ward.settle().await;
    assert_eq!(ward.letters().await.len(), 2, "the first seemed not to come");

    let page = phone.open(&first).await;
    assert!(page.text.contains("You then go on to <strong>Messenger</strong>"), "{}", page.text);
    let consent = phone.submit(&page, &[]).await;
    assert!(consent.path.starts_with("/consent?return="), "{}", consent.path);
    let outward = phone.submit(&consent, &[("answer", "allow")]).await;
    let answer = answer_of(&outward);
    assert_eq!(answer["state"], state);
    assert_eq!(app.try_token(&app.token(&answer["code"]).await).await, 200);
    assert!(!phone.cookies.contains_key("bedside-way"), "it has been gone");
}

#[bedside_test]
async fn another_browser_is_told_where_to_go_on_and_leads_to_no_application(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let app = App::of(&linde, |_| {}).await;
    let (mut phone, mut tablet) = (browser(&ward), browser(&ward));
    ask_on_the_way(&mut phone, &app.request(&[]), &anna.email).await;
    let link = link(&ward).await;
    let page = tablet.open(&link).await;
    assert!(page.text.contains("in another browser, on your way to Messenger."), "{}", page.text);
    let inside = tablet.submit(&page, &[]).await;
    assert!(inside.path.starts_with("/login/by-link/onward?client="), "{}", inside.path);
    assert!(inside.status == 200 && inside.text.contains("Open Messenger in this browser now."));
    assert!(tablet.open(&app.request(&[])).await.path.starts_with("/consent"), "she need not sign in again");

    let stranger = browser(&ward).open(&inside.path).await;
    assert!(stranger.path.starts_with("/login?return="), "{}", stranger.path);
    for named in ["", "?client=", "?client=guess", "?client=ffffffffffffffffffffffff"] {
        let nowhere = tablet.open(&format!("/login/by-link/onward{named}")).await;
        assert_eq!(nowhere.path, "/chats", "{named}");
    }
}

#[bedside_test]
async fn no_address_has_a_page_say_the_name_of_an_application_that_nobody_looked_at(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, eva) = (linde.patient("Anna").await, linde.doctor("Eva").await);
    let known = App::of(&linde, |_| {}).await;
    let waiting = App::of(&linde, |new| new.pending = true).await;
    let unseen = App::of(&linde, |_| {}).await;
    let input = (kernel::ClientId::from_hex(&unseen.client_id).unwrap(), eva.id);
    let registered = ward.house.db.write(input, |tx, (client, developer)| {
        Box::pin(async move {
            let sql = "UPDATE clients SET registered_by = $2 WHERE id = $1";
            tx.run(sql, &store::args![client, developer]).await
        })
    });
    registered.await.expect("a developer");
    let mut visit = browser(&ward);
    ask(&mut visit, &anna.email).await;
    let page = visit.open(&link(&ward).await).await;
    assert_eq!(visit.submit(&page, &[]).await.path, "/chats");
    for (app, is_named) in [(&known, true), (&waiting, false), (&unseen, false)] {
        let page = visit.open(&format!("/login/by-link/onward?client={}", app.client_id)).await;
        assert_eq!(page.text.contains("Messenger"), is_named, "{}", page.path);
        assert_eq!(page.path == "/chats", !is_named);
    }
}

#[bedside_test]
async fn a_link_leads_to_pages_of_ours_alone_and_through_them_to_verified_addresses(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    let unverified = app.request(&[("redirect_uri", "https://evil.example/")]);
    let unverified = encode(&unverified);
    for (name, ways, ends) in [
        ("Anna", "https%3A%2F%2Fevil.example%2F", "/chats"),
        ("Bram", "%2F%2Fevil.example%2F", "/chats"),
        ("Chris", "%2Faccount", "/account"),
        ("Daan", &unverified, "/oauth/authorize"),
    ] {
        let person = linde.patient(name).await;
        let mut visit = browser(&ward);
        let page = visit.open(&format!("/login/link?return={ways}")).await;
        visit.submit(&page, &[("email", &person.email)]).await;
        let page = visit.open(&link_to(&ward, &person.email).await).await;
        let inside = visit.submit(&page, &[]).await;
        assert_eq!(inside.path.split('?').next(), Some(ends), "{ways}");
        assert!(!inside.location().is_some_and(|to| to.contains("evil")), "{inside:?}");
    }
}

#[bedside_test]
async fn a_way_that_a_browser_cannot_keep_or_that_was_changed_leads_to_where_it_says_how_to_go_on(
    ward: Ward,
) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    let long = app.request(&[("state", &"s".repeat(4_000))]);
    for (name, request, forged) in [("Anna", long, None), ("Bram", app.request(&[]), Some("Zm9yZ2Vk"))] {
        let person = linde.patient(name).await;
        let mut visit = browser(&ward);
        let asked = ask_on_the_way(&mut visit, &request, &person.email).await;
        assert_eq!(asked.text.contains("You then go on to Messenger."), forged.is_some());
        assert_eq!(visit.cookies.contains_key("bedside-way"), forged.is_some());
        if let Some(forged) = forged {
            visit.cookies.insert("bedside-way".to_owned(), forged.to_owned());
        }
        let page = visit.open(&link_to(&ward, &person.email).await).await;
        let inside = visit.submit(&page, &[]).await;
        assert!(inside.path.starts_with("/login/by-link/onward?client="), "{}", inside.path);
    }
}

#[bedside_test]
async fn a_link_alone_does_not_do_for_an_application_that_asks_for_two_factors(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let app = App::of(&linde, |_| {}).await;
    let mut phone = browser(&ward);
    ask_on_the_way(&mut phone, &app.request(&[("acr_values", "2")]), &anna.email).await;
    let page = phone.open(&link(&ward).await).await;
    let asked = phone.submit(&page, &[]).await;
    assert!(asked.path.starts_with("/login/set-up?return=%2Foauth%2Fauthorize"), "{}", asked.path);
    assert!(!phone.cookies.contains_key("bedside"), "no session yet");
}

#[bedside_test]
async fn the_answer_tells_nobody_who_has_an_account(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, eva) = (linde.patient("Anna").await, linde.doctor("Eva").await);
    let mut heard = Vec::new();
    for email in [anna.email.as_str(), eva.email.as_str(), "nobody@example.test", "no address"] {
        let mut visit = browser(&ward);
        let asked = ask(&mut visit, email).await;
        heard.push((asked.status, asked.text));
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

//! Two factors: setting the second up on the way in, what it guards, and what its owner hears of it.

use identity::protocol::totp::Key;
use identity::{By, factors, policies};
use jiff::SignedDuration;
use kernel::Role;
use store::args;
use testkit::bedside_test;
use vault::Place;

use super::app::{App, PASSWORD, answer_of, browser, fields, sign_in};
use crate::cast::{Browser, Organisation, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

const HALF_A_MINUTE: SignedDuration = SignedDuration::from_secs(30);

/// Has a practice ask these for two factors.
pub async fn asks(practice: &Organisation, roles: &'static [Role]) {
    let set = practice.ward.house.db.write((practice.id, roles), |tx, (id, roles)| {
        Box::pin(policies::set_second_factor_roles(tx, By::Operator, *id, Some(roles)))
    });
    set.await.expect("a policy");
}

/// An application that makes codes, which somebody set up. The code by which they showed that it works counts no more.
pub async fn authenticator(ward: &Ward, person: &Somebody) -> Key {
    let (key, now) = (Key::new(&ward.house.rng), ward.clock.now_ms());
    let sealed =
        factors::seal_key(&ward.house.vault, person.id, &key, &key.code(now), now).expect("its code");
    let origin = person.actor(Role::Patient, &[]).origin;
    let added = ward
        .house
        .db
        .write((sealed, origin), |tx, (sealed, origin)| Box::pin(factors::add_app(tx, sealed, *origin)));
    added.await.expect("an application");
    key
}

/// The key that a page shows, read as an application reads it that somebody types it into.
fn key_on(page: &Page) -> Key {
    let written =
        page.text.split("<p class=\"key\"><code>").nth(1).expect("a key").split('<').next().unwrap();
    let bits = written.bytes().filter(|byte| *byte != b' ').flat_map(|byte| {
        let value = if byte.is_ascii_digit() { byte - b'2' + 26 } else { byte - b'A' };
        (0..5).rev().map(move |bit| value >> bit & 1)
    });
    let bits: Vec<u8> = bits.collect();
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
    Key::of(&bytes).expect("twenty bytes")
}

fn codes_on(page: &Page) -> Vec<String> {
    page.text.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

fn code(ward: &Ward, key: &Key) -> String {
    key.code(ward.clock.now_ms())
}

/// Gives the password at the sign-in page.
async fn half_way(ward: &Ward, person: &Somebody) -> (Browser, Page) {
    let mut visit = browser(ward);
    let page = visit.open("/login?return=%2Faccount").await;
    let page = sign_in(&mut visit, &page, person).await;
    (visit, page)
}

/// Sets an application up on the page at hand.
pub async fn set_up(ward: &Ward, visit: &mut Browser, page: &Page) -> (Key, Page) {
    let key = key_on(page);
    let kept = visit.submit(page, &[("code", &code(ward, &key))]).await;
    ward.clock.pass(HALF_A_MINUTE);
    (key, kept)
}

/// A practice that asks its people of this role for two factors, and one of them.
async fn asked(ward: &Ward, role: &'static [Role]) -> (Organisation, Somebody) {
    let linde = ward.organisation("linde").await;
    asks(&linde, role).await;
    let person = match role {
        [Role::Doctor] => linde.doctor("Eva").await,
        _ => linde.patient("Anna").await,
    };
    let person = person.with_password(PASSWORD).await;
    (linde, person)
}

/// Somebody who has set up an application.
struct Enrolled {
    linde: Organisation,
    person: Somebody,
    /// The browser in which they did.
    visit: Browser,
    key: Key,
    codes: Vec<String>,
}

async fn enrolled(ward: &Ward, role: &'static [Role]) -> Enrolled {
    let (linde, person) = asked(ward, role).await;
    let (mut visit, page) = half_way(ward, &person).await;
    let (key, kept) = set_up(ward, &mut visit, &page).await;
    Enrolled { linde, person, visit, key, codes: codes_on(&kept) }
}

/// Posts a form of this page by hand, and follows nothing.
async fn post(visit: &mut Browser, page: &Page, path: &str, typed: &[(&str, &str)]) -> Page {
    let token = page.forms()[0].value("form_token").to_owned();
    let own = [("form_token", token.as_str()), ("return", "/account")];
    visit.post(path, &fields(&[&own, typed].concat()), &[]).await
}

#[bedside_test]
async fn a_doctor_sets_the_second_factor_up_on_the_way_to_an_application(ward: Ward) {
    let (linde, eva) = asked(&ward, &[Role::Doctor]).await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    assert_eq!(
        app.try_token(&app.token(&app.code(&anna, &[]).await).await).await,
        200,
        "patients are not asked"
    );

    let mut visit = browser(&ward);
    let page = visit.open(&app.request(&[])).await;
    let page = sign_in(&mut visit, &page, &eva).await;
    assert!(page.path.starts_with("/login/set-up?return="), "{}", page.path);
    assert!(
        page.set_cookies("bedside").is_empty() && !visit.cookies.contains_key("bedside"),
        "no session yet"
    );
    assert!(visit.open("/account").await.path.starts_with("/login"));
    let (key, kept) = set_up(&ward, &mut visit, &page).await;
    assert!(kept.path.starts_with("/account/recovery-codes?return="), "{}", kept.path);
    assert_eq!(codes_on(&kept).len(), 10);
    let consent = visit.open(&app.request(&[])).await;
    assert!(consent.path.starts_with("/consent"), "{}", consent.path);
    let outward = visit.submit(&consent, &[("answer", "allow")]).await;
    let token = app.token(&answer_of(&outward)["code"]).await;
    assert_eq!(app.try_token(&token).await, 200);

    let (mut later, page) = half_way(&ward, &eva).await;
    assert!(page.path.starts_with("/login/second?return="), "{}", page.path);
    let inside = later.submit(&page, &[("code", &code(&ward, &key))]).await;
    assert_eq!((inside.status, inside.path.as_str()), (200, "/account"));

    let letters = ward.letters().await;
    let told: Vec<_> = letters.iter().filter(|letter| letter.to == eva.email).collect();
    assert!(told.len() == 1 && told[0].subject.contains("extra protection"), "{told:?}");
    let lines = lines(&ward).await;
    let reasons: Vec<_> = lines.iter().filter_map(|line| line.reason.as_deref()).collect();
    for reason in [
        "second factor policy set: doctor",
        "second factor added",
        "recovery codes made",
        "second factor used",
    ] {
        assert_eq!(reasons.iter().filter(|one| **one == reason).count(), 1, "{reason}");
    }
}

#[bedside_test]
async fn a_sign_in_that_waits_belongs_to_its_browser_and_lasts_ten_minutes(ward: Ward) {
    let Enrolled { person: eva, key, .. } = enrolled(&ward, &[Role::Doctor]).await;
    let (mut hers, page) = half_way(&ward, &eva).await;
    let cookie = page.trail.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>();
    assert!(cookie.iter().all(|path| !path.contains("half")), "its secret is in no address: {cookie:?}");
    let mut other = browser(&ward);
    other.open("/login").await;
    assert!(other.open("/login/second").await.path.starts_with("/login?return="));
    let mut session = browser(&ward);
    session.cookies.insert("bedside".to_owned(), hers.cookies["bedside-half"].clone());
    assert!(session.open("/account").await.path.starts_with("/login"), "it is no session");
    ward.clock.pass(SignedDuration::from_mins(10));
    let late = hers.submit(&page, &[("code", &code(&ward, &key))]).await;
    assert!(late.path.starts_with("/login?return="), "{}", late.path);
    let (mut again, page) = half_way(&ward, &eva).await;
    let _eva = eva.with_password("another linden tea").await;
    let ended = again.submit(&page, &[("code", &code(&ward, &key))]).await;
    assert!(ended.path.starts_with("/login?return="), "a new password ends it: {}", ended.path);
    ward.settle().await;
}

#[bedside_test]
async fn a_recovery_code_gets_in_once_and_its_owner_hears_of_it(ward: Ward) {
    let Enrolled { person: anna, codes, .. } = enrolled(&ward, &[Role::Patient]).await;
    let (mut visit, page) = half_way(&ward, &anna).await;
    assert_eq!(visit.submit(&page, &[("code", &codes[0])]).await.path, "/account");
    let (mut visit, page) = half_way(&ward, &anna).await;
    let refused = visit.submit(&page, &[("code", &codes[0])]).await;
    assert_eq!(refused.status, 422, "once");
    assert!(!refused.text.contains(&codes[0]), "what was typed is not sent back");
    let letters = ward.letters().await;
    assert_eq!(letters.iter().filter(|letter| letter.subject == "A recovery code was used").count(), 1);
    let lines = lines(&ward).await;
    let refusals = lines.iter().filter(|line| line.reason.as_deref() == Some("second factor refused"));
    let refusals: Vec<_> = refusals.collect();
    assert_eq!(refusals.len(), 1);
    assert_eq!(
        (refusals[0].kind.as_str(), refusals[0].patient),
        ("sign_in_refused", Some(anna.id)),
        "she sees it"
    );
}

#[bedside_test]
async fn guesses_at_codes_are_counted_over_restarts_and_hold_nobody_up_who_is_known(ward: Ward) {
    let Enrolled { person: anna, key, visit: mut hers, .. } = enrolled(&ward, &[Role::Patient]).await;
    hers.cookies.remove("bedside");
    // She signs in once with the whole of it, by which her browser is known.
    let page = hers.open("/login").await;
    let page = sign_in(&mut hers, &page, &anna).await;
    hers.submit(&page, &[("code", &code(&ward, &key))]).await;
    hers.cookies.remove("bedside");

    let (mut stranger, page) = half_way(&ward, &anna).await;
    let mut last = 422;
    for _ in 0..9 {
        last = stranger.submit(&page, &[("code", "000000")]).await.status;
    }
    assert_eq!(last, 429, "the stranger waits");
    ward.clock.pass(HALF_A_MINUTE);
    let page = hers.open("/login").await;
    let page = sign_in(&mut hers, &page, &anna).await;
    assert_eq!(hers.submit(&page, &[("code", &code(&ward, &key))]).await.path, "/chats", "she does not");

    let (mut stranger, page) = half_way(&ward, &anna).await;
    while stranger.submit(&page, &[("code", "000000")]).await.status != 429 {}
    let after = ward.restarted().await;
    let mut again = Browser::at(&ward.http, &after.url);
    again.cookies = stranger.cookies;
    let page = again.open("/login/second").await;
    assert_eq!(again.submit(&page, &[("code", "000000")]).await.status, 429, "no new tries");
    after.close().await;
    ward.settle().await;
}

/// Gives somebody a verified mobile number.
async fn with_mobile(ward: &Ward, person: &Somebody, number: &str) {
    const INSERT: &str =
        "INSERT INTO person_identifiers (system, value_hash, person, value, verified_ms, sandbox)
        VALUES ('mobile', $1, $2, $3, 1, FALSE)";
    let vault = &ward.house.vault;
    let hash = vault.blind("mobile", number);
    let row = [person.id.as_bytes().as_slice(), &hash].concat();
    let place = Place { table: "person_identifiers", column: "value", row: &row };
    let sealed = vault.house().seal(place, number.as_bytes());
    let input = (hash, person.id, sealed);
    let added = ward.house.db.write(input, |tx, (hash, person, sealed)| {
        Box::pin(async move { tx.run(INSERT, &args![hash, person, sealed]).await })
    });
    added.await.expect("a number");
}

/// Guesses at codes until somebody waited some times, and says how long each time.
async fn waits_for(ward: &Ward, person: &Somebody, guess: &str) -> Vec<i64> {
    // What others did at the same address is a while ago.
    ward.clock.pass(SignedDuration::from_mins(1));
    let (mut visit, page) = half_way(ward, person).await;
    assert!(page.path.starts_with("/login/second"), "{}", page.path);
    let form = page.forms().into_iter().find(|form| form.action == "/login/second").expect("the form");
    let mut sent = form.fields;
    sent.retain(|(name, _)| name != "code");
    sent.push(("code".to_owned(), guess.to_owned()));
    let mut waits = Vec::new();
    for _ in 0..16 {
        let answer = visit.post("/login/second", &sent, &[]).await;
        if answer.status == 429 {
            let seconds: i64 = answer.header("retry-after").parse().expect("seconds");
            waits.push(seconds);
            ward.clock.pass(SignedDuration::from_secs(seconds));
        } else {
            assert_eq!(answer.status, 422);
        }
    }
    waits
}

#[bedside_test]
async fn guesses_wait_longer_and_longer_whatever_kind_of_code_is_guessed(ward: Ward) {
    const BY_SMS: &str = "INSERT INTO sms_factors (person, made_ms) VALUES ($1, 1)";
    let linde = ward.organisation("linde").await;
    asks(&linde, &[Role::Patient]).await;
    let mut all = Vec::new();
    for (name, guess) in [("Anna", "000000"), ("Bram", "AAAAA-AAAAA")] {
        let person = linde.patient(name).await.with_password(PASSWORD).await;
        let (mut visit, page) = half_way(&ward, &person).await;
        set_up(&ward, &mut visit, &page).await;
        all.push(waits_for(&ward, &person, guess).await);
    }
    let chris = linde.patient("Chris").await.with_password(PASSWORD).await;
    with_mobile(&ward, &chris, "+31612345679").await;
    let chosen =
        ward.house.db.write(chris.id, |tx, id| Box::pin(async move { tx.run(BY_SMS, &args![id]).await }));
    chosen.await.expect("codes by SMS");
    all.push(waits_for(&ward, &chris, "000000").await);
    for waits in &all {
        assert!(waits.len() >= 4 && waits.is_sorted_by(|one, next| one < next), "{all:?}");
        assert_eq!(waits, &all[0], "an authenticator's, a recovery code and one by SMS");
    }
    ward.settle().await;
}

/// The code of the newest SMS.
async fn code_by_sms(ward: &Ward, number: &str) -> String {
    let letters = ward.letters().await;
    let sms = letters.iter().rfind(|letter| !letter.is_mail).expect("an SMS");
    assert_eq!(sms.to, number);
    let digits: Vec<_> = sms.text.split_whitespace().map(|word| word.trim_matches('.')).collect();
    let is_code = |word: &&&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    (*digits.iter().find(is_code).expect("a code")).to_owned()
}

#[bedside_test]
async fn codes_come_by_sms_to_who_chose_them(ward: Ward) {
    const NUMBER: &str = "+31612345678";
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let (mut visit, _) = half_way(&ward, &anna).await;
    assert!(!visit.open("/account/second-factor").await.text.contains("second-factor/sms"), "no number");
    with_mobile(&ward, &anna, NUMBER).await;
    let page = visit.open("/account/second-factor/sms").await;
    let sent = post(&mut visit, &page, "/account/second-factor/send", &[]).await;
    assert_eq!(sent.location(), Some("/account/second-factor/sms?sms=sent"));
    let wrong = post(&mut visit, &page, "/account/second-factor/sms", &[("code", "12 34")]).await;
    assert_eq!(wrong.status, 422);
    let right = code_by_sms(&ward, NUMBER).await;
    let kept = post(&mut visit, &page, "/account/second-factor/sms", &[("code", &right)]).await;
    assert_eq!(kept.location(), Some("/account/recovery-codes?return=%2Faccount"));

    let (mut later, page) = half_way(&ward, &anna).await;
    assert!(page.path.starts_with("/login/second") && page.forms().len() == 2, "{}", page.path);
    let old = post(&mut later, &page, "/login/second", &[("code", &right)]).await;
    assert_eq!(old.status, 422, "that was used");
    ward.clock.pass(SignedDuration::from_secs(1));
    let sent = post(&mut later, &page, "/login/second/sms", &[]).await;
    assert_eq!(sent.status, 303);
    let right = code_by_sms(&ward, NUMBER).await;
    let inside = post(&mut later, &page, "/login/second", &[("code", &right)]).await;
    assert_eq!((inside.status, inside.location()), (303, Some("/account")));
    assert!(later.open("/account").await.text.contains("Anna de Boer"));
    for _ in 0..6 {
        let (mut another, page) = half_way(&ward, &anna).await;
        let answer = post(&mut another, &page, "/login/second/sms", &[]).await.status;
        assert!(matches!(answer, 303 | 429), "{answer}");
    }
    let letters = ward.letters().await;
    assert_eq!(
        letters.iter().filter(|letter| !letter.is_mail).count(),
        6,
        "five elsewhere within a quarter of an hour, beside the one in the browser that her account knew"
    );
    ward.settle().await;
}

#[bedside_test]
async fn who_lost_their_phone_sets_another_up_once_the_operator_took_the_old_one_away(ward: Ward) {
    let Enrolled { linde, person: eva, mut visit, key, .. } = enrolled(&ward, &[Role::Doctor]).await;
    flows::factors::take_away(&ward.house, linde.id, eva.id).await.expect("taken away");
    assert!(visit.open("/account").await.path.starts_with("/login"), "whoever found it may be in");
    let (mut later, page) = half_way(&ward, &eva).await;
    assert!(page.path.starts_with("/login/set-up?return="), "{}", page.path);
    let (other, kept) = set_up(&ward, &mut later, &page).await;
    assert!(kept.path.starts_with("/account/recovery-codes"), "{}", kept.path);
    assert_ne!(code(&ward, &key), code(&ward, &other));
    let letters = ward.letters().await;
    assert_eq!(letters.iter().filter(|letter| letter.to == eva.email).count(), 3, "added, taken away, added");
    let lines = lines(&ward).await;
    let reason = Some("second factors taken away");
    assert_eq!(lines.iter().filter(|line| line.reason.as_deref() == reason).count(), 1);
}

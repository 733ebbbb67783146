//! People make passkeys and sign in by them, and nobody else does.

use jiff::SignedDuration;
use kernel::Role;
use serde_json::Value;
use testkit::bedside_test;

use super::app::{App, Fields, PASSWORD, answer_of, browser, fields, sign_in};
use super::party::{id_token, party, verified};
use crate::cast::{Authenticator, Browser, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

const PAGE: &str = "/account/passkeys";

async fn anna(ward: &Ward) -> Somebody {
    ward.organisation("linde").await.patient("Anna").await.with_password(PASSWORD).await
}

async fn signed_in(ward: &Ward, person: &Somebody) -> Browser {
    let mut visit = browser(ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, person).await.path, "/chats");
    visit
}

fn token(page: &Page) -> String {
    page.forms()[0].value("form_token").to_owned()
}

/// What the script asks for, and what it is told.
async fn ask(visit: &mut Browser, at: &str, path: &str, more: &[(&str, &str)]) -> (Fields, Value) {
    let token = token(&visit.open(at).await);
    let mut form = fields(&[("form_token", &token)]);
    form.extend(fields(more));
    let asked = visit.post(path, &form, &[]).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let asked: Value = serde_json::from_str(&asked.text).expect("JSON");
    form.push(("question".to_owned(), asked["question"].as_str().expect("a name").to_owned()));
    (form, asked["options"].clone())
}

async fn finish(visit: &mut Browser, path: &str, form: &Fields, answer: String) -> Page {
    let mut form = form.clone();
    form.push(("answer".to_owned(), answer));
    visit.post(path, &form, &[]).await
}

/// Makes one in the browser of somebody who has signed in.
pub async fn make(visit: &mut Browser, ward: &Ward, name: &str) -> Authenticator {
    let mut device = Authenticator::at(&ward.url);
    let (form, options) = ask(visit, PAGE, "/account/passkeys/begin", &[("name", name)]).await;
    let answer = device.make(&options);
    let added = finish(visit, PAGE, &form, answer).await;
    assert_eq!(added.location(), Some("/account/passkeys?done=added"), "{}", added.text);
    device
}

/// Signs in by it; the answer as it came.
async fn enter(visit: &mut Browser, device: &mut Authenticator) -> Page {
    let (form, options) = ask(visit, "/login", "/login/passkey/begin", &[]).await;
    let answer = device.sign(&options);
    finish(visit, "/login/passkey", &form, answer).await
}

#[bedside_test]
async fn a_passkey_makes_a_sign_in_young_again_for_who_asks_for_a_max_age(ward: Ward) {
    let anna = anna(&ward).await;
    let app = party(&anna.organisation, |_| {}).await;
    let (mut visit, _) = super::party::signed_in(&ward, &app, &anna, &[("scope", "openid")]).await;
    let mut device = make(&mut visit, &ward, "phone").await;
    ward.clock.pass(SignedDuration::from_secs(300));
    let login = visit.open(&app.request(&[("scope", "openid"), ("max_age", "60")])).await;
    assert!(login.path.starts_with("/login?return="), "{login:?}");
    let onward = login.form().value("return").to_owned();
    let mut form = fields(&[("form_token", &token(&login)), ("return", &onward)]);
    let asked = visit.post("/login/passkey/begin", &form, &[]).await;
    let asked: Value = serde_json::from_str(&asked.text).expect("JSON");
    form.push(("question".to_owned(), asked["question"].as_str().unwrap().to_owned()));
    form.push(("answer".to_owned(), device.sign(&asked["options"])));
    let entered = visit.post("/login/passkey", &form, &[]).await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    let outward = visit.open(entered.location().unwrap()).await;
    let answer = app.redeem(&app.token_form(&answer_of(&outward)["code"], &[])).await.ok();
    let claims = verified(&ward, id_token(&answer)).await.1;
    let age_s = ward.clock.now_ms() / 1_000 - claims["auth_time"].as_i64().unwrap();
    assert!((0..60).contains(&age_s), "{claims}");
    assert_eq!(claims["acr"], "2", "a passkey is two factors");
    let again = visit.open(&app.request(&[("scope", "openid"), ("max_age", "60")])).await;
    assert!(answer_of(&again).contains_key("code"), "and nobody is asked for ever");
    ward.settle().await;
}

fn without(ward: &Ward, visit: &Browser) -> Browser {
    let mut other = browser(ward);
    other.language = visit.language;
    other
}

#[bedside_test]
async fn a_person_makes_a_passkey_and_signs_in_by_it_as_by_two_factors(ward: Ward) {
    let anna = anna(&ward).await;
    let app = App::of(&anna.organisation, |_| {}).await;
    let mut visit = signed_in(&ward, &anna).await;
    let mut device = make(&mut visit, &ward, "Annemiekeliens telefoon").await;
    let page = visit.open("/account/passkeys?done=added").await;
    assert!(
        page.text.contains("Annemiekeliens telefoon") && page.text.contains("has been added"),
        "{}",
        page.text
    );

    let mut elsewhere = browser(&ward);
    let request = app.request(&[]);
    let login = elsewhere.open(&request).await;
    assert!(login.path.starts_with("/login?return="));
    let onward = login.form().value("return").to_owned();
    let mut form = fields(&[("form_token", &token(&login)), ("return", &onward)]);
    let asked = elsewhere.post("/login/passkey/begin", &form, &[]).await;
    let asked: Value = serde_json::from_str(&asked.text).expect("JSON");
    form.push(("question".to_owned(), asked["question"].as_str().unwrap().to_owned()));
    form.push(("answer".to_owned(), device.sign(&asked["options"])));
    let entered = elsewhere.post("/login/passkey", &form, &[]).await;
    assert_eq!(
        (entered.status, entered.location()),
        (303, Some(onward.as_str())),
        "on the way to the application"
    );
    assert!(elsewhere.open(&onward).await.path.starts_with("/consent"));
    assert!(elsewhere.open(PAGE).await.text.contains("last used"));
    let again = elsewhere.post("/login/passkey", &form, &[]).await;
    assert_eq!(again.status, 403, "the form was of another session");

    let lines = lines(&ward).await;
    let added = lines.iter().filter(|line| line.reason.as_deref() == Some("passkey added"));
    assert_eq!(added.filter(|line| line.patient == Some(anna.id)).count(), 1, "she sees it");
    let mails = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT person FROM letters WHERE kind = 'account'";
            tx.all(sql, &store::args![], |row| row.get::<kernel::PersonId>(0)).await
        })
    });
    assert_eq!(mails.await.expect("letters"), [anna.id], "she is told");
}

#[bedside_test]
async fn what_does_not_fit_is_refused_alike_and_counted(ward: Ward) {
    let anna = anna(&ward).await;
    let mut visit = signed_in(&ward, &anna).await;
    let mut device = make(&mut visit, &ward, "").await;
    let mut stranger = Authenticator::at(&ward.url);
    stranger.make(&serde_json::json!({ "publicKey": { "rp": { "id": "localhost" }, "user": { "id": "AAAAAAAAAAAAAAAAAAAAAA" }, "challenge": "AA" } }));
    let mut elsewhere = device.forged();
    let mut told = Vec::new();
    for (what, device) in [("unknown", &mut stranger), ("forged", &mut elsewhere)] {
        let mut fresh = without(&ward, &visit);
        let refused = enter(&mut fresh, device).await;
        assert_eq!(refused.status, 422, "{what}");
        assert!(fresh.open("/account").await.path.starts_with("/login"));
        told.push(refused.text);
    }
    assert_eq!(told[0], told[1], "nobody learns which passkeys there are");

    device.origin = "https://evil.example".to_owned();
    assert_eq!(enter(&mut without(&ward, &visit), &mut device).await.status, 422, "made at another page");
    device.origin.clone_from(&ward.url);
    device.verifies = false;
    assert_eq!(enter(&mut without(&ward, &visit), &mut device).await.status, 422, "its owner was not asked");
    device.verifies = true;
    let mut late = without(&ward, &visit);
    let (form, options) = ask(&mut late, "/login", "/login/passkey/begin", &[]).await;
    let answer = device.sign(&options);
    ward.clock.pass(SignedDuration::from_secs(301));
    assert_eq!(finish(&mut late, "/login/passkey", &form, answer).await.status, 422, "five minutes");
    let mut once = without(&ward, &visit);
    let (form, options) = ask(&mut once, "/login", "/login/passkey/begin", &[]).await;
    let answer = device.sign(&options);
    let mut copy = once.clone();
    assert_eq!(finish(&mut once, "/login/passkey", &form, answer.clone()).await.status, 303);
    assert_eq!(finish(&mut copy, "/login/passkey", &form, answer).await.status, 422, "each question once");

    let mut waits = None;
    for _ in 0..8 {
        let refused = enter(&mut without(&ward, &visit), &mut elsewhere).await;
        waits = waits.or((refused.status == 429).then(|| refused.header("retry-after").to_owned()));
    }
    assert_eq!(waits.as_deref(), Some("1"), "slowed like wrong passwords");
    let lines = lines(&ward).await;
    assert!(lines.iter().any(|line| line.kind == "sign_in_refused" && line.patient == Some(anna.id)));
}

#[bedside_test]
async fn a_passkey_that_counts_back_is_refused_and_its_owner_told(ward: Ward) {
    let anna = anna(&ward).await;
    let mut visit = signed_in(&ward, &anna).await;
    let mut device = make(&mut visit, &ward, "sleutel").await;
    device.counter = 7;
    assert_eq!(enter(&mut browser(&ward), &mut device).await.status, 303);
    device.counter = 3;
    assert_eq!(enter(&mut browser(&ward), &mut device).await.status, 422);
    let lines = lines(&ward).await;
    let copied = lines.iter().filter(|line| line.reason.as_deref() == Some("passkey copied"));
    assert_eq!(copied.filter(|line| line.patient == Some(anna.id) && line.outcome == "refused").count(), 1);
    assert_eq!(letters(&ward).await, 2, "that it was added, and that it was copied");
    device.counter = 20;
    assert_eq!(enter(&mut browser(&ward), &mut device).await.status, 303, "the real one still does");
}

async fn letters(ward: &Ward) -> i64 {
    let count = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT COUNT(*) FROM letters WHERE kind = 'account'";
            tx.one(sql, &store::args![], |row| row.get::<i64>(0)).await
        })
    });
    count.await.expect("a count").expect("a row")
}

#[bedside_test]
async fn whoever_found_an_open_page_adds_and_removes_nothing(ward: Ward) {
    let anna = anna(&ward).await;
    let mut visit = signed_in(&ward, &anna).await;
    let mut device = make(&mut visit, &ward, "sleutel").await;
    ward.clock.pass(SignedDuration::from_secs(301));
    let page = visit.open(PAGE).await;
    assert!(page.text.contains("must have signed in a short while ago"), "{}", page.text);
    assert!(!page.text.contains("/account/passkeys/remove"));
    let form = fields(&[("form_token", &token(&page))]);
    assert_eq!(visit.post("/account/passkeys/begin", &form, &[]).await.status, 401);
    for (path, field) in [("/account/passkeys/remove", "passkey"), ("/account/passkeys/no-password", "sure")]
    {
        let mut form = form.clone();
        let value = page.forms()[0].value("passkey").to_owned();
        form.push((field.to_owned(), value));
        assert_eq!(visit.post(path, &form, &[]).await.location(), Some(PAGE));
    }
    assert!(visit.open(PAGE).await.text.contains("sleutel"));
    let again = "/login?again=1&return=%2Faccount%2Fpasskeys";
    assert!(page.text.contains(&again.replace('&', "&amp;")));
    let login = visit.open(again).await;
    assert_eq!(login.path, again, "who has signed in is asked, too");
    let second = sign_in(&mut visit, &login, &anna).await.path;
    assert_eq!(second, "/login/second?return=%2Faccount%2Fpasskeys", "a password alone is not enough");
    let (form, options) = ask(&mut visit, &second, "/login/passkey/begin", &[]).await;
    assert_eq!(finish(&mut visit, "/login/passkey", &form, device.sign(&options)).await.status, 303);
    make(&mut visit, &ward, "nog een").await;
    ward.settle().await;
}

#[bedside_test]
async fn a_patient_does_without_a_password_and_keeps_the_last_way_in(ward: Ward) {
    let anna = anna(&ward).await;
    let mut visit = signed_in(&ward, &anna).await;
    let mut device = make(&mut visit, &ward, "sleutel").await;
    let page = visit.open(PAGE).await;
    let form = fields(&[("form_token", &token(&page))]);
    assert_eq!(visit.post("/account/passkeys/no-password", &form, &[]).await.status, 422, "not sure");
    let sure = fields(&[("form_token", &token(&page)), ("sure", "1")]);
    let removed = visit.post("/account/passkeys/no-password", &sure, &[]).await;
    assert_eq!(removed.location(), Some("/account/passkeys?done=password"), "{}", removed.text);
    let mut other = browser(&ward);
    let login = other.open("/login").await;
    assert_eq!(sign_in(&mut other, &login, &anna).await.status, 422, "there is no password");
    assert_eq!(enter(&mut other, &mut device).await.status, 303);

    let page = other.open(PAGE).await;
    let id = page
        .forms()
        .iter()
        .find(|form| form.action.ends_with("/rename"))
        .unwrap()
        .value("passkey")
        .to_owned();
    let remove = fields(&[("form_token", &token(&page)), ("passkey", &id)]);
    let refused = other.post("/account/passkeys/remove", &remove, &[]).await;
    assert_eq!(refused.status, 422, "the last way in");
    assert!(refused.text.contains("This cannot be removed"));
    let renamed = fields(&[("form_token", &token(&page)), ("passkey", &id), ("name", "mijn tablet")]);
    assert_eq!(other.post("/account/passkeys/rename", &renamed, &[]).await.status, 303);
    assert!(other.open(PAGE).await.text.contains("mijn tablet"));

    let page = other.open("/account/password").await;
    assert!(page.text.contains("Choose a password") && !page.text.contains("name=\"old\""));
    let chosen = other.submit(&page, &[("new", "another linden tea"), ("again", "another linden tea")]).await;
    assert_eq!(chosen.path, "/account");
    assert_eq!(other.post("/account/passkeys/remove", &remove, &[]).await.status, 303);
    assert_eq!(enter(&mut browser(&ward), &mut device).await.status, 422, "it is gone");
    assert_eq!(letters(&ward).await, 4);
    let lines = lines(&ward).await;
    for what in ["passkey added", "password removed", "passkey renamed", "password set", "passkey removed"] {
        assert!(
            lines.iter().any(|line| line.reason.as_deref() == Some(what) && line.patient == Some(anna.id)),
            "{what}"
        );
    }
}

#[bedside_test]
async fn who_works_somewhere_needs_two_passkeys_to_do_without_a_password(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let bram = linde.somebody("Bram", "Bakker", Role::Nurse).await.with_password(PASSWORD).await;
    let mut visit = signed_in(&ward, &bram).await;
    make(&mut visit, &ward, "een").await;
    let page = visit.open(PAGE).await;
    assert!(!page.text.contains("no-password"));
    let sure = fields(&[("form_token", &token(&page)), ("sure", "1")]);
    assert_eq!(visit.post("/account/passkeys/no-password", &sure, &[]).await.status, 422);
    make(&mut visit, &ward, "twee").await;
    let sure = fields(&[("form_token", &token(&visit.open(PAGE).await)), ("sure", "1")]);
    assert_eq!(visit.post("/account/passkeys/no-password", &sure, &[]).await.status, 303);
    ward.settle().await;
}

#[bedside_test]
async fn nobody_gets_anothers_passkey_nor_takes_it_away(ward: Ward) {
    let anna = anna(&ward).await;
    let eva = anna.organisation.doctor("Eva").await.with_password(PASSWORD).await;
    let (mut hers, mut evas) = (signed_in(&ward, &anna).await, signed_in(&ward, &eva).await);
    let mut device = make(&mut hers, &ward, "sleutel").await;
    let page = hers.open(PAGE).await;
    let id = page
        .forms()
        .iter()
        .find(|form| form.action.ends_with("/rename"))
        .unwrap()
        .value("passkey")
        .to_owned();
    let token_of_eva = token(&evas.open(PAGE).await);
    for (path, more) in [("remove", ""), ("rename", "van mij")] {
        let form = fields(&[("form_token", &token_of_eva), ("passkey", &id), ("name", more)]);
        assert!(evas.post(&format!("/account/passkeys/{path}"), &form, &[]).await.status >= 400, "{path}");
    }
    let (form, options) = ask(&mut hers, PAGE, "/account/passkeys/begin", &[]).await;
    let answer = Authenticator::at(&ward.url).make(&options);
    let mut stolen = form.clone();
    stolen[0].1.clone_from(&token_of_eva);
    assert_eq!(finish(&mut evas, PAGE, &stolen, answer).await.status, 422, "the question was Anna's");
    let (form, options) = ask(&mut evas, PAGE, "/account/passkeys/begin", &[]).await;
    let taken = device.make(&options);
    assert_eq!(finish(&mut evas, PAGE, &form, taken).await.status, 422, "it is Anna's");
    assert!(hers.open(PAGE).await.text.contains("sleutel"));
    ward.settle().await;
}

#[bedside_test]
async fn who_makes_a_passkey_is_signed_out_wherever_a_password_was_enough(ward: Ward) {
    let anna = anna(&ward).await;
    let (mut visit, mut elsewhere) = (signed_in(&ward, &anna).await, signed_in(&ward, &anna).await);
    assert_eq!(elsewhere.open("/account").await.path, "/account");
    let mut device = make(&mut visit, &ward, "sleutel").await;
    assert_eq!(visit.open(PAGE).await.path, PAGE, "she goes on where she made it");
    let login = elsewhere.open("/account").await;
    assert!(login.path.starts_with("/login"), "whoever is there may know her password alone: {}", login.path);
    let mut by_key = browser(&ward);
    assert_eq!(enter(&mut by_key, &mut device).await.status, 303);
    make(&mut visit, &ward, "nog een").await;
    assert_eq!(by_key.open("/account").await.path, "/account", "a session of two factors stays");
    let ended = |reason: Option<&str>| reason == Some("two factors are asked");
    let lines = lines(&ward).await;
    let hers = lines.iter().filter(|line| line.kind == "sign_out" && line.patient == Some(anna.id));
    assert_eq!(hers.filter(|line| ended(line.reason.as_deref())).count(), 1);
}

#[bedside_test]
async fn a_passkey_serves_where_a_second_factor_is_asked_for(ward: Ward) {
    let anna = anna(&ward).await;
    let mut visit = signed_in(&ward, &anna).await;
    let mut device = make(&mut visit, &ward, "").await;
    signed_in(&ward, &anna).await;
    let roles: &[Role] = &[Role::Patient];
    let set = ward.house.db.write((anna.organisation.id, roles), |tx, (id, roles)| {
        Box::pin(identity::policies::set_second_factor_roles(tx, identity::By::Operator, *id, Some(roles)))
    });
    set.await.expect("a policy");

    let mut later = browser(&ward);
    let page = later.open("/login").await;
    let page = sign_in(&mut later, &page, &anna).await;
    assert!(page.path.starts_with("/login/second?return="), "{}", page.path);
    assert!(page.text.contains("data-passkey=\"get\"") && !page.text.contains("name=\"code\""));
    assert!(later.open("/login/set-up").await.path.starts_with("/login/second"), "a password adds nothing");
    let (form, options) = ask(&mut later, "/login/second", "/login/passkey/begin", &[]).await;
    let entered = finish(&mut later, "/login/passkey", &form, device.sign(&options)).await;
    assert_eq!((entered.status, entered.location()), (303, Some("/chats")), "{}", entered.text);
    assert_eq!(later.open(PAGE).await.status, 200);
    ward.settle().await;
}

#[bedside_test]
async fn who_knows_a_password_alone_adds_no_passkey_beside_hers_and_takes_none_away(ward: Ward) {
    let anna = anna(&ward).await;
    let mut visit = signed_in(&ward, &anna).await;
    make(&mut visit, &ward, "").await;
    assert_eq!(visit.open(PAGE).await.path, PAGE, "she showed it by making it");

    let mut thief = signed_in(&ward, &anna).await;
    let page = thief.open(PAGE).await;
    assert_eq!(page.path, "/login/second?return=%2Faccount%2Fpasskeys");
    let token = fields(&[("form_token", &token(&page)), ("name", "mine")]);
    assert_eq!(thief.post("/account/passkeys/begin", &token, &[]).await.status, 401);
    let hers = visit.open(PAGE).await;
    let id = hers.forms().iter().map(|form| form.value("passkey").to_owned()).find(|id| !id.is_empty());
    let remove = fields(&[("form_token", &token[0].1), ("passkey", &id.expect("hers"))]);
    assert_eq!(thief.post("/account/passkeys/remove", &remove, &[]).await.location(), Some(PAGE));
    let sure = fields(&[("form_token", &token[0].1), ("sure", "1")]);
    assert_eq!(thief.post("/account/passkeys/no-password", &sure, &[]).await.location(), Some(PAGE));
    assert!(visit.open(PAGE).await.text.contains("name=\"passkey\""), "it is still there");
    ward.settle().await;
}

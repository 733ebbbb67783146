//! Somebody who develops applications, on the pages.

use kernel::{OrganisationId, Role};
use reqwest::Method;
use testkit::bedside_test;

use super::desk::femke;
use crate::cast::{Browser, Page, Somebody, Ward};
use crate::oauth::app::{Fields, PASSWORD, browser, fields, sign_in};

pub const PAGE: &str = "/account/applications";

/// Somebody's browser, in which they are signed in.
pub async fn at_home(ward: &Ward, somebody: Somebody) -> Browser {
    let somebody = somebody.with_password(PASSWORD).await;
    let mut visit = browser(ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, &somebody).await.status, 200);
    visit
}

/// Sends one of the page's forms, and goes where it leads.
pub async fn post(visit: &mut Browser, path: &str, more: &[(&str, &str)]) -> Page {
    let page = visit.open("/account/password").await;
    let token = page.form().value("form_token").to_owned();
    let mut form: Fields = fields(more);
    form.push(("form_token".to_owned(), token));
    let answer = visit.post(path, &form, &[]).await;
    match answer.location().map(str::to_owned) {
        Some(to) => visit.send(Method::GET, &to, None, &[]).await,
        None => answer,
    }
}

/// What stands on a page in the element of this id.
fn told<'a>(page: &'a Page, id: &str) -> Option<&'a str> {
    let (_, rest) = page.text.split_once(&format!("id=\"{id}\">"))?;
    rest.split('<').next()
}

/// What fits into the form.
pub const BOARD: [(&str, &str); 4] = [
    ("name", "Ward board"),
    ("product", "kpn"),
    ("place", "sandbox"),
    ("addresses", "https://board.example.test/cb\r\n\r\nhttp://127.0.0.1:9/callback"),
];

pub fn changed<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<(&str, &str)> = BOARD.into_iter().filter(|(one, _)| *one != name).collect();
    form.push((name, value));
    form
}

async fn applications_of(ward: &Ward, somebody: &Somebody) -> Vec<identity::applications::Application> {
    let read =
        ward.house.db.read(somebody.id, |tx, id| Box::pin(identity::applications::of_developer(tx, *id)));
    read.await.unwrap()
}

#[bedside_test]
async fn an_application_in_the_sandbox_works_at_once_and_its_secret_is_seen_once(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut visit = at_home(&ward, anna.clone()).await;
    let page = post(&mut visit, PAGE, &BOARD).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let (id, secret) = (told(&page, "new-client-id").unwrap(), told(&page, "new-secret").unwrap());
    assert!(secret.len() > 40);
    let again = visit.open(PAGE).await;
    assert!(again.text.contains(id) && !again.text.contains(secret) && told(&again, "new-secret").is_none());
    let all = applications_of(&ward, &anna).await;
    assert_eq!(all.len(), 1, "a reload registers nothing");
    let one = &all[0].client;
    assert!(one.sandbox && !one.pending && one.organisation != linde.id);
    assert_eq!(one.redirect_uris, ["https://board.example.test/cb", "http://127.0.0.1:9/callback"]);
    assert_eq!(one.scopes.names(), "read write");

    let page = post(&mut visit, &format!("{PAGE}/wish"), &[("application", id)]).await;
    assert!(page.text.contains("Production has been applied for."));
    let wish = applications_of(&ward, &anna).await[0].wish.unwrap();
    assert_eq!(wish.organisation, linde.id);
    let page = post(&mut visit, &format!("{PAGE}/remove"), &[("application", id)]).await;
    assert!(!page.text.contains(id), "it is gone");
}

#[bedside_test]
async fn what_does_not_fit_is_said_beside_its_field_and_registers_nothing(ward: Ward) {
    let anna = ward.organisation("linde").await.doctor("Anna").await;
    let mut visit = at_home(&ward, anna.clone()).await;
    for (name, value, says) in [
        ("name", " ", "name-error"),
        ("name", "x\u{202e}y", "name-error"),
        ("addresses", "", "addresses-error"),
        ("addresses", "http://board.example.test/", "addresses-error"),
        ("addresses", "data:text/html,x", "addresses-error"),
    ] {
        let page = post(&mut visit, PAGE, &changed(name, value)).await;
        assert_eq!(page.status, 422, "{value:?}");
        assert!(page.text.contains(&format!("id=\"{says}\"")), "{value:?}");
    }
    assert!(applications_of(&ward, &anna).await.is_empty());
    // A program that nobody signs in to has no address.
    let page = post(&mut visit, PAGE, &[("name", "Pump"), ("product", "fhir"), ("place", "sandbox")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
}

#[bedside_test]
async fn nobody_has_more_than_twenty_applications_and_another_takes_the_place_of_one_that_went(ward: Ward) {
    let anna = ward.organisation("linde").await.doctor("Anna").await;
    let mut visit = at_home(&ward, anna.clone()).await;
    for _ in 0..20 {
        ward.pass_a_second();
        assert_eq!(post(&mut visit, PAGE, &BOARD).await.status, 200);
    }
    let page = post(&mut visit, PAGE, &BOARD).await;
    assert!(page.status == 422 && page.text.contains("You have 20 applications already."));
    let first = applications_of(&ward, &anna).await[0].client.client_id();
    post(&mut visit, &format!("{PAGE}/remove"), &[("application", &first)]).await;
    assert_eq!(post(&mut visit, PAGE, &BOARD).await.status, 200);
}

#[bedside_test]
async fn a_developer_signs_in_as_people_whom_nobody_is(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut visit = at_home(&ward, anna).await;
    let people = |page: &Page| -> Vec<String> {
        let rows = page.text.split("<li><code class=\"long\">").skip(1);
        rows.map(|row| row.split('<').next().unwrap().to_owned()).collect()
    };
    let mut passwords = Vec::new();
    for _ in 0..2 {
        ward.pass_a_second();
        let page = post(&mut visit, &format!("{PAGE}/test-people"), &[]).await;
        passwords.push(told(&page, "new-password").unwrap().to_owned());
        assert_eq!(people(&page).len(), 2, "the same two: {:?}", people(&page));
    }
    let page = visit.open(PAGE).await;
    assert!(passwords.iter().all(|one| !page.text.contains(one)), "seen once");
    for email in people(&page) {
        for (password, works) in [(&passwords[0], false), (&passwords[1], true)] {
            ward.clock.pass(jiff::SignedDuration::from_mins(5));
            let mut theirs = browser(&ward);
            let form = theirs.open("/login").await;
            let inside = theirs.submit(&form, &[("email", &email), ("password", password)]).await;
            assert_eq!(inside.status == 200, works, "{email}");
        }
    }
}

#[bedside_test]
async fn who_does_not_work_there_registers_nothing_and_nobody_touches_anothers(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, chris) = (linde.doctor("Anna").await, linde.doctor("Chris").await);
    let mut hers = at_home(&ward, anna.clone()).await;
    let page = post(&mut hers, PAGE, &BOARD).await;
    let id = told(&page, "new-client-id").unwrap().to_owned();
    ward.pass_a_second();
    let mut his = at_home(&ward, chris).await;
    for act in ["wish", "remove"] {
        let refused = post(&mut his, &format!("{PAGE}/{act}"), &[("application", &id)]).await;
        assert_eq!(refused.status, 404, "{act}");
    }
    ward.pass_a_second();
    let mut patient = at_home(&ward, linde.patient("Bram").await).await;
    assert_eq!(patient.open(PAGE).await.status, 403);
    assert!(!patient.open("/account").await.text.contains(PAGE));
    for act in ["", "/wish", "/remove", "/test-people", "/approve"] {
        ward.pass_a_second();
        let refused = post(&mut patient, &format!("{PAGE}{act}"), &changed("application", &id)).await;
        assert_eq!(refused.status, 403, "{act}");
    }
    assert_eq!(applications_of(&ward, &anna).await.len(), 1);
}

#[bedside_test]
async fn an_application_for_real_people_waits_and_says_whom_to_ask(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut visit = at_home(&ward, anna.clone()).await;
    let page = post(&mut visit, PAGE, &changed("place", "here")).await;
    assert!(page.text.contains("Ask the operator of this system."), "{}", page.text);
    femke(&linde).await;
    ward.pass_a_second();
    linde.somebody("Noor", "Bos", Role::Administrator).await;
    let page = visit.open(PAGE).await;
    assert!(page.text.contains("You can ask: Femke Beheer, Noor Bos."), "{}", page.text);
    let one = &applications_of(&ward, &anna).await[0].client;
    let here: OrganisationId = linde.id;
    assert!(one.pending && one.organisation == here);
}

#[bedside_test]
async fn who_is_invented_is_no_developer(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let mut visit = at_home(&ward, linde.doctor("Anna").await).await;
    let page = post(&mut visit, &format!("{PAGE}/test-people"), &[]).await;
    let password = told(&page, "new-password").unwrap().to_owned();
    let rows = page.text.split("<li><code class=\"long\">").skip(1);
    let nurse =
        rows.map(|row| row.split('<').next().unwrap()).find(|email| email.starts_with("nurse")).unwrap();
    let mut theirs = browser(&ward);
    let form = theirs.open("/login").await;
    assert_eq!(theirs.submit(&form, &[("email", nurse), ("password", &password)]).await.status, 200);
    assert_eq!(theirs.open(PAGE).await.status, 403);
    assert!(!theirs.open("/account").await.text.contains(PAGE), "nor do they find the way");
    let before = ward.inventory().await;
    for act in ["", "/test-people", "/wish", "/remove"] {
        ward.pass_a_second();
        assert_eq!(post(&mut theirs, &format!("{PAGE}{act}"), &BOARD).await.status, 403, "{act}");
    }
    assert_eq!(ward.inventory().await, before);
    let registered = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let sandbox = identity::organisations::find_by_slug(tx, "sandbox").await?.expect("a sandbox");
            identity::clients::list(tx, sandbox.id).await
        })
    });
    assert!(registered.await.unwrap().is_empty());
}

//! The applications of an organisation, as an administrator looks after them in the browser.

use identity::{By, applications, clients};
use jiff::SignedDuration;
use kernel::{ClientId, Scope, Scopes};
use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD};
use crate::admin::desk::femke;
use crate::admin::developers::{PAGE, at_home, changed as registering, post};
use crate::cast::{Page, Ward};
use crate::secrecy::access_log::lines;

const ADD: &str = "/administration/applications/new";
const APPROVE: &str = "/account/applications/approve";

const BOARD: [(&str, &str); 6] = [
    ("name", "Ward board"),
    ("product", "kpn"),
    ("addresses", "https://board.example.test/cb\r\nhttp://127.0.0.1:9/callback"),
    ("scope", "openid"),
    ("scope", "read"),
    ("scope", "write"),
];

fn page_of(app: &App) -> String {
    format!("/administration/applications/{}", app.client_id)
}

/// What stands on a page in the element of this id.
fn told<'a>(page: &'a Page, id: &str) -> Option<&'a str> {
    let (_, rest) = page.text.split_once(&format!("id=\"{id}\">"))?;
    rest.split('<').next()
}

fn changed<'a>(name: &str, values: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = BOARD.into_iter().filter(|(one, _)| *one != name);
    kept.chain(values.iter().copied()).collect()
}

#[bedside_test]
async fn what_femke_adds_works_at_once_and_tells_its_secret_once(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    for (name, values) in [
        ("name", &[("name", " ")][..]),
        ("addresses", &[("addresses", " \r\n")]),
        ("addresses", &[("addresses", "http://elsewhere.example.test/")]),
        ("scope", &[("scope", "system/Patient.rs")]),
        ("scope", &[]),
    ] {
        assert_eq!(post(&mut visit, ADD, &changed(name, values)).await.status, 422, "{name} {values:?}");
    }
    let mut wide = BOARD.to_vec();
    wide.extend([("scope", "system/Patient.rs"), ("scope", "admin")]);
    let page = post(&mut visit, ADD, &wide).await;
    let (id, secret) = (told(&page, "new-client-id").unwrap().to_owned(), told(&page, "new-secret").unwrap());
    assert_eq!(page.path, format!("/administration/applications/{id}"));
    let secret = secret.to_owned();
    assert!(!visit.open(&page.path).await.text.contains(&secret), "it is told once");
    let client = ClientId::from_hex(&id).unwrap();
    let found = ward.house.db.read(client, |tx, id| Box::pin(clients::find(tx, *id))).await.unwrap().unwrap();
    assert!(!found.pending && !found.trusted && found.organisation == linde.id);
    assert!(found.scopes.has(Scope::Admin) && !found.scopes.has(Scope::SystemPatientRs));

    let added = app.another(&id, &secret);
    let token = added.token(&added.code(&anna, &[]).await).await;
    assert_eq!(added.try_token(&token).await, 200);
    let list = visit.open("/administration/applications").await;
    assert!(list.text.contains("Ward board") && list.text.contains("Messenger"), "{}", list.text);

    assert_eq!(post(&mut visit, &page.path, &[("act", "")]).await.status, 400);
    let gone = post(&mut visit, &page.path, &[("act", "remove")]).await;
    assert!(gone.path == "/administration/applications" && gone.text.contains("The application is removed."));
    ward.pass_a_second();
    assert_eq!(added.try_token(&token).await, 401);
    assert_eq!(visit.open(&page.path).await.status, 404);
    let log = lines(&ward).await;
    for what in ["client added", "client removed"] {
        let of = |line: &&crate::secrecy::access_log::Line| {
            line.reason.as_deref() == Some(what)
                && line.object.as_deref() == Some(client.as_bytes().as_slice())
        };
        assert_eq!(log.iter().filter(of).count(), 1, "{what}");
    }
}

#[bedside_test]
async fn a_new_secret_is_told_once_and_the_old_one_goes_on_for_as_long_as_femke_says(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let odd = post(&mut visit, &page_of(&app), &[("act", "renew"), ("overlap", "169")]).await;
    assert_eq!(odd.status, 400);
    let page = post(&mut visit, &page_of(&app), &[("act", "renew"), ("overlap", "24")]).await;
    let renewed = app.with_secret(told(&page, "new-secret").expect("a secret"));
    assert!(
        page.text.contains("There is a new secret.") && page.text.contains("works until"),
        "{}",
        page.text
    );
    assert!(!visit.open(&page_of(&app)).await.text.contains(&renewed.secret));
    for one in [&app, &renewed] {
        one.token(&one.code(&anna, &[]).await).await;
    }
    ward.clock.pass(SignedDuration::from_hours(25));
    let late = app.redeem(&app.token_form(&app.code(&anna, &[]).await, &[])).await;
    assert_eq!((late.status, &late.json["error"]), (401, &"invalid_client".into()));
    renewed.token(&renewed.code(&anna, &[]).await).await;
    assert!(lines(&ward).await.iter().any(|line| line.reason.as_deref() == Some("client secret rotated")));
}

#[bedside_test]
async fn addresses_are_replaced_whole_and_what_only_an_operator_gives_is_left_alone(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    let trusted = App::of(&linde, |new| new.trusted = true).await;
    let open = App::of(&linde, |new| {
        new.public = true;
        new.scopes = [Scope::Read].into_iter().collect::<Scopes>();
    });
    let open = open.await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let addresses = || async {
        let id = ClientId::from_hex(&app.client_id).unwrap();
        let found = ward.house.db.read(id, |tx, id| Box::pin(clients::find(tx, *id))).await.unwrap();
        found.expect("the application").redirect_uris
    };
    for unfit in [
        "",
        "http://elsewhere.example.test/",
        "ftp://elsewhere.example.test/",
        &"https://a.example/\r\n".repeat(21),
    ] {
        let page = post(&mut visit, &page_of(&app), &[("act", "move"), ("addresses", unfit)]).await;
        assert!(page.status == 422 && page.text.contains("id=\"addresses-error\""), "{unfit}");
    }
    assert_eq!(addresses().await, [CALLBACK]);
    let both = "https://a.example.test/cb\r\nhttps://b.example.test/cb";
    let page = post(&mut visit, &page_of(&app), &[("act", "move"), ("addresses", both)]).await;
    assert!(page.text.contains("The addresses are saved."), "{}", page.text);
    assert_eq!(addresses().await, ["https://a.example.test/cb", "https://b.example.test/cb"]);

    let page = visit.open(&page_of(&trusted)).await;
    assert!(page.text.contains("Only the operator of this system changes it"), "{}", page.text);
    for form in [&[("act", "renew")][..], &[("act", "move"), ("addresses", both)]] {
        assert_eq!(post(&mut visit, &page_of(&trusted), form).await.status, 403);
    }
    let page = visit.open(&page_of(&open)).await;
    assert!(page.text.contains("can keep no secret, and has none"), "{}", page.text);
    assert_eq!(post(&mut visit, &page_of(&open), &[("act", "renew")]).await.status, 412);
}

#[bedside_test]
async fn what_was_refused_waits_for_nobody_and_says_why(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna.clone()).await;
    post(&mut hers, PAGE, &registering("place", "here")).await;
    let mine = ward.house.db.read(anna.id, |tx, id| Box::pin(applications::of_developer(tx, *id)));
    let id = mine.await.unwrap().pop().expect("hers").client.id;
    ward.pass_a_second();
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let list = "/administration/applications";
    let page = format!("{list}/{}", id.hex());
    let overview = visit.open("/administration").await;
    assert!(overview.text.contains("Waiting for approval: 1"), "{}", overview.text);
    for path in [list, page.as_str()] {
        let shown = visit.open(path).await;
        assert!(shown.text.contains("Waiting for approval."), "{path}: {}", shown.text);
        assert!(shown.text.contains(APPROVE), "{path}: {}", shown.text);
    }

    let no = ward.house.db.write(id, |tx, id| {
        Box::pin(applications::decline(tx, By::Operator, *id, "We have a board already."))
    });
    no.await.unwrap();
    let overview = visit.open("/administration").await;
    assert!(!overview.text.contains("Waiting for approval"), "{}", overview.text);
    for path in [list, page.as_str()] {
        let shown = visit.open(path).await;
        assert!(shown.text.contains("Refused. The reason: We have a board already."), "{}", shown.text);
        assert!(!shown.text.contains("Waiting for approval") && !shown.text.contains(APPROVE), "{path}");
    }
}

//! An administrator who looks at what waits.

use identity::{By, clients};
use jiff::SignedDuration;
use kernel::{ClientId, Role};
use serde_json::json;
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use super::developers::{PAGE, at_home, changed, post};
use crate::cast::{Browser, Form, Page, Ward};
use crate::oauth::app::PASSWORD;

const APPROVE: &str = "/account/applications/approve";

/// The form of the page that has this button.
fn form_of(page: &Page, answer: &str) -> Option<Form> {
    let all = page.forms();
    all.into_iter().find(|form| form.buttons.iter().any(|(name, value)| name == "answer" && value == answer))
}

/// Answers by the form that has this button, with these fields filled in.
async fn answer(visit: &mut Browser, page: &Page, answer: &str, filled: &[(&str, &str)]) -> Page {
    let mut form = form_of(page, answer).expect("a form").fields;
    form.retain(|(name, _)| !["looked", "reason"].contains(&name.as_str()));
    form.push(("answer".to_owned(), answer.to_owned()));
    form.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let answer = visit.post(APPROVE, &form, &[]).await;
    match answer.location().map(str::to_owned) {
        Some(to) => visit.open(&to).await,
        None => answer,
    }
}

fn id_of(page: &Page) -> ClientId {
    ClientId::from_hex(page.forms()[0].value("application")).unwrap()
}

const LOOKED: &[(&str, &str)] = &[("looked", "1")];

async fn is_pending(ward: &Ward, id: ClientId) -> Option<bool> {
    let found = ward.house.db.read(id, |tx, id| Box::pin(clients::find(tx, *id))).await.unwrap();
    found.map(|client| client.pending)
}

#[bedside_test]
async fn femke_approves_once_she_has_looked_at_the_addresses_as_they_are(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna).await;
    post(&mut hers, PAGE, &changed("place", "here")).await;
    assert_eq!(hers.open(APPROVE).await.status, 403, "she is no administrator");
    ward.pass_a_second();
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let page = visit.open(APPROVE).await;
    assert!(page.text.contains("Registered by Anna de Vries"), "{}", page.text);
    assert!(page.text.contains("https://board.example.test/cb"));
    let id = id_of(&page);

    let unseen = answer(&mut visit, &page, "approve", &[]).await;
    assert!(unseen.status == 422 && unseen.text.contains("Look at the addresses first"));
    assert_eq!(is_pending(&ward, id).await, Some(true));

    let other = vec!["https://other.example.test/".to_owned()];
    let moved = ward
        .house
        .db
        .write((id, other), |tx, (id, other)| Box::pin(clients::set_redirects(tx, By::Operator, *id, other)));
    moved.await.unwrap();
    let stale = answer(&mut visit, &page, "approve", LOOKED).await;
    assert!(stale.status == 422 && stale.text.contains("The addresses have changed"), "{}", stale.text);
    assert_eq!(is_pending(&ward, id).await, Some(true));

    let page = visit.open(APPROVE).await;
    let done = answer(&mut visit, &page, "approve", LOOKED).await;
    assert!(done.text.contains("The application is approved.") && done.text.contains("Nothing is waiting."));
    assert!(!visit.open(APPROVE).await.text.contains("is approved."), "said once");
    assert_eq!(is_pending(&ward, id).await, Some(false));
    assert!(hers.open(PAGE).await.text.contains("In the sandbox: this application works."));
}

#[bedside_test]
async fn who_registered_what_is_refused_reads_why_and_nobody_is_asked_again(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna).await;
    post(&mut hers, PAGE, &changed("place", "here")).await;
    ward.pass_a_second();
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let page = visit.open(APPROVE).await;
    let id = id_of(&page);
    for unfit in ["", " ", "x\u{202e}y", &"x".repeat(501)] {
        let again = answer(&mut visit, &page, "refuse", &[("reason", unfit)]).await;
        assert_eq!(again.status, 422, "{unfit:.20}");
        assert!(again.text.contains(&format!("id=\"reason-error-{}\"", id.hex())), "{}", again.text);
    }
    assert!(hers.open(PAGE).await.text.contains("Waiting for approval."), "nothing has happened yet");
    let done = answer(&mut visit, &page, "refuse", &[("reason", "We have a board already.")]).await;
    assert!(done.text.contains("The application is refused.") && done.text.contains("Nothing is waiting."));
    assert_eq!(is_pending(&ward, id).await, Some(true), "it is let in nowhere");
    let again = answer(&mut visit, &page, "refuse", &[("reason", "And again.")]).await;
    assert_eq!(again.status, 412, "it waits no more");
    let page = hers.open(PAGE).await;
    assert!(page.text.contains("Refused. The reason: We have a board already."), "{}", page.text);
    assert!(!page.text.contains("Waiting for approval."));
    post(&mut hers, &format!("{PAGE}/remove"), &[("application", &id.hex())]).await;
    assert_eq!(is_pending(&ward, id).await, None);
}

#[bedside_test]
async fn who_only_found_an_administrators_open_page_decides_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let mut hers = at_home(&ward, linde.doctor("Anna").await).await;
    post(&mut hers, PAGE, &changed("place", "here")).await;
    ward.pass_a_second();
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let page = visit.open(APPROVE).await;
    let id = id_of(&page);
    ward.clock.pass(SignedDuration::from_mins(6));
    let asks = "/account/second-factor/prove?return=%2Faccount%2Fapplications%2Fapprove";
    let refused = answer(&mut visit, &page, "refuse", &[("reason", "We have a board already.")]).await;
    assert_eq!(refused.path, asks);
    let prove = answer(&mut visit, &page, "approve", LOOKED).await;
    assert_eq!(prove.path, asks);
    let again = visit.open(APPROVE).await;
    assert_eq!((is_pending(&ward, id).await, id_of(&again)), (Some(true), id), "it waits as before");
    let page = visit.submit(&prove, &[("password", PASSWORD)]).await;
    assert_eq!(page.path, APPROVE);
    let done = answer(&mut visit, &page, "approve", LOOKED).await;
    assert!(done.text.contains("The application is approved."), "{}", done.text);
}

#[bedside_test]
async fn what_acts_for_itself_is_the_operators_to_approve(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna).await;
    post(&mut hers, PAGE, &[("name", "Pump"), ("product", "fhir"), ("place", "here")]).await;
    ward.pass_a_second();
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let page = visit.open(APPROVE).await;
    assert!(page.text.contains("Only the operator of this system can approve it."), "{}", page.text);
    assert!(form_of(&page, "approve").is_none(), "what would be refused is not offered");
    let id = id_of(&page).hex();
    let forced = [("application", id.as_str()), ("answer", "approve"), ("looked", "1")];
    assert_eq!(post(&mut visit, APPROVE, &forced).await.status, 403);
    assert_eq!(is_pending(&ward, id_of(&page)).await, Some(true));
    let done = answer(&mut visit, &page, "refuse", &[("reason", "No pumps.")]).await;
    assert!(done.text.contains("The application is refused."));
}

#[bedside_test]
async fn nobody_approves_of_what_they_registered_while_another_could_look_at_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let boss = femke(&linde).await;
    let mut visit = at_home(&ward, boss.clone()).await;
    post(&mut visit, PAGE, &changed("place", "here")).await;
    let alone = visit.open(APPROVE).await;
    assert!(form_of(&alone, "approve").is_some(), "she is the only one");
    let id = id_of(&alone);
    let noor = linde.somebody("Noor", "Bos", Role::Administrator).await;
    let page = visit.open(APPROVE).await;
    assert!(page.text.contains("You registered this application yourself."), "{}", page.text);
    assert!(form_of(&page, "approve").is_none());
    assert_eq!(answer(&mut visit, &alone, "approve", LOOKED).await.status, 403);
    let desk = Desk::of(&boss).await;
    let path = format!("/clients/{}/approve", id.hex());
    let seen = desk.get(&format!("/clients/{}", id.hex())).await.ok()["redirect_uris"].clone();
    let seen = json!({ "redirect_uris": seen });
    assert_eq!(problem(&desk.post(&path, seen.clone()).await), (403, "registered_by_oneself"));
    assert_eq!(is_pending(&ward, id).await, Some(true));
    let other = Desk::of(&noor).await;
    assert_eq!(other.post(&path, seen).await.ok()["status"], "approved");
}

#[bedside_test]
async fn the_only_administrator_approves_of_their_own_application(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    post(&mut visit, PAGE, &changed("place", "here")).await;
    let page = visit.open(APPROVE).await;
    answer(&mut visit, &page, "approve", LOOKED).await;
    assert_eq!(is_pending(&ward, id_of(&page)).await, Some(false));
}

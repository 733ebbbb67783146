//! An administrator who looks at what waits.

use identity::{By, clients};
use kernel::ClientId;
use testkit::bedside_test;

use super::desk::femke;
use super::developers::{PAGE, at_home, changed, post};
use crate::cast::{Browser, Page, Ward};

const APPROVE: &str = "/account/applications/approve";

/// Answers the one form of the page.
async fn answer(visit: &mut Browser, page: &Page, answer: &str, looked: bool) -> Page {
    let mut form = page.form().fields;
    form.retain(|(name, _)| name != "looked");
    form.push(("answer".to_owned(), answer.to_owned()));
    if looked {
        form.push(("looked".to_owned(), "1".to_owned()));
    }
    let answer = visit.post(APPROVE, &form, &[]).await;
    match answer.location().map(str::to_owned) {
        Some(to) => visit.open(&to).await,
        None => answer,
    }
}

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
    let id = ClientId::from_hex(page.form().value("application")).unwrap();

    let unseen = answer(&mut visit, &page, "approve", false).await;
    assert!(unseen.status == 422 && unseen.text.contains("Look at the addresses first"));
    assert_eq!(is_pending(&ward, id).await, Some(true));

    let other = vec!["https://other.example.test/".to_owned()];
    let moved = ward
        .house
        .db
        .write((id, other), |tx, (id, other)| Box::pin(clients::set_redirects(tx, By::Operator, *id, other)));
    moved.await.unwrap();
    let stale = answer(&mut visit, &page, "approve", true).await;
    assert!(stale.status == 422 && stale.text.contains("The addresses have changed"), "{}", stale.text);
    assert_eq!(is_pending(&ward, id).await, Some(true));

    let page = visit.open(APPROVE).await;
    let done = answer(&mut visit, &page, "approve", true).await;
    assert!(done.text.contains("The application is approved.") && done.text.contains("Nothing is waiting."));
    assert!(!visit.open(APPROVE).await.text.contains("is approved."), "said once");
    assert_eq!(is_pending(&ward, id).await, Some(false));
    assert!(hers.open(PAGE).await.text.contains("In the sandbox: this application works."));
}

#[bedside_test]
async fn what_is_refused_is_gone_and_what_acts_for_itself_is_the_operators(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna).await;
    post(&mut hers, PAGE, &[("name", "Pump"), ("product", "fhir"), ("place", "here")]).await;
    ward.pass_a_second();
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let page = visit.open(APPROVE).await;
    assert!(page.text.contains("Only the operator of this system can approve it."), "{}", page.text);
    let id = ClientId::from_hex(page.form().value("application")).unwrap();
    assert_eq!(answer(&mut visit, &page, "approve", true).await.status, 403);
    assert_eq!(is_pending(&ward, id).await, Some(true));
    let done = answer(&mut visit, &page, "refuse", false).await;
    assert!(done.text.contains("The application is refused and removed."));
    assert_eq!(is_pending(&ward, id).await, None);
}

//! Applications that are wished to go into production, and those that somebody said no to.

use serde_json::{Value, json};
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use super::developers::{BOARD, PAGE, at_home, changed, post};
use crate::cast::{Browser, Somebody, Ward};
use crate::secrecy::access_log::lines;

/// Registers an application in the sandbox and wishes for production; says its client_id.
async fn wished(ward: &Ward, visit: &mut Browser, developer: &Somebody) -> String {
    post(visit, PAGE, &BOARD).await;
    let all =
        ward.house.db.read(developer.id, |tx, id| Box::pin(identity::applications::of_developer(tx, *id)));
    let id = all.await.unwrap().last().unwrap().client.client_id();
    let page = post(visit, &format!("{PAGE}/wish"), &[("application", &id)]).await;
    assert!(page.text.contains("Production has been applied for."), "{}", page.text);
    id
}

fn reason(text: &str) -> Value {
    json!({ "reason": text })
}

#[bedside_test]
async fn femke_sees_what_is_wished_for_in_her_practice_and_its_developer_reads_why_not(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna.clone()).await;
    let id = wished(&ward, &mut hers, &anna).await;
    let boss = femke(&linde).await;
    let (desk, other) = (Desk::of(&boss).await, Desk::of(&femke(&eik).await).await);
    let seen = desk.get("/wishes").await.ok();
    assert_eq!((&seen[0]["client_id"], &seen[0]["registered_by"]), (&json!(id), &json!(anna.uuid())));
    assert_eq!(seen[0]["redirect_uris"][0], "https://board.example.test/cb");
    assert_eq!(other.get("/wishes").await.ok(), json!([]));
    assert_eq!(problem(&desk.get(&format!("/clients/{id}")).await).0, 404, "the rest of it is the sandbox's");

    let decline = format!("/wishes/{id}/decline");
    assert_eq!(problem(&other.post(&decline, reason("No.")).await).0, 404);
    assert_eq!(problem(&desk.post(&decline, reason(" ")).await), (422, "reason_unfit"));
    assert_eq!(problem(&desk.post(&decline, json!({})).await), (422, "wrong_type"));
    assert_eq!(desk.get("/wishes").await.ok(), seen, "nothing has happened");
    assert_eq!(desk.post(&decline, reason("We have a board already.")).await.status, 204);
    assert_eq!(desk.get("/wishes").await.ok(), json!([]));
    assert_eq!(problem(&desk.post(&decline, reason("Again.")).await).0, 404);
    let page = hers.open(PAGE).await;
    assert!(
        page.text.contains("Production was refused. The reason: We have a board already."),
        "{}",
        page.text
    );
    assert!(page.text.contains("In the sandbox: this application works."));

    let told = lines(&ward).await;
    let mine: Vec<_> =
        told.iter().filter(|line| line.reason.as_deref() == Some("production declined")).collect();
    assert_eq!(mine.len(), 2, "the sandbox and the practice each find it");
    assert!(mine.iter().all(|line| line.person == Some(boss.id)));
    assert!(mine.iter().any(|line| line.organisation == linde.id));

    ward.pass_a_second();
    let page = post(&mut hers, &format!("{PAGE}/wish"), &[("application", &id)]).await;
    assert!(page.text.contains("Production has been applied for."), "they may wish again");
    assert!(!page.text.contains("Production was refused."));
}

#[bedside_test]
async fn an_application_that_waits_is_declined_by_the_api_and_may_still_be_approved(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna.clone()).await;
    post(&mut hers, PAGE, &changed("place", "here")).await;
    let boss = femke(&linde).await;
    let (desk, other) = (Desk::of(&boss).await, Desk::of(&femke(&eik).await).await);
    let all = desk.get("/clients").await.ok();
    let waiting = all.as_array().unwrap().iter().find(|one| one["status"] == "pending").unwrap();
    let path = format!("/clients/{}", waiting["client_id"].as_str().unwrap());
    let decline = format!("{path}/decline");
    assert_eq!(problem(&other.post(&decline, reason("No.")).await).0, 404);
    assert_eq!(problem(&desk.post(&decline, reason("a\nb")).await), (422, "reason_unfit"));
    let declined = desk.post(&decline, reason("Not yet.")).await.ok();
    assert_eq!(
        (&declined["status"], &declined["declined_because"]),
        (&json!("declined"), &json!("Not yet."))
    );
    assert_eq!(problem(&desk.post(&decline, reason("Again.")).await), (409, "not_pending"));
    assert!(hers.open(PAGE).await.text.contains("Refused. The reason: Not yet."));
    let seen = json!({ "redirect_uris": waiting["redirect_uris"] });
    let approved = desk.post(&format!("{path}/approve"), seen).await.ok();
    assert_eq!((&approved["status"], &approved["declined_because"]), (&json!("approved"), &Value::Null));
    assert!(!hers.open(PAGE).await.text.contains("Not yet."));
    assert_eq!(problem(&desk.post(&decline, reason("Too late.")).await), (409, "not_pending"));
}

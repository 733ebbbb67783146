//! Whom somebody finds and may begin to write to.

use kernel::Role;
use serde_json::json;
use testkit::bedside_test;

use crate::cast::Ward;
use crate::oauth::app::{PASSWORD, browser, sign_in};

#[bedside_test]
async fn a_patient_finds_clinicians_and_answers_whoever_else_wrote_first(ward: Ward) {
    let linde = ward.organisation_where("linde", false).await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let eva = linde.doctor("Eva").await;
    let noor = linde.somebody("Noor", "Dekker", Role::Administrator).await;
    let (patient, office) = (anna.kpn().await, noor.kpn().await);
    let contacts = patient.get("me/contacts").await.ok();
    let ids: Vec<&str> = contacts.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [eva.uuid()]);
    assert_eq!(office.get("me/contacts").await.ok().as_array().unwrap().len(), 2, "staff find everybody");
    patient.get(&format!("users/{}", eva.uuid())).await.ok();
    assert_eq!(patient.get(&format!("users/{}", noor.uuid())).await.refused().0, 404);
    let to_noor = format!("conversations/{}", noor.uuid());
    let first = patient.post(&format!("{to_noor}/messages"), json!({ "body": "Hallo" })).await;
    assert_eq!(first.refused(), (404, "conversation_not_found"));
    let group = json!({ "subject": "Vraag", "members": [noor.uuid()] });
    assert_eq!(patient.post("groupchats", group).await.status, 400);

    office.say(&format!("conversations/{}", anna.uuid()), "Uw adres klopt niet").await;
    patient.say(&to_noor, "Dank u").await;
    assert_eq!(patient.texts(&to_noor).await, ["Dank u", "Uw adres klopt niet"]);
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    sign_in(&mut visit, &page, &anna).await;
    let talk = visit.open(&format!("/chats/with/{}", noor.uuid())).await;
    assert!(talk.status == 200 && talk.text.contains("Noor Dekker"), "{}", talk.text);
    assert!(talk.forms().iter().any(|form| form.action.contains("once=")), "there is where to answer");
    ward.settle().await;
}

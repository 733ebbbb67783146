use identity::notices::{self, Wishes};
use kernel::Role;
use serde_json::json;
use store::args;
use store::jobs::{self, NewJob};
use testkit::bedside_test;

use super::Practice;
use crate::cast::Ward;

#[bedside_test]
async fn members_are_told_that_a_conversation_began_and_ended_when_that_is_asked_for(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let subject = "wondzorg-aan-huis";
    let new = |send_email| json!({ "subject": subject, "members": [practice.bram.uuid()], "send_email": send_email });
    let group = format!("groupchats/{}", practice.doctor.post("groupchats", new(true)).await.created());
    let mails = practice.pass(0).await;
    let [mail] = &*mails else { panic!("one letter: {mails:?}") };
    assert_eq!(mail.to, practice.bram.email);
    assert_eq!(mail.header("Subject"), "New conversation at Praktijk linde");
    assert!(!mail.raw.contains(subject) && !mail.raw.contains("Annemiekelien"), "{}", mail.raw);
    practice.doctor.delete(&group, json!({ "send_email": true })).await.ok();
    let mails = practice.pass(0).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].header("Subject"), "Conversation closed at Praktijk linde");
    // Nobody is told who is not to be.
    let group = format!("groupchats/{}", practice.doctor.post("groupchats", new(false)).await.created());
    practice.doctor.delete(&group, json!({})).await.ok();
    let silent = json!({ "subject": subject, "members": [practice.bram.uuid()] });
    practice.doctor.post("groupchats", silent).await.created();
    assert!(practice.pass(0).await.is_empty());
}

#[bedside_test]
async fn one_whose_address_is_damaged_keeps_no_other_member_from_being_told(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let chris = practice.linde.somebody("Chris", "de Wit", kernel::Role::Nurse).await;
    practice.replaces_address(&practice.bram, b"damaged").await;
    let members = [practice.bram.uuid(), chris.uuid()];
    let new = json!({ "subject": "wondzorg", "members": members, "send_email": true });
    practice.doctor.post("groupchats", new).await.created();
    let mails = practice.pass(0).await;
    assert_eq!(mails.iter().map(|mail| &mail.to).collect::<Vec<_>>(), [&chris.email]);
}

/// Leaves the jobs that wait to tell members once more, as when a server ended between their work and the note of it.
async fn again(ward: &Ward, payloads: &[String]) -> Vec<String> {
    const TELLING: &str = "SELECT payload FROM jobs WHERE name = 'letters.members_told'";
    let waiting = ward.house.db.write(payloads.to_vec(), |tx, payloads| {
        Box::pin(async move {
            for payload in payloads {
                let payload = serde_json::from_str(payload).expect("JSON");
                let job = NewJob { name: "letters.members_told", dedupe: None, payload, due_ms: tx.now_ms() };
                jobs::enqueue(tx, &job).await?;
            }
            tx.all(TELLING, &[], |row| row.get::<String>(0)).await
        })
    });
    waiting.await.expect("jobs")
}

#[bedside_test]
async fn members_are_told_once_although_the_job_is_done_again(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let chris = practice.linde.somebody("Chris", "de Wit", kernel::Role::Nurse).await;
    let members = [practice.bram.uuid(), chris.uuid()];
    let new = json!({ "subject": "wondzorg", "members": members, "send_email": true });
    let group = format!("groupchats/{}", practice.doctor.post("groupchats", new).await.created());
    let payloads = again(&ward, &[]).await;
    assert_eq!((payloads.len(), again(&ward, &payloads).await.len()), (1, 2), "and at once");
    assert_eq!(practice.pass(0).await.len(), 2);
    again(&ward, &payloads).await;
    assert!(practice.pass(1).await.is_empty());
    // What else is to be told is not taken for the same.
    practice.doctor.delete(&group, json!({ "send_email": true })).await.ok();
    assert_eq!(practice.pass(0).await.len(), 2);
}

#[bedside_test]
async fn a_refused_request_tells_nobody_and_a_chat_of_two_is_told_too(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let bad = json!({ "subject": "", "members": [practice.bram.uuid()], "send_email": true });
    assert_eq!(practice.doctor.post("groupchats", bad).await.status, 400);
    practice.doctor.say(&practice.to_patient(), "Dag").await;
    practice.doctor.delete(&practice.to_patient(), json!({ "send_email": true })).await.ok();
    // Who repeats it hears that it is done, and nobody is told again.
    practice.doctor.delete(&practice.to_patient(), json!({ "send_email": true })).await.ok();
    let mails = practice.pass(0).await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [practice.bram.email.as_str()]);
}

#[bedside_test]
async fn members_of_a_group_that_is_removed_are_told_and_never_who_chose_no_mail_or_is_not_reached(
    ward: Ward,
) {
    const UNDELIVERABLE: &str = "UPDATE person_identifiers SET undeliverable_ms = 1 WHERE person = $1";
    let practice = Practice::open(&ward).await;
    let (chris, dana) = (practice.linde.patient("Chris").await, practice.linde.patient("Dana").await);
    let wish = (chris.actor(Role::Patient, &[]), Wishes { wanted: false, quiet: None });
    let chosen =
        ward.house.db.write(wish, |tx, (actor, wishes)| Box::pin(notices::set_wishes(tx, actor, *wishes)));
    chosen.await.expect("chosen");
    let lost = ward
        .house
        .db
        .write(dana.id, |tx, id| Box::pin(async move { tx.run(UNDELIVERABLE, &args![id]).await }));
    assert_eq!(lost.await.expect("lost"), 1);
    let members = [practice.bram.uuid(), chris.uuid(), dana.uuid()];
    let new = json!({ "subject": "Wondzorg", "members": members, "send_email": true });
    let group = format!("groupchats/{}", practice.doctor.post("groupchats", new).await.created());
    let to_bram = |mails: Vec<crate::cast::Mail>, subject: &str| {
        let [mail] = &*mails else { panic!("one letter: {mails:?}") };
        assert_eq!((mail.to.as_str(), mail.header("Subject")), (&*practice.bram.email, subject.to_owned()));
    };
    to_bram(practice.pass(0).await, "New conversation at Praktijk linde");
    practice.doctor.delete(&group, json!({ "send_email": true, "remove": true })).await.ok();
    to_bram(practice.pass(0).await, "Conversation closed at Praktijk linde");
    let new = json!({ "subject": "Wondzorg", "members": [practice.bram.uuid()] });
    let group = format!("groupchats/{}", practice.doctor.post("groupchats", new).await.created());
    practice.doctor.delete(&group, json!({ "remove": true })).await.ok();
    assert!(practice.pass(0).await.is_empty(), "that is told when it is asked for");
}

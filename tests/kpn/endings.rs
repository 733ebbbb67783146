//! Groups that close by themselves, messages that expire, and groups that are deleted with all that is in them.

use jiff::SignedDuration;
use serde_json::json;
use testkit::bedside_test;

use crate::cast::{Kpn, Ward};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn group(client: &Kpn, members: &[String], settings: serde_json::Value) -> String {
    let new = json!({ "subject": "Wondzorg", "members": members, "settings": settings });
    format!("groupchats/{}", client.post("groupchats", new).await.created())
}

async fn hold(ward: &Ward, sql: &'static str) {
    let holding = ward.house.db.write((), move |tx, ()| Box::pin(tx.run(sql, &[])));
    assert_eq!(holding.await.expect("held or released"), 1);
}

#[bedside_test]
async fn messages_expire_when_their_time_is_over_and_no_sooner(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let group = group(&doctor, &[bram.uuid()], json!({ "auto_expire_after": 3_600 })).await;
    let before = ward.inventory().await;
    let files: [(&str, &str, &[u8]); 1] = [("foto.txt", "text/plain", b"dag drie")];
    let first = patient.upload(&format!("{group}/attachments"), Some("De wond"), &files).await.created();
    let message = doctor.get(&format!("{group}/messages/{first}")).await.ok();
    let file = format!("{group}/attachments/{}", message["attachments"][0]["id"].as_str().unwrap());
    ward.clock.pass(HOUR / 2);
    doctor.say(&group, "Ziet er goed uit").await;
    ward.clock.pass(HOUR / 2 - SignedDuration::from_millis(1));
    ward.settle().await;
    assert_eq!(doctor.texts(&group).await, ["Ziet er goed uit", "De wond"], "a millisecond is left");
    ward.clock.pass(SignedDuration::from_millis(1));
    ward.settle().await;
    assert_eq!(doctor.texts(&group).await, ["Ziet er goed uit"]);
    for gone in [format!("{group}/messages/{first}"), file.clone(), format!("{file}/content")] {
        assert_eq!(patient.get(&gone).await.status, 404, "{gone}");
    }
    assert_eq!(ward.inventory().await.objects, before.objects, "the bytes are gone from the disk");

    doctor.delete(&group, json!({})).await.ok();
    ward.clock.pass(HOUR);
    ward.settle().await;
    assert!(doctor.texts(&group).await.is_empty(), "in a closed chat, too");
}

#[bedside_test]
async fn a_shorter_span_counts_at_once_and_none_ends_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let group = group(&client, &[bram.uuid()], json!({ "auto_expire_after": 30 * 86_400 })).await;
    let settings = format!("{group}/settings");
    client.say(&group, "Maandag").await;
    ward.clock.pass(HOUR);
    client.say(&group, "Een uur later").await;
    client.put(&settings, json!({ "auto_expire_after": 60 })).await.ok();
    ward.settle().await;
    assert_eq!(client.texts(&group).await, ["Een uur later"]);
    client.put(&settings, json!({ "auto_expire_after": 0 })).await.ok();
    ward.clock.pass(DAY);
    ward.settle().await;
    assert_eq!(client.texts(&group).await, ["Een uur later"]);
    client.put(&settings, json!({ "auto_expire_after": 86_401 })).await.ok();
    ward.settle().await;
    assert_eq!(client.texts(&group).await, ["Een uur later"], "a second is left");
    ward.pass_a_second();
    ward.settle().await;
    assert!(client.texts(&group).await.is_empty());
}

#[bedside_test]
async fn what_is_held_does_not_expire_until_the_hold_ends(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let group = group(&anna.kpn().await, &[bram.uuid()], json!({ "auto_expire_after": 60 })).await;
    let files: [(&str, &str, &[u8]); 1] = [("brief.txt", "text/plain", b"Beste dokter")];
    for (set, end) in [
        (
            "UPDATE messages SET legal_hold = TRUE WHERE deleted_ms IS NULL",
            "UPDATE messages SET legal_hold = FALSE WHERE legal_hold",
        ),
        ("UPDATE files SET legal_hold = TRUE", "UPDATE files SET legal_hold = FALSE"),
        ("UPDATE chats SET legal_hold = TRUE", "UPDATE chats SET legal_hold = FALSE"),
    ] {
        // A token lasts for three days.
        let client = anna.kpn().await;
        client.upload(&format!("{group}/attachments"), Some("Zo ging het"), &files).await.created();
        hold(&ward, set).await;
        ward.clock.pass(HOUR);
        ward.settle().await;
        assert_eq!(client.texts(&group).await, ["Zo ging het"], "{set}");
        assert_eq!(ward.inventory().await.rows[3], 1, "{set}");
        hold(&ward, end).await;
        ward.clock.pass(DAY);
        ward.settle().await;
        assert!(client.texts(&group).await.is_empty(), "{end}");
    }
    assert_eq!(ward.inventory().await.objects, 0);
}

#[bedside_test]
async fn a_group_closes_after_days_without_a_message_and_counts_anew_once_opened(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let group = group(&doctor, &[bram.uuid()], json!({ "auto_close_after": 2 })).await;
    ward.clock.pass(DAY);
    patient.say(&group, "Nog een vraag").await;
    ward.clock.pass(DAY * 2 - SignedDuration::from_secs(1));
    ward.settle().await;
    assert_eq!(doctor.get(&group).await.ok()["closed"], false, "a second is left");
    ward.pass_a_second();
    ward.settle().await;
    // A token lasts for three days.
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    assert_eq!(doctor.get(&group).await.ok()["closed"], true);
    let late = patient.post(&format!("{group}/messages"), json!({ "body": "Te laat" })).await;
    assert_eq!(late.refused(), (412, "groupchat_is_closed"));
    assert_eq!(doctor.texts(&group).await, ["Nog een vraag"], "what was written stays");

    let chat = kernel::ChatId::from_uuid(group.trim_start_matches("groupchats/")).expect("its id");
    let actor = anna.actor(kernel::Role::Doctor, &[]);
    let opening = ward.house.db.write((actor, chat), |tx, (actor, chat)| {
        Box::pin(async move {
            let open = messaging::open(tx, actor, *chat, messaging::Right::Receive).await?;
            messaging::reopen(tx, &open).await
        })
    });
    opening.await.expect("opened");
    ward.settle().await;
    assert_eq!(doctor.get(&group).await.ok()["closed"], false, "the days count from then");
    ward.clock.pass(DAY * 2);
    ward.settle().await;
    let doctor = anna.kpn().await;
    assert_eq!(doctor.get(&group).await.ok()["closed"], true);
}

#[bedside_test]
async fn a_deleted_group_is_gone_for_everybody_with_all_that_was_in_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let empty = ward.inventory().await;
    let group = group(&doctor, &[bram.uuid()], json!({ "auto_expire_after": 86_400 })).await;
    let files: [(&str, &str, &[u8]); 1] = [("foto.txt", "text/plain", b"dag drie")];
    let id = patient.upload(&format!("{group}/attachments"), Some("De wond"), &files).await.created();
    let message = doctor.get(&format!("{group}/messages/{id}")).await.ok();
    let file = format!("{group}/attachments/{}", message["attachments"][0]["id"].as_str().unwrap());
    for n in 0..60 {
        ward.pass_a_second();
        doctor.say(&group, &format!("Regel {n}")).await;
    }
    let refused = patient.delete(&group, json!({ "remove": true })).await;
    assert_eq!(refused.refused(), (403, "not_staff"));
    // As the framework's client writes it.
    doctor.delete(&group, json!({ "send_email": false, "remove": true })).await.ok();
    ward.pass_a_second();
    for client in [&doctor, &patient] {
        for path in [
            group.clone(),
            format!("{group}/members"),
            format!("{group}/messages"),
            format!("{group}/messages/{id}"),
            file.clone(),
            format!("{file}/content"),
        ] {
            assert_eq!(client.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(client.get("groupchats").await.ok(), json!([]));
        let late = client.post(&format!("{group}/messages"), json!({ "body": "Te laat" })).await;
        assert_eq!(late.refused(), (404, "groupchat_not_found"));
        let again = client.delete(&group, json!({ "remove": true })).await;
        assert_eq!(again.refused(), (404, "groupchat_not_found"));
    }
    ward.settle().await;
    assert_eq!(ward.inventory().await, empty, "rows and bytes are gone");
    let removed = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'chat_removed' AND outcome = 'done' AND patient IS NOT NULL";
    let posted = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'message_posted'";
    for (sql, expected) in [(removed, 1), (posted, 61)] {
        let count = ward.house.db.read(sql, |tx, sql| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
        assert_eq!(count.await.expect("a count"), Some(expected), "{sql}");
    }
    ward.clock.pass(DAY);
    ward.settle().await;
}

#[bedside_test]
async fn a_closed_group_can_be_deleted_and_a_held_one_cannot(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let group = group(&client, &[bram.uuid()], json!({})).await;
    let files: [(&str, &str, &[u8]); 1] = [("foto.txt", "text/plain", b"dag drie")];
    client.upload(&format!("{group}/attachments"), Some("De wond"), &files).await.created();
    client.delete(&group, json!({})).await.ok();
    let before = ward.inventory().await;
    for (set, end) in [
        ("UPDATE messages SET legal_hold = TRUE", "UPDATE messages SET legal_hold = FALSE"),
        ("UPDATE files SET legal_hold = TRUE", "UPDATE files SET legal_hold = FALSE"),
        ("UPDATE chats SET legal_hold = TRUE", "UPDATE chats SET legal_hold = FALSE"),
    ] {
        hold(&ward, set).await;
        let refused = client.delete(&group, json!({ "remove": true })).await;
        assert_eq!(refused.refused(), (412, "legal_hold"), "{set}");
        ward.settle().await;
        assert_eq!(ward.inventory().await, before, "{set}");
        assert_eq!(client.texts(&group).await, ["De wond"], "{set}");
        hold(&ward, end).await;
    }
    client.delete(&group, json!({ "remove": true })).await.ok();
    ward.settle().await;
    assert_eq!(client.get(&group).await.status, 404);
    let conversation = format!("conversations/{}", bram.uuid());
    client.say(&conversation, "Onder ons").await;
    let refused = client.delete(&conversation, json!({ "remove": true })).await;
    assert_eq!(refused.refused(), (400, "remove_not_supported"), "neither takes it from the other");
    assert_eq!(client.texts(&conversation).await, ["Onder ons"]);
}

//! A deleted message is gone: its text, its files, and their bytes on the disk.

use serde_json::json;
use testkit::bedside_test;

use crate::cast::Ward;

#[bedside_test]
async fn text_file_and_bytes_go_for_everybody(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let (to_bram, to_anna) =
        (format!("conversations/{}", bram.uuid()), format!("conversations/{}", anna.uuid()));
    patient.say(&to_anna, "Dit blijft").await;
    let before = ward.inventory().await;
    let files: [(&str, &str, &[u8]); 2] =
        [("brief.txt", "text/plain", b"Beste dokter"), ("lijst.txt", "text/plain", b"1, 2, 3")];
    let id = patient.upload(&format!("{to_anna}/attachments"), Some("Twee brieven"), &files).await.created();
    assert_eq!(ward.inventory().await.objects, before.objects + 2);
    let message = doctor.get(&format!("{to_bram}/messages/{id}")).await.ok();
    let file = format!("{to_bram}/attachments/{}", message["attachments"][0]["id"].as_str().unwrap());

    let path = format!("{to_anna}/messages/{id}");
    let by_doctor = doctor.delete(&format!("{to_bram}/messages/{id}"), json!({})).await;
    assert_eq!(by_doctor.refused(), (403, "not_your_message"));
    patient.delete(&path, json!({})).await.ok();
    assert_eq!(doctor.texts(&to_bram).await, ["Dit blijft"]);
    for gone in [format!("{to_bram}/messages/{id}"), file.clone(), format!("{file}/content")] {
        assert_eq!(doctor.get(&gone).await.status, 404, "{gone}");
    }
    assert_eq!(patient.delete(&path, json!({})).await.refused(), (404, "message_not_found"));
    ward.settle().await;
    assert_eq!(ward.inventory().await, before, "rows and bytes are gone");
}

#[bedside_test]
async fn in_a_group_its_admins_may_delete_too(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Chris").await);
    let (doctor, one, other) = (anna.kpn().await, bram.kpn().await, chris.kpn().await);
    let new = json!({ "subject": "Lotgenoten", "members": [bram.uuid(), chris.uuid()] });
    let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
    let id = one.say(&group, "Mijn adres is hier 1").await;
    let path = format!("{group}/messages/{id}");
    assert_eq!(other.delete(&path, json!({})).await.refused(), (403, "not_your_message"));
    doctor.delete(&path, json!({})).await.ok();
    assert!(one.texts(&group).await.is_empty());
    let id = one.say(&group, "Dank").await;
    doctor.delete(&group, json!({})).await.ok();
    one.delete(&format!("{group}/messages/{id}"), json!({})).await.ok();
    assert!(other.texts(&group).await.is_empty(), "a closed chat still lets its authors take back");
}

#[bedside_test]
async fn a_message_is_deleted_only_in_its_own_chat(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Chris").await);
    let client = anna.kpn().await;
    let (to_bram, to_chris) =
        (format!("conversations/{}", bram.uuid()), format!("conversations/{}", chris.uuid()));
    let id = client.say(&to_bram, "Voor Bram").await;
    client.say(&to_chris, "Voor Chris").await;
    for answer in [
        client.get(&format!("{to_chris}/messages/{id}")).await,
        client.delete(&format!("{to_chris}/messages/{id}"), json!({})).await,
        client.get(&format!("{to_chris}/messages?before={id}")).await,
        client.put(&format!("{to_chris}/read"), json!({ "message_id": id })).await,
    ] {
        assert_eq!(answer.refused(), (404, "message_not_found"));
    }
    assert_eq!(client.texts(&to_bram).await, ["Voor Bram"]);
}

#[bedside_test]
async fn what_a_legal_hold_keeps_stays(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let to_anna = format!("conversations/{}", anna.uuid());
    let id = patient.say(&to_anna, "Zo is het gegaan").await;
    let holding = ward.house.db.write((), |tx, ()| {
        Box::pin(async move { tx.run("UPDATE messages SET legal_hold = TRUE", &[]).await })
    });
    assert_eq!(holding.await.expect("held"), 1);
    let before = ward.inventory().await;
    let refused = patient.delete(&format!("{to_anna}/messages/{id}"), json!({})).await;
    assert_eq!(refused.refused(), (412, "legal_hold"));
    assert_eq!(doctor.texts(&format!("conversations/{}", bram.uuid())).await, ["Zo is het gegaan"]);
    assert_eq!(ward.inventory().await, before);
}

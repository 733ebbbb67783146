//! Two people talk over the REST API.

use serde_json::json;
use testkit::bedside_test;

use crate::cast::Ward;

#[bedside_test]
async fn two_people_exchange_messages_and_each_sees_what_became_of_theirs(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, devries) = (linde.patient("Anna").await, linde.doctor("Eva").await);
    let (patient, doctor) = (anna.kpn().await, devries.kpn().await);
    let (to_doctor, to_patient) =
        (format!("conversations/{}", devries.uuid()), format!("conversations/{}", anna.uuid()));

    let first = patient.say(&to_doctor, "Good morning 👋").await;
    let sent = patient.get(&format!("{to_doctor}/messages/{first}")).await.ok();
    assert_eq!(sent["status"], "sent");
    assert_eq!(doctor.texts(&to_patient).await, ["Good morning 👋"]);
    let delivered = patient.get(&format!("{to_doctor}/messages/{first}")).await.ok();
    assert_eq!(delivered["status"], "delivered");
    doctor.put(&format!("{to_patient}/read"), json!({})).await.ok();
    let read = patient.get(&format!("{to_doctor}/messages/{first}")).await.ok();
    assert_eq!((&read["status"], &read["read_by"]), (&json!("read"), &json!([devries.uuid()])));

    doctor.say(&to_patient, "Good morning, how did you sleep?").await;
    assert_eq!(patient.texts(&to_doctor).await, ["Good morning, how did you sleep?", "Good morning 👋"]);
    let listed = patient.get("conversations").await.ok();
    assert_eq!(listed[0]["id"], devries.uuid());
    assert_eq!(listed[0]["members"][0]["type"], "user");
}

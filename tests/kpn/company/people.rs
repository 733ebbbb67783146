//! The company, who works there, and what one says of oneself.

use kernel::Role;
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::Ward;
use crate::kpn::clients::{Kind, Vendor};

fn ids(users: &Value) -> Vec<String> {
    let mut ids: Vec<String> = users
        .as_array()
        .expect("a bare array")
        .iter()
        .map(|user| user["id"].as_str().expect("an id").to_owned())
        .collect();
    ids.sort_unstable();
    ids
}

#[bedside_test]
async fn the_company_and_who_works_there_are_shown_as_far_as_one_may_find_them(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let chris = linde.somebody("Chris", "Smit", Role::Assistant).await;
    let mut staff = [anna.uuid(), chris.uuid()];
    staff.sort_unstable();
    for kind in [Kind::Sdk, Kind::Framework] {
        let client = Vendor::new(kind, "/v1", &ward, anna.token("read").await);
        let company = client.get("company").await;
        assert_eq!((&company["id"], &company["name"]), (&json!(linde.id.uuid()), &json!("Praktijk linde")));
        assert_eq!((&company["language"], &company["time_zone"]), (&json!("nl"), &json!("Europe/Amsterdam")));
        assert_eq!(company["languages"], json!(["nl", "en"]));
        assert_eq!(client.get("me").await["company_id"], company["id"]);
        assert_eq!(ids(&client.get("company/users?page=0&amount=20").await), staff);
        assert_eq!(client.get("company/users?page=1&amount=1").await.as_array().map(Vec::len), Some(1));
        assert_eq!(ids(&client.get("me/coworkers?page=0&amount=20").await), [chris.uuid()]);
    }
    let other = ward.organisation_where("eik", false).await;
    let (doctor, patient) = (other.doctor("Eva").await, other.patient("Daan").await);
    other.somebody("Femke", "Smit", Role::Assistant).await;
    let patient = patient.kpn().await;
    assert_eq!(ids(&patient.get("company/users").await.ok()), [doctor.uuid()], "as in their contacts");
    assert_eq!(patient.get("company").await.ok()["id"], other.id.uuid());
    drop(bram);
}

#[bedside_test]
async fn people_change_their_language_and_staff_their_position_and_nothing_else(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await.kpn().await, linde.patient("Bram").await.kpn().await);
    let me = anna.put("me", json!({ "language": "fr", "position": " Cardioloog " })).await.ok();
    assert_eq!((&me["language"], &me["position"]), (&json!("fr"), &json!("Cardioloog")));
    assert_eq!(bram.put("me", json!({ "language": "de" })).await.ok()["language"], "de");
    assert_eq!(anna.get("me").await.ok(), me);
    for (client, body, refusal) in [
        (&anna, json!({ "first_name": "Hanna" }), (400, "field_not_changeable")),
        (&anna, json!({ "last_name": "Smit" }), (400, "field_not_changeable")),
        (&anna, json!({ "email": "else@example.test" }), (400, "field_not_changeable")),
        (&anna, json!({ "language": "tlh" }), (400, "language_unknown")),
        (&anna, json!({ "language": 5 }), (400, "wrong_type")),
        (&anna, json!({ "position": "a".repeat(201), "language": "nl" }), (400, "name_length")),
        (&anna, json!({ "position": "a\u{202e}b" }), (400, "name_unfit")),
        (&bram, json!({ "position": "Patient", "language": "nl" }), (403, "not_staff")),
    ] {
        ward.pass_a_second();
        assert_eq!(client.put("me", body.clone()).await.refused(), refusal, "{body}");
    }
    assert_eq!(anna.get("me").await.ok(), me);
    assert_eq!(bram.get("me").await.ok()["language"], "de");
}

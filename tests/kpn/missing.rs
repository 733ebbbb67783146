//! What this wire does not have yet says so, in its own words, and does nothing by halves.

use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use crate::cast::Ward;

#[bedside_test]
async fn routes_that_are_not_there_yet_are_404(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    client.say(&chat, "Goedemorgen").await;
    let before = ward.inventory().await;
    for (method, path) in [
        (Method::GET, "aux/users/12%2F34".to_owned()),
        (Method::POST, "aux/groupchats".to_owned()),
        (Method::GET, "aux/groupchats/12%2F34/members".to_owned()),
        (Method::GET, "me/coworkers".to_owned()),
        (Method::PUT, format!("users/{}/aux", bram.uuid())),
        (Method::GET, format!("users/{}/providers", bram.uuid())),
        (Method::GET, format!("users/{}/verifications", bram.uuid())),
        (Method::POST, "users/invite/coworker".to_owned()),
        (Method::POST, "users/invite/private".to_owned()),
        (Method::GET, "company".to_owned()),
        (Method::POST, "company/import".to_owned()),
        (Method::POST, format!("{chat}/verification")),
        (Method::GET, "gateway".to_owned()),
    ] {
        let body = json!({ "email": "chris@example.test", "subject": "a", "user_id": bram.uuid() });
        let body = if method == Method::GET { None } else { Some(body) };
        let answer = client.send(method, &path, body).await;
        assert_eq!(answer.refused(), (404, "not_found"), "{path}");
    }
    let renamed = client.put("me", json!({ "first_name": "Hanna" })).await;
    assert_eq!(renamed.refused(), (405, "method_not_allowed"));
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn fields_that_would_be_ignored_at_somebodys_cost_are_400(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Chris").await);
    let client = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
    let before = ward.inventory().await;
    let aux = json!({ "members": [chris.uuid()], "aux_members": true });
    let invited = json!({ "subject": "a", "invite_users": [{ "email": "chris@example.test" }] });
    let with = |name: &str, value: serde_json::Value| {
        let mut new = json!({ "subject": "a", "members": [chris.uuid()] });
        new[name] = value;
        new
    };
    let question = json!({ "body": "Hoe gaat het?", "question": { "options": [{ "name": "goed" }] } });
    for (answer, error) in [
        (client.put(&format!("{group}/members"), aux.clone()).await, "aux_members_not_supported"),
        (client.delete(&format!("{group}/members"), aux).await, "aux_members_not_supported"),
        (client.post("groupchats", with("aux_id", json!("zaak/1"))).await, "aux_id_not_supported"),
        (client.post("groupchats", with("aux_members", json!(true))).await, "aux_members_not_supported"),
        (client.post("groupchats", invited).await, "invite_users_not_supported"),
        (client.post(&format!("{group}/messages"), question).await, "question_not_supported"),
        (client.delete(&group, json!({ "remove": true })).await, "remove_not_supported"),
    ] {
        assert_eq!(answer.refused(), (400, error));
    }
    assert_eq!(ward.inventory().await, before);
}

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
    for (method, path) in [(Method::PUT, format!("{chat}/dial_in")), (Method::GET, format!("{chat}/dial_in"))]
    {
        let body = json!({ "email": "chris@example.test", "subject": "a", "user_id": bram.uuid() });
        let body = if method == Method::GET { None } else { Some(body) };
        let answer = client.send(method, &path, body).await;
        assert_eq!(answer.refused(), (404, "not_found"), "{path}");
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn a_conversation_is_not_deleted_for_the_other(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    client.say(&chat, "Goedemorgen").await;
    let before = ward.inventory().await;
    let answer = client.delete(&chat, json!({ "remove": true })).await;
    assert_eq!(answer.refused(), (400, "remove_not_supported"));
    assert_eq!(ward.inventory().await, before);
}

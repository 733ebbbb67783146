//! What this wire does not have yet says so, in its own words, and does nothing by halves.

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
    let path = format!("{chat}/dial_in");
    assert_eq!(client.put(&path, json!({})).await.refused(), (404, "not_found"));
    assert_eq!(client.get(&path).await.refused(), (404, "not_found"));
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

//! What this wire does not have yet does not look as if it were there, and nothing is done by halves.

use serde_json::json;
use testkit::bedside_test;

use crate::cast::Ward;

#[bedside_test]
async fn no_chat_says_how_to_dial_in(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let conversation = format!("conversations/{}", bram.uuid());
    let unbegun = client.get(&conversation).await.ok();
    client.say(&conversation, "Goedemorgen").await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
    for shown in [unbegun, client.get(&conversation).await.ok(), client.get(&group).await.ok()] {
        let fields = shown.as_object().expect("an object");
        assert!(fields.contains_key("closed") && !fields.contains_key("dial_in_info"), "{shown}");
    }
}

#[bedside_test]
async fn hybrid_messaging_is_kept_and_shown(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let settings = json!({ "hybrid_messaging": true });
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()], "settings": settings });
    let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
    assert_eq!(client.get(&group).await.ok()["settings"]["hybrid_messaging"], true);
    client.say(&group, "Goedemorgen").await;
    assert!(ward.letters().await.is_empty(), "and nothing goes out by another way");
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

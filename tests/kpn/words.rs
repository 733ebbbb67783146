//! Each word of this wire as it crosses it, with ids and instants masked.

use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::{Answer, Ward};

/// Ids become `<id>` and instants `<instant>`; everything else stands as it came.
fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(mask(text)),
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), masked(value))).collect(),
        other => other.clone(),
    }
}

fn mask(text: &str) -> String {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    match text {
        text if text.len() == 36 && is_hex(text) => "<id>".to_owned(),
        text if text.len() == 24 && is_hex(text) => "<request>".to_owned(),
        text if text.parse::<jiff::Timestamp>().is_ok() => "<instant>".to_owned(),
        text => text.rsplit_once('@').map_or_else(|| text.to_owned(), |(_, host)| format!("<name>@{host}")),
    }
}

fn shown(answer: &Answer) -> String {
    let json = serde_json::to_string_pretty(&masked(&answer.json)).unwrap();
    format!("{} {}\n{json}", answer.status, answer.header("content-type"))
}

#[bedside_test]
async fn people(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    assert_snapshot!(shown(&client.get("me").await), @"");
    assert_snapshot!(shown(&client.get(&format!("users/{}", bram.uuid())).await), @"");
}

#[bedside_test]
async fn chats(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    assert_snapshot!(shown(&client.get(&chat).await), @"");
    client.say(&chat, "Goedemorgen").await;
    assert_snapshot!(shown(&client.get(&chat).await), @"");
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let made = client.post("groupchats", new).await;
    assert_snapshot!(shown(&made), @"");
    assert_snapshot!(shown(&client.get(&format!("groupchats/{}", made.created())).await), @"");
}

#[bedside_test]
async fn messages(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    let files: [(&str, &str, &[u8]); 1] = [("brief.txt", "text/plain", b"Beste Bram")];
    let id = client.upload(&format!("{chat}/attachments"), Some("Een brief"), &files).await.created();
    bram.kpn().await.texts(&format!("conversations/{}", anna.uuid())).await;
    assert_snapshot!(shown(&client.get(&format!("{chat}/messages/{id}")).await), @"");
    assert_snapshot!(shown(&client.delete(&format!("{chat}/messages/{id}"), json!({})).await), @"");
    ward.settle().await;
}

#[bedside_test]
async fn refusals(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = linde.doctor("Anna").await.kpn().await;
    assert_snapshot!(shown(&client.get("groupchats/nobody").await), @"");
    assert_snapshot!(shown(&client.post("groupchats", json!({ "subject": 5 })).await), @"");
}

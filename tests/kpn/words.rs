//! Each word of this wire as it crosses it, with ids and instants masked.

use insta::{allow_duplicates, assert_snapshot};
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::{Answer, Somebody, Ward};

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

/// A doctor, and a patient who came later, so that lists of both have one order.
async fn two(ward: &Ward) -> (Somebody, Somebody) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    ward.pass_a_second();
    (anna, linde.patient("Bram").await)
}

#[bedside_test]
async fn people(ward: Ward) {
    let (anna, bram) = two(&ward).await;
    let client = anna.kpn().await;
    let text = shown(&client.get("me").await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    200 application/json
    {
      "id": "<id>",
      "type": "user",
      "first_name": "Anna",
      "last_name": "de Vries",
      "company_name": "Praktijk linde",
      "company_id": "<id>",
      "position": "",
      "avatar": null,
      "active": true,
      "private_user": false,
      "email": "<name>@example.test",
      "language": "en"
    }
    "#));
    let text = shown(&client.get(&format!("users/{}", bram.uuid())).await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    200 application/json
    {
      "id": "<id>",
      "type": "user",
      "first_name": "Bram",
      "last_name": "de Boer",
      "company_name": null,
      "company_id": null,
      "position": "",
      "avatar": null,
      "active": true,
      "private_user": true
    }
    "#));
}

#[bedside_test]
async fn conversations(ward: Ward) {
    let (anna, bram) = two(&ward).await;
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    let text = shown(&client.get(&chat).await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    200 application/json
    {
      "id": "<id>",
      "closed": false,
      "members": [],
      "created": null,
      "updated": null,
      "unread": 0
    }
    "#));
    client.say(&chat, "Goedemorgen").await;
    let text = shown(&client.get(&chat).await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    200 application/json
    {
      "id": "<id>",
      "closed": false,
      "members": [
        {
          "id": "<id>",
          "type": "user",
          "first_name": "Anna",
          "last_name": "de Vries",
          "company_name": "Praktijk linde",
          "company_id": "<id>",
          "position": "",
          "avatar": null,
          "active": true,
          "private_user": false,
          "owner": true,
          "admin": true
        },
        {
          "id": "<id>",
          "type": "user",
          "first_name": "Bram",
          "last_name": "de Boer",
          "company_name": null,
          "company_id": null,
          "position": "",
          "avatar": null,
          "active": true,
          "private_user": true,
          "owner": true,
          "admin": true
        }
      ],
      "created": "<instant>",
      "updated": "<instant>",
      "unread": 0
    }
    "#));
}

#[bedside_test]
async fn groups(ward: Ward) {
    let (anna, bram) = two(&ward).await;
    let client = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let made = client.post("groupchats", new).await;
    let text = shown(&made);
    allow_duplicates!(assert_snapshot!(text, @r#"
    201 application/json
    {
      "id": "<id>"
    }
    "#));
    let text = shown(&client.get(&format!("groupchats/{}", made.created())).await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    200 application/json
    {
      "id": "<id>",
      "subject": "Wondzorg",
      "closed": false,
      "avatar": null,
      "members": [
        {
          "id": "<id>",
          "type": "user",
          "first_name": "Anna",
          "last_name": "de Vries",
          "company_name": "Praktijk linde",
          "company_id": "<id>",
          "position": "",
          "avatar": null,
          "active": true,
          "private_user": false,
          "owner": true,
          "admin": true
        },
        {
          "id": "<id>",
          "type": "user",
          "first_name": "Bram",
          "last_name": "de Boer",
          "company_name": null,
          "company_id": null,
          "position": "",
          "avatar": null,
          "active": true,
          "private_user": true,
          "owner": false,
          "admin": false
        }
      ],
      "settings": {
        "allow_contacts": true,
        "auto_close_after": 0,
        "auto_expire_after": 0,
        "hybrid_messaging": false,
        "members_can_invite": true
      },
      "created": "<instant>",
      "updated": "<instant>",
      "unread": 0
    }
    "#));
}

#[bedside_test]
async fn messages(ward: Ward) {
    let (anna, bram) = two(&ward).await;
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    let files: [(&str, &str, &[u8]); 1] = [("brief.txt", "text/plain", b"Beste Bram")];
    let id = client.upload(&format!("{chat}/attachments"), Some("Een brief"), &files).await.created();
    bram.kpn().await.texts(&format!("conversations/{}", anna.uuid())).await;
    let text = shown(&client.get(&format!("{chat}/messages/{id}")).await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    200 application/json
    {
      "id": "<id>",
      "body": "Een brief",
      "user": {
        "id": "<id>",
        "type": "user",
        "first_name": "Anna",
        "last_name": "de Vries",
        "company_name": "Praktijk linde",
        "company_id": "<id>",
        "position": "",
        "avatar": null,
        "active": true,
        "private_user": false
      },
      "attachments": [
        {
          "id": "<id>",
          "name": "brief.txt",
          "mime_type": "text/plain",
          "mime": "text/plain",
          "size": 10,
          "status": "unscanned"
        }
      ],
      "mentions": [],
      "liked_by": [],
      "created": "<instant>",
      "status": "delivered",
      "delivered_to": [
        "<id>"
      ],
      "read_by": []
    }
    "#));
    let text = shown(&client.delete(&format!("{chat}/messages/{id}"), json!({})).await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    200 application/json
    {}
    "#));
    ward.settle().await;
}

#[bedside_test]
async fn refusals(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = linde.doctor("Anna").await.kpn().await;
    let text = shown(&client.get("groupchats/nobody").await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    404 application/json
    {
      "code": 404,
      "error": "groupchat_not_found",
      "transactionId": "<request>",
      "status": "404",
      "name": "Not Found",
      "message": "there is no such thing for this user",
      "info": ""
    }
    "#));
    let text = shown(&client.post("groupchats", json!({ "subject": 5 })).await);
    allow_duplicates!(assert_snapshot!(text, @r#"
    400 application/json
    {
      "code": 400,
      "error": "wrong_type",
      "transactionId": "<request>",
      "status": "400",
      "name": "Bad Request",
      "message": "body: subject is of the wrong type, at line 1, column 12",
      "info": ""
    }
    "#));
}

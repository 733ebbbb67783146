//! Entity tags: what is known is not sent again, and who changes what they read changes nothing that they have not.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::{Answer, Kpn, Ward};

async fn known(client: &Kpn, path: &str, tag: &str) -> Answer {
    client.send_with(Method::GET, path, &[("If-None-Match", tag)], None).await
}

#[bedside_test]
async fn what_a_client_knows_is_answered_304_until_it_changes(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    let message = client.say(&chat, "Goedemorgen").await;
    let new = json!({ "subject": "Wondzorg", "aux_id": "zaak", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", client.post("aux/groupchats", new).await.created());
    let members = format!("{group}/members");
    let message = format!("{chat}/messages/{message}");
    for path in [&chat, &group, &members, &message, "aux/groupchats/zaak"] {
        ward.pass_a_second();
        let first = client.get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() == 34, "{path} {tag}");
        for tag in [tag.clone(), format!("W/{tag}"), format!("\"andere\", {tag}"), "*".to_owned()] {
            let again = known(&client, path, &tag).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
            assert_eq!(again.header("etag"), first.header("etag"));
            for header in ["quota-limit", "api-version", "x-request-id", "strict-transport-security"] {
                assert_ne!(again.header(header), "", "{header}");
            }
        }
        let other = known(&client, path, "\"andere\"").await;
        assert_eq!((other.status, &other.json), (200, &first.json), "{path}");
    }
    let tags = [&chat, &group, &message].map(|path| (path.clone(), path.clone()));
    ward.pass_a_second();
    let mut before = Vec::new();
    for (path, _) in tags {
        before.push((client.get(&path).await.header("etag").to_owned(), path));
    }
    let reader = bram.kpn().await;
    reader.put(&format!("conversations/{}/read", anna.uuid()), json!({})).await.ok();
    reader.say(&group, "Beter").await;
    reader.say(&format!("conversations/{}", anna.uuid()), "Goed geslapen").await;
    for (tag, path) in before {
        assert_eq!(known(&client, &path, &tag).await.status, 200, "{path} has changed");
    }
    assert_eq!(known(&reader, "groupchats/nobody", "*").await.refused().0, 404);
}

#[bedside_test]
async fn an_answer_that_was_known_was_a_reading_all_the_same(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
    let tag = client.get(&group).await.header("etag").to_owned();
    let lines = async || {
        ward.settle().await;
        let count = ward.house.db.read((), |tx, ()| {
            let sql = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'chat_opened'";
            Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0)))
        });
        count.await.expect("a count").unwrap()
    };
    let before = lines().await;
    assert_eq!(known(&client, &group, &tag).await.status, 304);
    assert_eq!(lines().await, before + 1);
}

#[bedside_test]
async fn a_change_to_a_chat_that_has_changed_since_is_412_and_not_done(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "aux_id": "zaak", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", client.post("aux/groupchats", new).await.created());
    let tag = async || client.get(&group).await.header("etag").to_owned();
    let put = async |path: &str, tag: &str, body: Value| {
        ward.pass_a_second();
        client.send_with(Method::PUT, path, &[("If-Match", tag)], Some(body)).await
    };
    let (settings, admins, owner) =
        (format!("{group}/settings"), format!("{group}/admins"), format!("{group}/owner"));
    let stale = tag().await;
    put(&group, &stale, json!({ "subject": "Tweede" })).await.ok();
    for (path, body) in [
        (group.as_str(), json!({ "subject": "Derde" })),
        ("aux/groupchats/zaak", json!({ "subject": "Derde" })),
        (&settings, json!({ "auto_close_after": 3 })),
        (&admins, json!({ "admins": [bram.uuid()] })),
        (&owner, json!({ "user_id": bram.uuid() })),
    ] {
        for tag in [stale.as_str(), "\"andere\"", "W/\"andere\"", ""] {
            let refused = put(path, tag, body.clone()).await;
            assert_eq!(refused.refused(), (412, "groupchat_changed"), "{path} {tag}");
        }
    }
    let weak = format!("W/{}", tag().await);
    assert_eq!(put(&group, &weak, json!({ "subject": "Derde" })).await.refused().0, 412, "only a strong one");
    let nobody = Some(json!({ "admins": [] }));
    let revoked = client.send_with(Method::DELETE, &admins, &[("If-Match", &stale)], nobody).await;
    assert_eq!(revoked.refused(), (412, "groupchat_changed"));
    let shown = client.get(&group).await.ok();
    assert_eq!((&shown["subject"], &shown["settings"]["auto_close_after"]), (&json!("Tweede"), &json!(0)));
    let fresh = tag().await;
    put(&settings, &fresh, json!({ "auto_close_after": 3 })).await.ok();
    put(&admins, &format!("\"andere\", {}", tag().await), json!({ "admins": [bram.uuid()] })).await.ok();
    put("aux/groupchats/zaak", "*", json!({ "subject": "Derde" })).await.ok();
    put(&owner, &tag().await, json!({ "user_id": bram.uuid() })).await.ok();
    let shown = client.get(&group).await.ok();
    assert_eq!((&shown["subject"], &shown["settings"]["auto_close_after"]), (&json!("Derde"), &json!(3)));
    let gone = put("groupchats/nobody", "*", json!({ "subject": "Vierde" })).await;
    assert_eq!(gone.refused(), (404, "groupchat_not_found"));
}

#[bedside_test]
async fn what_does_not_look_at_a_tag_is_not_done_for_who_names_one(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Chris").await);
    let client = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
    let before = client.get(&group).await.ok();
    for (method, below, body) in [
        (Method::PUT, "/members", json!({ "members": [chris.uuid()] })),
        (Method::DELETE, "/members", json!({ "members": [bram.uuid()] })),
        (Method::PUT, "/guest_access", json!({})),
        (Method::DELETE, "/guest_access", json!({})),
        (Method::PUT, "/aux", json!({ "aux_id": "zaak" })),
        (Method::DELETE, "/aux", json!({})),
        (Method::POST, "/avatar", json!({})),
        (Method::DELETE, "/avatar", json!({})),
        (Method::DELETE, "", json!({})),
    ] {
        ward.pass_a_second();
        let path = format!("{group}{below}");
        let refused = client.send_with(method, &path, &[("If-Match", "\"a\"")], Some(body)).await;
        assert_eq!(refused.refused(), (412, "if_match_not_taken"), "{path}");
    }
    assert_eq!(client.get(&group).await.ok(), before);
}

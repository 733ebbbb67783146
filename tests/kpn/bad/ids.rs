//! Ids of nobody, of others, and of other things.

use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::Scene;
use crate::cast::{Ward, Wire};

/// Ids that name nothing here: other spellings, other systems' UUIDs, bytes that no text holds.
const STRANGE: [&str; 14] = [
    "nobody",
    "0",
    "-1",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "%00",
    "%FF%FE",
    "%2F",
    "..%2F..%2Fetc",
    "%E2%80%AE",
    "a%20b",
    "'%20OR%201=1--",
    "%25s%25n",
];

#[bedside_test]
async fn strange_ids_name_nothing(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let long = "a".repeat(5_000);
    for id in STRANGE.into_iter().chain([long.as_str()]) {
        for (path, error) in [
            (format!("users/{id}"), "user_not_found"),
            (format!("conversations/{id}"), "conversation_not_found"),
            (format!("conversations/{id}/messages"), "conversation_not_found"),
            (format!("groupchats/{id}"), "groupchat_not_found"),
            (format!("groupchats/{id}/members"), "groupchat_not_found"),
            (format!("aux/users/{id}"), "user_not_found"),
            (format!("aux/conversations/{id}/messages"), "conversation_not_found"),
            (format!("aux/groupchats/{id}"), "groupchat_not_found"),
            (format!("{}/messages/{id}", scene.chat), "message_not_found"),
            (format!("{}/messages?before={id}", scene.chat), "message_not_found"),
            (format!("{}/attachments/{id}", scene.group), "file_not_found"),
            (format!("{}/attachments/{id}/content", scene.group), "file_not_found"),
        ] {
            ward.pass_a_second();
            let answer = scene.client.get(&path).await;
            let (status, found) = answer.refused();
            assert_eq!(status, 404, "{path}");
            assert!([error, "not_found"].contains(&found), "{path}: {found}");
        }
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn ids_of_another_organisation_and_of_other_things_name_nothing_either(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let eva = scene.eva.kpn().await;
    let theirs = eva.post("groupchats", json!({ "subject": "Van Eva" })).await.created();
    let said = eva.say(&format!("groupchats/{theirs}"), "Geheim").await;
    let before = ward.inventory().await;
    let group_id = scene.group.strip_prefix("groupchats/").unwrap();
    let client = &scene.client;
    for (path, error) in [
        (format!("users/{}", scene.eva.uuid()), "user_not_found"),
        (format!("users/{}", scene.linde.id.uuid()), "user_not_found"),
        (format!("users/{group_id}"), "user_not_found"),
        (format!("conversations/{}", scene.eva.uuid()), "conversation_not_found"),
        (format!("conversations/{group_id}"), "conversation_not_found"),
        (format!("groupchats/{theirs}"), "groupchat_not_found"),
        (format!("groupchats/{theirs}/messages/{said}"), "groupchat_not_found"),
        (format!("groupchats/{}", scene.bram.uuid()), "groupchat_not_found"),
        (format!("groupchats/{}", scene.message), "groupchat_not_found"),
        (format!("{}/messages/{said}", scene.group), "message_not_found"),
        (format!("{}/messages/{}", scene.group, scene.message), "message_not_found"),
        (format!("{}/attachments/{}", scene.chat, scene.message), "file_not_found"),
    ] {
        assert_eq!(client.get(&path).await.refused(), (404, error), "{path}");
    }
    ward.pass_a_second();
    let post = json!({ "body": "Hallo" });
    let to_eva = client.post(&format!("conversations/{}/messages", scene.eva.uuid()), post.clone()).await;
    assert_eq!(to_eva.refused(), (404, "conversation_not_found"));
    let to_theirs = client.post(&format!("groupchats/{theirs}/messages"), post.clone()).await;
    assert_eq!(to_theirs.refused(), (404, "groupchat_not_found"));
    let add = json!({ "members": [scene.eva.uuid()] });
    let added = client.put(&format!("{}/members", scene.group), add.clone()).await;
    assert_eq!(added.refused(), (400, "user_not_found"));
    client.delete(&format!("{}/members", scene.group), add).await.ok();
    let own = client.post(&format!("conversations/{}/messages", scene.anna.uuid()), post).await;
    assert_eq!(own.refused(), (404, "conversation_not_found"), "nobody writes to themselves");
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn a_chat_of_two_is_not_reached_as_a_group(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let find = ward.house.db.read((), |tx, ()| {
        let sql = "SELECT id FROM chats WHERE kind = 'direct'";
        Box::pin(tx.one(sql, &[], |row| row.get::<kernel::ChatId>(0)))
    });
    let id = find.await.expect("a chat").unwrap().uuid();
    let before = ward.inventory().await;
    for (method, rest, body) in [
        (Method::GET, "", json!(null)),
        (Method::PUT, "", json!({ "subject": "a" })),
        (Method::DELETE, "", json!({})),
        (Method::GET, "/messages", json!(null)),
        (Method::POST, "/messages", json!({ "body": "a" })),
        (Method::PUT, "/members", json!({ "members": [scene.bram.uuid()] })),
        (Method::PUT, "/members", json!({ "members": [scene.anna.uuid()] })),
        (Method::PUT, "/owner", json!({ "user_id": scene.bram.uuid() })),
    ] {
        let answer = scene.client.send(method, &format!("groupchats/{id}{rest}"), Some(body)).await;
        assert_eq!(answer.refused(), (404, "groupchat_not_found"), "{rest}");
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn pages_are_whole_numbers(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let messages = format!("{}/messages", scene.chat);
    for query in [
        "page=-1",
        "amount=-1",
        "amount=0",
        "page=1.5",
        "page=a",
        "page=",
        "page=99999999999999999999",
        "amount=%00",
        "page=0x10",
        "page=%FF",
        "page=1%2C2",
    ] {
        ward.pass_a_second();
        for list in ["me/contacts", "conversations", "groupchats", messages.as_str()] {
            let answer = scene.client.get(&format!("{list}?{query}")).await;
            assert_eq!(answer.refused(), (400, "out_of_range"), "{list}?{query}");
        }
    }
}

#[bedside_test]
async fn wrong_verbs_and_unknown_paths_are_told_apart(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    for (method, path) in [
        (Method::POST, "me".to_owned()),
        (Method::PATCH, scene.group.clone()),
        (Method::PUT, scene.chat.clone()),
        (Method::DELETE, format!("{}/messages", scene.chat)),
        (Method::POST, format!("{}/messages/{}", scene.chat, scene.message)),
        (Method::OPTIONS, "groupchats".to_owned()),
    ] {
        let answer = scene.client.send(method.clone(), &path, Some(json!({}))).await;
        assert_eq!(answer.refused(), (405, "method_not_allowed"), "{method} {path}");
    }
    for path in ["", "nowhere", "me/", "users", "aux", "aux/users", "v1/v1/me", "groupchats/a/b"] {
        assert_eq!(scene.client.get(path).await.refused(), (404, "not_found"), "{path}");
    }
    let head = scene.client.send(Method::HEAD, "me", None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn requests_that_are_no_http_do_not_disturb_the_others(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let bearer = format!("Authorization: Bearer {}\r\n", scene.client.token);
    for bytes in [
        "\r\n\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET /v1/me HTTP/9.9\r\n\r\n".to_owned(),
        format!("GET /v1/me\0 HTTP/1.1\r\n{bearer}\r\n"),
        format!("POST /v1/groupchats HTTP/1.1\r\n{bearer}Content-Length: -5\r\n\r\n"),
        format!(
            "POST /v1/groupchats HTTP/1.1\r\n{bearer}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"
        ),
        format!("POST /v1/groupchats HTTP/1.1\r\n{bearer}Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        format!("GET /v1/{} HTTP/1.1\r\n{bearer}\r\n", "a".repeat(70_000)),
        format!("GET /v1/me HTTP/1.1\r\n{bearer}{}\r\n", "X-A: b\r\n".repeat(200)),
    ] {
        let mut wire = Wire::to(&ward).await;
        wire.write(bytes.as_bytes()).await;
        wire.finish().await;
        if let Some(reply) = wire.reply().await {
            assert!((400..500).contains(&reply.status), "{} for {bytes:.40}", reply.status);
        }
    }
    assert_eq!(scene.client.get("me").await.status, 200);
}

#[bedside_test]
async fn who_asks_for_the_head_of_something_long_is_told_that_alone(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let long = vec![b'a'; 20 << 20];
    let (path, files) = (format!("{}/attachments", scene.chat), [("a.txt", "text/plain", long.as_slice())]);
    let message = scene.client.upload(&path, None, &files).await.created();
    let message = scene.client.get(&format!("{}/messages/{message}", scene.chat)).await.ok();
    let file = message["attachments"][0]["id"].as_str().expect("a file").to_owned();
    for below in
        [format!("attachments/{file}/content"), "export/content".to_owned(), "pdf/content".to_owned()]
    {
        ward.pass_a_second();
        let path = format!("{}/{below}", scene.chat);
        let head = scene.client.send(Method::HEAD, &path, None).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        if below.starts_with("attachments") {
            assert_eq!(head.header("content-length"), long.len().to_string());
        }
    }
    let tag = scene.client.get(&scene.group).await.header("etag").to_owned();
    let known = scene.client.send_with(Method::HEAD, &scene.group, &[("If-None-Match", &tag)], None).await;
    assert_eq!((known.status, known.header("etag")), (304, tag.as_str()));
}

//! Uploads that break off, contradict themselves, or come from somebody who may not.

use serde_json::json;
use testkit::bedside_test;

use super::Scene;
use crate::cast::{Kpn, Ward, Wire};

fn head(scene: &Scene, path: &str, kind: &str, length: usize) -> String {
    format!(
        "POST /v1/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: {kind}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n",
        scene.client.token
    )
}

const KIND: &str = "multipart/form-data; boundary=grens";
const PART: &str = "--grens\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n";

#[bedside_test]
async fn a_half_sent_upload_is_no_message_and_leaves_no_file(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let path = format!("{}/attachments", scene.chat);
    let half = "a".repeat(300_000);
    for sent in ["", "--gre", PART, &format!("{PART}{half}"), &format!("{PART}abc\r\n{PART}{half}")] {
        // Half-closed: the client still listens.
        let mut wire = Wire::to(&ward).await;
        wire.write(head(&scene, &path, KIND, 1_000_000).as_bytes()).await;
        wire.write(sent.as_bytes()).await;
        wire.finish().await;
        let reply = wire.reply().await.expect("who still listens is answered");
        let found = (reply.status, reply.json()["error"].as_str().unwrap().to_owned());
        assert_eq!(found, (400, "body_incomplete".to_owned()), "{sent:.20}");
        // Gone.
        let mut wire = Wire::to(&ward).await;
        wire.write(head(&scene, &path, KIND, 1_000_000).as_bytes()).await;
        wire.write(sent.as_bytes()).await;
        drop(wire);
        ward.pass_a_second();
    }
    assert_eq!(ward.calm_inventory(before).await, before);
    assert_eq!(scene.client.get("me").await.status, 200);
}

#[bedside_test]
async fn half_sent_json_is_no_message(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let head = head(&scene, &format!("{}/messages", scene.chat), "application/json", 100);
    for sent in ["", r#"{"body":"Ha"#, r#"{"body":"Hallo"}"#] {
        let mut wire = Wire::to(&ward).await;
        wire.write(head.as_bytes()).await;
        wire.write(sent.as_bytes()).await;
        wire.finish().await;
        let reply = wire.reply().await.expect("who still listens is answered");
        let found = (reply.status, reply.json()["error"].as_str().unwrap().to_owned());
        assert_eq!(found, (400, "body_incomplete".to_owned()), "{sent}");
    }
    assert_eq!(ward.calm_inventory(before).await, before);
}

#[bedside_test]
async fn forms_that_are_none_are_refused(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let path = format!("{}/attachments", scene.chat);
    let whole = format!("{PART}abc\r\n--grens--\r\n");
    let nameless = whole.replace("; name=\"files\"; filename=\"a.txt\"", "");
    let long_head = PART.replace("filename=\"a.txt\"", &format!("filename=\"{}\"", "a".repeat(100_000)));
    let other_part = whole.replace("\"files\"", "\"documents\"");
    let lost = format!("{PART}abc\r\n{}", PART.replace("\"files\"", "\"file\"")) + "def\r\n--grens--\r\n";
    let text = "--grens\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nHallo\r\n";
    let two_texts = format!("{text}{text}{whole}");
    let not_text =
        b"--grens\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\n\xff\r\n--grens--\r\n";
    for (kind, body, error) in [
        ("multipart/form-data", whole.as_bytes(), "not_multipart"),
        ("multipart/form-data; boundary=", whole.as_bytes(), "body_incomplete"),
        ("application/json", whole.as_bytes(), "not_multipart"),
        ("application/json", b"{}".as_slice(), "not_multipart"),
        ("multipart/mixed; boundary=grens", whole.as_bytes(), "not_multipart"),
        ("multipart/form-data; boundary=muur", whole.as_bytes(), "body_incomplete"),
        (KIND, b"".as_slice(), "body_incomplete"),
        (KIND, b"--grens--\r\n", "no_files"),
        (KIND, nameless.as_bytes(), "no_files"),
        (KIND, other_part.as_bytes(), "unknown_part"),
        (KIND, lost.as_bytes(), "unknown_part"),
        (KIND, two_texts.as_bytes(), "one_message"),
        (KIND, long_head.as_bytes(), "file_name_length"),
        (KIND, not_text.as_slice(), "not_utf8"),
    ] {
        let request = [head(&scene, &path, kind, body.len()).as_bytes(), body].concat();
        let reply = Wire::ask(&ward, &request).await;
        let found = (reply.status, reply.json()["error"].as_str().unwrap().to_owned());
        assert_eq!(found, (400, error.to_owned()), "{kind} {:.60}", String::from_utf8_lossy(body));
        ward.pass_a_second();
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn who_may_not_post_hears_so_after_a_long_upload_and_fills_no_disk(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let eva = scene.eva.kpn().await;
    let before = ward.inventory().await;
    let long = vec![b'a'; 8 << 20];
    let files = [("a.txt", "text/plain", long.as_slice())];
    for chat in [&scene.chat, &scene.group] {
        let path = format!("{chat}/attachments");
        assert_eq!(eva.upload(&path, None, &files).await.refused().0, 404);
        let reader = scene.anna.kpn_with("read").await;
        assert_eq!(reader.upload(&path, None, &files).await.refused(), (403, "insufficient_scope"));
        if chat == &scene.group {
            let stranger = scene.eva.kpn_with("read").await;
            let refused = stranger.upload_as("avatar", &format!("{chat}/avatar"), None, &files).await;
            assert_eq!(refused.refused(), (403, "insufficient_scope"), "before anything is looked up");
        }
        let nobody = Kpn::new(&ward, "nobody".to_owned());
        assert_eq!(nobody.upload(&path, None, &files).await.refused(), (401, "unauthorized"));
    }
    scene.client.delete(&scene.group, json!({})).await.ok();
    let closed = scene.client.upload(&format!("{}/attachments", scene.group), None, &files).await;
    assert_eq!(closed.refused(), (412, "groupchat_is_closed"));
    assert_eq!(ward.inventory().await.objects, before.objects);
}

#[bedside_test]
async fn a_field_that_nobody_asked_for_is_passed_over_when_it_is_no_file(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (path, picture) = (format!("{}/attachments", scene.chat), "me/avatar".to_owned());
    let field = "--grens\r\nContent-Disposition: form-data; name=\"extra\"\r\n\r\nHallo\r\n";
    let body = format!("{field}{PART}abc\r\n--grens--\r\n");
    let request = [head(&scene, &path, KIND, body.len()).as_bytes(), body.as_bytes()].concat();
    assert_eq!(Wire::ask(&ward, &request).await.status, 201);
    let body = format!("{PART}abc\r\n--grens--\r\n");
    let request = [head(&scene, &picture, KIND, body.len()).as_bytes(), body.as_bytes()].concat();
    let reply = Wire::ask(&ward, &request).await;
    assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("unknown_part")));
}

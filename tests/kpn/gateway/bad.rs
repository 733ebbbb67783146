//! Frames that no client of the vendor sends.

use kernel::limits::{GATEWAY_FRAME_BYTES_MAX, GATEWAY_GREETING_BYTES_MAX, MESSAGE_CHARS_MAX};
use serde_json::json;
use testkit::bedside_test;
use tokio_tungstenite::tungstenite::Message;

use super::Scene;
use crate::cast::{Adapter, Ward};

#[bedside_test]
async fn frames_that_do_not_fit_are_refused_and_the_session_goes_on(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = scene.bram.adapter().await;
    let before = ward.inventory().await;
    let deep = format!(r#"{{"event":"typing","data":{}}}"#, "[".repeat(5_000));
    for (text, error) in [
        ("", "wrong_type"),
        ("hello", "malformed_json"),
        ("[]", "wrong_type"),
        ("7", "wrong_type"),
        (r#"{"data":{}}"#, "wrong_type"),
        (r#"{"event":7,"data":{}}"#, "wrong_type"),
        (r#"{"event":"typing","data":"#, "malformed_json"),
        (r#"{"event":"typing"}"#, "wrong_type"),
        (r#"{"event":"typing","data":[]}"#, "wrong_type"),
        (r#"{"event":"typing","data":{}}"#, "wrong_type"),
        (r#"{"event":"typing","data":{"groupchat_id":7}}"#, "wrong_type"),
        (r#"{"event":"typing","data":{"groupchat_id":"a","conversation_id":"b"}}"#, "wrong_type"),
        (r#"{"event":"groupchat_subscribe","data":{"conversation_id":"a"}}"#, "wrong_type"),
        (r#"{"event":"groupchat_new_message","data":{"body":"Hallo"}}"#, "wrong_type"),
        (r#"{"event":"conversation_new_message","data":{"groupchat_id":"a","body":"Hallo"}}"#, "wrong_type"),
        (r#"{"event":"GROUPCHAT_SUBSCRIBE","data":{}}"#, "unknown_event"),
        (r#"{"event":"authenticated","data":{}}"#, "unknown_event"),
        (deep.as_str(), "nested_too_deep"),
    ] {
        adapter.send(Message::text(text)).await;
        assert_eq!(adapter.error().await, (400, error.to_owned()), "{text:.60}");
    }
    for body in [json!(7), json!(null), json!(["Hallo"]), json!({})] {
        let (code, error, data) = adapter
            .refused("groupchat_new_message", json!({ "groupchat_id": scene.group, "body": body }))
            .await;
        assert_eq!((code, error.as_str()), (400, "wrong_type"));
        assert_eq!(data["groupchat_id"], scene.group, "so that the client knows which message it was");
    }
    for body in [String::new(), "a".repeat(MESSAGE_CHARS_MAX + 1)] {
        let said = json!({ "groupchat_id": scene.group, "body": body });
        let rest = scene.rest.post(&format!("{}/messages", scene.group_path()), said.clone()).await;
        let (code, error, _) = adapter.refused("groupchat_new_message", said).await;
        assert_eq!((code, error.as_str()), (400, rest.refused().1), "as the REST API");
    }
    adapter.has_heard_nothing().await;
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn an_error_says_in_a_sentence_what_does_not_fit(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = scene.bram.adapter().await;
    for (event, data, message) in [
        ("groupchat_new_message", json!({ "groupchat_id": scene.group }), "data: body is missing"),
        (
            "groupchat_new_message",
            json!({ "groupchat_id": scene.group, "body": 7 }),
            "data: body is of the wrong type",
        ),
        ("presence_update", json!({}), "data: status is missing"),
        ("presence_update", json!([]), "data: this should be an object"),
        (
            "conversation_new_message",
            json!({ "conversation_id": scene.anna.uuid(), "body": "a".repeat(MESSAGE_CHARS_MAX + 1) }),
            "a message has at most 50000 characters",
        ),
    ] {
        let (code, _, data) = adapter.refused(event, data).await;
        assert_eq!((code, &data["message"]), (400, &json!(message)), "{event}");
    }
    let mut nobody = Adapter::connect(&ward, "/v1").await;
    nobody.say("handshake", json!({ "properties": {} })).await;
    assert_eq!(nobody.next().await["data"]["message"], "data: token is missing");
}

#[bedside_test]
async fn the_longest_message_fits_however_it_is_written(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = scene.bram.adapter().await;
    let escaped = r"\ud83d\ude00".repeat(MESSAGE_CHARS_MAX);
    let text = format!(
        r#"{{"event":"groupchat_new_message","data":{{"groupchat_id":"{}","body":"{escaped}"}}}}"#,
        scene.group
    );
    adapter.send(Message::text(text)).await;
    adapter.next_is("groupchat_new_message").await;
    assert_eq!(scene.rest.texts(&scene.group_path()).await[0].chars().count(), MESSAGE_CHARS_MAX);
}

#[bedside_test]
async fn a_binary_frame_ends_the_session_with_1003(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = scene.bram.adapter().await;
    adapter.send(Message::binary(b"{}".to_vec())).await;
    assert_eq!(adapter.end_by_error().await, ((400, "text_frames_only".to_owned()), 1003));
    let mut nobody = Adapter::connect(&ward, "/v1").await;
    nobody.send(Message::binary(b"{}".to_vec())).await;
    assert_eq!(nobody.end_by_error().await, ((400, "text_frames_only".to_owned()), 1003));
}

#[bedside_test]
async fn what_is_no_frame_or_no_text_ends_the_session_with_1002_and_1007(ward: Ward) {
    let scene = Scene::of(&ward).await;
    // A frame of a kind that there is not, and text that is no UTF-8, each with a mask of zeros and more behind it.
    for (bytes, code) in [(&b"\x83\x80\0\0\0\0"[..], 1002), (&b"\x81\x82\0\0\0\0\xff\xfe"[..], 1007)] {
        let (mut session, mut nobody) = (scene.bram.adapter().await, Adapter::connect(&ward, "/v1").await);
        for adapter in [&mut session, &mut nobody] {
            adapter.send_bytes(&[bytes, &[b'a'; 10_000]].concat()).await;
            assert_eq!(adapter.end().await, (vec![], code));
        }
    }
}

#[bedside_test]
async fn a_frame_that_is_too_big_ends_the_session_with_1009(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = scene.bram.adapter().await;
    adapter.send(Message::text("a".repeat(GATEWAY_FRAME_BYTES_MAX + 1))).await;
    assert_eq!(adapter.end_by_error().await, ((400, "too_large".to_owned()), 1009));
    let mut nobody = Adapter::connect(&ward, "/v1").await;
    nobody.send(Message::text("a".repeat(GATEWAY_GREETING_BYTES_MAX))).await;
    assert_eq!(
        nobody.end_by_error().await,
        ((400, "too_large".to_owned()), 1009),
        "a stranger may send less"
    );
}

#[bedside_test]
async fn who_subscribes_again_hears_each_message_once(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = scene.bram.adapter().await;
    for _ in 0..3 {
        super::subscribe(&mut adapter, &scene.group).await;
    }
    scene.rest.say(&scene.group_path(), "Eén keer").await;
    adapter.next_is("groupchat_new_message").await;
    adapter.has_heard_nothing().await;
}

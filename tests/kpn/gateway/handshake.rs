//! A client says who it is within ten seconds, once, and nothing before that.

use insta::{allow_duplicates, assert_snapshot};
use jiff::SignedDuration;
use serde_json::json;
use testkit::bedside_test;
use tokio_tungstenite::tungstenite::Message;

use super::Scene;
use crate::cast::{Adapter, Ward, Wire};

#[bedside_test]
async fn a_handshake_is_answered_with_who_it_is_under_every_base_path(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let token = scene.bram.token("read write").await;
    for base in ::kpn::BASE_PATHS {
        let mut adapter = Adapter::connect(&ward, base).await;
        let welcome = adapter.shake_hands(&token).await;
        let session = welcome["data"]["session_id"].as_str().expect("a UUID").to_owned();
        assert_eq!(session.len(), 36);
        let text = scene.shown(&welcome, &[("session", &session)]);
        allow_duplicates!(
            assert_snapshot!(text, @r#"{"event":"authenticated","data":{"user":{"id":"<bram>","type":"user","first_name":"Bram","last_name":"de Boer","company_name":null,"company_id":null,"position":"","avatar":null,"active":true,"private_user":true},"session_id":"<session>"}}"#)
        );
        adapter.send(Message::Ping("here?".into())).await;
        adapter.has_heard_nothing().await;
        adapter.leave().await;
    }
}

#[bedside_test]
async fn the_properties_of_a_handshake_may_be_left_out_and_are_an_object(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let token = scene.bram.token("read").await;
    let mut adapter = Adapter::connect(&ward, "/v1").await;
    adapter.say("handshake", json!({ "token": token })).await;
    adapter.next_is("authenticated").await;
    for data in [
        json!({ "token": token, "properties": "linux" }),
        json!({ "token": 7 }),
        json!({ "token": null }),
        json!({}),
        json!([token]),
        json!(null),
    ] {
        let mut adapter = Adapter::connect(&ward, "/v1").await;
        adapter.say("handshake", data).await;
        assert_eq!(adapter.end_by_error().await, ((400, "wrong_type".to_owned()), 1008));
    }
}

#[bedside_test]
async fn a_token_that_does_not_stand_is_403_after_which_the_adapter_stays_away(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let without_read = scene.bram.token("write").await;
    for (token, error) in
        [("nobodys", "unauthorized"), ("", "unauthorized"), (without_read.as_str(), "insufficient_scope")]
    {
        let mut adapter = Adapter::connect(&ward, "/v1").await;
        adapter.say("handshake", json!({ "token": token, "properties": {} })).await;
        assert_eq!(adapter.end_by_error().await, ((403, error.to_owned()), 1008));
    }
}

#[bedside_test]
async fn nothing_is_taken_before_the_handshake(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = Adapter::connect(&ward, "/v1").await;
    adapter.say("groupchat_new_message", json!({ "groupchat_id": scene.group, "body": "Hallo" })).await;
    assert_eq!(adapter.end_by_error().await, ((400, "handshake_expected".to_owned()), 1008));
    let mut adapter = Adapter::connect(&ward, "/v1").await;
    adapter.send(Message::text("hello")).await;
    assert_eq!(adapter.end_by_error().await, ((400, "malformed_json".to_owned()), 1008));
    assert!(scene.rest.texts(&scene.group_path()).await.is_empty());
}

#[bedside_test]
async fn a_handshake_that_comes_too_late_is_not_waited_for(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = Adapter::connect(&ward, "/v1").await;
    ward.clock.pass(SignedDuration::from_secs(9));
    let token = scene.bram.token("read").await;
    assert_eq!(adapter.shake_hands(&token).await["event"], "authenticated", "in time");
    let mut late = Adapter::connect(&ward, "/v1").await;
    ward.clock.pass(SignedDuration::from_secs(10));
    assert_eq!(late.end_by_error().await, ((400, "handshake_expected".to_owned()), 1008));
    adapter.has_heard_nothing().await;
}

#[bedside_test]
async fn a_second_handshake_ends_the_session(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter = scene.bram.adapter().await;
    let token = scene.bram.token("read").await;
    adapter.say("handshake", json!({ "token": token, "properties": {} })).await;
    assert_eq!(adapter.end_by_error().await, ((400, "already_authenticated".to_owned()), 1008));
}

#[bedside_test]
async fn a_request_that_asks_for_no_websocket_is_refused_in_the_words_of_the_rest_api(ward: Ward) {
    let scene = Scene::of(&ward).await;
    assert_eq!(scene.rest.get("gateway").await.refused(), (400, "websocket_expected"));
    assert_eq!(scene.rest.post("gateway", json!({})).await.refused(), (405, "method_not_allowed"));
    let upgrade = |lines: &str| {
        format!("GET /v1/gateway HTTP/1.1\r\nHost: localhost\r\nConnection: close, Upgrade\r\n{lines}\r\n")
    };
    let [upgrading, version, key] = [
        "Upgrade: websocket\r\n",
        "Sec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    ];
    let short = "Sec-WebSocket-Key: dGhl\r\n";
    for lines in [
        [upgrading, version, ""],
        [upgrading, version, short],
        [upgrading, "Sec-WebSocket-Version: 8\r\n", key],
        ["Upgrade: h2c\r\n", version, key],
        ["", version, key],
    ] {
        let reply = Wire::ask(&ward, upgrade(&lines.concat()).as_bytes()).await;
        assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("websocket_expected")), "{lines:?}");
        assert_eq!(reply.header("quota-limit"), "30");
    }
    let unknown = upgrade(&[upgrading, version, key, "api-version: v9\r\n"].concat());
    let reply = Wire::ask(&ward, unknown.as_bytes()).await;
    assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("unknown_version")));
    let reply = Wire::ask(&ward, upgrade(&[upgrading, version, key].concat()).as_bytes()).await;
    assert_eq!((reply.status, reply.header("sec-websocket-accept")), (101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

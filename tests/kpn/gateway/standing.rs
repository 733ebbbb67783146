//! A session lasts as long as its token, its client's line and the server.

use identity::protocol::token::Credentials;
use identity::{By, tokens::GivenBack};
use jiff::SignedDuration;
use kernel::{Origin, RequestId};
use secrecy::SecretString;
use serde_json::json;
use testkit::bedside_test;
use tokio_tungstenite::tungstenite::Message;

use super::Scene;
use crate::cast::{Adapter, Come, Ward};

const OVER: ((u64, &str), u16) = ((403, "unauthorized"), 1008);

async fn ends_as_over(adapter: &mut Adapter) {
    let ((code, error), close) = adapter.end_by_error().await;
    assert_eq!(((code, error.as_str()), close), OVER);
}

#[bedside_test]
async fn a_token_that_expires_ends_its_session_when_it_speaks_and_in_silence(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (mut silent, mut speaking) = (scene.bram.adapter().await, scene.bram.adapter().await);
    ward.clock.pass(SignedDuration::from_hours(3 * 24));
    let late = json!({ "event": "groupchat_new_message",
        "data": { "groupchat_id": scene.group, "body": "Te laat" } });
    speaking.try_to_send(Message::text(late.to_string())).await;
    ends_as_over(&mut speaking).await;
    ends_as_over(&mut silent).await;
    assert!(scene.anna.kpn().await.texts(&scene.group_path()).await.is_empty());
}

#[bedside_test]
async fn a_revoked_token_ends_its_sessions_at_once_and_no_others(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let token = scene.bram.token("read write").await;
    let mut both = [Adapter::of(&ward, &token).await, Adapter::of(&ward, &token).await];
    let mut other = scene.bram.adapter().await;
    let who = Credentials {
        client_id: scene.linde.client.hex(),
        secret: Some(SecretString::from(scene.linde.secret.clone())),
    };
    let origin = Origin { request: RequestId::new(&ward.clock, &ward.house.rng), address: None, once: None };
    let revoked = ward.house.db.write((who, token.clone(), origin), |tx, (who, token, origin)| {
        Box::pin(identity::tokens::revoke(tx, who, token, *origin))
    });
    assert_eq!(revoked.await.expect("an answer"), GivenBack::Ended);
    for adapter in &mut both {
        ends_as_over(adapter).await;
    }
    scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    other.next_is("groupchat_new_message").await;
}

#[bedside_test]
async fn who_is_disabled_is_told_nothing_more(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (mut adapter, mut other) = (scene.bram.adapter().await, scene.chris.adapter().await);
    let disabled = ward.house.db.write((scene.linde.id, scene.bram.id), |tx, (organisation, person)| {
        Box::pin(identity::persons::disable(tx, By::Operator, *organisation, *person))
    });
    disabled.await.expect("disabled");
    ends_as_over(&mut adapter).await;
    scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    other.next_is("groupchat_new_message").await;
}

#[bedside_test]
async fn who_is_silent_is_asked_and_let_go_when_nothing_comes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (mut silent, mut alive) = (scene.bram.adapter().await, scene.anna.adapter().await);
    assert_eq!(alive.presence().await.1, "online");
    ward.clock.pass(SignedDuration::from_secs(50));
    while !matches!(alive.come().await, Come::Ping) {}
    // That it was answered is known once an answer to something later has come.
    alive.has_heard_nothing().await;
    ward.clock.pass(SignedDuration::from_secs(50));
    assert_eq!(alive.presence().await, (scene.bram.uuid(), "offline".to_owned()));
    let (frames, code) = silent.end().await;
    assert_eq!((frames.len(), code), (0, 1008));
}

#[bedside_test]
async fn at_the_word_to_stop_every_session_is_told_that_the_server_goes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let server = ward.restarted().await;
    let mut session = Adapter::of_client(&scene.rest, &server.url).await;
    let mut nobody = Adapter::connect_to(&server.url, "/v1").await;
    let closing = tokio::spawn(server.close());
    for adapter in [&mut session, &mut nobody] {
        let (frames, code) = adapter.end().await;
        assert_eq!((frames.len(), code), (0, 1001));
    }
    closing.await.expect("the server ends");
    let id = scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    assert_eq!(scene.rest.get(&format!("{}/messages/{id}", scene.group_path())).await.ok()["id"], id);
}

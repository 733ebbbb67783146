//! Tokens that stand no more.

use identity::protocol::credentials::{Credentials, Proof};
use identity::tokens::GivenBack;
use jiff::SignedDuration;
use kernel::{Origin, RequestId};
use secrecy::SecretString;
use serde_json::json;
use testkit::bedside_test;

use super::Scene;
use crate::cast::Ward;

#[bedside_test]
async fn after_its_days_a_token_is_worth_nothing(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    ward.clock.pass(SignedDuration::from_hours(3 * 24) - SignedDuration::from_secs(2));
    assert_eq!(scene.client.get("me").await.status, 200, "a second before its end");
    ward.clock.pass(SignedDuration::from_hours(24));
    let post = scene.client.post(&format!("{}/messages", scene.chat), json!({ "body": "Te laat" })).await;
    assert_eq!(post.refused(), (401, "unauthorized"));
    assert_eq!(post.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn a_revoked_token_ends_at_once(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let other = scene.anna.kpn().await;
    assert_eq!(scene.client.get("me").await.status, 200);
    let who = Credentials {
        client_id: scene.linde.client.hex(),
        proof: Proof::Secret(SecretString::from(scene.linde.secret.clone())),
    };
    let origin = Origin { request: RequestId::new(&ward.clock, &ward.house.rng), address: None, once: None };
    let revoked =
        ward.house.db.write((who, scene.client.token.clone(), origin), |tx, (who, token, origin)| {
            Box::pin(identity::tokens::revoke(tx, who, token, *origin))
        });
    assert_eq!(revoked.await.expect("an answer"), GivenBack::Ended);
    let file = [("a.txt", "text/plain", b"a".as_slice())];
    for answer in [
        scene.client.get("me").await,
        scene.client.get(&scene.chat).await,
        scene.client.upload(&format!("{}/attachments", scene.chat), None, &file).await,
    ] {
        assert_eq!(answer.refused(), (401, "unauthorized"));
    }
    assert_eq!(other.get("me").await.status, 200, "another token of the same person stands");
}

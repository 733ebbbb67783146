//! Keys that sign, replaced while the house is at work.

use identity::Algorithm;
use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::PASSWORD;
use super::party::{id_token, keys, party, tokens, verified};
use crate::cast::{Answer, Ward};

#[bedside_test]
async fn the_house_publishes_one_key_for_each_algorithm_and_nothing_private(ward: Ward) {
    let first = keys(&ward).await;
    assert_eq!(first.keys.len(), Algorithm::ALL.len());
    assert_eq!(first, keys(&ward).await, "they stay");
    let text = super::party::get(&ward, "/oauth/discovery/keys").await.text;
    for private in ["\"d\"", "\"p\"", "\"q\"", "\"k\""] {
        assert!(!text.contains(private), "{private}");
    }
    for name in ["RS256", "ES256", "EdDSA", "\"use\":\"sig\"", "\"kid\""] {
        assert!(text.contains(name), "{name} in {text}");
    }
}

#[bedside_test]
async fn after_a_rotation_another_key_signs_and_the_one_before_verifies_until_its_last_token_has_expired(
    ward: Ward,
) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let before = tokens(&app, &anna, &[("scope", "openid")]).await;
    let old = verified(&ward, id_token(&before)).await.0.kid.unwrap();
    flows::signing::rotate(&ward.house).await.expect("a rotation");
    let after = tokens(&app, &anna, &[("scope", "openid")]).await;
    let new = verified(&ward, id_token(&after)).await.0.kid.unwrap();
    assert_ne!(old, new);
    assert_eq!(verified(&ward, id_token(&before)).await.0.kid.as_deref(), Some(&*old), "still published");
    ward.clock.pass(SignedDuration::from_mins(60));
    assert!(keys(&ward).await.find(&old).is_some(), "the last token may be a little younger");
    ward.clock.pass(SignedDuration::from_mins(2));
    let left = keys(&ward).await;
    assert!(left.find(&old).is_none() && left.find(&new).is_some());
}

#[bedside_test]
async fn a_second_server_signs_by_the_same_keys_and_hears_of_a_rotation_at_once(ward: Ward) {
    let Some(other) = ward.elsewhere().await else { return };
    let there = async || {
        let answer = ward.http.get(format!("{}/oauth/discovery/keys", other.url)).send().await;
        Answer::of(answer.expect("an answer")).await.ok()
    };
    let here = async || super::party::get(&ward, "/oauth/discovery/keys").await.ok();
    let (one, two) = tokio::join!(here(), there());
    assert_eq!(
        one["keys"].as_array().map(Vec::len),
        Some(3),
        "both make them at once, and one of each stays"
    );
    assert_eq!((here().await, two["keys"].as_array().map(Vec::len)), (there().await, Some(3)));
    flows::signing::rotate(&ward.house).await.expect("a rotation");
    assert_eq!(here().await, there().await);
    assert_ne!(here().await, one);
    other.close().await;
}

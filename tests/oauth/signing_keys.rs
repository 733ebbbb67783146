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
async fn whoever_keeps_the_keys_asks_each_time_whether_they_are_still_those(ward: Ward) {
    let ask = async |known: &str| {
        let request =
            ward.http.get(format!("{}/oauth/discovery/keys", ward.url)).header("if-none-match", known);
        Answer::of(request.send().await.expect("an answer")).await
    };
    let first = ask("\"other\"").await;
    assert_eq!((first.status, first.header("cache-control")), (200, "public, no-cache"));
    let tag = first.header("etag").to_owned();
    let known = ask(&tag).await;
    assert_eq!((known.status, known.text.as_str(), known.header("etag")), (304, "", tag.as_str()));
    assert_eq!(known.header("access-control-allow-origin"), "*");
    flows::signing::rotate(&ward.house).await.expect("a rotation");
    let next = ask(&tag).await;
    assert_eq!(next.status, 200, "a cache on the way hides no new key");
    assert!(next.header("etag") != tag && next.text != first.text);
}

#[bedside_test]
async fn a_code_is_not_lost_on_a_key_that_does_not_sign(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    tokens(&app, &anna, &[("scope", "openid")]).await;
    let code = app.code(&anna, &[("scope", "openid")]).await;
    let key = ward.house.db.write((), |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT private_key FROM signing_keys WHERE alg = 'RS256'";
            let key = tx.one(sql, &[], |row| row.get::<Vec<u8>>(0)).await?;
            tx.run("UPDATE signing_keys SET private_key = NULL WHERE alg = 'RS256'", &[]).await?;
            Ok(key.expect("a key"))
        })
    });
    let key = key.await.expect("without its key");
    let failed = app.redeem(&app.token_form(&code, &[])).await;
    assert_eq!((failed.status, &failed.json["error"]), (500, &"server_error".into()), "{}", failed.text);
    let back = ward.house.db.write(key, |tx, key| {
        Box::pin(async move {
            let sql = "UPDATE signing_keys SET private_key = $1 WHERE alg = 'RS256'";
            tx.run(sql, &store::args![key]).await
        })
    });
    back.await.expect("its key again");
    let answer = app.redeem(&app.token_form(&code, &[])).await.ok();
    assert_eq!(verified(&ward, id_token(&answer)).await.1["sub"], anna.uuid(), "the code is still good");
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

//! What an application is told of a sign-in, signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::{Algorithm, Dialect};
use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::{PASSWORD, browser};
use super::party::{id_token, party, signed_in, tokens, verified};
use crate::cast::Ward;

#[bedside_test]
async fn an_id_token_tells_who_signed_in_when_how_and_to_whom(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let now_s = ward.clock.now_ms() / 1_000;
    let answer = tokens(&app, &anna, &[("scope", "openid"), ("nonce", "n-0S6_WzA2Mj")]).await;
    let (header, claims) = verified(&ward, id_token(&answer)).await;
    assert_eq!((header.typ.as_deref(), header.alg), (Some("JWT"), jsonwebtoken::Algorithm::RS256));
    assert_eq!(claims["iss"], ward.house.settings.public_url.as_str());
    assert_eq!(claims["sub"], anna.uuid(), "as the messenger calls her");
    assert_eq!(
        (claims["aud"].as_str(), claims["azp"].as_str()),
        (Some(&*app.client_id), Some(&*app.client_id))
    );
    assert_eq!((claims["nonce"].as_str(), claims["acr"].as_str()), (Some("n-0S6_WzA2Mj"), Some("1")));
    assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
    let second = |name: &str| claims[name].as_i64().expect("seconds");
    assert!((0..5).contains(&(second("iat") - now_s)) && (0..5).contains(&(second("auth_time") - now_s)));
    assert_eq!(second("exp") - second("iat"), 3_600);
    let token = answer["access_token"].as_str().unwrap();
    let half = URL_SAFE_NO_PAD.encode(&vault::token_hash(token)[..16]);
    assert_eq!(claims["at_hash"], half.as_str());
    assert!(claims.get("email").is_none() && claims.get("name").is_none(), "only userinfo tells those");
}

#[bedside_test]
async fn who_does_not_ask_for_openid_gets_no_id_token(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let answer = tokens(&app, &anna, &[("scope", "profile")]).await;
    assert!(answer.get("id_token").is_none(), "{answer}");
}

#[bedside_test]
async fn each_application_has_its_tokens_signed_as_it_registered(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    for (algorithm, named) in [
        (Algorithm::Es256, jsonwebtoken::Algorithm::ES256),
        (Algorithm::EdDsa, jsonwebtoken::Algorithm::EdDSA),
    ] {
        let app = party(&linde, |new| new.id_token_alg = algorithm).await;
        let answer = tokens(&app, &anna, &[("scope", "openid")]).await;
        assert_eq!(verified(&ward, id_token(&answer)).await.0.alg, named);
    }
}

#[bedside_test]
async fn an_older_sign_in_keeps_its_time(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let mut visit = browser(&ward);
    app.allowed(&anna, &mut visit, &[("scope", "openid")]).await;
    ward.clock.pass(SignedDuration::from_mins(5));
    let outward = app.allowed(&anna, &mut visit, &[("scope", "openid")]).await;
    let code = super::app::answer_of(&outward)["code"].clone();
    let answer = app.redeem(&app.token_form(&code, &[])).await.ok();
    let claims = verified(&ward, id_token(&answer)).await.1;
    let age_s = claims["iat"].as_i64().unwrap() - claims["auth_time"].as_i64().unwrap();
    assert!((300..310).contains(&age_s), "{claims}");
}

#[bedside_test]
async fn pairwise_subjects_are_the_same_on_one_host_and_tell_nothing_of_the_person(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let [anna, bram] = [linde.patient("Anna").await, linde.patient("Bram").await];
    let (anna, bram) = (anna.with_password(PASSWORD).await, bram.with_password(PASSWORD).await);
    let portal = party(&linde, |new| (new.dialect, new.pairwise) = (Dialect::Portal, true)).await;
    let sister = party(&linde, |new| new.pairwise = true).await;
    let elsewhere = party(&linde, |new| {
        (new.pairwise, new.redirect_uris) = (true, vec!["https://b.example/cb".to_owned()]);
    });
    let elsewhere = elsewhere.await;
    let mut subjects = Vec::new();
    for (app, person) in [(&portal, &anna), (&sister, &anna), (&portal, &bram)] {
        let (_, token) = signed_in(&ward, app, person, &[("scope", "openid")]).await;
        subjects.push(verified(&ward, &token).await.1["sub"].as_str().unwrap().to_owned());
    }
    assert_eq!(subjects[0], subjects[1], "one host, one subject");
    assert_ne!(subjects[0], subjects[2]);
    assert!(subjects.iter().all(|one| one.len() == 43 && *one != anna.uuid() && *one != bram.uuid()));
    let there = elsewhere.client_id.clone();
    let of = ward.house.db.read(there, |tx, id| Box::pin(identity::clients::find_named(tx, id))).await;
    let of = of.unwrap().unwrap();
    assert_ne!(identity::subjects::of(&ward.house.vault, &of, anna.id), subjects[0], "another host, another");
}

#[bedside_test]
async fn an_application_with_pairwise_subjects_keeps_to_one_host(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let mut new = identity::clients::NewClient::of(linde.id, "Portaal", Dialect::Portal);
    new.redirect_uris = vec!["https://a.example/cb".to_owned(), "https://a.example:8443/cb".to_owned()];
    let add = async |new: identity::clients::NewClient| {
        let by = identity::By::Operator;
        ward.house.db.write(new, move |tx, new| Box::pin(identity::clients::add(tx, by, new))).await
    };
    let (id, _) = add(new.clone()).await.expect("one host");
    let two = vec!["https://a.example/cb".to_owned(), "https://b.example/cb".to_owned()];
    assert!(add(identity::clients::NewClient { redirect_uris: two.clone(), ..new }).await.is_err());
    let changed = ward.house.db.write((id, two), |tx, (id, two)| {
        Box::pin(identity::clients::set_redirects(tx, identity::By::Operator, *id, two))
    });
    assert!(changed.await.is_err());
}

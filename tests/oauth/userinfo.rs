//! What an application may know of who signed in to it.

use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::app::{App, PASSWORD, fields};
use super::party::{id_token, party, tokens, verified};
use crate::cast::{Answer, Somebody, Ward};
use crate::secrecy::access_log::lines;

const PATH: &str = "/oauth/userinfo";

async fn ask(ward: &Ward, method: Method, token: &str) -> Answer {
    let request = ward.http.request(method, format!("{}{PATH}", ward.url));
    let request = if token.is_empty() { request } else { request.bearer_auth(token) };
    Answer::of(request.send().await.expect("an answer")).await
}

async fn token(app: &App, person: &Somebody, scope: &str) -> String {
    tokens(app, person, &[("scope", scope)]).await["access_token"].as_str().expect("a token").to_owned()
}

#[bedside_test]
async fn each_scope_tells_its_claims_and_no_other(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let told = ask(&ward, Method::GET, &token(&app, &anna, "openid").await).await;
    assert_eq!(told.header("cache-control"), "no-store");
    assert_eq!(told.ok(), json!({ "sub": anna.uuid() }));
    let told = ask(&ward, Method::GET, &token(&app, &anna, "openid profile").await).await.ok();
    let profile = json!({ "sub": anna.uuid(), "name": "Anna de Boer", "given_name": "Anna",
        "family_name": "de Boer", "locale": "en" });
    assert_eq!(told, profile);
    let told = ask(&ward, Method::GET, &token(&app, &anna, "openid email phone").await).await.ok();
    assert_eq!(told, json!({ "sub": anna.uuid(), "email": anna.email, "email_verified": true }));
}

#[bedside_test]
async fn the_subject_is_the_one_of_the_id_token(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |new| new.pairwise = true).await;
    let answer = tokens(&app, &anna, &[("scope", "openid")]).await;
    let told = ask(&ward, Method::GET, answer["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(told["sub"], verified(&ward, id_token(&answer)).await.1["sub"]);
}

#[bedside_test]
async fn a_token_comes_in_the_header_or_in_a_form_and_not_in_both(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let token = token(&app, &anna, "openid").await;
    assert_eq!(ask(&ward, Method::POST, &token).await.ok()["sub"], anna.uuid());
    let form = fields(&[("access_token", &token)]);
    assert_eq!(app.post(PATH, &form, None).await.ok()["sub"], anna.uuid());
    let both = ward.http.post(format!("{}{PATH}", ward.url)).bearer_auth(&token).form(&form);
    let both = Answer::of(both.send().await.expect("an answer")).await;
    assert_eq!((both.status, both.json["error"].as_str()), (400, Some("invalid_request")));
    assert!(both.header("www-authenticate").contains("error=\"invalid_request\""));
    let twice = fields(&[("access_token", &token), ("access_token", &token)]);
    assert_eq!(app.post(PATH, &twice, None).await.status, 400);
    let in_address = super::party::get(&ward, &format!("{PATH}?access_token={token}")).await;
    assert_eq!(in_address.status, 401, "addresses are logged along the way");
}

#[bedside_test]
async fn without_a_token_that_stands_or_without_openid_nothing_is_told(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let nobody = ask(&ward, Method::GET, "").await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, "Bearer realm=\"bedside\""));
    let unknown = ask(&ward, Method::GET, "nonsense").await;
    assert_eq!((unknown.status, unknown.json["error"].as_str()), (401, Some("invalid_token")));
    assert!(unknown.header("www-authenticate").contains("error=\"invalid_token\""));
    let narrow = ask(&ward, Method::GET, &token(&app, &anna, "profile").await).await;
    assert_eq!((narrow.status, narrow.json["error"].as_str()), (403, Some("insufficient_scope")));
    let challenge = narrow.header("www-authenticate");
    assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"openid\""));
    let token = token(&app, &anna, "openid").await;
    let form = fields(&[("token", &token), ("client_id", &app.client_id), ("client_secret", &app.secret)]);
    assert_eq!(app.post("/oauth/revoke", &form, None).await.status, 200);
    assert_eq!(ask(&ward, Method::GET, &token).await.status, 401, "it has ended");
}

#[bedside_test]
async fn what_an_application_was_told_of_a_patient_stands_in_the_access_log(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let token = token(&app, &anna, "openid email").await;
    let told = async || {
        let all = lines(&ward).await;
        all.into_iter()
            .filter(|line| line.reason.as_deref() == Some("told to an application"))
            .collect::<Vec<_>>()
    };
    assert!(told().await.is_empty());
    ask(&ward, Method::GET, &token).await.ok();
    let told = told().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].patient, told[0].kind.as_str()), (Some(anna.id), "person_read"));
    assert_eq!(told[0].client.map(|client| client.hex()), Some(app.client_id));
}

//! How an application proves who it is.

use identity::protocol::pkce::challenge_of;
use testkit::bedside_test;

use super::app::{App, PASSWORD, browser, error_of};
use crate::cast::{Answer, Ward};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

#[track_caller]
fn not_proven(answer: &Answer) {
    assert_eq!((answer.status, &answer.json["error"]), (401, &"invalid_client".into()), "{}", answer.text);
    assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{:?}", answer.headers);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[bedside_test]
async fn a_client_proves_itself_in_the_body_or_by_basic_and_never_by_both(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let (id, secret) = (app.client_id.as_str(), app.secret.as_str());
    let code = app.code(&anna, &[]).await;
    let bare = app.token_form(&code, &[("client_id", ""), ("client_secret", "")]);
    let both = app.post("/oauth/token", &app.token_form(&code, &[]), Some((id, secret))).await;
    assert_eq!((both.status, &both.json["error"]), (400, &"invalid_request".into()));
    let other_id = app.token_form(&code, &[("client_id", "other"), ("client_secret", "")]);
    let differs = app.post("/oauth/token", &other_id, Some((id, secret))).await;
    assert_eq!((differs.status, &differs.json["error"]), (400, &"invalid_request".into()));
    for (name, password) in [(id, ""), (id, "wrong"), ("", secret), ("nobody", secret), (secret, id)] {
        not_proven(&app.post("/oauth/token", &bare, Some((name, password))).await);
    }
    for changed in
        [("client_secret", ""), ("client_secret", "wrong"), ("client_id", ""), ("client_id", "nobody")]
    {
        not_proven(&app.redeem(&app.token_form(&code, &[changed])).await);
    }
    for header in ["Basic", "Basic !!!", "Bearer abc", "Basic YQ=="] {
        let request = ward.http.post(format!("{}/oauth/token", ward.url)).header("authorization", header);
        not_proven(&Answer::of(request.form(&bare).send().await.unwrap()).await);
    }
    let by_basic = app.post("/oauth/token", &bare, Some((id, secret))).await;
    assert_eq!(by_basic.status, 200, "{}", by_basic.text);
}

#[bedside_test]
async fn a_public_client_has_no_secret_and_must_bring_a_challenge(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |new| new.public = true).await;
    let mut visit = browser(&ward);
    assert_eq!(error_of(&visit.open(&app.request(&[])).await), "invalid_request");
    let challenge = challenge_of(VERIFIER);
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    assert_eq!(error_of(&visit.open(&app.request(&plain)).await), "invalid_request");
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = app.code(&anna, &asked).await;
    let proof = ("code_verifier", VERIFIER);
    not_proven(&app.redeem(&app.token_form(&code, &[proof, ("client_secret", "made-up")])).await);
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.json["error"], "invalid_grant");
    assert_eq!(app.redeem(&app.token_form(&code, &[proof])).await.status, 200);
}

#[bedside_test]
async fn a_client_gives_its_own_token_back_and_nobody_elses(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let (app, other) = (App::of(&linde, |_| {}).await, App::of(&linde, |_| {}).await);
    let token = app.token(&app.code(&anna, &[]).await).await;
    let form = |app: &App, token: &str| {
        super::app::fields(&[("client_id", &app.client_id), ("client_secret", &app.secret), ("token", token)])
    };
    assert_eq!(app.post("/oauth/revoke", &form(&other, &token), None).await.status, 200);
    assert_eq!(app.try_token(&token).await, 200, "another client's word does not end it");
    not_proven(&app.post("/oauth/revoke", &super::app::fields(&[("token", &token)]), None).await);
    assert_eq!(app.post("/oauth/revoke", &form(&app, "none of ours"), None).await.status, 200);
    assert_eq!(app.post("/oauth/revoke", &form(&app, &token), None).await.status, 200);
    assert_eq!(app.try_token(&token).await, 401);
}

//! What RFC 9700 (best current practice for OAuth 2.0 security) asks of the token endpoint, one statement a test.

use identity::protocol::pkce::challenge_of;
use identity::{Dialect, GrantType};
use jiff::SignedDuration;
use kernel::Scopes;
use testkit::bedside_test;

use super::app::{App, Fields, PASSWORD, fields};
use super::keys::Keys;
use super::refresh::own;
use crate::cast::{Answer, Organisation, Somebody, Ward};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn scene(ward: &Ward) -> (Organisation, Somebody, App) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, own).await;
    (linde, anna, app)
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, &answer.json["error"]), (400, &error.into()), "{}", answer.text);
    assert!(answer.json.get("access_token").is_none());
}

fn asking(app: &App, pairs: &[(&str, &str)]) -> Fields {
    let who = [("client_id", app.client_id.as_str()), ("client_secret", app.secret.as_str())];
    let mut form = fields(&[&who, pairs].concat());
    form.retain(|(_, value)| !value.is_empty());
    form
}

async fn public(organisation: &Organisation) -> App {
    App::of(organisation, |new| {
        own(new);
        new.public = true;
    })
    .await
}

#[bedside_test]
async fn rfc_9700_2_1_1_a_code_is_not_redeemed_without_the_verifier_of_its_challenge(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let challenge = challenge_of(VERIFIER);
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    for app in [&app, &public(&linde).await] {
        let code = app.code(&anna, &asked).await;
        let guess = "a".repeat(43);
        for wrong in ["", guess.as_str(), challenge.as_str()] {
            refused(&app.redeem(&app.token_form(&code, &[("code_verifier", wrong)])).await, "invalid_grant");
        }
    }
}

#[bedside_test]
async fn rfc_9700_2_1_1_a_verifier_without_a_challenge_is_a_downgrade_and_refused(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let code = app.code(&anna, &[]).await;
    refused(&app.redeem(&app.token_form(&code, &[("code_verifier", VERIFIER)])).await, "invalid_grant");
}

#[bedside_test]
async fn rfc_9700_2_2_2_a_refresh_token_of_a_public_client_does_not_outlive_its_one_use(ward: Ward) {
    let (linde, anna, _) = scene(&ward).await;
    let app = public(&linde).await;
    let challenge = challenge_of(VERIFIER);
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = app.code(&anna, &asked).await;
    let given = app.redeem(&app.token_form(&code, &[("code_verifier", VERIFIER)])).await.ok();
    let form = asking(
        &app,
        &[("grant_type", "refresh_token"), ("refresh_token", given["refresh_token"].as_str().unwrap())],
    );
    let next = app.redeem(&form).await.ok();
    assert_ne!(next["refresh_token"], given["refresh_token"]);
    ward.clock.pass(SignedDuration::from_secs(11));
    refused(&app.redeem(&form).await, "invalid_grant");
}

#[bedside_test]
async fn rfc_9700_2_3_a_token_is_for_no_more_than_was_allowed(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let code = app.code(&anna, &[("scope", "read")]).await;
    let mut form = app.token_form(&code, &[]);
    form.push(("scope".to_owned(), "read write".to_owned()));
    let given = app.redeem(&form).await.ok();
    assert_eq!(given["scope"], "read", "what the token request asks for beside a code widens nothing");
    let more = asking(
        &app,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", given["refresh_token"].as_str().unwrap()),
            ("scope", "read write"),
        ],
    );
    refused(&app.redeem(&more).await, "invalid_scope");
}

#[bedside_test]
async fn rfc_9700_2_3_and_4_10_2_a_token_is_for_this_server_alone_and_so_says_who_is_asked(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let given =
        app.redeem(&app.token_form(&app.code(&anna, &[("scope", "openid read")]).await, &[])).await.ok();
    let access = given["access_token"].as_str().unwrap();
    let told = app.post("/oauth/introspect", &asking(&app, &[("token", access)]), None).await.ok();
    assert_eq!((&told["aud"], &told["active"]), (&ward.url.as_str().into(), &true.into()));
    let hospital = App::of(&linde, |new| {
        new.dialect = Dialect::Fhir;
        new.grant_types = vec![GrantType::TokenExchange];
    })
    .await;
    for (name, elsewhere) in
        [("audience", "https://elsewhere.example"), ("resource", "https://elsewhere.example/fhir")]
    {
        let wish = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", access),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            (name, elsewhere),
        ];
        refused(&hospital.redeem(&asking(&hospital, &wish)).await, "invalid_target");
    }
    let stranger = App::of(&ward.organisation("eik").await, own).await;
    let told = stranger.post("/oauth/introspect", &asking(&stranger, &[("token", access)]), None).await.ok();
    assert_eq!(told, serde_json::json!({ "active": false }), "nobody of elsewhere is told that it is good");
    for other in ["id_token", "refresh_token"] {
        assert_eq!(app.try_token(given[other].as_str().unwrap()).await, 401, "{other} opens nothing");
    }
}

#[bedside_test]
async fn rfc_9700_2_2_1_and_4_10_1_no_binding_of_a_token_to_its_sender_is_pretended(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let document = super::party::get(&ward, "/.well-known/oauth-authorization-server").await.ok();
    for member in [
        "dpop_signing_alg_values_supported",
        "tls_client_certificate_bound_access_tokens",
        "mtls_endpoint_aliases",
    ] {
        assert!(document.get(member).is_none(), "{member}");
    }
    let form = app.token_form(&app.code(&anna, &[]).await, &[]);
    let request =
        ward.http.post(format!("{}/oauth/token", ward.url)).header("dpop", "e30.e30.e30").form(&form);
    let given = Answer::of(request.send().await.unwrap()).await.ok();
    assert_eq!(given["token_type"], "Bearer", "who asks for a binding is told that there is none");
    let bound = format!("DPoP {}", given["access_token"].as_str().unwrap());
    let request = ward.http.get(format!("{}/v1/me", ward.url)).header("authorization", bound);
    assert_eq!(request.send().await.unwrap().status(), 401);
}

#[bedside_test]
async fn rfc_9700_4_5_3_2_an_id_token_tells_the_nonce_of_its_own_request(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let mut visit = super::app::browser(&ward);
    for nonce in ["one", "two"] {
        let outward = app.allowed(&anna, &mut visit, &[("scope", "openid"), ("nonce", nonce)]).await;
        let mut form = app.token_form(&super::app::answer_of(&outward)["code"], &[]);
        form.push(("nonce".to_owned(), "of the thief".to_owned()));
        let given = app.redeem(&form).await.ok();
        let claims = super::party::verified(&ward, super::party::id_token(&given)).await.1;
        assert_eq!(claims["nonce"], nonce, "what comes beside the code changes nothing");
    }
}

#[bedside_test]
async fn rfc_9700_2_4_there_is_no_password_grant(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let form = asking(&app, &[("grant_type", "password"), ("username", &anna.email), ("password", PASSWORD)]);
    refused(&app.redeem(&form).await, "unsupported_grant_type");
}

#[bedside_test]
async fn rfc_9700_2_5_a_client_with_a_key_is_not_let_in_by_anything_weaker(ward: Ward) {
    let (linde, _, app) = scene(&ward).await;
    let keys = Keys::new("EdDSA");
    let with_key = App::of(&linde, |new| {
        new.dialect = Dialect::Fhir;
        new.grant_types = vec![GrantType::ClientCredentials];
        new.scopes = Scopes::parse("system/Communication.rs").0;
        new.jwks = Some(keys.set());
    })
    .await;
    for secret in ["", "guess", &app.secret] {
        let stolen = with_key.with_secret(secret);
        let answer = app.redeem(&asking(&stolen, &[("grant_type", "client_credentials")])).await;
        assert_eq!((answer.status, &answer.json["error"]), (401, &"invalid_client".into()));
    }
}

#[bedside_test]
async fn rfc_9700_4_2_4_a_code_that_leaked_is_good_once_and_its_reuse_takes_all_back(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let code = app.code(&anna, &[]).await;
    let given = app.redeem(&app.token_form(&code, &[])).await.ok();
    refused(&app.redeem(&app.token_form(&code, &[])).await, "invalid_grant");
    assert_eq!(app.try_token(given["access_token"].as_str().unwrap()).await, 401);
    let form = asking(
        &app,
        &[("grant_type", "refresh_token"), ("refresh_token", given["refresh_token"].as_str().unwrap())],
    );
    refused(&app.redeem(&form).await, "invalid_grant");
}

#[bedside_test]
async fn rfc_9700_4_3_2_tokens_are_not_asked_for_in_an_address(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let code = app.code(&anna, &[]).await;
    let query = app.token_form(&code, &[]);
    let url = reqwest::Url::parse_with_params(&format!("{}/oauth/token", ward.url), &query).unwrap();
    let by_get = ward.http.get(url.clone()).send().await.unwrap();
    assert_eq!(by_get.status(), 405);
    let by_post = Answer::of(ward.http.post(url).form(&Fields::new()).send().await.unwrap()).await;
    assert_eq!((by_post.status, &by_post.json["error"]), (401, &"invalid_client".into()));
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 200, "the code is still good");
}

#[bedside_test]
async fn rfc_9700_4_5_3_a_code_that_was_injected_at_another_client_or_address_is_refused(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let other = App::of(&linde, own).await;
    let code = app.code(&anna, &[]).await;
    refused(&other.redeem(&other.token_form(&code, &[])).await, "invalid_grant");
    let elsewhere = [("redirect_uri", "http://127.0.0.1:9/other")];
    refused(&app.redeem(&app.token_form(&code, &elsewhere)).await, "invalid_grant");
}

#[bedside_test]
async fn rfc_9700_4_9_3_a_token_for_one_thing_opens_no_other(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let given = app.redeem(&app.token_form(&app.code(&anna, &[("scope", "openid")]).await, &[])).await.ok();
    assert_eq!(app.try_token(given["access_token"].as_str().unwrap()).await, 403);
    assert_eq!(app.try_token(given["refresh_token"].as_str().unwrap()).await, 401);
}

#[bedside_test]
async fn rfc_9700_4_14_2_a_refresh_token_is_bound_to_its_client_and_scopes_and_ends_when_idle(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let other = App::of(&linde, own).await;
    let given = app.redeem(&app.token_form(&app.code(&anna, &[]).await, &[])).await.ok();
    let token = given["refresh_token"].as_str().unwrap();
    let by = |app: &App| asking(app, &[("grant_type", "refresh_token"), ("refresh_token", token)]);
    refused(&other.redeem(&by(&other)).await, "invalid_grant");
    ward.clock.pass(SignedDuration::from_hours(30 * 24));
    refused(&app.redeem(&by(&app)).await, "invalid_grant");
}

#[bedside_test]
async fn rfc_9700_4_15_1_a_program_that_acts_for_itself_is_never_taken_for_a_person(ward: Ward) {
    let (linde, anna, _) = scene(&ward).await;
    let program = App::of(&linde, |new| {
        new.name = anna.uuid();
        new.dialect = Dialect::Fhir;
        new.grant_types = vec![GrantType::ClientCredentials];
        new.scopes = Scopes::parse("system/Communication.rs read").0;
    })
    .await;
    let form = asking(&program, &[("grant_type", "client_credentials")]);
    let token = program.redeem(&form).await.ok()["access_token"].as_str().unwrap().to_owned();
    let look_up = asking(&program, &[("token", &token)]);
    let told = program.post("/oauth/introspect", &look_up, None).await.ok();
    assert_ne!(told["sub"], anna.uuid().as_str(), "its subject is of its own, whatever it calls itself");
    assert_eq!(program.try_token(&token).await, 403);
}

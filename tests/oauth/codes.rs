//! Codes: short-lived, single use, and bound to whom and what they were issued for.

use identity::protocol::pkce::challenge_of;
use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD, browser};
use crate::cast::{Answer, Organisation, Somebody, Ward};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn scene(ward: &Ward) -> (Organisation, Somebody, App) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    (linde, anna, app)
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, &answer.json["error"]), (400, &error.into()), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.json["error_description"].is_string());
    assert!(answer.json.get("access_token").is_none());
}

#[bedside_test]
async fn a_code_that_comes_twice_takes_back_what_it_gave(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let code = app.code(&anna, &[]).await;
    let other = app.token(&app.code(&anna, &[]).await).await;
    let token = app.token(&code).await;
    assert_eq!(app.try_token(&token).await, 200);
    refused(&app.redeem(&app.token_form(&code, &[])).await, "invalid_grant");
    assert_eq!(app.try_token(&token).await, 401, "at once");
    assert_eq!(app.try_token(&other).await, 200, "what another code gave stands");
}

#[bedside_test]
async fn a_code_is_good_for_its_client_alone_and_a_thief_does_not_spoil_it(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let thief = App::of(&linde, |new| new.name = "Thief".to_owned()).await;
    let code = app.code(&anna, &[]).await;
    refused(&thief.redeem(&thief.token_form(&code, &[])).await, "invalid_grant");
    let token = app.token(&code).await;
    refused(&thief.redeem(&thief.token_form(&code, &[])).await, "invalid_grant");
    assert_eq!(app.try_token(&token).await, 200);
}

#[bedside_test]
async fn a_code_is_bound_to_the_address_that_the_request_named(ward: Ward) {
    let (linde, anna, _) = scene(&ward).await;
    let second = format!("{CALLBACK}/second");
    let app = App::of(&linde, |new| new.redirect_uris.push(second.clone())).await;
    let code = app.code(&anna, &[]).await;
    for uri in ["", &second, "http://127.0.0.1:9/callback/", "HTTP://127.0.0.1:9/callback"] {
        refused(&app.redeem(&app.token_form(&code, &[("redirect_uri", uri)])).await, "invalid_grant");
    }
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 200);
    let only = App::of(&linde, |_| {}).await;
    let code = only.code(&anna, &[("redirect_uri", "")]).await;
    assert_eq!(
        only.redeem(&only.token_form(&code, &[("redirect_uri", "")])).await.status,
        200,
        "named nowhere"
    );
}

#[bedside_test]
async fn a_code_is_bound_to_its_challenge(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let challenge = challenge_of(VERIFIER);
    assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "RFC 7636, appendix B");
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = app.code(&anna, &asked).await;
    let other = VERIFIER.replace('d', "e");
    for verifier in ["", &other, "short", &challenge] {
        refused(&app.redeem(&app.token_form(&code, &[("code_verifier", verifier)])).await, "invalid_grant");
    }
    assert_eq!(app.redeem(&app.token_form(&code, &[("code_verifier", VERIFIER)])).await.status, 200);
    let plain = app.code(&anna, &[]).await;
    let stripped = app.redeem(&app.token_form(&plain, &[("code_verifier", VERIFIER)])).await;
    refused(&stripped, "invalid_grant");
}

#[bedside_test]
async fn a_code_lives_for_a_minute_and_no_longer(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let (early, late) = (app.code(&anna, &[]).await, app.code(&anna, &[]).await);
    ward.clock.pass(SignedDuration::from_millis(59_999));
    assert_eq!(app.redeem(&app.token_form(&early, &[])).await.status, 200);
    ward.clock.pass(SignedDuration::from_millis(1));
    refused(&app.redeem(&app.token_form(&late, &[])).await, "invalid_grant");
}

#[bedside_test]
async fn a_token_ends_with_its_life_and_a_sandbox_gives_it_three_days(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let token = app.token(&app.code(&anna, &[]).await).await;
    ward.clock.pass(SignedDuration::from_hours(72) - SignedDuration::from_millis(1));
    assert_eq!(app.try_token(&token).await, 200);
    ward.clock.pass(SignedDuration::from_millis(1));
    assert_eq!(app.try_token(&token).await, 401);
}

#[bedside_test]
async fn a_code_is_remembered_for_as_long_as_what_it_gave_stands(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let tidy = async || bedside::house::tidy_up(&ward.house).await.expect("tidy");
    let kept = async || {
        let count = |row: &store::Row<'_>| row.get::<i64>(0);
        let read =
            ward.house.db.read((), move |tx, ()| Box::pin(tx.one("SELECT COUNT(*) FROM codes", &[], count)));
        read.await.expect("a count").expect("a row")
    };
    let code = app.code(&anna, &[]).await;
    let token = app.token(&code).await;
    app.code(&anna, &[]).await;
    ward.clock.pass(SignedDuration::from_hours(48));
    tidy().await;
    assert_eq!(kept().await, 1, "the one that nobody redeemed is forgotten");
    refused(&app.redeem(&app.token_form(&code, &[])).await, "invalid_grant");
    assert_eq!(app.try_token(&token).await, 401, "two days later the reuse ends it as it would at once");
    ward.clock.pass(SignedDuration::from_hours(50));
    tidy().await;
    assert_eq!(kept().await, 0, "a day after its token is over");

    let app = App::of(&linde, super::refresh::own).await;
    let code = app.code(&anna, &[]).await;
    let mut given = app.redeem(&app.token_form(&code, &[])).await.ok();
    for _ in 0..3 {
        ward.clock.pass(SignedDuration::from_hours(20 * 24));
        tidy().await;
        let own = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret)];
        let ask =
            [("grant_type", "refresh_token"), ("refresh_token", given["refresh_token"].as_str().unwrap())];
        given = app.redeem(&super::app::fields(&[own, ask].concat())).await.ok();
    }
    let token = given["access_token"].as_str().unwrap().to_owned();
    assert_eq!(app.try_token(&token).await, 200);
    refused(&app.redeem(&app.token_form(&code, &[])).await, "invalid_grant");
    assert_eq!(app.try_token(&token).await, 401, "sixty days later, too");
}

#[bedside_test]
async fn malformed_token_requests_are_refused_in_the_standards_words_and_spend_nothing(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let code = app.code(&anna, &[]).await;
    for (changed, error) in [
        (("grant_type", ""), "invalid_request"),
        (("grant_type", "password"), "unsupported_grant_type"),
        (("grant_type", "client_credentials"), "unauthorized_client"),
        (("code", ""), "invalid_request"),
        (("code", "no-code-of-ours"), "invalid_grant"),
        (("code", "\u{0}"), "invalid_grant"),
    ] {
        refused(&app.redeem(&app.token_form(&code, &[changed])).await, error);
    }
    let mut twice = app.token_form(&code, &[]);
    twice.push(("code".to_owned(), code.clone()));
    refused(&app.redeem(&twice).await, "invalid_request");
    let by_query = ward.http.get(format!("{}/oauth/token?code={code}", ward.url)).send().await.unwrap();
    assert_eq!(by_query.status(), 405, "never by GET");
    let mut idle = browser(&ward);
    assert!(idle.open("/oauth/authorize").await.is_html());
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 200, "the code is still good");
}

#[bedside_test]
async fn whatever_strangers_hand_to_an_application_as_a_code_does_not_shut_it_out(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let code = app.code(&anna, &[]).await;
    // All of them come from the one address of its server, which proved itself each time.
    for _ in 0..450 {
        refused(&app.redeem(&app.token_form("garbage", &[])).await, "invalid_grant");
    }
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 200);
}

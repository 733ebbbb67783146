//! What the certification plans "basic" and "config" of OpenID Connect ask of a server, one test for each.

use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD, answer_of, browser, error_of, fields, sign_in};
use super::party::{id_token, party, signed_in, tokens, verified};
use super::second::set_up;
use crate::cast::{Browser, Page, Somebody, Ward};

async fn anna_and_party(ward: &Ward) -> (Somebody, App) {
    let linde = ward.organisation("linde").await;
    (linde.patient("Anna").await.with_password(PASSWORD).await, party(&linde, |_| {}).await)
}

/// A request for `openid`, but for these parameters.
fn request(app: &App, changed: &[(&str, &str)]) -> String {
    let scope = [("scope", "openid")];
    let scope = scope.iter().filter(|_| !changed.iter().any(|(name, _)| *name == "scope"));
    app.request(&scope.chain(changed).copied().collect::<Vec<_>>())
}

async fn claims_of(ward: &Ward, app: &App, outward: &Page) -> serde_json::Value {
    let answer = app.redeem(&app.token_form(&answer_of(outward)["code"], &[])).await.ok();
    verified(ward, id_token(&answer)).await.1
}

/// Anna's browser, which has signed in and allowed `openid`.
async fn known(ward: &Ward, app: &App, anna: &Somebody) -> Browser {
    signed_in(ward, app, anna, &[("scope", "openid")]).await.0
}

#[bedside_test]
async fn a_missing_response_type_is_an_error(ward: Ward) {
    let (_, app) = anna_and_party(&ward).await;
    assert_eq!(
        error_of(&browser(&ward).open(&request(&app, &[("response_type", "")])).await),
        "invalid_request"
    );
}

#[bedside_test]
async fn prompt_none_of_who_has_not_signed_in_is_login_required(ward: Ward) {
    let (_, app) = anna_and_party(&ward).await;
    assert_eq!(error_of(&browser(&ward).open(&request(&app, &[("prompt", "none")])).await), "login_required");
}

#[bedside_test]
async fn prompt_none_without_consent_is_consent_required_and_with_it_a_code(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    let wider = visit.open(&request(&app, &[("prompt", "none"), ("scope", "openid email")])).await;
    assert_eq!(error_of(&wider), "consent_required");
    let outward = visit.open(&request(&app, &[("prompt", "none")])).await;
    assert_eq!(claims_of(&ward, &app, &outward).await["sub"], anna.uuid());
}

#[bedside_test]
async fn prompt_login_asks_again_and_moves_the_time_of_the_sign_in(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    let before = claims_of(&ward, &app, &visit.open(&request(&app, &[])).await).await;
    ward.clock.pass(SignedDuration::from_secs(90));
    let page = visit.open(&request(&app, &[("prompt", "login")])).await;
    assert!(page.path.starts_with("/login"));
    let outward = sign_in(&mut visit, &page, &anna).await;
    let after = claims_of(&ward, &app, &outward).await;
    assert!(after["auth_time"].as_i64() >= before["auth_time"].as_i64().map(|time| time + 90));
}

#[bedside_test]
async fn prompt_select_account_shows_the_sign_in_page_and_prompt_consent_the_question(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    assert!(visit.open(&request(&app, &[("prompt", "select_account")])).await.path.starts_with("/login"));
    assert!(visit.open(&request(&app, &[("prompt", "consent")])).await.path.starts_with("/consent"));
}

#[bedside_test]
async fn who_selected_an_account_comes_to_the_application_as_that_one(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let bram = anna.organisation.patient("Bram").await.with_password(PASSWORD).await;
    let mut visit = known(&ward, &app, &anna).await;
    for who in [&anna, &bram] {
        ward.clock.pass(SignedDuration::from_secs(60));
        let page = visit.open(&request(&app, &[("prompt", "select_account")])).await;
        let mut outward = sign_in(&mut visit, &page, who).await;
        if outward.path.starts_with("/consent") {
            outward = visit.submit(&outward, &[("answer", "allow")]).await;
        }
        let claims = claims_of(&ward, &app, &outward).await;
        assert_eq!(claims["sub"], who.uuid());
        assert!(claims["auth_time"].as_i64() >= Some(ward.clock.now_ms() / 1_000 - 30));
    }
}

#[bedside_test]
async fn essential_claims_are_told_when_they_were_allowed_and_stop_nothing_when_not(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let wish = r#"{"userinfo":{"name":{"essential":true},"email":{"essential":true}},
        "id_token":{"auth_time":{"essential":true},"acr":{"essential":true,"values":["1","2"]}}}"#;
    let wish = [("scope", "openid profile"), ("claims", wish)];
    let mut visit = browser(&ward);
    let page = visit.open(&request(&app, &wish)).await;
    let page = sign_in(&mut visit, &page, &anna).await;
    assert!(page.path.starts_with("/consent"), "one proof will do: {page:?}");
    let outward = visit.submit(&page, &[("answer", "allow")]).await;
    let answer = app.redeem(&app.token_form(&answer_of(&outward)["code"], &[])).await.ok();
    let claims = verified(&ward, id_token(&answer)).await.1;
    assert!(claims["auth_time"].is_i64() && claims["acr"].is_string());
    let bearer = answer["access_token"].as_str().unwrap();
    let told =
        ward.http.get(format!("{}/oauth/userinfo", ward.url)).bearer_auth(bearer).send().await.unwrap();
    let told: serde_json::Value = told.json().await.unwrap();
    assert_eq!(told["name"], "Anna de Boer");
    assert!(told.get("email").is_none(), "an essential claim is no scope: she did not allow it");
}

#[bedside_test]
async fn max_age_asks_again_only_of_who_signed_in_longer_ago_and_the_token_says_when(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    ward.clock.pass(SignedDuration::from_secs(20));
    let outward = visit.open(&request(&app, &[("max_age", "10000")])).await;
    let before = claims_of(&ward, &app, &outward).await;
    let page = visit.open(&request(&app, &[("max_age", "1")])).await;
    assert!(page.path.starts_with("/login"));
    let after = claims_of(&ward, &app, &sign_in(&mut visit, &page, &anna).await).await;
    assert!(after["auth_time"].as_i64() > before["auth_time"].as_i64());
    ward.clock.pass(SignedDuration::from_secs(5));
    let silent = visit.open(&request(&app, &[("max_age", "1"), ("prompt", "none")])).await;
    assert_eq!(error_of(&silent), "login_required");
}

/// The error of an answer, or `code`.
fn error_of_or_code(outward: &Page) -> String {
    answer_of(outward).get("error").cloned().unwrap_or_else(|| "code".to_owned())
}

#[bedside_test]
async fn an_id_token_hint_of_who_has_signed_in_is_answered_without_a_word(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let (mut visit, token) = signed_in(&ward, &app, &anna, &[("scope", "openid")]).await;
    let outward = visit.open(&request(&app, &[("prompt", "none"), ("id_token_hint", &token)])).await;
    assert_eq!(claims_of(&ward, &app, &outward).await["sub"], anna.uuid());
}

#[bedside_test]
async fn an_id_token_hint_of_somebody_else_is_login_required(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let bram = anna.organisation.patient("Bram").await.with_password(PASSWORD).await;
    let (_, of_bram) = signed_in(&ward, &app, &bram, &[("scope", "openid")]).await;
    let mut visit = known(&ward, &app, &anna).await;
    for hint in [of_bram.as_str(), "nonsense", "eyJhbGciOiJub25lIn0.e30."] {
        let silent = visit.open(&request(&app, &[("prompt", "none"), ("id_token_hint", hint)])).await;
        assert_eq!(error_of(&silent), "login_required", "{hint}");
    }
    let page = visit.open(&request(&app, &[("id_token_hint", &of_bram)])).await;
    assert!(page.path.starts_with("/login"), "{page:?}");
    assert_eq!(
        error_of(&sign_in(&mut visit, &page, &anna).await),
        "login_required",
        "and not asked for ever"
    );
    let page = visit.open(&request(&app, &[("id_token_hint", &of_bram)])).await;
    let outward = sign_in(&mut visit, &page, &bram).await;
    assert_eq!(claims_of(&ward, &app, &outward).await["sub"], bram.uuid());
}

#[bedside_test]
async fn a_login_hint_fills_the_form_in_and_stands_in_no_address_of_ours(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = browser(&ward);
    let page = visit.open(&request(&app, &[("login_hint", &anna.email)])).await;
    assert_eq!(page.form().value("email"), anna.email);
    let name = anna.email.split('@').next().unwrap();
    assert!(page.trail.iter().skip(1).all(|(path, _)| !path.contains(name)) && !page.path.contains(name));
    let odd = browser(&ward).open(&request(&app, &[("login_hint", "\"><script>alert(1)</script>")])).await;
    assert_eq!(odd.form().value("email"), "\"><script>alert(1)</script>");
    assert!(!odd.text.contains("<script>"));
    let long = browser(&ward).open(&request(&app, &[("login_hint", &"a".repeat(3_000))])).await;
    assert_eq!(long.form().value("email"), "");
}

#[bedside_test]
async fn ui_locales_speak_on_the_page_and_other_wishes_are_accepted(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = browser(&ward);
    let page = visit.open(&request(&app, &[("ui_locales", "nl fr")])).await;
    assert!(page.text.contains("<html lang=\"nl\""));
    let mut visit = known(&ward, &app, &anna).await;
    let wishes = [
        ("claims_locales", "nl"),
        ("display", "popup"),
        ("acr_values", "1"),
        ("extra", "foobar"),
        ("claims", r#"{"userinfo":{"name":{"essential":true}}}"#),
    ];
    for wish in wishes {
        let outward = visit.open(&request(&app, &[wish])).await;
        assert_eq!(claims_of(&ward, &app, &outward).await["acr"], "1", "{wish:?}");
    }
}

#[bedside_test]
async fn a_wish_for_two_proofs_leads_to_the_second_and_an_insistence_is_told_when_nobody_may_be_asked(
    ward: Ward,
) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    let wish = ("acr_values", "2");
    let outward = visit.open(&request(&app, &[wish, ("prompt", "none")])).await;
    assert_eq!(claims_of(&ward, &app, &outward).await["acr"], "1", "it is told what there was");
    let insist = ("claims", r#"{"id_token":{"acr":{"essential":true,"values":["2"]}}}"#);
    let outward = visit.open(&request(&app, &[insist, ("prompt", "none")])).await;
    assert_eq!(error_of(&outward), "unmet_authentication_requirements");

    for wish in [wish, insist] {
        let marked = visit.open(&request(&app, &[wish, ("bedside_signed_in", "1")])).await;
        assert!(
            marked.path.starts_with("/account/second-factor/app?return="),
            "a link spares nobody: {marked:?}"
        );
    }
    let page = visit.open(&request(&app, &[insist])).await;
    assert!(page.path.starts_with("/account/second-factor/app?return="), "{}", page.path);
    let (_, kept) = set_up(&ward, &mut visit, &page).await;
    assert!(kept.path.starts_with("/account/recovery-codes?return="), "{}", kept.path);
    for wish in [wish, insist] {
        let claims = claims_of(&ward, &app, &visit.open(&request(&app, &[wish])).await).await;
        assert_eq!(
            (&claims["acr"], &claims["amr"]),
            (&"2".into(), &serde_json::json!(["pwd", "otp", "mfa"]))
        );
    }
    ward.settle().await;
}

#[bedside_test]
async fn a_request_may_be_posted(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    let form = fields(&[
        ("response_type", "code"),
        ("client_id", &app.client_id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "s"),
    ]);
    let answer = visit.post("/oauth/authorize", &form, &[]).await;
    assert_eq!(answer.status, 303);
    let outward = visit.open(answer.location().unwrap()).await;
    assert_eq!(answer_of(&outward)["state"], "s");
}

#[bedside_test]
async fn request_objects_are_refused_cleanly(ward: Ward) {
    let (_, app) = anna_and_party(&ward).await;
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        let outward = browser(&ward).open(&request(&app, &[(name, "x")])).await;
        assert_eq!(error_of(&outward), error);
        assert_eq!(answer_of(&outward)["state"], "12345");
    }
}

#[bedside_test]
async fn a_code_without_a_nonce_gives_a_token_without_one(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let answer = tokens(&app, &anna, &[("scope", "openid")]).await;
    assert!(verified(&ward, id_token(&answer)).await.1.get("nonce").is_none());
}

#[bedside_test]
async fn an_address_that_is_not_registered_is_refused_on_a_page(ward: Ward) {
    let (_, app) = anna_and_party(&ward).await;
    for uri in ["https://evil.example/cb", "http://127.0.0.1:9/callback?x=1"] {
        let page = browser(&ward).open(&request(&app, &[("redirect_uri", uri)])).await;
        assert_eq!((page.status, page.location(), page.is_html()), (400, None, true));
    }
}

#[bedside_test]
async fn form_post_answers_by_a_form_that_goes_to_the_application(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    let state = "a\"><b>&c";
    let page = visit.open(&request(&app, &[("response_mode", "form_post"), ("state", state)])).await;
    assert_eq!((page.status, page.location()), (200, None));
    let form = page.form();
    assert_eq!((form.action.as_str(), form.method.as_str()), (CALLBACK, "post"));
    assert_eq!((form.value("state"), form.value("iss")), (state, &*ward.house.settings.public_url));
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:9;") && policy.contains("script-src 'self'")
    );
    assert!(page.text.contains("<button"), "it can be sent without a script");
    let answer = app.redeem(&app.token_form(form.value("code"), &[])).await.ok();
    assert_eq!(verified(&ward, id_token(&answer)).await.1["sub"], anna.uuid());
    let silent = [("response_mode", "form_post"), ("prompt", "none"), ("scope", "openid email")];
    let page = visit.open(&request(&app, &silent)).await;
    assert_eq!((page.form().value("error"), page.form().action.as_str()), ("consent_required", CALLBACK));
    assert_eq!(
        error_of(&visit.open(&request(&app, &[("response_mode", "fragment")])).await),
        "invalid_request"
    );
}

#[bedside_test]
async fn a_state_of_a_megabyte_is_refused_and_a_long_one_comes_back(ward: Ward) {
    let (anna, app) = anna_and_party(&ward).await;
    let mut visit = known(&ward, &app, &anna).await;
    let long = "s".repeat(8_000);
    assert_eq!(answer_of(&visit.open(&request(&app, &[("state", &long)])).await)["state"], long);
    let longer = visit.open(&request(&app, &[("state", &"s".repeat(9_000))])).await;
    assert_eq!((error_of(&longer).as_str(), answer_of(&longer).get("state")), ("invalid_request", None));
    let longest = visit.open(&request(&app, &[("state", &"s".repeat(60_000))])).await;
    assert_eq!((longest.status, longest.location()), (431, None), "no server reads such an address");
    for length in [20_000, 1 << 20] {
        let form = fields(&[("client_id", &app.client_id), ("state", &"s".repeat(length))]);
        let page = visit.post("/oauth/authorize", &form, &[]).await;
        assert_eq!((page.status, page.location(), page.is_html()), (413, None, true), "{length}");
    }
}

#[bedside_test]
async fn offline_access_is_allowed_by_the_person_whoever_vouches_for_the_application(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let trusted = party(&linde, |new| new.trusted = true).await;
    let mut visit = browser(&ward);
    let page = visit.open(&request(&trusted, &[("scope", "openid offline_access")])).await;
    let page = sign_in(&mut visit, &page, &anna).await;
    assert!(page.path.starts_with("/consent"), "{page:?}");
    assert!(page.text.contains("do this also while you are away"));
    assert_eq!(error_of_or_code(&visit.open(&request(&trusted, &[])).await), "code");
}

#[bedside_test]
async fn an_application_that_waits_for_approval_gets_a_page_that_says_so(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = party(&linde, |new| new.pending = true).await;
    let page = browser(&ward).open(&request(&app, &[])).await;
    assert_eq!((page.status, page.location()), (400, None));
    assert!(page.text.contains("waiting for approval"));
}

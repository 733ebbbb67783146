//! What RFC 9700 (security best current practice) says of the authorization endpoint, tried the wrong way.

use identity::clients::NewClient;
use identity::{By, Dialect, GrantType};
use reqwest::Method;
use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD, answer_of, browser, error_of, fields, sign_in};
use super::party::party;
use crate::cast::{Somebody, Ward};
use crate::secrecy::access_log::lines;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn anna_and_app(ward: &Ward) -> (Somebody, App) {
    let linde = ward.organisation("linde").await;
    (linde.patient("Anna").await.with_password(PASSWORD).await, App::of(&linde, |_| {}).await)
}

#[bedside_test]
async fn rfc_9700_2_1_and_4_1_3_an_address_that_only_looks_like_the_registered_one_is_not_redirected_to(
    ward: Ward,
) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    app.allowed(&anna, &mut visit, &[]).await;
    for uri in [
        format!("{CALLBACK}/"),
        format!("{CALLBACK}?next=https://evil.example"),
        format!("{CALLBACK}/../evil"),
        CALLBACK.replace("127.0.0.1", "127.0.0.1.evil.example"),
        CALLBACK.replace(":9/", ":10/"),
        CALLBACK.to_uppercase(),
    ] {
        for prompt in ["", "none"] {
            let page = visit.open(&app.request(&[("redirect_uri", &uri), ("prompt", prompt)])).await;
            assert_eq!((page.status, page.location()), (400, None), "{uri}");
        }
    }
}

#[bedside_test]
async fn rfc_9700_2_1_and_4_11_2_the_server_is_no_open_redirector(ward: Ward) {
    let (_, app) = anna_and_app(&ward).await;
    for path in [
        app.request(&[("client_id", "0123456789abcdef01234567"), ("redirect_uri", "https://evil.example/")]),
        app.request(&[("redirect_uri", "https://evil.example/"), ("response_type", "nonsense")]),
        app.request(&[("redirect_uri", "https://evil.example/"), ("scope", "nonsense"), ("prompt", "none")]),
        "/login?return=https%3A%2F%2Fevil.example%2F".to_owned(),
        "/consent?return=%2F%2Fevil.example%2F".to_owned(),
        "/oauth/logout?post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F".to_owned(),
    ] {
        let page = browser(&ward).open(&path).await;
        assert!(page.location().is_none_or(|to| !to.contains("evil")), "{path}: {:?}", page.location());
    }
}

/// Has somebody be the developer who registered an application in a sandbox, where nobody looks at its addresses.
async fn registered_by(ward: &Ward, app: &App, developer: &Somebody) {
    let input = (kernel::ClientId::from_hex(&app.client_id).unwrap(), developer.id);
    let noted = ward.house.db.write(input, |tx, (client, developer)| {
        Box::pin(async move {
            let sql = "UPDATE clients SET registered_by = $2 WHERE id = $1";
            tx.run(sql, &store::args![client, developer]).await
        })
    });
    noted.await.expect("a developer");
}

#[bedside_test]
async fn rfc_9700_4_11_2_a_link_with_a_mistake_shows_first_whose_application_it_is(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let vetted = App::of(&anna.organisation, |_| {}).await;
    let eva = anna.organisation.doctor("Eva").await;
    registered_by(&ward, &app, &eva).await;
    for (mistake, error) in [
        (("scope", "nonsense"), "invalid_scope"),
        (("response_type", "token"), "unsupported_response_type"),
        (("request", "x"), "request_not_supported"),
        (("max_age", "soon"), "invalid_request"),
    ] {
        let mut visit = browser(&ward);
        let page = visit.open(&app.request(&[mistake])).await;
        assert!(page.location().is_none() && page.path.starts_with("/login"), "{mistake:?}: {page:?}");
        assert!(page.text.contains("Messenger"), "the page says whose it is");
        assert_eq!(error_of(&sign_in(&mut visit, &page, &anna).await), error, "who knows it is led on");
        assert_eq!(error_of(&browser(&ward).open(&vetted.request(&[mistake])).await), error);
    }
    let silent = browser(&ward).open(&app.request(&[("prompt", "none")])).await;
    assert_eq!(error_of(&silent), "login_required", "silence is asked for, and answered");
}

#[bedside_test]
async fn rfc_9700_4_11_2_a_link_with_a_no_in_it_says_nothing_for_anybody(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let link = app.request(&[("bedside_denied", "1")]);
    let mut visit = browser(&ward);
    let page = visit.open(&link).await;
    assert!(page.location().is_none() && page.path.starts_with("/login"), "{page:?}");
    let page = sign_in(&mut visit, &page, &anna).await;
    assert!(page.path.starts_with("/consent"), "she is asked: {page:?}");
    visit.submit(&page, &[("answer", "allow")]).await;
    assert!(
        answer_of(&visit.open(&link).await).contains_key("code"),
        "nor does it take back what she allowed"
    );
    let denials = lines(&ward).await.iter().filter(|line| line.kind == "consent_denied").count();
    assert_eq!(denials, 0);
}

#[bedside_test]
async fn a_no_is_a_no_also_where_it_was_allowed_before_or_an_operator_vouches(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let trusted = App::of(&anna.organisation, |new| new.trusted = true).await;
    let mut visit = browser(&ward);
    app.allowed(&anna, &mut visit, &[]).await;
    for asking in [&app, &trusted] {
        let consent = visit.open(&asking.request(&[("prompt", "consent")])).await;
        assert!(consent.path.starts_with("/consent"), "{consent:?}");
        let denied = visit.submit(&consent, &[("answer", "deny")]).await;
        assert_eq!(error_of(&denied), "access_denied");
        let later = visit.open(&asking.request(&[])).await;
        assert!(answer_of(&later).contains_key("code"), "it takes nothing back");
    }
    let other = App::of(&anna.organisation, |_| {}).await;
    let open = visit.open(&other.request(&[])).await;
    assert!(answer_of(&other.allowed(&anna, &mut visit, &[]).await).contains_key("code"));
    let denied = visit.submit(&open, &[("answer", "deny")]).await;
    assert_eq!(error_of(&denied), "access_denied", "whatever was allowed in another tab meanwhile");
    let denials = lines(&ward).await.iter().filter(|line| line.kind == "consent_denied").count();
    assert_eq!(denials, 2, "of what was asked then");
}

#[bedside_test]
async fn rfc_9700_2_6_metadata_is_published_and_says_that_pkce_is_supported(ward: Ward) {
    for path in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
        let document = super::party::get(&ward, path).await.ok();
        assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        assert_eq!(document["issuer"], ward.house.settings.public_url.as_str());
    }
}

#[bedside_test]
async fn rfc_9700_2_6_no_answer_goes_to_an_address_without_tls_but_on_this_very_machine(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let add = async |uri: &str| {
        let mut new = NewClient::of(linde.id, "Messenger", Dialect::Own);
        new.redirect_uris = vec![uri.to_owned()];
        let added =
            ward.house.db.write(new, |tx, new| Box::pin(identity::clients::add(tx, By::Operator, new)));
        added.await.is_ok()
    };
    for (uri, may) in [
        ("http://app.example/cb", false),
        ("http://127.0.0.1.evil.example/cb", false),
        ("http://192.168.0.2/cb", false),
        ("ftp://app.example/cb", false),
        ("https://app.example/cb", true),
        ("http://127.0.0.1:9/cb", true),
    ] {
        assert_eq!(add(uri).await, may, "{uri}");
    }
}

#[bedside_test]
async fn rfc_9700_4_17_2_no_answer_goes_by_a_message_between_windows(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    app.allowed(&anna, &mut visit, &[]).await;
    for mode in ["web_message", "fragment"] {
        let outward = visit.open(&app.request(&[("response_mode", mode)])).await;
        assert_eq!(error_of(&outward), "invalid_request", "{mode}");
    }
    let page = visit.open(&app.request(&[("response_mode", "form_post")])).await;
    assert!(!page.text.contains("postMessage") && page.form().action == CALLBACK);
}

#[bedside_test]
async fn rfc_9700_2_1_1_a_public_client_without_a_challenge_gets_no_code(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |new| new.public = true).await;
    let outward = browser(&ward).open(&app.request(&[])).await;
    assert_eq!(error_of(&outward), "invalid_request");
}

#[bedside_test]
async fn rfc_9700_2_1_1_a_challenge_that_shows_its_verifier_is_refused(ward: Ward) {
    let (_, app) = anna_and_app(&ward).await;
    for method in ["plain", ""] {
        let wish = [("code_challenge", VERIFIER), ("code_challenge_method", method)];
        assert_eq!(error_of(&browser(&ward).open(&app.request(&wish)).await), "invalid_request", "{method}");
    }
}

#[bedside_test]
async fn rfc_9700_2_1_1_and_4_8_2_a_code_without_a_challenge_is_not_redeemed_with_a_verifier(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let code = app.code(&anna, &[]).await;
    let answer = app.redeem(&app.token_form(&code, &[("code_verifier", VERIFIER)])).await;
    assert_eq!((answer.status, answer.json["error"].as_str()), (400, Some("invalid_grant")));
}

#[bedside_test]
async fn rfc_9700_4_5_3_1_a_code_of_another_browser_does_not_fit_the_verifier_of_this_one(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let code = app.code(&anna, &[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]).await;
    let other = "a".repeat(43);
    let answer = app.redeem(&app.token_form(&code, &[("code_verifier", &other)])).await;
    assert_eq!(answer.json["error"], "invalid_grant");
    let answer = app.redeem(&app.token_form(&code, &[])).await;
    assert_eq!(answer.json["error"], "invalid_grant");
}

#[bedside_test]
async fn rfc_9700_2_1_2_no_token_comes_from_the_authorization_endpoint(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    app.allowed(&anna, &mut visit, &[]).await;
    for kind in ["token", "id_token", "id_token token", "code token", "code id_token", "none"] {
        let outward = visit.open(&app.request(&[("response_type", kind), ("nonce", "n")])).await;
        assert_eq!(error_of(&outward), "unsupported_response_type", "{kind}");
        assert!(!outward.location().unwrap().contains("access_token"), "{kind}");
    }
}

#[bedside_test]
async fn rfc_6749_4_1_2_1_a_client_that_is_registered_for_no_codes_gets_none(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = party(&linde, |new| new.grant_types = vec![GrantType::ClientCredentials]).await;
    let outward = browser(&ward).open(&app.request(&[("scope", "openid")])).await;
    assert_eq!(error_of(&outward), "unauthorized_client");
}

#[bedside_test]
async fn rfc_9700_2_6_and_4_16_the_authorization_endpoint_is_not_framed_and_not_called_from_scripts(
    ward: Ward,
) {
    let (_, app) = anna_and_app(&ward).await;
    let page = browser(&ward).open(&app.request(&[])).await;
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    for method in [Method::GET, Method::OPTIONS] {
        let origin = [("origin", "https://evil.example")];
        let answer = browser(&ward).send(method, &app.request(&[]), None, &origin).await;
        assert!(answer.headers.get("access-control-allow-origin").is_none());
    }
}

#[bedside_test]
async fn rfc_9700_4_2_4_a_page_that_carries_a_code_tells_it_to_nobody_else(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    let outward = app.allowed(&anna, &mut visit, &[]).await;
    assert_eq!(
        (outward.header("referrer-policy"), outward.header("cache-control")),
        ("no-referrer", "no-store")
    );
    let page = visit.open(&app.request(&[("response_mode", "form_post")])).await;
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
    assert!(!page.path.contains("code=") && page.text.contains("name=\"code\""));
}

#[bedside_test]
async fn rfc_9700_4_4_2_an_answer_names_the_server_that_it_came_from_errors_too(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    let issuer = ward.house.settings.public_url.clone();
    let code = app.allowed(&anna, &mut visit, &[]).await;
    let error = visit.open(&app.request(&[("scope", "nonsense")])).await;
    for outward in [code, error] {
        assert_eq!(answer_of(&outward)["iss"], issuer);
    }
}

#[bedside_test]
async fn rfc_9700_4_7_1_a_state_comes_back_as_it_was_sent_and_one_that_stands_twice_does_not(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    app.allowed(&anna, &mut visit, &[]).await;
    let state = "x&code=stolen#f é\"'<>";
    assert_eq!(answer_of(&visit.open(&app.request(&[("state", state)])).await)["state"], state);
    let twice = visit.open(&format!("{}&state=other", app.request(&[]))).await;
    assert_eq!((error_of(&twice).as_str(), answer_of(&twice).get("state")), ("invalid_request", None));
}

#[bedside_test]
async fn rfc_9700_4_12_what_a_person_typed_is_not_sent_on_to_the_application(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    let page = visit.open(&app.request(&[])).await;
    let form = page.form().fields;
    let filled: Vec<_> = form.into_iter().filter(|(name, _)| name != "email" && name != "password").collect();
    let typed = fields(&[("email", &anna.email), ("password", PASSWORD)]);
    let answer = visit.post("/login", &[filled, typed].concat(), &[]).await;
    assert_eq!(answer.status, 303, "a 307 would have the browser post the password once more");
    let consent = visit.open(answer.location().unwrap()).await;
    let outward = visit.submit(&consent, &[("answer", "allow")]).await;
    assert!(outward.trail.iter().all(|(_, status)| matches!(status, 302 | 303)), "{:?}", outward.trail);
}

#[bedside_test]
async fn rfc_9700_4_11_2_an_error_leads_to_the_application_only_from_a_verified_address(ward: Ward) {
    let (anna, app) = anna_and_app(&ward).await;
    let mut visit = browser(&ward);
    let page = visit.open(&app.request(&[("redirect_uri", "https://evil.example/cb")])).await;
    assert_eq!((page.status, page.location()), (400, None));
    let page = visit.open(&app.request(&[])).await;
    let consent = sign_in(&mut visit, &page, &anna).await;
    let outward = visit.submit(&consent, &[("answer", "deny")]).await;
    assert_eq!(error_of(&outward), "access_denied");
}

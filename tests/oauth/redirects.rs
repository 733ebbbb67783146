//! Nobody is sent to an address that is not registered, and what goes there is what was sent.

use jiff::SignedDuration;
use proptest::prelude::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD, answer_of, browser, error_of};
use crate::cast::Ward;

#[bedside_test]
async fn an_address_that_is_not_registered_letter_for_letter_gets_a_page_and_no_redirect(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut browser = browser(&ward);
    app.allowed(&anna, &mut browser, &[]).await;
    for uri in [
        "https://evil.example/",
        "http://127.0.0.1:9/callback/",
        "http://127.0.0.1:9/callback?x=1",
        "http://127.0.0.1:9/callback#x",
        "http://127.0.0.1:9/Callback",
        "http://127.0.0.1:9/callback/../other",
        "http://127.0.0.1:9/callback%2F..%2Fother",
        "http://127.0.0.1:99/callback",
        "http://127.0.0.1:9@evil.example/callback",
        "http://localhost:9/callback",
        "https://127.0.0.1:9/callback",
        "//127.0.0.1:9/callback",
        "/callback",
        " http://127.0.0.1:9/callback",
        "http://127.0.0.1:9/callback\nLocation: https://evil.example",
        "javascript:alert(1)",
    ] {
        for more in
            [&[][..], &[("scope", "no-such-scope")], &[("prompt", "none")], &[("bedside_denied", "1")]]
        {
            let page = browser.open(&app.request(&[&[("redirect_uri", uri)], more].concat())).await;
            assert_eq!((page.status, page.location()), (400, None), "{uri} {more:?}");
            assert!(page.is_html() && page.forms().is_empty(), "{uri}");
        }
    }
    for client in ["nobody", "00", &app.client_id.to_uppercase(), &"f".repeat(24)] {
        let page = browser.open(&app.request(&[("client_id", client)])).await;
        assert_eq!((page.status, page.location()), (400, None), "{client}");
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", app.request(&[]));
    assert_eq!(browser.open(&twice).await.status, 400);
}

#[bedside_test]
async fn an_address_that_is_left_out_is_the_registered_one_if_there_is_one_alone(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let one = App::of(&linde, |_| {}).await;
    let mut browser = browser(&ward);
    let outward = one.allowed(&anna, &mut browser, &[("redirect_uri", "")]).await;
    assert!(answer_of(&outward).contains_key("code"));
    let two = App::of(&linde, |new| {
        new.redirect_uris.push("https://www.getpostman.com/oauth2/callback".to_owned())
    });
    let two = two.await;
    let none = App::of(&linde, |new| new.redirect_uris.clear()).await;
    for app in [two, none] {
        let page = browser.open(&app.request(&[("redirect_uri", "")])).await;
        assert_eq!((page.status, page.location()), (400, None));
    }
}

#[bedside_test]
async fn faults_of_a_verified_application_go_back_to_it_with_its_state(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    let mut browser = browser(&ward);
    for (changed, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "code token"), "unsupported_response_type"),
        (("response_mode", "fragment"), "invalid_request"),
        (("request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"),
        (("prompt", "none"), "login_required"),
        (("prompt", "none login"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
        (("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), "invalid_request"),
        (("code_challenge_method", "S256"), "invalid_request"),
    ] {
        let outward = browser.open(&app.request(&[changed])).await;
        assert_eq!(error_of(&outward), error, "{changed:?}");
        let answer = answer_of(&outward);
        assert_eq!((answer["state"].as_str(), answer["iss"].as_str()), ("12345", ward.url.as_str()));
    }
    let twice = format!("{}&state=6", app.request(&[]));
    assert_eq!(error_of(&browser.open(&twice).await), "invalid_request");
}

#[bedside_test]
async fn state_comes_back_untouched_whatever_is_in_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut browser = browser(&ward);
    let mut chance = TestRunner::deterministic();
    let odd = [
        "a b+c%20d&e=f;g#h?i/j\\k\"l'm<n>o",
        "é ß 你好 👋🏽 \u{200d}\u{feff}",
        "\r\nSet-Cookie: x=y\r\n\r\n<script>",
        "\u{0}\u{1}\u{7f}\t",
        "%2525%00%0A",
        "&amp;&#38;&quot;",
        "{\"csrf\":\"x\",\"to\":\"https://a.example/?b=c&d\"}",
    ];
    let any_text = any::<String>().prop_filter("an empty one counts as none", |text| !text.is_empty());
    let drawn = (0..40).map(|_| any_text.new_tree(&mut chance).unwrap().current());
    for (number, state) in odd.into_iter().map(str::to_owned).chain(drawn).enumerate() {
        // The first ones go through every page, with the state carried along; the others straight back.
        if number < odd.len() {
            browser = super::app::browser(&ward);
        }
        let outward = app.allowed(&anna, &mut browser, &[("state", &state)]).await;
        assert_eq!(answer_of(&outward)["state"], state);
        let location = outward.location().unwrap();
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location:?}");
        // One person gets only so many codes at once.
        ward.clock.pass(SignedDuration::from_secs(1));
    }
    let without = app.allowed(&anna, &mut browser, &[("state", "")]).await;
    assert!(!answer_of(&without).contains_key("state"));
    let not_text = format!("{}&state=%FF%FE", app.request(&[("state", "")]));
    assert_eq!(browser.open(&not_text).await.status, 400, "what cannot be returned untouched is refused");
}

#[bedside_test]
async fn an_address_with_a_query_keeps_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let with_query = format!("{CALLBACK}?tenant=a%20b");
    let app = App::of(&linde, |new| new.redirect_uris = vec![with_query.clone()]).await;
    let outward = app.allowed(&anna, &mut browser(&ward), &[("redirect_uri", &with_query)]).await;
    assert!(outward.location().unwrap().starts_with(&format!("{with_query}&code=")), "{outward:?}");
    assert_eq!(answer_of(&outward)["tenant"], "a b");
}

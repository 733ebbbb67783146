//! A parameter that stands twice says two things, and is refused (RFC 6749 section 3.1 and 3.2).

use testkit::bedside_test;

use super::app::{App, PASSWORD, browser, error_of};
use crate::cast::Ward;

#[bedside_test]
async fn what_stands_twice_in_an_authorization_request_is_refused(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    for name in ["client_id", "redirect_uri"] {
        let page = browser(&ward).open(&format!("{}&{name}=x", app.request(&[]))).await;
        assert_eq!((page.status, page.location()), (400, None), "{name}: nobody is verified");
    }
    for name in [
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "display",
        "ui_locales",
        "claims_locales",
        "id_token_hint",
        "login_hint",
        "acr_values",
        "claims",
        "request",
        "request_uri",
        "registration",
    ] {
        let twice = format!("{}&{name}=1&{name}=1", app.request(&[(name, "")]));
        let outward = browser(&ward).open(&twice).await;
        assert_eq!(error_of(&outward), "invalid_request", "{name}");
    }
    let unknown = format!("{}&extra=1&extra=2", app.request(&[]));
    assert!(browser(&ward).open(&unknown).await.path.starts_with("/login"), "what is not known is ignored");
}

#[bedside_test]
async fn what_stands_twice_in_a_token_request_is_refused_and_spends_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let code = app.code(&anna, &[]).await;
    for name in [
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "client_secret",
        "code_verifier",
        "scope",
        "extra",
    ] {
        let mut form = app.token_form(&code, &[]);
        let value = form.iter().find(|(one, _)| one == name).map_or("1", |(_, value)| value).to_owned();
        form.retain(|(one, _)| one != name);
        form.extend([(name.to_owned(), value.clone()), (name.to_owned(), value)]);
        let refused = app.redeem(&form).await;
        assert_eq!((refused.status, &refused.json["error"]), (400, &"invalid_request".into()), "{name}");
    }
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 200);
}

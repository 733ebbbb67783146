//! A form counts only when a page of ours in the same browser sent it.

use testkit::bedside_test;

use super::app::{App, Fields, PASSWORD, browser, sign_in};
use crate::cast::{Browser, Page, Ward};

fn filled(page: &Page, changed: &[(&str, &str)]) -> Fields {
    let kept =
        page.form().fields.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.chain(super::app::fields(changed)).filter(|(_, value)| !value.is_empty()).collect()
}

/// Posts it in every way that is not ours.
async fn forge(visit: &mut Browser, ward: &Ward, action: &str, form: &Fields) {
    let token = |value: &str| -> Fields {
        let change = |(name, old): &(String, String)| {
            let is_token = name == "form_token";
            (name.clone(), if is_token { value.to_owned() } else { old.clone() })
        };
        form.iter().map(change).filter(|(_, value)| !value.is_empty()).collect()
    };
    let other = browser(ward).open("/login").await.form().value("form_token").to_owned();
    for wrong in ["", "0", &"0".repeat(64), &other] {
        let answer = visit.post(action, &token(wrong), &[]).await;
        assert_eq!((answer.status, answer.location()), (403, None), "{action} with the token {wrong:?}");
    }
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "http://localhost.evil.example"),
    ] {
        let answer = visit.post(action, form, &[(name, value)]).await;
        assert_eq!((answer.status, answer.location()), (403, None), "{action} from {value}");
    }
    let mut without_cookies = visit.clone();
    without_cookies.cookies.clear();
    assert_eq!(without_cookies.post(action, form, &[]).await.status, 403, "{action} without cookies");
}

#[bedside_test]
async fn signing_in_and_out_and_consent_cannot_be_forged(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut visit = browser(&ward);
    let page = visit.open(&app.request(&[])).await;
    let form = filled(&page, &[("email", &anna.email), ("password", PASSWORD)]);
    forge(&mut visit, &ward, "/login", &form).await;
    assert!(!visit.cookies.contains_key("bedside"), "nobody was signed in");
    let consent = sign_in(&mut visit, &page, &anna).await;
    forge(&mut visit, &ward, "/consent", &filled(&consent, &[("answer", "allow")])).await;
    let asked = visit.open(&app.request(&[])).await;
    assert!(asked.path.starts_with("/consent"), "nothing was allowed");
    let token = asked.form().value("form_token").to_owned();
    forge(&mut visit, &ward, "/logout", &super::app::fields(&[("form_token", &token)])).await;
    assert_eq!(visit.open("/account").await.path, "/account", "still signed in");
    let left = visit.post("/logout", &super::app::fields(&[("form_token", &token)]), &[]).await;
    assert_eq!((left.status, left.location()), (303, Some("/login?left=1")));
    assert!(visit.open("/account").await.path.starts_with("/login"));
}

#[bedside_test]
async fn ending_an_application_or_a_session_cannot_be_forged(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let token = app.token(&app.code(&anna, &[]).await).await;
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    sign_in(&mut visit, &page, &anna).await;
    let forms = visit.open("/account").await.forms();
    for action in ["/account/end-app", "/account/end-session", "/account/end-others"] {
        let form = forms.iter().find(|form| form.action == action).unwrap_or_else(|| panic!("no {action}"));
        forge(&mut visit, &ward, action, &form.fields).await;
    }
    let change = visit.open("/account/password").await;
    let new = [("old", PASSWORD), ("new", "another linden tea"), ("again", "another linden tea")];
    forge(&mut visit, &ward, "/account/password", &filled(&change, &new)).await;
    assert_eq!(app.try_token(&token).await, 200);
    let end = forms.iter().find(|form| form.action == "/account/end-app").unwrap();
    assert_eq!(visit.post("/account/end-app", &end.fields, &[]).await.status, 303);
    assert_eq!(app.try_token(&token).await, 401, "and what it held ended with it");
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let other = app.token(&app.code(&bram, &[]).await).await;
    let mut stranger = browser(&ward);
    let page = stranger.open("/login").await;
    sign_in(&mut stranger, &page, &bram).await;
    let page = visit.open("/account").await;
    let grant = stranger.open("/account").await;
    let theirs = grant.forms().into_iter().find(|form| form.action == "/account/end-app").unwrap();
    let mine = page.forms().pop().expect("a form").value("form_token").to_owned();
    let fields = super::app::fields(&[("form_token", &mine), ("grant", theirs.value("grant"))]);
    visit.post("/account/end-app", &fields, &[]).await;
    assert_eq!(app.try_token(&other).await, 200, "nobody ends what another allowed");
}

#[bedside_test]
async fn forms_that_are_too_large_or_no_forms_change_nothing(ward: Ward) {
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    let large = filled(&page, &[("email", "a@example.test"), ("password", &"x".repeat(70_000))]);
    assert_eq!(visit.post("/login", &large, &[]).await.status, 413);
    for (kind, body, status) in [
        ("application/json", "{}", 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        ("", "a=b", 415),
        ("application/x-www-form-urlencoded", "email=%FF", 400),
    ] {
        for path in
            ["/login", "/consent", "/logout", "/oauth/authorize", "/account/end-app", "/account/password"]
        {
            let request = ward.http.post(format!("{}{path}", ward.url)).header("content-type", kind);
            let answer = request.body(body).send().await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{path} {kind}");
        }
    }
}

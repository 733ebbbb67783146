//! The flow as the vendor documents it, word for word, on both names of its endpoints.

use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD, answer_of, browser, sign_in};
use crate::cast::{Answer, Ward};

/// The vendor's own example.
const DOCUMENTED: &str = include_str!("../../wires/oauth/fixtures/kpn-authorize.txt");

/// The lines of the example with its blanks filled in.
fn filled_in(prefix: &str, blanks: &[(&str, &str)]) -> Vec<String> {
    let text = DOCUMENTED.replace("/healthcaremessenger_oauth", prefix);
    let fill = |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{{{name}}}}}"), value);
    blanks.iter().fold(text, fill).lines().map(str::to_owned).collect()
}

#[bedside_test]
async fn the_documented_requests_get_the_documented_answers_under_both_names(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let address = "http%3A%2F%2F127.0.0.1%3A9%2Fcallback";
    for prefix in ["/healthcaremessenger_oauth", "/oauth"] {
        let own = [("url", ward.url.as_str()), ("client_id", &app.client_id), ("client_secret", &app.secret)];
        let asked = filled_in(prefix, &[&own[..], &[("redirect_uri", address)]].concat());
        let path = asked[0].strip_prefix(&format!("GET {}", ward.url)).expect("the first request");
        let mut browser = browser(&ward);
        let page = browser.open(path).await;
        assert!(page.path.starts_with("/login?"), "{}", page.path);
        let mut outward = sign_in(&mut browser, &page, &anna).await;
        if outward.status == 200 {
            outward = browser.submit(&outward, &[("answer", "allow")]).await;
        }
        let code = answer_of(&outward)["code"].clone();
        let location = outward.location().unwrap();
        let answered = filled_in(prefix, &[("redirect_uri", CALLBACK), ("code", &code)]);
        let rest = format!("302 {location}");
        let rest = rest.strip_prefix(&answered[1]).unwrap_or_else(|| panic!("{location}"));
        assert_eq!(rest, format!("&iss={}", ward.url.replace(':', "%3A").replace('/', "%2F")), "RFC 9207");

        let asked = filled_in(prefix, &[&own[..], &[("redirect_uri", address), ("code", &code)]].concat());
        let (head, body) = (&asked[2], &asked[3]);
        let url = head.split_whitespace().nth(1).expect("an address");
        let request = ward.http.post(url).header("content-type", "application/x-www-form-urlencoded");
        let token = Answer::of(request.body(body.clone()).send().await.expect("an answer")).await;
        assert_eq!((token.status, token.header("cache-control")), (200, "no-store"), "{}", token.text);
        assert!(token.header("content-type").starts_with("application/json"));
        let documented: serde_json::Value = serde_json::from_str(&asked[4][4..]).expect("JSON");
        let names = |value: &serde_json::Value| -> Vec<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(names(&token.json), names(&documented), "these members and no other");
        assert_eq!(token.json["token_type"], documented["token_type"]);
        assert_eq!(token.json["scope"], "read", "what was asked for and allowed");
        let access_token = token.json["access_token"].as_str().expect("a token");
        assert_eq!(app.try_token(access_token).await, 200);
    }
}

#[bedside_test]
async fn pages_of_ours_lead_on_by_303_and_only_authorize_leads_outward_by_302(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut browser = browser(&ward);
    let page = browser.open(&app.request(&[])).await;
    let consent = sign_in(&mut browser, &page, &anna).await;
    let outward = browser.submit(&consent, &[("answer", "allow")]).await;
    let trail: Vec<_> = [&page, &consent, &outward].into_iter().flat_map(|page| page.trail.clone()).collect();
    let (last, before) = trail.split_last().expect("a way");
    assert!(before.iter().all(|(_, status)| *status == 303), "{trail:?}");
    assert!(last.0.starts_with("/oauth/authorize?") && last.1 == 302, "{trail:?}");
    assert!(
        before.iter().any(|(path, _)| path == "/login") && before.iter().any(|(path, _)| path == "/consent")
    );
    assert_eq!(answer_of(&outward)["state"], "12345");
}

#[bedside_test]
async fn consent_is_one_form_that_says_allow_or_deny_in_every_language_and_is_remembered(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    for (number, language) in ["nl", "en", "de", "fr"].into_iter().enumerate() {
        let anna = linde.patient(&format!("Anna{number}")).await.with_password(PASSWORD).await;
        let mut browser = browser(&ward);
        browser.language = language;
        let page = browser.open(&app.request(&[])).await;
        let consent = sign_in(&mut browser, &page, &anna).await;
        let form = consent.form();
        let buttons = [("answer", "allow"), ("answer", "deny")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(form.buttons, buttons, "{language}");
        let denied = browser.submit(&consent, &[("answer", "deny")]).await;
        let answer = answer_of(&denied);
        assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("access_denied", "12345"));
        let again = browser.open(&app.request(&[])).await;
        assert!(again.path.starts_with("/consent"), "a no is not remembered as a yes");
        let neither = browser.submit(&again, &[("answer", "perhaps")]).await;
        assert_eq!((neither.status, neither.form().buttons.len()), (200, 2), "asked again");
        let allowed = browser.submit(&again, &[("answer", "allow")]).await;
        assert!(answer_of(&allowed).contains_key("code"));
        assert!(
            answer_of(&browser.open(&app.request(&[])).await).contains_key("code"),
            "a yes is remembered"
        );
        let wider = browser.open(&app.request(&[("scope", "read write")])).await;
        assert!(wider.path.starts_with("/consent"), "a wider request asks again");
    }
}

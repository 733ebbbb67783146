//! Pages speak the reader's language, lead nowhere but here, and stay closed to other sites.

use proptest::prelude::Just;
use proptest::prop_oneof;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use reqwest::Url;
use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD, browser, sign_in};
use crate::cast::{Page, Ward};

const IN_WORDS: [(&str, &str); 4] =
    [("nl", "Inloggen"), ("en", "Sign in"), ("de", "Anmelden"), ("fr", "Se connecter")];

#[track_caller]
fn speaks(page: &Page, language: &str) {
    let (_, words) = IN_WORDS.iter().find(|(code, _)| *code == language).unwrap();
    assert!(
        page.text.contains(&format!("<html lang=\"{language}\"")) && page.text.contains(words),
        "{language}"
    );
}

#[bedside_test]
async fn pages_speak_what_the_application_asks_for_or_the_browser_reads(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    for (accepted, language) in [
        ("nl", "nl"),
        ("de-CH, en;q=0.5", "de"),
        ("en;q=0.1, fr;q=0.9", "fr"),
        ("xx, fr-BE;q=0.2", "fr"),
        ("nl;q=0, en", "en"),
    ] {
        let mut visit = browser(&ward);
        visit.language = accepted;
        speaks(&visit.open(&app.request(&[])).await, language);
        speaks(&visit.open("/login").await, language);
    }
    for (asked, language) in [("de", "de"), ("xx fr-CA de", "fr"), ("nl-NL", "nl")] {
        let page = browser(&ward).open(&app.request(&[("ui_locales", asked)])).await;
        speaks(&page, language);
    }
    let mut visit = browser(&ward);
    speaks(&visit.open("/login?lang=fr").await, "fr");
    speaks(&visit.open(&app.request(&[("ui_locales", "de")])).await, "fr");
    for odd in ["xx", "", "*", "../../etc", "nl\"><script>"] {
        let path = Url::parse_with_params("http://x/login", [("lang", odd)]).unwrap();
        let page = browser(&ward).open(&format!("/login?{}", path.query().unwrap())).await;
        assert!(page.status == 200 && !page.text.contains("<script>"), "{odd}");
    }
}

#[bedside_test]
async fn every_page_carries_the_headers_and_names_the_application_only_where_its_form_ends(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut visit = browser(&ward);
    // The browser of the cast holds each page, refusals and redirects included, to the headers.
    let page = visit.open(&app.request(&[])).await;
    assert!(page.header("content-security-policy").contains("form-action 'self' http://127.0.0.1:9;"));
    assert_eq!(page.header("x-frame-options"), "DENY");
    let consent = sign_in(&mut visit, &page, &anna).await;
    assert!(consent.header("content-security-policy").contains("form-action 'self' http://127.0.0.1:9;"));
    let unverified = visit.open(&app.request(&[("redirect_uri", "https://evil.example/")])).await;
    assert!(!unverified.header("content-security-policy").contains("evil"));
    for path in ["/login", "/account", "/consent", "/oauth/authorize", "/healthcaremessenger_oauth/authorize"]
    {
        let page = visit.open(path).await;
        assert!(page.is_html(), "{path}");
        assert!(page.header("content-security-policy").contains("form-action 'self';"), "{path}");
    }
    let towards_evil = Url::parse_with_params(
        "http://x/login",
        [("return", app.request(&[("redirect_uri", "https://evil.example/"), ("prompt", "login")]))],
    );
    let page = visit.open(&format!("/login?{}", towards_evil.unwrap().query().unwrap())).await;
    assert!(!page.header("content-security-policy").contains("evil"), "{page:?}");
}

#[bedside_test]
async fn where_a_page_leads_next_is_always_here(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let mut signed_in = browser(&ward);
    let page = signed_in.open("/login").await;
    sign_in(&mut signed_in, &page, &anna).await;
    let piece = prop_oneof![
        Just("/"),
        Just("//"),
        Just("\\"),
        Just("http:"),
        Just("https://"),
        Just("evil.example"),
        Just("@"),
        Just("%2F"),
        Just("%5C"),
        Just("\t"),
        Just("\n"),
        Just("\r"),
        Just(" "),
        Just("."),
        Just(".."),
        Just("?"),
        Just("#"),
        Just("javascript:"),
        Just("account"),
        Just("login"),
        Just("\u{2044}"),
        Just("\u{ff0f}"),
        Just("oauth/authorize?redirect_uri="),
        Just("\u{0}"),
        Just("&return="),
        Just(":80"),
    ];
    let nasty = proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat());
    let mut chance = TestRunner::deterministic();
    let known =
        ["//evil.example", "/\\evil.example", "/\t/evil.example", "https:evil.example", "/%09/evil.example"];
    let drawn = (0..250).map(|_| nasty.new_tree(&mut chance).unwrap().current());
    for way in known.into_iter().map(str::to_owned).chain(drawn) {
        let query = Url::parse_with_params("http://x/", [("return", &way)]).unwrap();
        for page in ["login", "consent"] {
            let path = format!("/{page}?{}", query.query().unwrap());
            let answer = signed_in.send(reqwest::Method::GET, &path, None, &[]).await;
            assert!(answer.status < 500, "{way:?}");
            stays(&ward, &answer, &way);
            // What the form would carry on is as harmless.
            if answer.is_html() {
                for form in
                    answer.forms().iter().filter(|form| form.fields.iter().any(|(name, _)| name == "return"))
                {
                    stays_at(&ward, form.value("return"), &way);
                }
            }
        }
    }
}

/// Reads the answer's address as browsers do: relative to the page, with backslashes and blanks forgiven.
#[track_caller]
fn stays(ward: &Ward, answer: &Page, way: &str) {
    if let Some(location) = answer.location() {
        stays_at(ward, location, way);
    }
}

#[track_caller]
fn stays_at(ward: &Ward, to: &str, way: &str) {
    let here = Url::parse(&ward.url).unwrap();
    let there = here.join(to).unwrap();
    assert_eq!(there.origin(), here.origin(), "{way:?} leads to {to:?}");
    assert!(!to.starts_with(CALLBACK));
}

#[bedside_test]
async fn a_signed_in_person_follows_a_way_of_ours_and_not_a_way_out(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    for (way, leads_to) in [
        ("/account?x=1", "/account?x=1"),
        ("//evil.example/account", "/chats"),
        ("https://evil.example", "/chats"),
        ("/\\evil.example", "/chats"),
    ] {
        let query = Url::parse_with_params("http://x/", [("return", way)]).unwrap();
        let mut visit = browser(&ward);
        let page = visit.open(&format!("/login?{}", query.query().unwrap())).await;
        assert_eq!(sign_in(&mut visit, &page, &anna).await.path, leads_to, "{way}");
    }
}

#[bedside_test]
async fn who_signs_in_goes_on_in_the_language_of_their_account_unless_they_chose_another_here(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let arrives = async |here: &'static str, login: &str| {
        let mut visit = browser(&ward);
        visit.language = here;
        let page = visit.open(login).await;
        sign_in(&mut visit, &page, &anna).await;
        visit
    };
    let is_in = |page: &Page, language: &str| page.text.contains(&format!("<html lang=\"{language}\""));
    let mut visit = arrives("fr", "/login").await;
    let page = visit.open("/account").await;
    assert!(
        is_in(&page, "en") && page.text.contains("<option value=\"en\" lang=\"en\" selected>"),
        "{}",
        page.text
    );
    let token = page.forms()[0].value("form_token").to_owned();
    let choose = |language: &str, token: &str| {
        [("form_token".to_owned(), token.to_owned()), ("language".to_owned(), language.to_owned())]
    };
    for (language, token) in [("xx", token.as_str()), ("", &token), ("nl", ""), ("nl", "guessed")] {
        visit.post("/account/language", &choose(language, token), &[]).await;
        assert_eq!(anna.kpn().await.get("me").await.ok()["language"], "en", "{language} {token}");
    }
    visit.post("/account/language", &choose("de", &token), &[]).await;
    let page = visit.open("/account").await;
    assert!(
        is_in(&page, "de") && page.text.contains("<option value=\"de\" lang=\"de\" selected>"),
        "{}",
        page.text
    );
    assert_eq!(anna.kpn().await.get("me").await.ok()["language"], "de", "letters and documents follow");

    ward.pass_a_second();
    let mut elsewhere = arrives("fr", "/login").await;
    assert!(is_in(&elsewhere.open("/account").await, "de"), "and so does another browser");
    let mut chosen = arrives("fr", "/login?lang=nl").await;
    let page = chosen.open("/account").await;
    assert!(
        is_in(&page, "nl") && page.text.contains("<option value=\"de\" lang=\"de\" selected>"),
        "{}",
        page.text
    );
}

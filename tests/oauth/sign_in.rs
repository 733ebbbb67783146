//! The sign-in page: what is on it, what it says to whom, and the cookies that it hands out.

use testkit::{Site, bedside_test};

use super::app::{App, PASSWORD, browser, sign_in};
use crate::cast::{Browser, Node, Ward};

#[bedside_test]
async fn the_page_is_one_form_with_an_address_and_a_password(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    for path in ["/login".to_owned(), app.request(&[])] {
        let page = browser(&ward).open(&path).await;
        let form = page.form();
        assert_eq!((page.status, form.action.as_str(), form.method.as_str()), (200, "/login", "post"));
        let inputs = [("email", "email"), ("password", "password")];
        assert_eq!(form.inputs, inputs.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
    }
}

#[bedside_test]
async fn a_wrong_password_an_unknown_account_and_one_that_may_not_sign_in_hear_the_same(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let bram = linde.patient("Bram").await;
    let mut heard = Vec::new();
    for (email, password) in [
        (anna.email.as_str(), "not her password"),
        ("nobody@example.test", "not her password"),
        ("nobody@example.test", PASSWORD),
        (bram.email.as_str(), "he has no password"),
        ("no address at all", PASSWORD),
    ] {
        let mut browser = browser(&ward);
        let page = browser.open("/login").await;
        let answer = browser.submit(&page, &[("email", email), ("password", password)]).await;
        assert!(answer.set_cookies("bedside").is_empty(), "nobody has signed in: {email}");
        let token = answer.form().value("form_token").to_owned();
        heard.push((answer.status, answer.text.replace(email, "EMAIL").replace(&token, "TOKEN")));
    }
    assert_eq!(heard[0].0, 422);
    assert!(heard.iter().all(|one| *one == heard[0]), "{heard:?}");
    let mut browser = browser(&ward);
    let page = browser.open("/login").await;
    let welcome =
        browser.submit(&page, &[("email", &anna.email.to_uppercase()), ("password", PASSWORD)]).await;
    assert_eq!(welcome.path, "/chats", "case does not matter in an address");
}

#[bedside_test]
async fn a_session_begins_anew_at_each_sign_in_and_its_cookie_is_closed_to_scripts(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let mut browser = browser(&ward);
    let page = browser.open("/login").await;
    assert!(page.set_cookies("bedside").is_empty(), "no session before anybody has signed in");
    browser.cookies.insert("bedside".to_owned(), "planted-by-an-attacker".to_owned());
    let page = browser.open("/login").await;
    let fields = page.form().fields;
    let filled: Vec<(String, String)> = fields
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "email" => (name, anna.email.clone()),
            "password" => (name, PASSWORD.to_owned()),
            _ => (name, value),
        })
        .collect();
    let welcome = browser.post("/login", &filled, &[]).await;
    assert_eq!(welcome.status, 303, "{}", welcome.text);
    let cookies = welcome.set_cookies("bedside");
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{}", cookies[0]);
    let first = browser.cookies["bedside"].clone();
    assert_ne!(first, "planted-by-an-attacker");
    let page = browser.open("/login?return=%2Foauth%2Fauthorize%3Fprompt%3Dlogin").await;
    assert!(page.is_html(), "{page:?}");
    let app = App::of(&linde, |_| {}).await;
    let page = browser.open(&app.request(&[("prompt", "login")])).await;
    sign_in(&mut browser, &page, &anna).await;
    assert_ne!(browser.cookies["bedside"], first);
    let mut old = super::app::browser(&ward);
    old.cookies.insert("bedside".to_owned(), first);
    assert!(old.open("/account").await.path.starts_with("/login"), "the session before has ended");
}

#[bedside_test]
async fn behind_https_cookies_are_bound_to_the_host(site: Site) {
    let node = Node::open(&site, "data", Some("https://zorg.example.test")).await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = Browser::at(&http, &node.url).open("/login").await;
    let cookies = page.set_cookies("bedside-form");
    assert_eq!(cookies.len(), 1, "{:?}", page.headers);
    assert!(cookies[0].starts_with("__Host-bedside-form="), "{}", cookies[0]);
    assert!(cookies[0].contains("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{}", cookies[0]);
    assert!(!cookies[0].contains("Domain"), "{}", cookies[0]);
    node.close().await;
}

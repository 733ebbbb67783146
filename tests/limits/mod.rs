//! How often somebody may ask, and what they hear when it was too often. Here the test stands where a proxy would, and
//! says for whom it asks.

mod overload;
mod shared;
mod strangers;
mod sweeping;

use bedside::config::Config;
use jiff::SignedDuration;
use reqwest::{Method, Response};
use testkit::{Site, bedside_test};

use crate::cast::{Browser, Node};

const ONE: (&str, &str) = ("x-forwarded-for", "192.0.2.1");
const OTHER: (&str, &str) = ("x-forwarded-for", "192.0.2.2");

/// A house where one address may ask so often a second.
async fn house(site: &Site, requests_per_second: u32) -> Node {
    Node::open_with(site, "data", None, |config: &mut Config| {
        config.limits.address_requests_per_second = requests_per_second;
        config.server.trusted_proxies = vec![[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()];
    })
    .await
}

fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.build().expect("a client")
}

async fn ask(node: &Node, method: Method, path: &str, who: (&str, &str), form: &[(&str, &str)]) -> Response {
    let request = client().request(method, format!("{}{path}", node.url)).header(who.0, who.1);
    request.form(form).send().await.expect("an answer")
}

#[bedside_test]
async fn who_asks_too_often_hears_it_in_the_words_of_each_wire_and_a_neighbour_hears_nothing(site: Site) {
    let node = house(&site, 1).await;
    let mut browser = Browser::at(&client(), &node.url);
    let mut style = String::new();
    for path in ["/login", "/", "/api-docs", "/oauth/authorize"].iter().cycle().take(10) {
        let page = browser.send(Method::GET, path, None, &[ONE]).await;
        assert!(page.status < 429, "{path}: {}", page.status);
        let link = page.text.split("/assets/bedside-").nth(1).and_then(|rest| rest.split('"').next());
        style = link.map_or(style, |name| format!("/assets/bedside-{name}"));
    }
    for path in ["/login", "/chats", "/oauth/authorize?client_id=x"] {
        for (language, title) in [("nl", "geduld"), ("en", "moment"), ("de", "Moment"), ("fr", "instant")] {
            browser.language = language;
            let page = browser.send(Method::GET, path, None, &[ONE]).await;
            assert_eq!((page.status, page.header("retry-after")), (429, "10"), "{path}");
            assert_eq!(page.header("content-language"), language, "{path}");
            assert!(page.text.contains("<main") && page.text.contains(title), "{}", page.text);
        }
    }
    for path in ["/oauth/token", "/healthcaremessenger_oauth/token", "/oauth/revoke"] {
        let refused = ask(&node, Method::POST, path, ONE, &[("grant_type", "authorization_code")]).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["retry-after"]),
            (429, &"10".parse().unwrap())
        );
        assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["error"], "temporarily_unavailable");
    }
    for (path, status) in [(style.as_str(), 200), ("/v1/me", 401), ("/nowhere", 404)] {
        let free = ask(&node, Method::GET, path, ONE, &[]).await;
        assert_eq!(free.status(), status, "{path} does not count");
    }
    assert_eq!(ask(&node, Method::GET, "/login", OTHER, &[]).await.status(), 200);
    site.clock.pass(SignedDuration::from_secs(10));
    assert_eq!(ask(&node, Method::GET, "/login", ONE, &[]).await.status(), 200);
    node.close().await;
}

/// Asks for a page until it was too often.
async fn exhaust(node: &Node, who: (&str, &str)) {
    for _ in 0..50 {
        if ask(node, Method::GET, "/login", who, &[]).await.status() == 429 {
            return;
        }
    }
    panic!("it was never too often");
}

#[bedside_test]
async fn rfc_9700_4_13_what_a_proxy_says_of_a_caller_counts_and_what_the_caller_says_does_not(site: Site) {
    let node = house(&site, 1).await;
    let status = async |node: &Node, who| ask(node, Method::GET, "/login", who, &[]).await.status().as_u16();
    exhaust(&node, ONE).await;
    let before_it = ("x-forwarded-for", "198.51.100.9, 192.0.2.1");
    assert_eq!(status(&node, before_it).await, 429, "the word of the proxy stands last");
    assert_eq!(status(&node, OTHER).await, 200);
    node.close().await;

    let bare = |config: &mut Config| config.limits.address_requests_per_second = 1;
    let node = Node::open_with(&site, "data", None, bare).await;
    exhaust(&node, ONE).await;
    assert_eq!(status(&node, OTHER).await, 429, "nobody is a proxy whom the operator did not name");
    node.close().await;
}

#[bedside_test]
async fn a_wrong_password_costs_more_than_a_page(site: Site) {
    let node = house(&site, 20).await;
    let mut browser = Browser::at(&client(), &node.url);
    let page = browser.send(Method::GET, "/login", None, &[ONE]).await;
    let mut fields = page.form().fields;
    fields.retain(|(name, _)| name != "email" && name != "password");
    fields.push(("password".to_owned(), "a guess".to_owned()));
    let mut statuses = Vec::new();
    for number in 0..11 {
        let mut fields = fields.clone();
        fields.push(("email".to_owned(), format!("person{number}@example.test")));
        let answer = browser.post("/login", &fields, &[ONE]).await;
        assert!(answer.text.contains("<form"), "it can be tried again");
        statuses.push((answer.status, answer.header("retry-after").to_owned()));
    }
    assert!(statuses[..10].iter().all(|(status, _)| *status == 422), "{statuses:?}");
    assert_eq!(statuses[10], (429, "10".to_owned()));
    assert_eq!(browser.send(Method::GET, "/login", None, &[ONE]).await.status, 200, "pages are shown");
    fields.push(("email".to_owned(), "person@example.test".to_owned()));
    assert_eq!(browser.post("/login", &fields, &[OTHER]).await.status, 422);
    node.close().await;
}

#[bedside_test]
async fn an_application_that_fails_again_and_again_waits_where_it_fails(site: Site) {
    let node = house(&site, 20).await;
    let guess = |id: &'static str, who| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", "none"),
            ("client_id", id),
            ("client_secret", "a guess"),
        ];
        let node = &node;
        async move { ask(node, Method::POST, "/oauth/token", who, &form).await.status().as_u16() }
    };
    for _ in 0..4 {
        assert_eq!(guess("messenger", ONE).await, 401);
    }
    assert_eq!(guess("messenger", ONE).await, 429);
    assert_eq!(guess("portal", ONE).await, 401, "another application");
    assert_eq!(guess("messenger", OTHER).await, 401, "the same elsewhere, which others cannot shut out");
    site.clock.pass(SignedDuration::from_secs(10));
    assert_eq!(guess("messenger", ONE).await, 401);
    node.close().await;
}

//! Who proves nobody: with made-up tokens, secrets and codes.

use reqwest::{Method, Response};
use testkit::{Site, bedside_test};

use super::{ONE, OTHER, ask, client, house};
use crate::cast::Node;

const PEOPLE: &str = "/api/admin/v1/people";

async fn with_token(node: &Node, path: &str, who: (&str, &str)) -> Response {
    let request = client().get(format!("{}{path}", node.url)).header(who.0, who.1);
    request.bearer_auth("a guess").send().await.expect("an answer")
}

/// Asks until the answer is 429, and says how often it was another, which is always this one.
async fn passed<F: Future<Output = Response>>(status: u16, mut ask: impl FnMut() -> F) -> usize {
    for times in 0..200 {
        let answer = ask().await;
        if answer.status() == 429 {
            assert_eq!(answer.headers()["retry-after"], "10");
            return times;
        }
        assert_eq!(answer.status(), status);
    }
    panic!("no limit");
}

#[bedside_test]
async fn who_tries_tokens_waits_where_they_try(site: Site) {
    let node = house(&site, 5).await;
    // A fifth of what an address may ask for at all, as at the token endpoint.
    assert_eq!(passed(401, || with_token(&node, PEOPLE, ONE)).await, 10);
    let refused = with_token(&node, PEOPLE, ONE).await;
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(refused.json::<serde_json::Value>().await.expect("JSON")["code"], "too_many_requests");
    assert_eq!(with_token(&node, PEOPLE, OTHER).await.status(), 401, "a neighbour hears nothing");

    assert_eq!(passed(401, || with_token(&node, "/oauth/userinfo", ONE)).await, 50);
    let refused = with_token(&node, "/oauth/userinfo", ONE).await;
    assert_eq!(refused.json::<serde_json::Value>().await.expect("JSON")["error"], "temporarily_unavailable");
    assert_eq!(with_token(&node, "/oauth/userinfo", OTHER).await.status(), 401);
    site.clock.pass(jiff::SignedDuration::from_secs(10));
    for path in [PEOPLE, "/oauth/userinfo"] {
        assert_eq!(with_token(&node, path, ONE).await.status(), 401, "{path}");
    }
    node.close().await;
}

#[bedside_test]
async fn who_tries_secrets_at_introspection_waits_as_that_application_and_then_as_any(site: Site) {
    let node = house(&site, 20).await;
    let guess = |id: String, who| {
        let node = &node;
        async move {
            let form = [("token", "none"), ("client_id", &*id), ("client_secret", "a guess")];
            ask(node, Method::POST, "/oauth/introspect", who, &form).await
        }
    };
    for number in 0..10 {
        let id = format!("application {number}");
        // The tenth application reaches what the address has, too.
        assert_eq!(passed(401, || guess(id.clone(), ONE)).await, 4, "{id}");
    }
    let refused = guess("one that never failed".to_owned(), ONE).await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"10".parse().unwrap()));
    assert_eq!(refused.json::<serde_json::Value>().await.expect("JSON")["error"], "temporarily_unavailable");
    assert_eq!(guess("application 0".to_owned(), OTHER).await.status(), 401, "nobody elsewhere is shut out");
    site.clock.pass(jiff::SignedDuration::from_secs(10));
    assert_eq!(guess("application 0".to_owned(), ONE).await.status(), 401);
    node.close().await;
}

#[bedside_test]
async fn who_tries_the_codes_of_letters_waits_where_they_try(site: Site) {
    let node = house(&site, 20).await;
    for path in ["/login/by-link", "/login/reset/new"] {
        let guess = |who| {
            let node = &node;
            async move { ask(node, Method::GET, &format!("{path}?code=guess"), who, &[]).await }
        };
        assert_eq!(passed(404, || guess(ONE)).await, 10, "{path}");
        assert_eq!(guess(OTHER).await.status(), 404, "{path}");
        site.clock.pass(jiff::SignedDuration::from_secs(10));
        assert_eq!(guess(ONE).await.status(), 404, "{path}");
        site.clock.pass(jiff::SignedDuration::from_secs(10));
    }
    node.close().await;
}

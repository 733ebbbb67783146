//! What the house says of itself is so.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use testkit::bedside_test;

use super::party::get;
use crate::cast::Ward;

fn names(document: &Value, member: &str) -> BTreeSet<String> {
    let list = document[member].as_array().unwrap_or_else(|| panic!("{member}: {document}"));
    list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

#[bedside_test]
async fn the_discovery_document_names_this_server_and_what_it_does(ward: Ward) {
    let answer = get(&ward, "/.well-known/openid-configuration").await;
    assert!(answer.header("content-type").starts_with("application/json"));
    let document = answer.ok();
    assert_eq!(document, get(&ward, "/.well-known/oauth-authorization-server").await.ok());
    let issuer = ward.house.settings.public_url.clone();
    assert_eq!(document["issuer"], issuer.as_str());
    for (member, path) in [
        ("authorization_endpoint", "/oauth/authorize"),
        ("token_endpoint", "/oauth/token"),
        ("userinfo_endpoint", "/oauth/userinfo"),
        ("jwks_uri", "/oauth/discovery/keys"),
        ("end_session_endpoint", "/oauth/logout"),
        ("revocation_endpoint", "/oauth/revoke"),
        ("introspection_endpoint", "/oauth/introspect"),
    ] {
        assert_eq!(document[member], format!("{issuer}{path}"), "{member}");
    }
    for (member, holds) in [
        ("response_types_supported", vec!["code"]),
        ("response_modes_supported", vec!["query", "form_post"]),
        ("subject_types_supported", vec!["public", "pairwise"]),
        ("id_token_signing_alg_values_supported", vec!["RS256", "ES256", "EdDSA"]),
        ("code_challenge_methods_supported", vec!["S256"]),
        (
            "token_endpoint_auth_methods_supported",
            vec!["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        ),
    ] {
        let holds: BTreeSet<String> = holds.into_iter().map(str::to_owned).collect();
        assert_eq!(names(&document, member), holds, "{member}");
    }
    assert!(names(&document, "scopes_supported").contains("openid"));
    assert!(names(&document, "claims_supported").is_superset(&["sub".into(), "email".into()].into()));
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    assert_eq!(document["request_parameter_supported"], false);
    assert_eq!(document["request_uri_parameter_supported"], false);
}

#[bedside_test]
async fn a_hospitals_system_finds_what_smart_asks_for(ward: Ward) {
    let document = get(&ward, "/.well-known/smart-configuration").await.ok();
    assert_eq!(document["token_endpoint"], format!("{}/oauth/token", ward.house.settings.public_url));
    assert_eq!(names(&document, "grant_types_supported"), ["client_credentials".to_owned()].into());
    assert_eq!(
        names(&document, "capabilities"),
        ["client-confidential-asymmetric".to_owned(), "permission-v2".to_owned()].into()
    );
    assert!(names(&document, "scopes_supported").contains("system/Communication.cu"));
    assert!(names(&document, "scopes_supported").iter().all(|scope| scope.starts_with("system/")));
}

#[bedside_test]
async fn pages_of_elsewhere_may_call_what_needs_no_cookie_and_nothing_else(ward: Ward) {
    let ask = async |path: &str, method: Method| {
        let request = ward.http.request(method, format!("{}{path}", ward.url));
        let request = request.header("origin", "https://app.example");
        request.header("access-control-request-headers", "authorization").send().await.expect("an answer")
    };
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/smart-configuration",
        "/oauth/discovery/keys",
        "/oauth/userinfo",
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/introspect",
        "/healthcaremessenger_oauth/token",
    ] {
        let preflight = ask(path, Method::OPTIONS).await;
        assert_eq!(preflight.status(), 204, "{path}");
        let headers = preflight.headers();
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(headers["access-control-allow-headers"], "Authorization, Content-Type");
        assert_eq!(headers["access-control-allow-methods"], "GET, POST");
        assert!(headers.get("access-control-allow-credentials").is_none());
        let is_asked = ["token", "revoke", "introspect"].iter().any(|last| path.ends_with(last));
        let verb = if is_asked { Method::POST } else { Method::GET };
        assert_eq!(ask(path, verb).await.headers()["access-control-allow-origin"], "*", "{path}");
    }
    for path in ["/oauth/authorize", "/login", "/consent", "/oauth/logout", "/account"] {
        for method in [Method::OPTIONS, Method::GET] {
            assert!(ask(path, method).await.headers().get("access-control-allow-origin").is_none(), "{path}");
        }
    }
    let kept = ask("/.well-known/openid-configuration", Method::GET).await;
    assert_eq!(kept.headers()["cache-control"], "public, max-age=300");
}

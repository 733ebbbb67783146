//! Wherever somebody is sent, it is a registered address: for 100,000 requests that were drawn.

use kernel::Scope;
use proptest::prelude::*;

use super::authorize::{Decision, authorize, deny};
use super::form::{Form, encode};
use super::redirect;
use super::tests::{CHALLENGE, HOME, NOW, VERIFIER, client, patient};
use crate::Client;

fn any_value() -> impl Strategy<Value = String> {
    let id = client().client_id();
    let known = prop::sample::select(
        vec![
            id.as_str(),
            HOME,
            "https://second.example/cb?keep=1",
            "https://second.example/cb",
            "https://evil.example/",
            "https://app.example/callback/",
            "https://app.example/callback#",
            "https://app.example:443/callback",
            "//app.example/callback",
            "javascript:alert(1)",
            "",
            " ",
            "code",
            "token",
            "code token",
            "read",
            "write",
            "admin",
            "read write",
            "read admin",
            "openid",
            "none",
            "login",
            "consent",
            "none login",
            "query",
            "form_post",
            "2",
            r#"{"id_token":{"acr":{"essential":true,"value":"2"}}}"#,
            CHALLENGE,
            VERIFIER,
            "S256",
            "plain",
            "0",
            "60",
            "-1",
            "99999999999999999999",
            "a&state=b#c",
            "\r\nSet-Cookie: x",
        ]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>(),
    );
    prop_oneof![12 => known, 1 => ".{0,12}"]
}

fn any_request() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let name = prop::sample::select(vec![
        "response_type",
        "response_mode",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "request",
        "nonce",
        "id_token_hint",
        "acr_values",
        "claims",
        "unknown",
    ]);
    let fixed = prop::bool::weighted(0.8);
    (fixed, prop::collection::vec((name, any_value()), 0..6)).prop_map(|(fixed, mut more)| {
        if fixed {
            more.push(("response_type", "code".into()));
            more.push(("client_id", client().client_id()));
        }
        more
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_is_decided_and_answers_go_only_to_registered_addresses(
        pairs in any_request(), signed_in: bool, known in prop::bool::ANY, public: bool, trusted: bool,
    ) {
        let uris = vec![HOME.to_owned(), "https://second.example/cb?keep=1".to_owned()];
        let client = Client { public, trusted, redirect_uris: uris, ..client() };
        let query = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&");
        let form = Form::parse(&query).expect("UTF-8");
        let visitor = patient();
        let client = known.then_some(&client);
        let decision = authorize(&form, client, signed_in.then_some(&visitor), None, NOW);
        if let Decision::Redirect(answer, _) | Decision::IssueCode(answer, _) = &decision {
            // Where a form of form_post goes is this address itself.
            let uris = &client.expect("nobody is sent anywhere for an unknown client").redirect_uris;
            prop_assert!(uris.contains(&answer.redirect_uri), "{}", answer.redirect_uri);
        }
        let location = match &decision {
            Decision::ShowError(_) | Decision::NeedSignIn(_) => None,
            Decision::NeedConsent(scopes) => {
                prop_assert!(signed_in && !scopes.has(Scope::Admin) && !scopes.is_empty());
                None
            }
            Decision::Redirect(answer, fault) => Some(answer.with_error(fault.error, fault.description, "i")),
            Decision::IssueCode(answer, order) => {
                prop_assert!(signed_in && trusted && !order.scopes.has(Scope::Admin) && !order.scopes.is_empty());
                prop_assert!(!public || order.challenge.is_some());
                Some(answer.with_code("c", "i"))
            }
        };
        if let Some(location) = location {
            let client = client.expect("nobody is sent anywhere for an unknown client");
            let home = client.redirect_uris.iter().any(|uri| {
                let joint = if uri.contains('?') { '&' } else { '?' };
                location.strip_prefix(uri.as_str()).is_some_and(|rest| rest.starts_with(joint))
            });
            prop_assert!(home, "{location}");
            prop_assert!(location.is_ascii() && !location.contains(char::is_whitespace));
        }
    }
}

/// Addresses as somebody who wishes others ill would write them, and the registered ones.
fn any_address() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        HOME,
        "https://second.example/cb?keep=1",
        "https:",
        "//",
        "/",
        "@",
        "evil.example",
        "?",
        "#",
        "%2f",
        "\r\n",
        "..",
    ]);
    prop_oneof![
        2 => any_value(),
        3 => prop::collection::vec(part, 1..4).prop_map(|parts| parts.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_no_goes_only_to_registered_addresses(
        pairs in any_request(), named in prop::option::of(any_address()), known in prop::bool::ANY,
    ) {
        let uris = vec![HOME.to_owned(), "https://second.example/cb?keep=1".to_owned()];
        let client = Client { redirect_uris: uris, ..client() };
        let named = named.map(|uri| ("redirect_uri", uri));
        let query = pairs.iter().chain(&named).map(|(name, value)| format!("{name}={}", encode(value)));
        let form = Form::parse(&query.collect::<Vec<_>>().join("&")).expect("UTF-8");
        match deny(&form, known.then_some(&client)) {
            Decision::Redirect(answer, fault) => {
                prop_assert!(known && client.redirect_uris.contains(&answer.redirect_uri), "{}", answer.redirect_uri);
                prop_assert_eq!(fault.error, "access_denied");
                let location = answer.with_error(fault.error, fault.description, "i");
                prop_assert!(location.starts_with(&answer.redirect_uri) && location.is_ascii());
                prop_assert!(!location.contains(char::is_whitespace));
            }
            other => prop_assert!(matches!(other, Decision::ShowError(_)), "{other:?}"),
        }
    }

    #[test]
    fn after_a_sign_out_nobody_is_sent_to_an_address_that_is_not_registered_for_it(
        named in prop::option::of(any_address()), state in prop::option::of(any_value()), known in prop::bool::ANY,
    ) {
        let after = ["https://app.example/bye", "https://second.example/cb?keep=1"].map(str::to_owned).to_vec();
        let client = Client { post_logout_uris: after, ..client() };
        let onward =
            redirect::after_sign_out(known.then_some(&client), named.as_deref(), state.as_deref());
        if let Some(Some(to)) = onward {
            let uri = client.post_logout_uris.iter().find(|uri| Some(*uri) == named.as_ref());
            let uri = uri.expect("it is registered, letter for letter");
            prop_assert!(known && to.starts_with(uri.as_str()) && to.is_ascii(), "{to}");
            prop_assert!(!to.contains(char::is_whitespace));
        } else {
            prop_assert_eq!(onward.is_some(), named.is_none());
        }
    }
}

//! What the discovery document lists works, and what it does not list is refused.

use std::collections::BTreeSet;

use identity::clients::NewClient;
use identity::protocol::pkce::challenge_of;
use identity::{Algorithm, Dialect, GrantType};
use jiff::SignedDuration;
use kernel::{Role, Scope, Scopes};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::app::{App, Fields, PASSWORD, answer_of, browser, error_of, fields};
use super::keys::{Keys, by_secret};
use super::party::{get, id_token, party, signed_in, tokens, verified};
use crate::cast::{Answer, Organisation, Somebody, Ward};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const PROGRAM: [(&str, &str); 1] = [("grant_type", "client_credentials")];

async fn document(ward: &Ward) -> Value {
    get(ward, "/.well-known/openid-configuration").await.ok()
}

fn listed(document: &Value, member: &str) -> BTreeSet<String> {
    let list = document[member].as_array().unwrap_or_else(|| panic!("{member}: {document}"));
    list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// An application that may do all that there is.
async fn able(organisation: &Organisation) -> App {
    party(organisation, |new| {
        new.grant_types = GrantType::ALL.to_vec();
        new.scopes = Scope::ALL.into_iter().collect();
    })
    .await
}

async fn manager(organisation: &Organisation) -> Somebody {
    organisation.somebody("Beheer", "de Wit", Role::Administrator).await.with_password(PASSWORD).await
}

fn by_post(app: &App, more: &[(&str, &str)]) -> Fields {
    let own = [("client_id", app.client_id.as_str()), ("client_secret", app.secret.as_str())];
    fields(&[&own, more].concat())
}

#[bedside_test]
async fn each_way_of_asking_that_is_listed_gives_a_token_and_no_other_does(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, app, other) = (manager(&linde).await, able(&linde).await, able(&linde).await);
    let document = document(&ward).await;
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let ways = ["authorization_code", "refresh_token", "client_credentials", exchange];
    assert_eq!(listed(&document, "grant_types_supported"), names(&ways));
    let by_code = tokens(&app, &anna, &[("scope", "openid read offline_access")]).await;
    let (access, refresh) =
        (by_code["access_token"].as_str().unwrap(), by_code["refresh_token"].as_str().unwrap());
    for form in [
        by_post(&app, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]),
        by_post(&app, &PROGRAM),
        by_post(
            &other,
            &[("grant_type", exchange), ("subject_token", access), ("subject_token_type", ACCESS_TOKEN)],
        ),
    ] {
        assert!(app.redeem(&form).await.ok()["access_token"].is_string(), "{form:?}");
    }
    for way in [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:openid:params:grant-type:ciba",
    ] {
        let refused = app.redeem(&by_post(&app, &[("grant_type", way)])).await;
        assert_eq!(
            (refused.status, &refused.json["error"]),
            (400, &"unsupported_grant_type".into()),
            "{way}"
        );
    }
}

fn claims(ward: &Ward, app: &App, jti: &str) -> Value {
    let now = ward.clock.now_ms() / 1_000;
    json!({ "iss": app.client_id, "sub": app.client_id, "aud": ward.url, "exp": now + 60, "iat": now, "jti": jti })
}

fn asserted(assertion: &str, more: &[(&str, &str)]) -> Fields {
    let proof = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
    fields(&[&proof, more].concat())
}

#[bedside_test]
async fn an_application_proves_itself_in_each_way_that_is_listed_and_in_no_other(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = able(&linde).await;
    let keys = Keys::new("ES256");
    let with_key = party(&linde, |new| {
        new.grant_types = vec![GrantType::ClientCredentials];
        new.scopes = Scopes::parse("system/Communication.rs").0;
        new.jwks = Some(keys.set());
    })
    .await;
    let public = party(&linde, |new| new.public = true).await;
    let document = document(&ward).await;
    let asked = |token: &'static str| if token.is_empty() { PROGRAM } else { [("token", token)] };
    for (endpoint, path, token) in [
        ("token", "/oauth/token", ""),
        ("revocation", "/oauth/revoke", "none of ours"),
        ("introspection", "/oauth/introspect", "none of ours"),
    ] {
        let ways = listed(&document, &format!("{endpoint}_endpoint_auth_methods_supported"));
        let with_none = names(&["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]);
        let proofs = names(&["client_secret_basic", "client_secret_post", "private_key_jwt"]);
        assert_eq!(ways, if endpoint == "introspection" { proofs } else { with_none });
        let what = asked(token);
        let basic = Some((app.client_id.as_str(), app.secret.as_str()));
        assert_eq!(app.post(path, &fields(&what), basic).await.status, 200, "{endpoint} by basic");
        assert_eq!(app.post(path, &by_post(&app, &what), None).await.status, 200, "{endpoint} by post");
        let assertion = keys.assert(&claims(&ward, &with_key, endpoint));
        assert_eq!(app.post(path, &asserted(&assertion, &what), None).await.status, 200, "{endpoint} by key");
        let bare = fields(&[("client_id", public.client_id.as_str()), what[0]]);
        let none = app.post(path, &bare, None).await;
        // A program is never public, so that what it is refused for is another thing than its proof.
        let expected = match endpoint {
            "token" => (400, Some("unauthorized_client")),
            "revocation" => (200, None),
            _ => (401, Some("invalid_client")),
        };
        assert_eq!((none.status, none.json["error"].as_str()), expected, "{endpoint} by none");
        let head = json!({ "alg": "HS256", "typ": "JWT" });
        let secret = by_secret(&head, &claims(&ward, &app, "secret"), app.secret.as_bytes());
        let by_secret_jwt = app.post(path, &asserted(&secret, &what), None).await;
        assert_eq!((by_secret_jwt.status, &by_secret_jwt.json["error"]), (401, &"invalid_client".into()));
        let named = fields(&[("client_id", app.client_id.as_str()), what[0]]);
        assert_eq!(
            app.post(path, &named, None).await.status,
            401,
            "{endpoint}: its name alone proves nobody"
        );
    }
}

#[bedside_test]
async fn each_algorithm_that_is_listed_signs_and_no_other_is_taken(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let document = document(&ward).await;
    let known = ["RS256", "RS384", "ES256", "ES384", "EdDSA", "Ed25519"];
    for endpoint in ["token", "revocation", "introspection"] {
        let member = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
        assert_eq!(listed(&document, &member), names(&known));
    }
    for alg in known {
        let keys = Keys::new(alg);
        let app = App::of(&linde, |new| {
            *new = NewClient::of(linde.id, "XIS", Dialect::Fhir);
            new.scopes = Scopes::parse("system/Communication.rs").0;
            new.jwks = Some(keys.set());
        })
        .await;
        let ask = async |assertion: &str| app.redeem(&asserted(assertion, &PROGRAM)).await.status;
        assert_eq!(ask(&keys.assert(&claims(&ward, &app, "one"))).await, 200, "{alg}");
        // So many that prove nothing are held up otherwise.
        ward.clock.pass(SignedDuration::from_mins(1));
        for other in ["none", "HS256", "PS256", "RS512", "ES512", "ES256K"] {
            let head = json!({ "alg": other, "typ": "JWT" });
            assert_eq!(ask(&keys.sign(&head, &claims(&ward, &app, other))).await, 401, "{alg} as {other}");
        }
    }
    let signing = listed(&document, "id_token_signing_alg_values_supported");
    assert_eq!(signing, names(&["RS256", "ES256", "EdDSA"]));
    for name in &signing {
        let algorithm = Algorithm::named(name).expect("an algorithm");
        let app = party(&linde, |new| new.id_token_alg = algorithm).await;
        let answer = tokens(&app, &anna, &[("scope", "openid")]).await;
        assert_eq!(format!("{:?}", verified(&ward, id_token(&answer)).await.0.alg), *name);
    }
}

#[bedside_test]
async fn each_answer_and_each_prompt_that_is_listed_is_given_and_no_other(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let (mut visit, _) = signed_in(&ward, &app, &anna, &[("scope", "openid")]).await;
    let document = document(&ward).await;
    let request = |changed: (&str, &str)| app.request(&[("scope", "openid"), changed]);
    assert_eq!(listed(&document, "response_types_supported"), names(&["code"]));
    for kind in ["token", "id_token", "code id_token", "none"] {
        let outward = visit.open(&request(("response_type", kind))).await;
        assert_eq!(error_of(&outward), "unsupported_response_type", "{kind}");
    }
    assert_eq!(listed(&document, "response_modes_supported"), names(&["query", "form_post"]));
    assert!(answer_of(&visit.open(&request(("response_mode", "query"))).await).contains_key("code"));
    let page = visit.open(&request(("response_mode", "form_post"))).await;
    assert!(!page.form().value("code").is_empty());
    for mode in ["fragment", "web_message", "jwt", "query.jwt"] {
        assert_eq!(
            error_of(&visit.open(&request(("response_mode", mode))).await),
            "invalid_request",
            "{mode}"
        );
    }
    let prompts = ["none", "login", "consent", "select_account"];
    assert_eq!(listed(&document, "prompt_values_supported"), names(&prompts));
    for (prompt, leads_to) in prompts.into_iter().zip(["", "/login", "/consent", "/login"]) {
        let page = visit.open(&request(("prompt", prompt))).await;
        match leads_to {
            "" => assert!(answer_of(&page).contains_key("code")),
            leads_to => assert!(page.path.starts_with(leads_to), "{prompt}: {}", page.path),
        }
    }
    assert_eq!(error_of(&visit.open(&request(("prompt", "create"))).await), "invalid_request");
    assert_eq!(listed(&document, "code_challenge_methods_supported"), names(&["S256"]));
    let challenge = challenge_of(VERIFIER);
    for (method, is_given) in [("S256", true), ("plain", false), ("s256", false)] {
        let wish = [("scope", "openid"), ("code_challenge", &*challenge), ("code_challenge_method", method)];
        assert_eq!(
            answer_of(&visit.open(&app.request(&wish)).await).contains_key("code"),
            is_given,
            "{method}"
        );
    }
    for language in listed(&document, "ui_locales_supported") {
        let page = browser(&ward).open(&request(("ui_locales", &language))).await;
        assert!(page.text.contains(&format!("<html lang=\"{language}\"")), "{language}");
    }
}

#[bedside_test]
async fn each_scope_that_is_listed_is_granted_and_what_is_told_is_listed(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (app, manager) = (able(&linde).await, manager(&linde).await);
    let document = document(&ward).await;
    let scopes = listed(&document, "scopes_supported");
    let (of_systems, of_people): (BTreeSet<String>, BTreeSet<String>) =
        scopes.into_iter().partition(|scope| scope.starts_with("system/"));
    let list = |scopes: &BTreeSet<String>| scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let given = |answer: &Value| -> BTreeSet<String> {
        answer["scope"].as_str().unwrap().split(' ').map(str::to_owned).collect()
    };
    let all = list(&of_people);
    let answer = tokens(&app, &manager, &[("scope", all.as_str()), ("nonce", "n")]).await;
    assert_eq!(given(&answer), of_people);
    let all = list(&of_systems);
    let program = by_post(&app, &[PROGRAM[0], ("scope", all.as_str())]);
    assert_eq!(given(&app.redeem(&program).await.ok()), of_systems);
    for other in ["superuser", "user/Patient.rs", "fhirUser"] {
        let outward = browser(&ward).open(&app.request(&[("scope", other)])).await;
        assert_eq!(error_of(&outward), "invalid_scope", "{other}");
    }

    let bearer = answer["access_token"].as_str().unwrap();
    let userinfo = ward.http.request(Method::GET, format!("{}/oauth/userinfo", ward.url)).bearer_auth(bearer);
    let userinfo = Answer::of(userinfo.send().await.expect("an answer")).await.ok();
    let (_, claims) = verified(&ward, id_token(&answer)).await;
    let members = |claims: &Value| claims.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let told: BTreeSet<String> = members(&userinfo).union(&members(&claims)).cloned().collect();
    let listed_claims = listed(&document, "claims_supported");
    let untold: BTreeSet<String> = listed_claims.difference(&told).cloned().collect();
    let unknown = [
        "phone_number",
        "phone_number_verified",
        "mobile_phone_number",
        "gender",
        "birthdate",
        "address",
        "insurance_company_id",
        "insurance_number",
    ];
    assert_eq!(untold, names(&unknown), "of her nothing but her name and address is known");
    assert!(told.is_subset(&listed_claims), "{told:?}");
    assert!(listed(&document, "acr_values_supported").contains(claims["acr"].as_str().unwrap()));
}

/// What each endpoint answers to a GET and to a POST with nothing in it.
const EMPTY: [(&str, u16, u16); 7] = [
    ("authorization_endpoint", 400, 415),
    ("token_endpoint", 405, 400),
    ("userinfo_endpoint", 401, 401),
    ("jwks_uri", 200, 405),
    ("end_session_endpoint", 303, 415),
    ("revocation_endpoint", 405, 400),
    ("introspection_endpoint", 405, 400),
];

#[bedside_test]
async fn each_endpoint_that_is_named_answers_as_itself(ward: Ward) {
    let document = document(&ward).await;
    let members = document.as_object().unwrap().keys();
    let named: BTreeSet<_> =
        members.filter(|name| name.ends_with("_endpoint") || name.ends_with("_uri")).cloned().collect();
    assert_eq!(named, names(&EMPTY.map(|(name, ..)| name)));
    for (name, by_get, by_post) in EMPTY {
        let url = document[name].as_str().unwrap();
        for (method, status) in [(Method::GET, by_get), (Method::POST, by_post)] {
            let answer = ward.http.request(method.clone(), url).send().await.expect("an answer");
            assert_eq!(answer.status(), status, "{method} {name}");
        }
    }
    assert_eq!(document["claims_parameter_supported"], false);
}

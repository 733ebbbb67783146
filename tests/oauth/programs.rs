//! Programs that act for themselves, and that prove who they are by a key of theirs (RFC 7523).

use futures_util::future::join_all;
use identity::clients::NewClient;
use identity::{Dialect, GrantType};
use jiff::SignedDuration;
use kernel::{Page, Scopes};
use serde_json::{Value, json};
use testkit::bedside_test;

use super::app::{App, Fields, PASSWORD, fields, try_token};
use super::keys::{Keys, by_secret, message};
use super::refresh::SANDBOX_S;
use crate::cast::{Answer, Organisation, Ward};
use crate::secrecy::access_log::lines;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SYSTEM: &str = "system/Communication.cu system/Communication.rs";

fn hospital(new: &mut NewClient) {
    new.name = "Hospital XIS".to_owned();
    new.dialect = Dialect::Fhir;
    new.grant_types = Dialect::Fhir.grant_types().to_vec();
    new.redirect_uris.clear();
    new.scopes = Scopes::parse(&format!("{SYSTEM} read")).0;
}

/// An application of a hospital that registered this key.
async fn with_key(organisation: &Organisation, set: String) -> App {
    App::of(organisation, |new| {
        hospital(new);
        new.jwks = Some(set);
    })
    .await
}

fn claims(ward: &Ward, app: &App, jti: &str) -> Value {
    let now = ward.clock.now_ms() / 1_000;
    json!({ "iss": app.client_id, "sub": app.client_id, "aud": ward.url, "exp": now + 60, "iat": now, "jti": jti })
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

fn by_assertion(assertion: &str) -> Fields {
    fields(&[
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ])
}

async fn ask(app: &App, assertion: &str) -> Answer {
    app.post("/oauth/token", &by_assertion(assertion), None).await
}

#[track_caller]
fn not_proven(answer: &Answer, why: &str) {
    assert_eq!(
        (answer.status, &answer.json["error"]),
        (401, &"invalid_client".into()),
        "{why}: {}",
        answer.text
    );
    assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{why}");
}

fn own(app: &App, more: &[(&str, &str)]) -> Fields {
    let who = [("client_id", app.client_id.as_str()), ("client_secret", app.secret.as_str())];
    fields(&[&who, more].concat())
}

#[bedside_test]
async fn a_program_gets_a_token_for_itself_and_never_what_people_allow(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, hospital).await;
    let ask = async |scope: &str| {
        let mut form = own(&app, &[("grant_type", "client_credentials")]);
        form.extend(fields(&[("scope", scope)]).into_iter().filter(|(_, value)| !value.is_empty()));
        app.post("/oauth/token", &form, None).await
    };
    let all = ask("").await;
    assert_eq!(all.header("cache-control"), "no-store");
    let all = all.ok();
    assert_eq!(
        (&all["scope"], &all["token_type"], &all["expires_in"]),
        (&SYSTEM.into(), &"Bearer".into(), &SANDBOX_S.into())
    );
    assert!(
        all.get("refresh_token").is_none()
            && all.get("id_token").is_none()
            && all.get("created_at").is_none()
    );
    let less = ask("system/Communication.rs").await.ok();
    assert_eq!(less["scope"], "system/Communication.rs");
    for beyond in ["read", "system/Communication.rs read", "system/Patient.rs", "openid", "everything", " "] {
        let refused = ask(beyond).await;
        assert_eq!((refused.status, &refused.json["error"]), (400, &"invalid_scope".into()), "{beyond:?}");
    }
    let token = all["access_token"].as_str().unwrap();
    assert_eq!(app.try_token(token).await, 403, "it stands, and is good for nothing of a person's");
    ward.clock.pass(SignedDuration::from_secs(SANDBOX_S));
    assert_eq!(app.try_token(token).await, 401);
    let issued =
        lines(&ward).await.into_iter().filter(|line| line.kind == "token_issued").collect::<Vec<_>>();
    assert_eq!(issued.len(), 2);
    assert!(
        issued.iter().all(|line| line.person.is_some() && line.patient.is_none() && line.client.is_some())
    );
}

#[bedside_test]
async fn a_program_stands_in_no_list_of_people(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let chris = linde.doctor("Chris").await;
    linde.doctor("Bram").await;
    App::of(&linde, hospital).await;
    ward.settle().await;
    let kpn = chris.kpn_with("read write").await;
    for path in [
        "contacts",
        "coworkers",
        "company/users",
        "contacts/search?query=hospital",
        "contacts/search?query=XIS",
    ] {
        let found = kpn.get(path).await;
        assert!(!found.text.contains("Hospital") && !found.text.contains("XIS"), "{path}: {}", found.text);
    }
    let actor = kernel::Actor {
        person: chris.id,
        acting_for: None,
        role: kernel::Role::Administrator,
        organisation: linde.id,
        client: None,
        scopes: Scopes::ALL,
        teams: [].into(),
        origin: kernel::Origin {
            request: kernel::RequestId::new(&ward.clock, &ward.house.rng),
            address: None,
            once: None,
        },
    };
    let roster = ward
        .house
        .db
        .write(actor, |tx, actor| Box::pin(identity::roster(tx, actor, Page { skip: 0, size: 50 })));
    let names: Vec<String> = roster.await.expect("a roster").iter().map(|one| one.full_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[bedside_test]
async fn who_may_not_ask_so_is_told_unauthorized_client(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let kpn = App::of(&linde, |_| {}).await;
    let pending = App::of(&linde, |new| {
        hospital(new);
        new.pending = true;
    })
    .await;
    let public = App::of(&linde, |new| {
        new.dialect = Dialect::Own;
        new.public = true;
    })
    .await;
    for app in [&kpn, &pending, &public] {
        let mut form = own(app, &[("grant_type", "client_credentials")]);
        form.retain(|(_, value)| !value.is_empty());
        let refused = app.post("/oauth/token", &form, None).await;
        assert_eq!((refused.status, &refused.json["error"]), (400, &"unauthorized_client".into()));
    }
    let refresh = own(&kpn, &[("grant_type", "refresh_token"), ("refresh_token", "x")]);
    assert_eq!(kpn.post("/oauth/token", &refresh, None).await.json["error"], "unauthorized_client");
}

#[bedside_test]
async fn a_removed_program_has_no_token_left(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, hospital).await;
    let form = own(&app, &[("grant_type", "client_credentials")]);
    let token = app.post("/oauth/token", &form, None).await.ok()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(app.try_token(&token).await, 403);
    let id = kernel::ClientId::from_hex(&app.client_id).unwrap();
    let removed = ward
        .house
        .db
        .write(id, |tx, id| Box::pin(identity::clients::remove(tx, identity::By::Operator, *id)));
    removed.await.expect("removed");
    assert_eq!(app.try_token(&token).await, 401);
    not_proven(&app.post("/oauth/token", &form, None).await, "removed");
}

#[bedside_test]
async fn a_key_of_each_kind_proves_a_program_at_every_endpoint_and_by_every_name_of_ours(ward: Ward) {
    let linde = ward.organisation("linde").await;
    for alg in ["RS256", "RS384", "ES256", "ES384", "EdDSA", "Ed25519"] {
        let keys = Keys::new(alg);
        let app = with_key(&linde, keys.set()).await;
        assert!(app.secret.is_empty(), "it has no secret");
        let answer = ask(&app, &keys.assert(&claims(&ward, &app, "one"))).await;
        assert_eq!(answer.status, 200, "{alg}: {}", answer.text);
    }
    let (old, new) = (Keys::new("ES256"), Keys::new("ES256"));
    let (mut first, mut second) = (old.jwk(), new.jwk());
    (first["kid"], second["kid"]) = ("old".into(), "new".into());
    let app = with_key(&linde, json!({ "keys": [first, { "kty": "unheard of" }, second] }).to_string()).await;
    for (number, aud) in [
        json!(ward.url),
        json!(format!("{}/oauth/token", ward.url)),
        json!(format!("{}/healthcaremessenger_oauth/token", ward.url)),
        json!(["https://elsewhere.example", ward.url]),
    ]
    .into_iter()
    .enumerate()
    {
        let claims = with(&claims(&ward, &app, &number.to_string()), "aud", aud.clone());
        let answer = ask(&app, &new.assert(&claims)).await;
        assert_eq!(answer.status, 200, "{aud}: {}", answer.text);
    }
    for (keys, kid, status) in
        [(&old, "old", 200), (&new, "old", 401), (&old, "none", 401), (&new, "new", 200)]
    {
        let header = json!({ "alg": "ES256", "kid": kid });
        let assertion = keys.sign(&header, &claims(&ward, &app, &format!("{kid} {status}")));
        assert_eq!(ask(&app, &assertion).await.status, status, "{kid}");
    }
    let there = with(&claims(&ward, &app, "there"), "aud", json!(format!("{}/oauth/introspect", ward.url)));
    let mut form = by_assertion(&new.assert(&there));
    form.push(("token".to_owned(), "none of ours".to_owned()));
    assert_eq!(app.post("/oauth/introspect", &form, None).await.json, json!({ "active": false }));
    not_proven(&app.post("/oauth/introspect", &form, None).await, "used up by being looked at");
}

#[bedside_test]
async fn rfc_7523_3_an_assertion_that_breaks_a_rule_proves_nobody(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (keys, stranger) = (Keys::new("ES256"), Keys::new("ES256"));
    let app = with_key(&linde, keys.set()).await;
    let (good, now) = (claims(&ward, &app, "good"), ward.clock.now_ms() / 1_000);
    let head = |alg: &str| json!({ "alg": alg, "typ": "JWT" });
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        keys.assert(&claims)
    };
    let change = |name: &str, value: Value| keys.assert(&with(&good, name, value));
    let public = keys.jwk().to_string();
    let refused = [
        ("3.1 no issuer", without("iss")),
        ("3.1 another issuer", change("iss", json!("0".repeat(24)))),
        ("3.2 no subject", without("sub")),
        ("3.2 another subject", change("sub", json!("0".repeat(24)))),
        ("3.3 no audience", without("aud")),
        ("3.3 somebody else's audience", change("aud", json!("https://elsewhere.example"))),
        ("3.3 an address that begins as ours", change("aud", json!(format!("{}.example", ward.url)))),
        ("3.3 no audience in the list", change("aud", json!([]))),
        ("3.4 no end", without("exp")),
        ("3.4 ended", change("exp", json!(now))),
        ("3.4 an end too far ahead", change("exp", json!(now + 301))),
        ("3.4 an end beyond all numbers", change("exp", json!(1e300))),
        ("3.4 an end that is no number", change("exp", json!("soon"))),
        ("3.5 not before", change("nbf", json!(now + 31))),
        ("3.6 issued in the future", change("iat", json!(now + 31))),
        ("3.7 no jti", without("jti")),
        ("3.7 an empty jti", change("jti", json!(""))),
        ("3.9 no signature", format!("{}.", message(&head("none"), &good))),
        ("3.9 alg none with a signature", keys.sign(&head("none"), &good)),
        ("3.9 a shared secret", by_secret(&head("HS256"), &good, public.as_bytes())),
        ("3.9 an empty shared secret", by_secret(&head("HS256"), &good, b"")),
        ("3.9 a wrong key", stranger.assert(&good)),
        ("3.9 another algorithm's name", keys.sign(&head("ES384"), &good)),
        (
            "3.9 what must be understood",
            keys.sign(&json!({ "alg": "ES256", "crit": ["b64"], "b64": false }), &good),
        ),
        ("3.10 no JWT", "no.jwt.atall".to_owned()),
        ("3.10 four parts", format!("{}.x", keys.assert(&good))),
        ("3.10 too long", keys.assert(&with(&good, "jti", json!("x".repeat(20_000))))),
    ];
    for (why, assertion) in refused {
        not_proven(&ask(&app, &assertion).await, why);
    }
    let answer = ask(&app, &keys.assert(&good)).await;
    assert_eq!(answer.status, 200, "nothing of that used the good one up: {}", answer.text);
    not_proven(&ask(&app, &keys.assert(&good)).await, "3.7 replayed");
    assert_eq!(ask(&app, &keys.assert(&with(&good, "jti", json!("next")))).await.status, 200);
}

#[bedside_test]
async fn rfc_7521_4_2_a_client_proves_itself_in_one_way_and_by_what_it_registered(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let keys = Keys::new("EdDSA");
    let app = with_key(&linde, keys.set()).await;
    let by_secret_app = App::of(&linde, hospital).await;
    let fresh = |jti: &str| keys.assert(&claims(&ward, &app, jti));
    let and = |assertion: &str, more: &[(&str, &str)]| [by_assertion(assertion), fields(more)].concat();
    let post = async |form: &Fields, basic| app.post("/oauth/token", form, basic).await;
    for (form, basic) in [
        (and(&fresh("a"), &[("client_secret", "x")]), None),
        (by_assertion(&fresh("b")), Some((app.client_id.as_str(), "x"))),
        (fields(&[("grant_type", "client_credentials"), ("client_assertion", &fresh("c"))]), None),
        (fields(&[("grant_type", "client_credentials"), ("client_assertion_type", JWT_BEARER)]), None),
    ] {
        let refused = post(&form, basic).await;
        assert_eq!((refused.status, &refused.json["error"]), (400, &"invalid_request".into()), "{form:?}");
    }
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let other = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", saml),
        ("client_assertion", &fresh("d")),
    ];
    not_proven(&post(&fields(&other), None).await, "another kind of assertion");
    let differs = and(&fresh("e"), &[("client_id", &by_secret_app.client_id)]);
    not_proven(&post(&differs, None).await, "another client_id beside it");
    let same = and(&fresh("f"), &[("client_id", &app.client_id)]);
    assert_eq!(post(&same, None).await.status, 200);
    let secret = [("client_id", app.client_id.as_str()), ("client_secret", &by_secret_app.secret)];
    let secret = fields(&[&secret[..], &[("grant_type", "client_credentials")]].concat());
    not_proven(&post(&secret, None).await, "a client with keys has no secret");
    let bare = fields(&[("grant_type", "client_credentials"), ("client_id", &app.client_id)]);
    not_proven(&post(&bare, None).await, "a client with keys without proof");
    let theirs = keys.assert(&claims(&ward, &by_secret_app, "g"));
    not_proven(&post(&by_assertion(&theirs), None).await, "a client without keys");
}

#[bedside_test]
async fn an_assertion_counts_once_of_fifty_at_once_after_a_restart_and_on_another_server(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let keys = Keys::new("ES256");
    let app = with_key(&linde, keys.set()).await;
    let elsewhere = ward.elsewhere().await;
    let restarted = ward.restarted().await;
    let urls = [Some(&ward.url), Some(&restarted.url), elsewhere.as_ref().map(|one| &one.url)];
    let urls: Vec<String> = urls.into_iter().flatten().cloned().collect();
    for round in 0..6 {
        let form = by_assertion(&keys.assert(&claims(&ward, &app, &format!("round {round}"))));
        let requests = (0..50).map(|number| {
            let url = &urls[number % urls.len()];
            let request = ward.http.post(format!("{url}/oauth/token")).form(&form);
            tokio::spawn(async move { request.send().await.expect("an answer").status().as_u16() })
        });
        let statuses: Vec<u16> = join_all(requests).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 401, 429].contains(status)), "{statuses:?}");
        ward.clock.pass(SignedDuration::from_mins(1));
    }
    restarted.close().await;
    if let Some(node) = elsewhere {
        node.close().await;
    }
}

#[bedside_test]
async fn what_is_no_set_of_public_keys_is_not_registered(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let mut private = Keys::new("ES256").jwk();
    private["d"] = "secret".into();
    for set in [
        "".to_owned(),
        "no JSON".to_owned(),
        "[]".to_owned(),
        r#"{"keys":[]}"#.to_owned(),
        r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#.to_owned(),
        json!({ "keys": [private] }).to_string(),
        json!({ "keys": vec![Keys::new("ES256").jwk(); 11] }).to_string(),
        format!("{{\"keys\":[], \"pad\": \"{}\"}}", "x".repeat(20_000)),
    ] {
        let mut new = NewClient::of(linde.id, "XIS", Dialect::Fhir);
        new.jwks = Some(set.clone());
        let added = ward
            .house
            .db
            .write(new, |tx, new| Box::pin(identity::clients::add(tx, identity::By::Operator, new)))
            .await;
        assert!(
            matches!(added, Err(kernel::Error::Invalid { .. } | kernel::Error::TooLarge { .. })),
            "{set}"
        );
    }
}

#[bedside_test]
async fn a_program_may_ask_in_more_than_one_way(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |new| {
        new.dialect = Dialect::Fhir;
        new.grant_types = vec![GrantType::AuthorizationCode, GrantType::ClientCredentials];
        new.scopes = Scopes::parse(&format!("{SYSTEM} read")).0;
    })
    .await;
    let hers = app.token(&app.code(&anna, &[]).await).await;
    let its = app.post("/oauth/token", &own(&app, &[("grant_type", "client_credentials")]), None).await.ok();
    assert_eq!(try_token(&ward, &ward.url, &hers).await, 200);
    assert_eq!(try_token(&ward, &ward.url, its["access_token"].as_str().unwrap()).await, 403);
}

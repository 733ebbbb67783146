//! An application that speaks OpenID Connect, and reads what it is told by a library of its own.

use identity::Dialect;
use identity::clients::NewClient;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use kernel::{Scope, Scopes};
use serde_json::Value;

use super::app::{App, CALLBACK, answer_of, browser};
use crate::cast::{Answer, Browser, Organisation, Somebody, Ward};

/// What such an application is registered for.
pub const SCOPES: [Scope; 5] =
    [Scope::OpenId, Scope::Profile, Scope::Email, Scope::Phone, Scope::OfflineAccess];
/// Where it has people sent after they signed out.
pub const AFTER: &str = "http://127.0.0.1:9/bye?from=bedside";

/// An application of our own dialect, but for these changes.
pub async fn party(organisation: &Organisation, change: impl FnOnce(&mut NewClient)) -> App {
    App::of(organisation, |new| {
        let scopes = SCOPES.into_iter().collect::<Scopes>();
        let (redirect_uris, post_logout_uris) = (vec![CALLBACK.to_owned()], vec![AFTER.to_owned()]);
        let own = NewClient::of(organisation.id, "Agenda", Dialect::Own);
        *new = NewClient { redirect_uris, scopes, post_logout_uris, ..own };
        change(new);
    })
    .await
}

/// Asks a public address of the house.
pub async fn get(ward: &Ward, path: &str) -> Answer {
    Answer::of(ward.http.get(format!("{}{path}", ward.url)).send().await.expect("an answer")).await
}

/// The keys that the house publishes.
pub async fn keys(ward: &Ward) -> JwkSet {
    serde_json::from_value(get(ward, "/oauth/discovery/keys").await.ok()).expect("a JWK set")
}

/// Head and claims of an ID token whose signature one of the published keys verifies.
pub async fn verified(ward: &Ward, token: &str) -> (Header, Value) {
    let header = decode_header(token).expect("a token");
    let keys = keys(ward).await;
    let key = keys.find(header.kid.as_deref().expect("a key id")).expect("a published key");
    let mut rules = Validation::new(header.alg);
    (rules.validate_exp, rules.validate_aud) = (false, false);
    let claims = decode::<Value>(token, &DecodingKey::from_jwk(key).expect("a key"), &rules);
    (header, claims.expect("a signature that fits").claims)
}

/// The token answer for somebody who signs in and allows this.
pub async fn tokens(app: &App, person: &Somebody, changed: &[(&str, &str)]) -> Value {
    let code = app.code(person, changed).await;
    app.redeem(&app.token_form(&code, &[])).await.ok()
}

/// The ID token of an answer.
#[track_caller]
pub fn id_token(answer: &Value) -> &str {
    answer["id_token"].as_str().unwrap_or_else(|| panic!("an ID token: {answer}"))
}

/// Somebody's browser after they signed in and allowed this, with their ID token.
pub async fn signed_in(
    ward: &Ward,
    app: &App,
    person: &Somebody,
    changed: &[(&str, &str)],
) -> (Browser, String) {
    let mut visit = browser(ward);
    let outward = app.allowed(person, &mut visit, changed).await;
    let answer = app.redeem(&app.token_form(&answer_of(&outward)["code"], &[])).await.ok();
    let token = id_token(&answer).to_owned();
    (visit, token)
}

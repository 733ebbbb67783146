use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use kernel::{Scope, Scopes};
use proptest::prelude::*;
use serde_json::json;

use super::assertion::{Signed, subject, verify};
use super::credentials;
use super::form::Form;
use super::grant::{self, for_exchange, for_program, gives_refresh_token, may_ask};
use super::refresh::{Decision, GRACE_MS, Kept, UNKNOWN, Used, decide};
use super::tests::{ISSUER, NOW, client};
use super::token::Refusal;
use crate::registered_keys;
use crate::scopes::{GrantedBy, TABLE};
use crate::{Client, Dialect, GrantType};

fn scopes(list: &str) -> Scopes {
    Scopes::parse(list).0
}

fn read(text: &str) -> Result<GrantType, Refusal> {
    grant::read(&Form::parse(text).expect("UTF-8"), ISSUER).map(|request| request.grant_type())
}

/// A client with a key, and an assertion of its that is good now.
fn proven() -> (Client, String) {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let key = EncodingKey::from_ec_der(pair.expect("a key").as_ref());
    let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a JWK");
    let client = Client { jwks: Some(json!({ "keys": [jwk] }).to_string()), ..client() };
    let id = client.client_id();
    let claims = json!({ "iss": id, "sub": id, "aud": ISSUER, "exp": NOW / 1_000 + 60, "jti": "one" });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&json!({ "alg": "ES256" })), part(&claims));
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::ES256).expect("a signature");
    (client, format!("{message}.{signature}"))
}

#[test]
fn each_way_of_asking_needs_its_own_words_once() {
    assert_eq!(read("grant_type=authorization_code&code=x"), Ok(GrantType::AuthorizationCode));
    assert_eq!(read("grant_type=refresh_token&refresh_token=x"), Ok(GrantType::RefreshToken));
    assert_eq!(read("grant_type=client_credentials"), Ok(GrantType::ClientCredentials));
    for (form, error) in [
        ("", "invalid_request"),
        ("grant_type=implicit", "unsupported_grant_type"),
        ("grant_type=refresh_token", "invalid_request"),
        ("grant_type=refresh_token&refresh_token=x&scope=nothing", "invalid_scope"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&unheard_of=a&unheard_of=b", "invalid_request"),
        ("grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=x", "invalid_request"),
    ] {
        assert_eq!(read(form).expect_err(form).error(), error, "{form}");
    }
}

#[test]
fn who_may_ask_how() {
    let fhir = Client { grant_types: GrantType::ALL.to_vec(), ..client() };
    for grant_type in GrantType::ALL {
        assert_eq!(may_ask(&fhir, grant_type), Ok(()));
        let refused = |client: &Client| may_ask(client, grant_type).map_err(Refusal::error);
        assert_eq!(refused(&Client { pending: true, ..fhir.clone() }), Err("unauthorized_client"));
        assert_eq!(refused(&Client { grant_types: Vec::new(), ..fhir.clone() }), Err("unauthorized_client"));
        let for_itself = [GrantType::ClientCredentials, GrantType::TokenExchange].contains(&grant_type);
        assert_eq!(refused(&Client { public: true, ..fhir.clone() }).is_err(), for_itself);
    }
}

#[test]
fn kpns_clients_get_no_refresh_token_whatever_they_are_registered_with() {
    for dialect in Dialect::ALL {
        let client = Client { dialect, grant_types: GrantType::ALL.to_vec(), ..client() };
        for list in ["read", "openid", "openid offline_access", "offline_access"] {
            assert!(dialect != Dialect::Kpn || !gives_refresh_token(&client, scopes(list)), "{list}");
            let without = Client { grant_types: vec![GrantType::AuthorizationCode], ..client.clone() };
            assert!(!gives_refresh_token(&without, scopes(list)));
        }
    }
}

#[test]
fn an_assertion_is_good_for_five_minutes_and_to_the_client_that_signed_it() {
    let (client, assertion) = proven();
    assert_eq!(subject(&assertion), Some(client.client_id()));
    let at = |now_ms| verify(&assertion, &client, &[ISSUER], now_ms);
    let end = NOW / 1_000 * 1_000 + 60_000;
    assert!(matches!(at(NOW), Some(Signed { ends_ms, .. }) if ends_ms == end));
    assert!(at(end - 300_000).is_some() && at(end - 1).is_some());
    assert!(at(end - 300_001).is_none() && at(end).is_none());
    assert!(verify(&assertion, &client, &["https://elsewhere.example"], NOW).is_none());
    let other = Client { jwks: proven().0.jwks, ..client.clone() };
    assert!(verify(&assertion, &other, &[ISSUER], NOW).is_none());
    assert!(verify(&assertion, &Client { jwks: None, ..client }, &[ISSUER], NOW).is_none());
}

proptest! {
    #[test]
    fn a_refresh_token_is_renewed_once_and_never_for_more(
        allowed in any::<u16>(), asked in proptest::option::of(any::<u16>()), left_ms in -20_000_i64..20_000,
        ago_ms in proptest::option::of(0_i64..20_000), has_ended in any::<bool>(),
    ) {
        let set = |bits: u16| Scope::ALL.into_iter().filter(|scope| bits >> (*scope as u8 % 16) & 1 == 1).collect();
        let (scopes, asked): (Scopes, Option<Scopes>) = (set(allowed), asked.map(set));
        let used = ago_ms.map(|ago| Used { at_ms: NOW - ago, salt: [1; 32], scopes });
        let kept = Kept { scopes, ends_ms: NOW + left_ms, has_ended, used };
        match decide(&kept, asked, NOW) {
            Decision::Renew(given) => {
                prop_assert!(used.is_none() && !has_ended && left_ms > 0);
                prop_assert!(scopes.cover(given) && !given.is_empty() && given == asked.unwrap_or(scopes));
            }
            Decision::Repeat(told) => {
                prop_assert!(!has_ended && Some(told) == used && NOW - told.at_ms <= GRACE_MS);
            }
            Decision::EndFamily => prop_assert!(!has_ended && ago_ms.is_some_and(|ago| ago > GRACE_MS)),
            Decision::Refuse(refusal) => prop_assert!(refusal == UNKNOWN || used.is_none() && !has_ended),
        }
    }

    #[test]
    fn what_a_program_or_an_exchange_gets_is_within_every_bound(
        registered in any::<u32>(), held in any::<u32>(), asked in proptest::option::of(any::<u32>()),
    ) {
        let set = |bits: u32| Scope::ALL.into_iter().filter(|scope| bits >> (*scope as u8) & 1 == 1).collect();
        let (held, asked): (Scopes, Option<Scopes>) = (set(held), asked.map(set));
        let client = Client { scopes: set(registered), ..client() };
        if let Ok(given) = for_program(&client, asked) {
            prop_assert!(!given.is_empty() && client.scopes.cover(given) && asked.is_none_or(|asked| asked == given));
            let is_a_programs = |scope| TABLE.iter().any(|rule| rule.scope == scope && rule.granted_by == GrantedBy::Operators);
            prop_assert!(given.iter().all(is_a_programs));
        }
        if let Ok(given) = for_exchange(&client, held, asked) {
            prop_assert!(!given.is_empty() && client.scopes.cover(given) && held.cover(given));
            prop_assert!(!given.has(Scope::OpenId) && !given.has(Scope::OfflineAccess));
        }
    }

    #[test]
    fn no_assertion_of_which_a_letter_was_changed_is_believed(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        let (client, assertion) = proven();
        let at = at.index(assertion.len());
        let changed = format!("{}{to}{}", &assertion[..at], &assertion[at + 1..]);
        prop_assert_eq!(verify(&changed, &client, &[ISSUER], NOW).is_some(), changed == assertion);
    }

    #[test]
    fn no_bytes_are_too_odd_for_the_token_endpoint(bytes in prop::collection::vec(any::<u8>(), 0..400), text in ".{0,200}") {
        let parts = ["grant_type", "scope", "client_assertion", "code", "client_id", "subject_token"];
        let odd = String::from_utf8_lossy(&bytes).into_owned();
        let made = parts.iter().map(|name| format!("{name}={odd}")).collect::<Vec<_>>().join("&");
        for text in [&odd, &text, &made] {
            let form = Form::parse(text).unwrap_or_default();
            drop((credentials::read(&form, None), credentials::read(&form, Some(&odd)), grant::read(&form, ISSUER)));
            let part = URL_SAFE_NO_PAD.encode(text);
            for assertion in [text.clone(), format!("{part}.{part}.{part}"), format!("{part}.{text}.")] {
                let client = Client { jwks: Some(text.clone()), ..client() };
                prop_assert!(verify(&assertion, &client, &[ISSUER], NOW).is_none());
                drop(subject(&assertion));
            }
            prop_assert!(registered_keys::check(text).is_err());
        }
    }

    #[test]
    fn no_number_is_too_odd_for_the_end_of_an_assertion(exp in any::<f64>(), iat in any::<f64>()) {
        let (client, assertion) = proven();
        let claims = json!({ "iss": client.client_id(), "sub": client.client_id(), "aud": ISSUER, "exp": exp, "iat": iat, "jti": "x" });
        let mut parts: Vec<String> = assertion.split('.').map(str::to_owned).collect();
        parts[1] = URL_SAFE_NO_PAD.encode(claims.to_string());
        prop_assert!(verify(&parts.join("."), &client, &[ISSUER], NOW).is_none(), "nobody signed it");
    }

    #[test]
    fn a_set_of_keys_of_any_shape_is_read_or_refused(kty in "(RSA|EC|OKP|oct|.{0,4})", crv in "(P-256|Ed25519|.{0,4})", value in ".{0,60}") {
        let key = json!({ "kty": kty, "crv": crv, "n": value, "e": value, "x": value, "y": value, "kid": value });
        let set = json!({ "keys": [key, value] }).to_string();
        drop(registered_keys::check(&set));
        let (client, assertion) = proven();
        let client = Client { jwks: Some(set), ..client };
        prop_assert!(verify(&assertion, &client, &[ISSUER], NOW).is_none());
    }
}

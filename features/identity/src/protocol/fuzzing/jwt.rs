//! Header and claims of a JWT that a client signs, as JSON of the fuzzer's own: they are signed here with the key that the
//! client has registered, so that what is decided by them alone can be tried. The two are separated by a line's end.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{ISSUER, NOW_MS, UNREAD, client};
use crate::Client;
use crate::protocol::assertion::verify;

/// A client with its private key.
pub(super) struct Owner {
    key: EcdsaKeyPair,
    pub client: Client,
}

impl Owner {
    pub fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwks = serde_json::json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "kid": "1", "x": part(x), "y": part(y),
        }] });
        Self { client: Client { jwks: Some(jwks.to_string()), ..client() }, key }
    }

    /// The signature of a text, encoded.
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
        URL_SAFE_NO_PAD.encode(signature.as_ref())
    }
}

/// Takes a header, a line's end, and claims.
pub fn target(data: &[u8]) -> &'static str {
    static OWNER: OnceLock<Owner> = OnceLock::new();
    let Some((head, claims)) = std::str::from_utf8(data).ok().and_then(|text| text.split_once('\n')) else {
        return UNREAD;
    };
    let owner = OWNER.get_or_init(Owner::new);
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let text = format!("{}.{}", part(head), part(claims));
    let jwt = format!("{text}.{}", owner.sign(&text));
    let Some(signed) = verify(&jwt, &owner.client, &[ISSUER], NOW_MS) else { return "refused" };
    let head: Value = serde_json::from_str(head).expect("a header in JSON");
    let claims: Value = serde_json::from_str(claims).expect("claims in JSON");
    assert_eq!(head["alg"], "ES256", "another algorithm than that of the key");
    assert!(head.get("crit").is_none_or(Value::is_null), "what would have to be understood");
    let id = owner.client.client_id();
    assert!(claims["iss"] == id.as_str() && claims["sub"] == id.as_str(), "of somebody else");
    let aud = &claims["aud"];
    let is_ours = |one: &Value| one == ISSUER;
    assert!(is_ours(aud) || aud.as_array().is_some_and(|all| all.iter().any(is_ours)), "for somebody else");
    assert!(claims["jti"].as_str().is_some_and(|jti| !jti.is_empty()), "one that could be sent twice");
    let (now, exp) = (NOW_MS as f64 / 1_000.0, claims["exp"].as_f64().expect("an end"));
    assert!(exp > now && exp <= now + 330.0, "{exp} is over, or too far ahead");
    for begin in ["iat", "nbf"] {
        assert!(claims[begin].as_f64().is_none_or(|at| at <= now + 30.0), "{begin} is ahead");
    }
    assert!(signed.ends_ms > NOW_MS);
    "believed"
}

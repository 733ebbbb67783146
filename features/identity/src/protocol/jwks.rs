//! The public keys that a client registered, as a JWK set (RFC 7517).

use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Keys of a set that are tried at most; no more are registered.
pub(crate) const KEYS_MAX: usize = 10;

/// A name of an algorithm that a client may sign with, and what it is. RFC 9864 calls the last one by its curve.
pub const ALGORITHMS: [(&str, Algorithm); 6] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
    ("Ed25519", Algorithm::EdDSA),
];

/// The algorithm of this name, when a client may sign with it; `none` and those of shared secrets are not among them.
#[must_use]
pub fn algorithm(name: &str) -> Option<Algorithm> {
    ALGORITHMS.into_iter().find(|(own, _)| *own == name).map(|(_, algorithm)| algorithm)
}

/// The keys of a set that may have made a signature: that of this `kid`, or without one each that fits the algorithm.
#[must_use]
pub fn fitting(set: &str, kid: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
    let is_meant = |key: &&Value| kid.is_none_or(|kid| text(key, "kid") == Some(kid));
    let keys = keys(set).unwrap_or_default();
    keys.iter().filter(is_meant).take(KEYS_MAX).filter_map(|key| usable(key, algorithm)).collect()
}

fn keys(set: &str) -> Option<Vec<Value>> {
    match serde_json::from_str::<Value>(set).ok()?.get_mut("keys")?.take() {
        Value::Array(keys) => Some(keys),
        _ => None,
    }
}

fn text<'a>(key: &'a Value, member: &str) -> Option<&'a str> {
    key.get(member).and_then(Value::as_str)
}

/// The key, when it is one for signatures of this algorithm.
fn usable(key: &Value, algorithm_of_it: Algorithm) -> Option<DecodingKey> {
    let is_for_signing = text(key, "use").is_none_or(|use_of_it| use_of_it == "sig");
    let is_for_it = text(key, "alg").is_none_or(|name| algorithm(name) == Some(algorithm_of_it));
    if !is_for_signing || !is_for_it {
        return None;
    }
    let kind = (text(key, "kty")?, text(key, "crv"));
    match (algorithm_of_it, kind) {
        (Algorithm::RS256 | Algorithm::RS384, ("RSA", _)) => {
            DecodingKey::from_rsa_components(text(key, "n")?, text(key, "e")?).ok()
        }
        (Algorithm::ES256, ("EC", Some("P-256"))) | (Algorithm::ES384, ("EC", Some("P-384"))) => {
            DecodingKey::from_ec_components(text(key, "x")?, text(key, "y")?).ok()
        }
        (Algorithm::EdDSA, ("OKP", Some("Ed25519"))) => DecodingKey::from_ed_components(text(key, "x")?).ok(),
        _ => None,
    }
}

//! The public keys that a client registered, as a JWK set (RFC 7517).

use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Bytes of a set at most.
const BYTES_MAX: usize = 16 << 10;
/// Keys of a set at most: those in use, and those that replace them.
const KEYS_MAX: usize = 10;
/// Members that only a private or a shared key has (RFC 7518 section 6).
const PRIVATE: [&str; 3] = ["d", "p", "k"];

/// A name of an algorithm that a client may sign with, and what it is. RFC 9864 calls the last one by its curve.
const ALGORITHMS: [(&str, Algorithm); 6] = [
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

/// Whether this may be registered, or what is wrong with it.
pub fn check(set: &str) -> Result<(), &'static str> {
    if set.len() > BYTES_MAX {
        return Err("A JWK set has at most 16 kilobytes.");
    }
    let keys = keys(set).ok_or("A JWK set is a JSON object with a list of keys (RFC 7517 section 5).")?;
    if keys.len() > KEYS_MAX {
        return Err("A JWK set has at most 10 keys.");
    }
    if keys.iter().any(|key| PRIVATE.iter().any(|member| key.get(member).is_some())) {
        return Err("A JWK set to register has public keys alone.");
    }
    let is_usable = |key: &Value| ALGORITHMS.iter().any(|(_, algorithm)| usable(key, *algorithm).is_some());
    if !keys.iter().any(is_usable) {
        return Err("No key of the set is good for RS256, RS384, ES256, ES384 or EdDSA.");
    }
    Ok(())
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

//! The public keys that a client brings when it is registered.

use jsonwebtoken::Algorithm;

use super::UNREAD;
use crate::protocol::jwks;
use crate::registered_keys;

const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

/// Takes a JWK set.
pub fn target(data: &[u8]) -> &'static str {
    let Ok(set) = std::str::from_utf8(data) else { return UNREAD };
    let fitting = |algorithm| jwks::fitting(set, None, algorithm).len();
    // What is kept may be of another time: it is read without harm, whether or not it could be registered today.
    let usable: usize = ALGORITHMS.into_iter().map(fitting).sum();
    let Ok(kept) = registered_keys::check(set) else { return "refused" };
    assert!(usable > 0, "a set of which no key is good for anything");
    let json: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    let keys = json["keys"].as_array().expect("a list");
    for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
        assert!(keys.iter().all(|key| key.get(private).is_none()), "a private key was registered");
    }
    "registered"
}

//! A JWT by which a client proves who it is. One signed text is believed, and nothing else: who fuzzes does not have the
//! key, so that all they can do is send that text again.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::jwt::Owner;
use super::{ISSUER, NOW_MS, UNREAD};
use crate::Client;
use crate::protocol::assertion::{subject, verify};

/// Who has registered a key, and a good assertion of theirs.
struct Signed {
    client: Client,
    head: String,
    claims: String,
    signature: String,
}

impl Signed {
    fn new() -> Self {
        let owner = Owner::new();
        let id = owner.client.client_id();
        let claims = serde_json::json!({
            "iss": id, "sub": id, "aud": ISSUER, "jti": "1", "exp": NOW_MS / 1_000 + 60,
        });
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"1"}"#);
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        let signature = owner.sign(&format!("{head}.{claims}"));
        Self { client: owner.client, head, claims, signature }
    }
}

/// Takes an assertion, in which `HEAD`, `CLAIMS` and `SIGNATURE` stand for those of the good one.
pub fn target(data: &[u8]) -> &'static str {
    static GOOD: OnceLock<Signed> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(data) else { return UNREAD };
    let good = GOOD.get_or_init(Signed::new);
    let brought = text.replacen("HEAD", &good.head, 1).replacen("CLAIMS", &good.claims, 1);
    let brought = brought.replacen("SIGNATURE", &good.signature, 1);
    let Some(signed) = verify(&brought, &good.client, &[ISSUER], NOW_MS) else { return "refused" };
    assert_eq!(
        brought,
        format!("{}.{}.{}", good.head, good.claims, good.signature),
        "what nobody has signed"
    );
    assert_eq!(subject(&brought), Some(good.client.client_id()));
    assert!(signed.ends_ms > NOW_MS && signed.ends_ms <= NOW_MS + 300_000);
    "believed"
}

//! Proof key for code exchange (RFC 7636), with S256 only.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Whether this can be an S256 challenge: 43 characters of base64url (RFC 7636 section 4.2).
#[must_use]
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether this can be a verifier: 43 to 128 unreserved characters (RFC 7636 section 4.1).
#[must_use]
pub fn is_verifier(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(fits)
}

/// The challenge of a verifier.
#[must_use]
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Whether what the token request brings fits what the authorization request promised. A verifier without a
/// challenge is refused too, or an attacker could strip the challenge (RFC 9700 section 4.8.2).
#[must_use]
pub fn fits(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let ours = challenge_of(verifier);
            is_verifier(verifier) && verify_slices_are_equal(ours.as_bytes(), challenge.as_bytes()).is_ok()
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

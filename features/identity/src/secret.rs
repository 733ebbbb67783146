//! Secrets of 256 bits, of which only a hash is kept.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};

/// What is kept of a secret. SHA-256 will do, since there is nothing to guess in 256 bits of chance.
pub(crate) fn hash(secret: &SecretString) -> [u8; 32] {
    vault::token_hash(secret.expose_secret())
}

/// Another secret, which only who has this one and the salt can have again.
pub(crate) fn derive(secret: &SecretString, salt: &[u8; 32], purpose: &str) -> SecretString {
    let key = Key::new(HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, &[salt.as_slice(), purpose.as_bytes()].concat());
    SecretString::from(URL_SAFE_NO_PAD.encode(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_is_the_same_each_time_and_another_for_each_secret_salt_and_purpose() {
        let derived = |secret: &str, salt, purpose| {
            derive(&SecretString::from(secret), &[salt; 32], purpose).expose_secret().to_owned()
        };
        let one = derived("one", 1, "access token");
        assert_eq!((one.len(), &one), (43, &derived("one", 1, "access token")));
        for other in [
            derived("two", 1, "access token"),
            derived("one", 2, "access token"),
            derived("one", 1, "refresh token"),
        ] {
            assert_ne!(one, other);
        }
    }
}

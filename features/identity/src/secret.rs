//! Secrets of 256 bits, of which only a hash is kept.

use secrecy::{ExposeSecret as _, SecretString};

/// What is kept of a secret. SHA-256 will do, since there is nothing to guess in 256 bits of chance.
pub(crate) fn hash(secret: &SecretString) -> [u8; 32] {
    vault::token_hash(secret.expose_secret())
}

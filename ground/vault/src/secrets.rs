//! Secrets that others keep and we only recognise: access tokens, client secrets, codes.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Rng;
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The SHA-256 of a token or client secret, which is what the database keeps of it. A plain hash is enough
/// because what is hashed has 256 bits of chance; passwords need a slow one.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// Whether both are the same bytes, in a time that does not tell where they differ.
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

/// A new secret of 256 bits, as 43 characters of base64url without padding (RFC 4648 section 5).
#[must_use]
pub fn secret(rng: &Rng) -> SecretString {
    let bytes = Zeroizing::new(rng.bytes::<32>());
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}

/// The SHA-256 of what comes in parts.
pub struct Hashing(Context);

impl Default for Hashing {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Hashing {
    /// The next part.
    pub fn push(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The hash of them all.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.0.finish().as_ref());
        hash
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

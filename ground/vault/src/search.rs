//! The key by which the words of one organisation are found.

use aws_lc_rs::hmac;
use kernel::OrganisationId;

/// Bytes of a word's hash: as many as an id has. Two words that share one are as good as never met.
const TOKEN_BYTES: usize = 12;

/// Hashes words of one organisation.
pub struct SearchKey(hmac::Key);

impl SearchKey {
    /// What stands before the organisation keeps this from ever being the hash of an identifier.
    pub(crate) fn derived(index: &hmac::Key, organisation: OrganisationId) -> Self {
        let mut context = hmac::Context::with_key(index);
        context.update(b"\0search\0");
        context.update(organisation.as_bytes());
        Self(hmac::Key::new(hmac::HMAC_SHA256, context.sign().as_ref()))
    }

    /// The keyed hash (HMAC-SHA256, its first 96 bits) of a word of this kind.
    #[must_use]
    pub fn token(&self, kind: &str, word: &str) -> [u8; TOKEN_BYTES] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(word.as_bytes());
        let mut bytes = [0; TOKEN_BYTES];
        bytes.copy_from_slice(&context.sign().as_ref()[..TOKEN_BYTES]);
        bytes
    }
}

impl std::fmt::Debug for SearchKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchKey").finish_non_exhaustive()
    }
}

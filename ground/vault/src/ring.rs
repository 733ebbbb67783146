//! A key ring: the key that seals for one organisation or for the installation, and the older ones that still open.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use kernel::{Error, Result, Rng};

use crate::associated::{Binds, associated};
use crate::datakey::DataKeyId;

/// How sealed values are laid out: version, key id (12 bytes), nonce (12), ciphertext, tag (16).
const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 12;
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_LEN;
const TAG_BYTES: usize = 16;

/// Bytes that a sealed value has more than the plain one.
pub(crate) const OVERHEAD_BYTES: usize = HEAD_BYTES + TAG_BYTES;

/// Where a sealed value stands. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub row: &'a [u8],
}

/// The keys that seal and open for one owner, ready to use.
pub struct KeyRing {
    /// The current key first; never empty.
    keys: Vec<(DataKeyId, LessSafeKey)>,
    rng: Rng,
    is_stale: AtomicBool,
}

impl KeyRing {
    /// A ring of these keys, the current one first; `None` when there is no key.
    pub(crate) fn new(keys: Vec<(DataKeyId, LessSafeKey)>, rng: Rng) -> Option<Self> {
        (!keys.is_empty()).then_some(Self { keys, rng, is_stale: AtomicBool::new(false) })
    }

    /// Seals a value for its place.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        self.seal_bound(place.associated(), plain)
    }

    /// Opens a value that was sealed for this place.
    ///
    /// # Errors
    /// [`Error::Bug`] when it was changed, or sealed for another place or owner; [`Error::Unavailable`] when the
    /// key is one that this process has not loaded yet.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        self.open_bound(place.associated(), sealed).map_err(|refusal| refusal.of(place.table, place.column))
    }

    /// Opens a text that was sealed for this place.
    ///
    /// # Errors
    /// As [`KeyRing::open`], and [`Error::Bug`] when it is no UTF-8.
    pub fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String> {
        // The error of `from_utf8` holds the bytes, which must not reach a log.
        String::from_utf8(self.open(place, sealed)?).map_err(|_| Error::bug("a sealed text that is no UTF-8"))
    }

    /// Whether the current key sealed it; what an older one sealed is to be sealed anew after a rotation.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.get(1..1 + KEY_ID_BYTES) == Some(self.current_key().as_bytes())
    }

    /// The id of the key that seals now.
    #[must_use]
    pub fn current_key(&self) -> DataKeyId {
        self.keys[0].0
    }

    pub(crate) fn seal_bound(&self, associated: Vec<u8>, plain: &[u8]) -> Vec<u8> {
        let (id, key) = &self.keys[0];
        let nonce = self.rng.bytes::<NONCE_LEN>();
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        sealed.push(VERSION);
        sealed.extend(id.as_bytes());
        sealed.extend(nonce);
        sealed.extend(plain);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = key
            .seal_in_place_separate_tag(nonce, Aad::from(associated), &mut sealed[HEAD_BYTES..])
            .expect("what fits in memory is within the 64 GiB that AES-GCM-SIV seals");
        sealed.extend(tag.as_ref());
        sealed
    }

    pub(crate) fn open_bound(&self, associated: Vec<u8>, sealed: &[u8]) -> Result<Vec<u8>, Refusal> {
        let (head, body) = sealed.split_at_checked(HEAD_BYTES).ok_or(Refusal::Damaged)?;
        let (id, nonce) = head[1..].split_at(KEY_ID_BYTES);
        if head[0] != VERSION {
            return Err(Refusal::Damaged);
        }
        let Some((_, key)) = self.keys.iter().find(|(key, _)| key.as_bytes() == id) else {
            // Another process may have rotated since: whoever asks the vault next gets the ring anew.
            self.mark_stale();
            return Err(Refusal::UnknownKey);
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Refusal::Damaged)?;
        let mut plain = body.to_vec();
        let length =
            key.open_in_place(nonce, Aad::from(associated), &mut plain).map_err(|_| Refusal::Damaged)?.len();
        plain.truncate(length);
        Ok(plain)
    }

    pub(crate) fn mark_stale(&self) {
        self.is_stale.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.is_stale.load(Ordering::Relaxed)
    }
}

/// Why something does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    UnknownKey,
    Damaged,
}

impl Refusal {
    pub fn of(self, table: &'static str, column: &'static str) -> Error {
        match self {
            Self::UnknownKey => Error::unavailable(("sealed by a key that is not loaded", table, column)),
            Self::Damaged => Error::bug(("a sealed value that does not open", table, column)),
        }
    }
}

impl Place<'_> {
    fn associated(&self) -> Vec<u8> {
        associated(VERSION, Binds::Row, [self.table.as_bytes(), self.column.as_bytes(), self.row])
    }
}

/// What a frame of a file is bound to.
pub(crate) fn frame(blob_key: &str, number: u64, is_last: bool) -> Vec<u8> {
    associated(VERSION, Binds::Frame, [blob_key.as_bytes(), &number.to_be_bytes(), &[u8::from(is_last)]])
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

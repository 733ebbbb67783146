//! Master keys: they wrap the data keys and lie outside the database, in a file or the environment.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _, read_to_string};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use kernel::{Error, Result, Rng, id};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::secrets::sha256;

/// Bytes of a master key, and of a data key.
pub(crate) const KEY_BYTES: usize = 32;

/// Standard base64 that takes the padding or its absence: operators copy it by hand.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The master keys: the first wraps, the others only unwrap what they wrapped before.
pub struct MasterKeys(Vec<MasterKey>);

struct MasterKey {
    id: String,
    key: LessSafeKey,
}

impl MasterKeys {
    /// Reads the keys from a file; `None` when there is no such file.
    ///
    /// # Errors
    /// [`Error::Precondition`] when it cannot be read, or can be read by others than its owner; [`Error::Invalid`] when
    /// it holds no keys.
    pub fn from_file(path: &Path) -> Result<Option<Self>> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.permissions().mode(), file)));
        let (mode, file) = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| unusable(path, &error))?,
        };
        if mode & 0o077 != 0 {
            return Err(is_open_to_others(path, mode));
        }
        let text = read_to_string(file).map_err(|error| unusable(path, &error))?;
        Self::from_text(&SecretString::from(text)).map(Some)
    }

    /// Reads the keys from a file, or makes the file (mode 0600, one new key) when there is none: for an installation
    /// that has no data keys yet, which another master key wrapped.
    ///
    /// # Errors
    /// As [`MasterKeys::from_file`], and [`Error::Precondition`] when the file cannot be made.
    pub fn from_file_or_new(path: &Path, rng: &Rng) -> Result<Self> {
        if let Some(keys) = Self::from_file(path)? {
            return Ok(keys);
        }
        make(path, rng).map_err(|error| unusable(path, &error))?;
        Self::from_file(path)?.ok_or_else(|| unusable(path, &ErrorKind::NotFound.into()))
    }

    /// Reads keys of 32 bytes in base64 (RFC 4648 section 4), separated by blanks, commas or lines; the current
    /// one first, then older ones. Lines that begin with `#` are left out.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no key, or a word is not one.
    pub fn from_text(text: &SecretString) -> Result<Self> {
        let lines = text.expose_secret().lines().filter(|line| !line.trim_start().starts_with('#'));
        let words = lines.flat_map(|line| line.split([' ', '\t', ',', '\r'])).filter(|word| !word.is_empty());
        let keys = words.map(MasterKey::from_word).collect::<Result<Vec<_>>>()?;
        if keys.is_empty() {
            return Err(Error::invalid(
                "master_key",
                "no_master_key",
                "There is no master key in what was given.",
            ));
        }
        Ok(Self(keys))
    }

    /// The short id of the key that wraps now.
    #[must_use]
    pub fn current_id(&self) -> &str {
        &self.0[0].id
    }

    /// Wraps a data key with the current master key: nonce, then ciphertext with its tag.
    pub(crate) fn wrap(
        &self,
        associated: impl Fn(&str) -> Vec<u8>,
        data_key: &[u8; KEY_BYTES],
        rng: &Rng,
    ) -> Vec<u8> {
        let master = &self.0[0];
        let nonce = rng.bytes::<NONCE_LEN>();
        let mut sealed = Zeroizing::new(*data_key);
        let tag = master
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated(&master.id)),
                &mut *sealed,
            )
            .expect("32 bytes are within what AES-GCM seals");
        [&nonce, sealed.as_slice(), tag.as_ref()].concat()
    }

    /// Unwraps a data key with the master key of this id.
    pub(crate) fn unwrap(
        &self,
        id: &str,
        associated: impl Fn(&str) -> Vec<u8>,
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>> {
        let master = self.0.iter().find(|key| key.id == id).ok_or_else(|| missing(id))?;
        let (nonce, sealed) = wrapped.split_at_checked(NONCE_LEN).ok_or_else(|| does_not_open(id))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| does_not_open(id))?;
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let plain = master
            .key
            .open_in_place(nonce, Aad::from(associated(&master.id)), &mut sealed)
            .map_err(|_| does_not_open(id))?;
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if plain.len() != KEY_BYTES {
            return Err(does_not_open(id));
        }
        key.copy_from_slice(plain);
        Ok(key)
    }
}

impl MasterKey {
    fn from_word(word: &str) -> Result<Self> {
        let wrong =
            || Error::invalid("master_key", "malformed_master_key", "A master key is 32 bytes in base64.");
        let bytes = Zeroizing::new(BASE64.decode(word).map_err(|_| wrong())?);
        if bytes.len() != KEY_BYTES {
            return Err(wrong());
        }
        let named = Zeroizing::new([b"bedside master key ", bytes.as_slice()].concat());
        let unbound = UnboundKey::new(&AES_256_GCM, &bytes).map_err(Error::bug)?;
        Ok(Self { id: id::hex(&sha256(&named)[..8]), key: LessSafeKey::new(unbound) })
    }
}

impl std::fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

fn missing(id: &str) -> Error {
    let sentence = format!("The data keys are wrapped by master key {id}, which was not given.");
    Error::precondition("master_key_missing", sentence)
}

fn does_not_open(id: &str) -> Error {
    let sentence = format!("A data key that master key {id} is said to have wrapped does not open with it.");
    Error::precondition("data_key_damaged", sentence)
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    let sentence = format!("The file of the master key, {}, cannot be used: {error}.", path.display());
    Error::precondition("master_key_file", sentence)
}

fn is_open_to_others(path: &Path, mode: u32) -> Error {
    let path = path.display();
    let sentence = format!(
        "The file of the master key, {path}, is open to others than its owner (mode {:03o}), and is not used. Type: \
         chmod 600 {path}",
        mode & 0o777
    );
    Error::precondition("master_key_open_to_others", sentence)
}

/// Makes the file whole or not at all: two processes that start at once must end with the same key, and one
/// that dies half-way must not leave a file that is no key.
fn make(path: &Path, rng: &Rng) -> std::io::Result<()> {
    let bytes = Zeroizing::new(rng.bytes::<KEY_BYTES>());
    let line = Zeroizing::new(BASE64.encode(bytes.as_slice()) + "\n");
    let temporary = path.with_extension(format!("new-{}", id::hex(&rng.bytes::<8>())));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    let linked = file
        .write_all(line.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&temporary, path));
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

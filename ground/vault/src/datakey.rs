//! Data keys: what a row of `data_keys` holds, and how it becomes a key to work with.

use aws_lc_rs::aead::{AES_256_GCM_SIV, LessSafeKey, UnboundKey};
use aws_lc_rs::hmac;
use kernel::{Clock, Error, Id, OrganisationId, Result, Rng};
use zeroize::Zeroizing;

use crate::associated::{Binds, associated};
use crate::master::{KEY_BYTES, MasterKeys};

const WRAP_VERSION: u8 = 1;

/// What a data key is named by. The type has no values.
#[derive(Debug)]
pub enum OfDataKey {}

/// The id of a data key, which every value that it sealed carries.
pub type DataKeyId = Id<OfDataKey>;

/// What a data key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Seals rows and files.
    Seal,
    /// Blind index. Never rotated: nobody could be found by a hash that the older key made.
    Index,
    /// MACs of the access log. Never rotated: lines are kept for years and must stay verifiable by one key.
    Audit,
    /// Ids that do not tell when they were made. Never rotated: partners keep those ids.
    Id,
}

impl Purpose {
    /// What the installation itself has a key for; an organisation has only one to seal with.
    pub const OF_INSTALLATION: &[Self] = &[Self::Seal, Self::Index, Self::Audit, Self::Id];
    pub const OF_ORGANISATION: &[Self] = &[Self::Seal];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Index => "index",
            Self::Audit => "audit",
            Self::Id => "id",
        }
    }

    pub fn named(name: &str) -> Result<Self> {
        let purpose = Self::OF_INSTALLATION.iter().find(|purpose| purpose.name() == name);
        purpose.copied().ok_or_else(|| Error::bug("a data key of an unknown purpose"))
    }
}

/// A data key as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct DataKey {
    pub id: DataKeyId,
    pub organisation: Option<OrganisationId>,
    pub purpose: Purpose,
    pub wrapped: Vec<u8>,
    pub master_key: String,
    pub made_ms: i64,
    pub retired_ms: Option<i64>,
    pub resealed_ms: Option<i64>,
}

impl DataKey {
    /// Makes a key and wraps it with the current master key.
    pub fn new(
        organisation: Option<OrganisationId>,
        purpose: Purpose,
        master: &MasterKeys,
        clock: &Clock,
        rng: &Rng,
    ) -> Self {
        let id = DataKeyId::new(clock, rng);
        let mut key = Self {
            id,
            organisation,
            purpose,
            wrapped: Vec::new(),
            master_key: master.current_id().to_owned(),
            made_ms: clock.now_ms(),
            retired_ms: None,
            resealed_ms: None,
        };
        let secret = Zeroizing::new(rng.bytes::<KEY_BYTES>());
        key.wrapped = master.wrap(|master| key.associated(master), &secret, rng);
        key
    }

    /// The same key, wrapped with the current master key.
    pub fn wrapped_anew(&self, master: &MasterKeys, rng: &Rng) -> Result<Self> {
        let secret = self.secret(master)?;
        let wrapped = master.wrap(|master| self.associated(master), &secret, rng);
        Ok(Self { wrapped, master_key: master.current_id().to_owned(), ..self.clone() })
    }

    /// A key that seals and opens.
    ///
    /// AES-256-GCM-SIV (RFC 8452): one key seals for years under random nonces. Plain GCM would have to stop after
    /// 2^32 values, and a repeated nonce would give away its authentication key; here a repeated nonce tells at
    /// most that the same text was sealed twice in the same place.
    pub fn sealing(&self, master: &MasterKeys) -> Result<LessSafeKey> {
        let unbound =
            UnboundKey::new(&AES_256_GCM_SIV, self.secret(master)?.as_slice()).map_err(Error::bug)?;
        Ok(LessSafeKey::new(unbound))
    }

    /// A key for HMAC-SHA256.
    pub fn hashing(&self, master: &MasterKeys) -> Result<hmac::Key> {
        Ok(hmac::Key::new(hmac::HMAC_SHA256, self.secret(master)?.as_slice()))
    }

    fn secret(&self, master: &MasterKeys) -> Result<Zeroizing<[u8; KEY_BYTES]>> {
        master.unwrap(&self.master_key, |master| self.associated(master), &self.wrapped)
    }

    /// A wrapped key moved to another organisation, purpose or id does not unwrap. No organisation is no bytes,
    /// which no organisation's id is.
    fn associated(&self, master: &str) -> Vec<u8> {
        let organisation = self.organisation.as_ref().map_or(&[][..], |id| id.as_bytes());
        let parts = [master.as_bytes(), self.id.as_bytes(), organisation, self.purpose.name().as_bytes()];
        associated(WRAP_VERSION, Binds::DataKey, parts)
    }
}

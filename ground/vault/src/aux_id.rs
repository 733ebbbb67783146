//! Auxiliary ids: what an application calls a person or a chat by. They may be patient numbers, so nothing of them but
//! keyed hashes and sealed values is ever stored, and nothing of them is shown for debugging.

use std::fmt;

use kernel::limits::AUX_ID_BYTES_MAX;
use kernel::{ClientId, Error, OrganisationId, Result};

use crate::secrets::token_hash;
use crate::vault::Vault;

/// An auxiliary id as an application gave it: opaque, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct AuxId(String);

/// What stands for an auxiliary id on its way through the house: a hash that anybody could make, and that is not stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuxDigest([u8; 32]);

impl AuxId {
    /// An id that fits.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty one, [`Error::TooLarge`] for more than 255 bytes.
    pub fn new(text: String) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::invalid(
                "aux_id",
                "aux_id_is_empty",
                "an auxiliary id has at least one character",
            ));
        }
        if text.len() > AUX_ID_BYTES_MAX {
            return Err(Error::too_large("aux_id_bytes", AUX_ID_BYTES_MAX as u64));
        }
        Ok(Self(text))
    }

    /// The id itself, to be sealed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What stands for it.
    #[must_use]
    pub fn digest(&self) -> AuxDigest {
        AuxDigest::of(&self.0)
    }
}

impl AuxDigest {
    /// What stands for this id, whether or not it fits.
    #[must_use]
    pub fn of(aux_id: &str) -> Self {
        Self(token_hash(aux_id))
    }
}

impl Vault {
    /// The keyed hash by which an application finds an auxiliary id of its own in an organisation. The same id of another
    /// application, or in another organisation, has another.
    #[must_use]
    pub fn blind_aux_id(
        &self,
        client: ClientId,
        organisation: OrganisationId,
        aux_id: AuxDigest,
    ) -> [u8; 32] {
        let whole = [client.as_bytes().as_slice(), organisation.as_bytes(), &aux_id.0].concat();
        self.blind_bytes("aux_id", &whole)
    }
}

impl fmt::Debug for AuxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuxId")
    }
}

impl fmt::Debug for AuxDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuxDigest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_opaque_and_shows_nothing_of_itself() {
        for odd in [" ", "a/b", "Ä", "\u{0}", "%2F", &"a".repeat(255)] {
            let id = AuxId::new(odd.to_owned()).expect("an id");
            assert_eq!((id.expose(), format!("{id:?} {:?}", id.digest()).as_str()), (odd, "AuxId AuxDigest"));
        }
        for unfit in [String::new(), "a".repeat(256), "é".repeat(128)] {
            assert!(AuxId::new(unfit).is_err());
        }
        let digests = ["a", "A", "a ", "a/b", "a%2Fb"].map(AuxDigest::of);
        for (at, one) in digests.iter().enumerate() {
            assert!(digests[at + 1..].iter().all(|other| other != one), "no two are the same");
        }
    }
}

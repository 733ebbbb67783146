//! Links in letters of the waiting list: each is for one purpose and one thing, ends, and is made by nobody but us. What makes
//! it ours is a keyed hash whose key is never rotated, so that an old letter still leads out of the list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Error, Id, Kind, OrganisationId, Result};
use vault::Vault;

const ID_BYTES: usize = 12;
const PLAIN_BYTES: usize = 2 * ID_BYTES + 8;
/// The longest token that is looked at; one of ours has 86.
const TOKEN_CHARS_MAX: usize = 100;

/// What a link is for. A token of one opens nothing of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To answer an offer.
    Offer,
    /// To leave the list.
    Leave,
    /// To confirm an address.
    Confirm,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Offer => "bedside:asap-offer",
            Self::Leave => "bedside:asap-leave",
            Self::Confirm => "bedside:asap-confirm",
        }
    }
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link<K> {
    pub organisation: OrganisationId,
    pub id: Id<K>,
    pub expires_ms: i64,
}

/// The token of a link.
pub(super) fn make<K>(vault: &Vault, purpose: Purpose, link: &Link<K>) -> String {
    let mut bytes = Vec::with_capacity(PLAIN_BYTES + 32);
    bytes.extend_from_slice(link.organisation.as_bytes());
    bytes.extend_from_slice(link.id.as_bytes());
    bytes.extend_from_slice(&link.expires_ms.to_be_bytes());
    let hash = vault.blind_bytes(purpose.name(), &bytes);
    bytes.extend_from_slice(&hash);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a token leads to.
///
/// # Errors
/// [`Error::NotFound`] for whatever is no link of ours for this; [`Error::Gone`] for one that has ended.
pub(super) fn open<K>(vault: &Vault, purpose: Purpose, token: &str, now_ms: i64) -> Result<Link<K>> {
    let link = read(vault, purpose, token).ok_or(Error::not_found(Kind::Page))?;
    if link.expires_ms <= now_ms {
        return Err(Error::Gone { what: Kind::Offer });
    }
    Ok(link)
}

fn read<K>(vault: &Vault, purpose: Purpose, token: &str) -> Option<Link<K>> {
    if token.len() > TOKEN_CHARS_MAX {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (plain, hash) = bytes.split_at_checked(PLAIN_BYTES)?;
    if !vault::same(hash, &vault.blind_bytes(purpose.name(), plain)) {
        return None;
    }
    let (organisation, rest) = plain.split_at_checked(ID_BYTES)?;
    let (id, expires) = rest.split_at_checked(ID_BYTES)?;
    Some(Link {
        organisation: OrganisationId::from_slice(organisation)?,
        id: Id::from_slice(id)?,
        expires_ms: i64::from_be_bytes(expires.try_into().ok()?),
    })
}

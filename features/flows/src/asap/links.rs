//! Links in letters of the waiting list: each is for one purpose and one thing, ends, and is made by nobody but us.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Error, Id, Kind, OrganisationId, Result};
use vault::{Place, Vault};

/// The longest token that is looked at.
const TOKEN_CHARS_MAX: usize = 400;
const ID_BYTES: usize = 12;

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
    const fn place(self) -> Place<'static> {
        let column = match self {
            Self::Offer => "offer-v1",
            Self::Leave => "leave-v1",
            Self::Confirm => "confirm-v1",
        };
        Place { table: "asap", column, row: &[] }
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
pub(super) fn seal<K>(vault: &Vault, purpose: Purpose, link: &Link<K>) -> String {
    let mut plain = Vec::with_capacity(2 * ID_BYTES + 8);
    plain.extend_from_slice(link.organisation.as_bytes());
    plain.extend_from_slice(link.id.as_bytes());
    plain.extend_from_slice(&link.expires_ms.to_be_bytes());
    URL_SAFE_NO_PAD.encode(vault.house().seal(purpose.place(), &plain))
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
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let plain = vault.house().open(purpose.place(), &sealed).ok()?;
    let (organisation, rest) = plain.split_at_checked(ID_BYTES)?;
    let (id, expires) = rest.split_at_checked(ID_BYTES)?;
    Some(Link {
        organisation: OrganisationId::from_slice(organisation)?,
        id: Id::from_slice(id)?,
        expires_ms: i64::from_be_bytes(expires.try_into().ok()?),
    })
}

//! Where a client may have the browser sent, letter for letter.

use kernel::{ClientId, Error, Kind, Result};
use store::{Tx, args};

use super::find;
use crate::log::{self, By};
use crate::protocol::redirect;
use crate::rows::clients as rows;

/// Addresses that one client may register.
pub const REDIRECTS_MAX: usize = 20;

/// Whoever is told subjects of their own is one host (OpenID Connect core, section 8.1), or else nobody could say whose
/// subjects they are.
pub(super) fn check_sector(pairwise: bool, uris: &[String]) -> Result<()> {
    let first = uris.first().and_then(|uri| redirect::sector(uri));
    if pairwise && uris.iter().any(|uri| redirect::sector(uri) != first) {
        let why = "The redirect addresses of a client with pairwise subjects share one host.";
        return Err(Error::invalid("redirect_uri", "redirect_hosts_differ", why));
    }
    Ok(())
}

/// Whether these addresses may be registered.
pub(crate) fn check_addresses(uris: &[String]) -> Result<()> {
    if uris.len() > REDIRECTS_MAX {
        return Err(Error::too_large("redirect_uris", REDIRECTS_MAX as u64));
    }
    if !uris.iter().all(|uri| redirect::may_register(uri)) {
        let why =
            "A redirect address is https, http on this machine, or a private scheme, without a fragment.";
        return Err(Error::invalid("redirect_uri", "redirect_uri_unfit", why));
    }
    Ok(())
}

/// Replaces the addresses that a client has registered; at once, not within a business day.
pub async fn set_redirects(tx: &Tx, by: By<'_>, id: ClientId, redirect_uris: &[String]) -> Result<()> {
    let client = find(tx, id).await?.ok_or(Error::not_found(Kind::Client))?;
    let organisation = client.organisation;
    check_addresses(redirect_uris)?;
    check_sector(client.pairwise, redirect_uris)?;
    let addresses = redirect_uris.join("\n");
    tx.run(rows::SET_REDIRECTS, &args![&organisation, &id, &addresses]).await?;
    log::administration(tx, by, organisation, id.as_bytes(), "client redirects changed").await
}

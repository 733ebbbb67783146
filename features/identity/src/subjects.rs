//! What an application is told that a person is called by (`sub`, OpenID Connect core, section 8).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::PersonId;
use vault::Vault;

use crate::Client;
use crate::protocol::redirect;

/// The subject of a person for a client: the same for each, or one that no other host is told. That one comes from a key
/// that is never rotated, and tells nothing of the person.
#[must_use]
pub fn of(vault: &Vault, client: &Client, person: PersonId) -> String {
    // A program that acts for itself is called what it calls itself (RFC 9068 section 2.2).
    if client.account == Some(person) {
        return client.client_id();
    }
    if client.pairwise { pairwise(vault, client, person) } else { person.uuid() }
}

/// The subject of who stands behind a token of `holder`, as the application is told that asks what the token is: it can
/// tell whom it knows, and learns nothing by which it and the holder could put together what each knows of them.
#[must_use]
pub fn for_asker(vault: &Vault, asker: &Client, holder: &Client, person: PersonId) -> String {
    if holder.account == Some(person) {
        return holder.client_id();
    }
    if asker.pairwise || holder.pairwise { pairwise(vault, asker, person) } else { person.uuid() }
}

fn pairwise(vault: &Vault, client: &Client, person: PersonId) -> String {
    let sector = sector(client);
    let whole = [sector.as_bytes(), b"\0", person.as_bytes()].concat();
    // No identifier's system begins with a null, so that no hash of one is ever told as a subject.
    URL_SAFE_NO_PAD.encode(vault.blind_bytes("\0subject", &whole))
}

/// The host of the client's addresses, all of which have the same; a client without any is a sector of its own.
fn sector(client: &Client) -> String {
    let host = client.redirect_uris.first().and_then(|uri| redirect::sector(uri));
    host.map_or_else(|| client.client_id(), str::to_owned)
}

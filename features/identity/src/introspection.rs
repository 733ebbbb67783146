//! What a token is, told to an application of the same organisation (RFC 7662).

use kernel::{ClientId, PersonId, Result, Scopes};
use store::{Tx, args};

use crate::protocol::credentials::Credentials;
use crate::protocol::token::Refusal;
use crate::rows::{grants as rows, refresh as refresh_rows};
use crate::{Client, clients, recognise};

/// A token that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it may be used for now.
    pub scopes: Scopes,
    /// Which application holds it.
    pub client: Client,
    /// Which application asks.
    pub asker: Client,
    /// In whose name.
    pub person: PersonId,
    /// Whether it is a refresh token, which is good at the token endpoint alone.
    pub is_refresh: bool,
    /// Who acts, when it was exchanged for another's.
    pub actor: Option<ClientId>,
    /// Since when it stands.
    pub made_ms: i64,
    /// Until when, unless it is ended.
    pub ends_ms: i64,
}

/// Tells what a token is. Nothing (`None`) of one that is not, or no longer, and of one of another organisation.
pub async fn introspect(tx: &Tx, who: &Credentials, token: &str) -> Result<Result<Option<Told>, Refusal>> {
    let client = match clients::authenticate(tx, who).await? {
        // Whoever finds a token could ask, if it took no proof (RFC 7662 section 4).
        Some(client) if !client.public && !client.pending => client,
        _ => return Ok(Err(Refusal::InvalidClient)),
    };
    let hash = vault::token_hash(token);
    match access(tx, &client, &hash).await? {
        Some(told) => Ok(Ok(Some(told))),
        None => refresh(tx, &client, &hash).await.map(Ok),
    }
}

async fn access(tx: &Tx, client: &Client, hash: &[u8; 32]) -> Result<Option<Told>> {
    let Some(who) = recognise(tx, hash).await?.filter(|who| who.organisation == client.organisation) else {
        return Ok(None);
    };
    let Some(origin) = tx.one(rows::ORIGIN, &args![hash], rows::origin).await? else { return Ok(None) };
    let Some(holder) = holder(tx, client, who.client.unwrap_or(client.id)).await? else { return Ok(None) };
    Ok(Some(Told {
        scopes: who.scopes,
        client: holder,
        asker: client.clone(),
        person: who.person,
        is_refresh: false,
        actor: origin.actor,
        made_ms: origin.made_ms,
        ends_ms: who.ends_ms,
    }))
}

async fn refresh(tx: &Tx, client: &Client, hash: &[u8; 32]) -> Result<Option<Told>> {
    let now = tx.now_ms();
    let found = tx.one(refresh_rows::FIND, &args![hash, now], refresh_rows::found).await?;
    let stands = |found: &refresh_rows::Found| {
        let kept = &found.kept;
        found.organisation == client.organisation
            && !kept.has_ended
            && kept.used.is_none()
            && kept.ends_ms > now
    };
    let Some(found) = found.filter(stands) else { return Ok(None) };
    let Some(holder) = holder(tx, client, found.client).await? else { return Ok(None) };
    Ok(Some(Told {
        scopes: found.kept.scopes,
        client: holder,
        asker: client.clone(),
        person: found.person,
        is_refresh: true,
        actor: None,
        made_ms: found.made_ms,
        ends_ms: found.kept.ends_ms,
    }))
}

/// Whoever holds the token, who is most often the one that asks.
async fn holder(tx: &Tx, asking: &Client, holder: ClientId) -> Result<Option<Client>> {
    if holder == asking.id { Ok(Some(asking.clone())) } else { clients::find(tx, holder).await }
}

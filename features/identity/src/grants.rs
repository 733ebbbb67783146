//! What a person allowed an application to do in their name.

use kernel::{ClientId, Error, GrantId, Kind, OrganisationId, PersonId, Result, Scopes};
use store::{Tx, args};

use crate::log::{self, By, Granted};
use crate::rows::grants as rows;
use crate::{Client, memberships, refresh, tokens};

/// What one person allowed one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which.
    pub id: GrantId,
    /// What they allowed so far.
    pub scopes: Scopes,
}

/// An application that somebody allowed something, as they see it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedApp {
    /// Which grant.
    pub grant: GrantId,
    /// Which application.
    pub client: ClientId,
    /// What it is called.
    pub client_name: String,
    /// Whose it is.
    pub organisation_name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Since when.
    pub made_ms: i64,
    /// When it last got a token.
    pub used_ms: Option<i64>,
}

/// What a person allowed a client before.
pub async fn find(tx: &Tx, person: PersonId, client: &Client) -> Result<Option<Grant>> {
    tx.one(rows::FIND, &args![&person, &client.id, &client.organisation], rows::grant).await
}

/// Remembers that a person allows a client these scopes, besides what they allowed before.
pub async fn allow(tx: &Tx, by: By<'_>, person: PersonId, client: &Client, scopes: Scopes) -> Result<Grant> {
    let before = find(tx, person, client).await?;
    if let Some(grant) = before.filter(|grant| grant.scopes.cover(scopes)) {
        return Ok(grant);
    }
    let all = before.map(|grant| grant.scopes).unwrap_or_default().or(scopes);
    let grant = widen(tx, person, client, all).await?;
    log::consent_given(tx, by, &granted(tx, client.organisation, person, client.id, grant.id).await?).await?;
    Ok(grant)
}

async fn widen(tx: &Tx, person: PersonId, client: &Client, all: Scopes) -> Result<Grant> {
    let (new, names): (GrantId, _) = (tx.new_id(), all.names());
    let values = args![&new, &person, &client.id, &client.organisation, &names, tx.now_ms()];
    tx.one(rows::ALLOW, &values, rows::grant).await?.ok_or_else(|| Error::bug("a grant"))
}

/// What a program acts under when it acts for itself: an operator registered it for that, and nobody is asked.
pub(crate) async fn of_program(
    tx: &Tx,
    client: &Client,
    account: PersonId,
    scopes: Scopes,
) -> Result<GrantId> {
    let before = find(tx, account, client).await?;
    if let Some(grant) = before.filter(|grant| grant.scopes.cover(scopes)) {
        return Ok(grant.id);
    }
    let all = before.map(|grant| grant.scopes).unwrap_or_default().or(scopes);
    Ok(widen(tx, account, client, all).await?.id)
}

/// Ends one of a person's own grants, and every token that came of it.
pub async fn end(tx: &Tx, by: By<'_>, person: PersonId, id: GrantId) -> Result<()> {
    let values = args![&person, &id, tx.now_ms()];
    let ended = tx.one(rows::END, &values, |row| Ok((row.get(0)?, row.get(1)?))).await?;
    let (organisation, client): (OrganisationId, ClientId) = ended.ok_or(Error::not_found(Kind::Client))?;
    refresh::end_of_grants(tx, &[id]).await?;
    tokens::revoke_of_grants(tx, &[id]).await?;
    log::consent_withdrawn(tx, by, &granted(tx, organisation, person, client, id).await?).await
}

/// Which grants of a person's stand in one organisation.
pub(crate) async fn ids_in(
    tx: &Tx,
    organisation: OrganisationId,
    persons: &[PersonId],
) -> Result<Vec<GrantId>> {
    tx.all_of(rows::IDS_IN, persons, &args![&organisation], |row| row.get(0)).await
}

/// What the lines about a grant say of it.
pub(crate) async fn granted(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    client: ClientId,
    grant: GrantId,
) -> Result<Granted> {
    let patient = memberships::patient(tx, organisation, person).await?;
    Ok(Granted { organisation, person, patient, client, grant })
}

/// Writes that a person did not allow a client what it asked for.
pub async fn note_denial(tx: &Tx, actor: &kernel::Actor, client: &Client) -> Result<()> {
    let patient = memberships::patient(tx, actor.organisation, actor.person).await?;
    log::consent_denied(tx, actor, patient, client.id).await
}

/// Every application that a person allowed something, the newest first.
pub async fn of_person(tx: &Tx, person: PersonId) -> Result<Vec<ConnectedApp>> {
    tx.all(rows::OF_PERSON, &args![&person], rows::connected_app).await
}

//! Who says yes or no to applications, and to wishes for production.

use kernel::{Actor, ClientId, Error, Kind, OrganisationId, PersonId, Result};
use secrecy::SecretString;
use store::{Tx, args};

use super::{Application, find, list, must_administer, open, open_to_change};
use crate::clients::{self, NewClient};
use crate::log::{self, By};
use crate::rows::applications as rows;
use crate::{Client, fits, organisations};

/// Administrators who are named to whoever waits for one of them.
const NAMED_MAX: i64 = 10;

/// What waits for somebody to say yes, of all organisations: approval, or production.
pub async fn waiting(tx: &Tx) -> Result<Vec<Application>> {
    let mut all = Vec::new();
    for organisation in tx.all(rows::WAITING, &args![], |row| row.get(0)).await? {
        let here = list(tx, organisation).await?;
        all.extend(here.into_iter().filter(|one| one.waits_for_approval() || one.wish.is_some()));
    }
    Ok(all)
}

/// What is wished to go into production in the organisation that an administrator acts in, the oldest first. It is of a
/// sandbox, and nothing of that but this is theirs to see.
///
/// # Errors
/// As [`must_administer`].
pub async fn wished_for(tx: &Tx, actor: &Actor) -> Result<Vec<Application>> {
    must_administer(tx, actor).await?;
    let mut all = Vec::new();
    let places = tx.all(rows::WISHED_FOR, &args![&actor.organisation], |row| row.get(0)).await?;
    for organisation in places {
        let there = list(tx, organisation).await?;
        let is_wished =
            |one: &Application| one.wish.is_some_and(|wish| wish.organisation == actor.organisation);
        all.extend(there.into_iter().filter(is_wished));
    }
    all.sort_by_key(|one| one.client.id);
    Ok(all)
}

/// Who may say yes in an organisation, those first who are there the longest.
pub async fn administrators(tx: &Tx, organisation: OrganisationId) -> Result<Vec<PersonId>> {
    tx.all(rows::ADMINISTRATORS, &args![&organisation, tx.now_ms(), NAMED_MAX], |row| row.get(0)).await
}

/// Whether somebody registered an application that another administrator of its organisation can look at.
pub async fn is_own(tx: &Tx, actor: &Actor, one: &Application) -> Result<bool> {
    if one.registered_by != Some(actor.person) {
        return Ok(false);
    }
    let all = administrators(tx, one.client.organisation).await?;
    Ok(all.iter().any(|person| *person != actor.person))
}

async fn must_be_anothers(tx: &Tx, actor: &Actor, client: &Client) -> Result<()> {
    let one = find(tx, client.organisation, client.id).await?.ok_or(Error::not_found(Kind::Client))?;
    if is_own(tx, actor, &one).await? {
        let why = "You registered this application yourself: another administrator has to approve of it.";
        return Err(Error::not_allowed("registered_by_oneself", why));
    }
    Ok(())
}

/// Says yes to an application that waits. `seen` are the addresses that whoever says so has looked at: others by now
/// are a conflict.
///
/// # Errors
/// [`Error::Precondition`] for one that waits no more; [`Error::NotAllowed`] for what only operators give, and for what the
/// actor registered while another administrator can look at it.
pub async fn approve(tx: &Tx, by: By<'_>, id: ClientId, seen: Option<&[String]>) -> Result<()> {
    let client = open_to_change(tx, by, id).await?;
    if let By::Actor(actor) = by {
        must_be_anothers(tx, actor, &client).await?;
    }
    if seen.is_some_and(|seen| seen != client.redirect_uris) {
        let why = "The addresses of this application are others by now: look at them again.";
        return Err(Error::conflict("addresses_changed", why));
    }
    if tx.run(rows::APPROVE, &args![&client.organisation, &id]).await? == 0 {
        return Err(Error::precondition("not_pending", "This application waits for nobody."));
    }
    log::administration(tx, by, client.organisation, id.as_bytes(), "client approved").await
}

/// Says no to an application that waits, or, as an operator, to the wish of its developer, who reads why. It can do as
/// little as before, and is there until its developer or somebody else removes it.
///
/// # Errors
/// [`Error::Invalid`] for an unfit reason; [`Error::Precondition`] for one that waits for nobody; as [`open`].
pub async fn decline(tx: &Tx, by: By<'_>, id: ClientId, because: &str) -> Result<()> {
    fits::reason("reason", because)?;
    let client = open(tx, by, id).await?;
    let values = args![&client.organisation, &id, tx.now_ms(), because.trim()];
    if tx.run(rows::DECLINE, &values).await? > 0 {
        return log::administration(tx, by, client.organisation, id.as_bytes(), "client declined").await;
    }
    // Whether it goes into production elsewhere is not for the administrators of the sandbox to say.
    let may = matches!(by, By::Operator);
    if may && tx.run(rows::DECLINE_WISH, &values).await? > 0 {
        return log::administration(tx, by, client.organisation, id.as_bytes(), "production declined").await;
    }
    Err(Error::precondition("not_pending", "This application waits for nobody."))
}

/// Says no, as an administrator, to the wish that an application of a sandbox goes into production where they act.
///
/// # Errors
/// [`Error::NotFound`] for what is not wished for there; as [`decline`].
pub async fn decline_wish(tx: &Tx, actor: &Actor, id: ClientId, because: &str) -> Result<()> {
    let all = wished_for(tx, actor).await?;
    let found = all.iter().find(|one| one.client.id == id).ok_or(Error::not_found(Kind::Client))?;
    fits::reason("reason", because)?;
    let of = found.client.organisation;
    tx.run(rows::DECLINE_WISH, &args![&of, &id, tx.now_ms(), because.trim()]).await?;
    // The sandbox that it is in and the organisation that it does not come to find it in their own logs.
    for organisation in [of, actor.organisation] {
        log::administration(tx, By::Actor(actor), organisation, id.as_bytes(), "production declined").await?;
    }
    Ok(())
}

/// Copies an application of a sandbox to an organisation in production, under a new id and with a new secret, told
/// this once. Its developer finds it among their own. How long its access tokens live, the operator says.
///
/// # Errors
/// [`Error::Precondition`] from anything but a sandbox, and to one.
pub async fn promote(
    tx: &Tx,
    id: ClientId,
    to: OrganisationId,
    token_life_ms: i64,
) -> Result<(ClientId, Option<SecretString>)> {
    let by = By::Operator;
    let client = open(tx, by, id).await?;
    let target = organisations::find(tx, to).await?.ok_or(Error::not_found(Kind::Organisation))?;
    if !client.sandbox || target.sandbox {
        let why = "An application is promoted from a sandbox to an organisation in production.";
        return Err(Error::precondition("not_a_promotion", why));
    }
    let developer = find(tx, client.organisation, id).await?.and_then(|one| one.registered_by);
    let new = NewClient {
        public: client.public,
        redirect_uris: client.redirect_uris.clone(),
        scopes: client.scopes,
        token_life_ms: Some(token_life_ms),
        jwks: client.jwks.clone(),
        grant_types: client.grant_types.clone(),
        pairwise: client.pairwise,
        id_token_alg: client.id_token_alg,
        post_logout_uris: client.post_logout_uris.clone(),
        ..NewClient::of(to, &client.name, client.dialect)
    };
    let (promoted, secret) = clients::add(tx, by, &new).await?;
    if let Some(developer) = developer {
        tx.run(rows::REGISTERED, &args![&to, &promoted, &developer]).await?;
    }
    tx.run(rows::GRANT_WISH, &args![&client.organisation, &id]).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client promoted").await?;
    Ok((promoted, secret))
}

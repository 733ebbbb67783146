//! Applications as those see them who register, approve and look after them.
//!
//! Always true:
//! - An administrator reaches the applications of their own organisation alone; another's answer as if they did not
//!   exist.
//! - An application that somebody registers on the pages of an organisation waits until another says yes.
//! - What only an operator may give, no administrator gives by registering or approving.

use std::collections::HashMap;

use kernel::{Actor, ClientId, Error, Kind, OrganisationId, PersonId, Result, Role, Scopes};
use secrecy::SecretString;
use store::{Tx, args};

use crate::clients::{self, NewClient};
use crate::log::{self, By};
use crate::rows::applications as rows;
use crate::scopes::{GrantedBy, TABLE};
use crate::{Client, Dialect, GrantType, memberships, organisations, registered_keys};

/// Applications that one developer may have registered at a time.
pub const PER_DEVELOPER_MAX: u32 = 20;
/// Administrators who are named to whoever waits for one of them.
const NAMED_MAX: i64 = 10;

/// An application with what its administrators see of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// How it behaves.
    pub client: Client,
    /// Since when there is one.
    pub made_ms: i64,
    /// Who registered it on the pages.
    pub registered_by: Option<PersonId>,
    /// That its developer wishes to go into production.
    pub wish: Option<Wish>,
    /// Its secrets that stand, the oldest first; never what they are.
    pub secrets: Vec<SecretAge>,
}

/// A wish for production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Since when.
    pub since_ms: i64,
    /// For which organisation.
    pub organisation: OrganisationId,
}

/// How old a secret is, and whether it is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretAge {
    /// Since when it stands.
    pub made_ms: i64,
    /// When it ends; one that was not replaced does not.
    pub ends_ms: Option<i64>,
}

/// Passes for an administrator of the organisation that the actor acts in, whatever else they are there.
///
/// # Errors
/// [`Error::NotAllowed`] to everybody else.
pub async fn must_administer(tx: &Tx, actor: &Actor) -> Result<()> {
    let roles = memberships::roles(tx, actor.organisation, actor.person).await?;
    if roles.contains(&Role::Administrator) && actor.acting_for.is_none() {
        return Ok(());
    }
    Err(Error::not_allowed("not_an_administrator", "Only an administrator of the organisation may do this."))
}

/// The application of this id, for who may look after it.
///
/// # Errors
/// [`Error::NotFound`] for one of another organisation; as [`must_administer`].
pub async fn open(tx: &Tx, by: By<'_>, id: ClientId) -> Result<Client> {
    let client = clients::find(tx, id).await?.ok_or(Error::not_found(Kind::Client))?;
    if let By::Actor(actor) = by {
        must_administer(tx, actor).await?;
        if client.organisation != actor.organisation {
            return Err(Error::not_found(Kind::Client));
        }
    }
    Ok(client)
}

/// The same, to change it: what only an operator gives, an administrator could make their own by new addresses, keys or
/// secrets.
///
/// # Errors
/// As [`open`]; [`Error::NotAllowed`] for what only operators give.
pub async fn open_to_change(tx: &Tx, by: By<'_>, id: ClientId) -> Result<Client> {
    let client = open(tx, by, id).await?;
    if let By::Actor(_) = by {
        must_be_within(client.scopes, &client.grant_types, client.trusted)?;
    }
    Ok(client)
}

/// Registers an application. An administrator may not give what only operators give.
///
/// # Errors
/// As [`must_administer`] and [`clients::add`].
pub async fn add(tx: &Tx, by: By<'_>, new: &NewClient) -> Result<(ClientId, Option<SecretString>)> {
    if let By::Actor(actor) = by {
        must_administer(tx, actor).await?;
        must_be_within(new.scopes, &new.grant_types, new.trusted)?;
    }
    clients::add(tx, by, new).await
}

/// What an administrator may give: no scope of programs, no way of asking for themselves, and nobody unasked.
fn must_be_within(scopes: Scopes, grant_types: &[GrantType], trusted: bool) -> Result<()> {
    if reaches_beyond(scopes, grant_types, trusted) {
        let why = "Only an operator may let an application act for itself, or without asking people.";
        return Err(Error::not_allowed("operator_needed", why));
    }
    Ok(())
}

fn reaches_beyond(scopes: Scopes, grant_types: &[GrantType], trusted: bool) -> bool {
    let of_programs = TABLE.iter().filter(|rule| rule.granted_by == GrantedBy::Operators);
    trusted
        || of_programs.into_iter().any(|rule| scopes.has(rule.scope))
        || grant_types.contains(&GrantType::ClientCredentials)
        || grant_types.contains(&GrantType::TokenExchange)
}

/// Whether only an operator may say yes to an application.
#[must_use]
pub fn is_operators(client: &Client) -> bool {
    reaches_beyond(client.scopes, &client.grant_types, client.trusted)
}

/// Whether what is wanted of an application goes together (RFC 6749 section 4.4, RFC 7523 section 2.2).
pub(crate) fn check_fits(new: &NewClient) -> Result<()> {
    if new.grant_types.is_empty() {
        return Err(Error::invalid("grant_types", "grant_types_missing", "An application asks in some way."));
    }
    let by_code = new.grant_types.contains(&GrantType::AuthorizationCode);
    if new.grant_types.contains(&GrantType::RefreshToken) && !by_code {
        let why = "An application refreshes what it got by a code: add authorization_code.";
        return Err(Error::invalid("grant_types", "grant_types_unfit", why));
    }
    if new.public && new.grant_types.contains(&GrantType::ClientCredentials) {
        let why = "An application that keeps no secret cannot act for itself.";
        return Err(Error::invalid("grant_types", "public_client_credentials", why));
    }
    if new.public && new.jwks.is_some() {
        let why = "An application that keeps no secret keeps no private key either.";
        return Err(Error::invalid("jwks", "public_client_keys", why));
    }
    Ok(())
}

/// Every application of an organisation, the oldest first.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Application>> {
    let all = clients::list(tx, organisation).await?;
    let facts = tx.all(rows::FACTS, &args![&organisation], rows::facts).await?;
    let mut facts: HashMap<ClientId, rows::Facts> = facts.into_iter().map(|one| (one.id, one)).collect();
    let mut secrets: HashMap<ClientId, Vec<SecretAge>> = HashMap::new();
    for (client, secret) in tx.all(rows::SECRETS, &args![&organisation, tx.now_ms()], rows::secret).await? {
        secrets.entry(client).or_default().push(secret);
    }
    let whole = |client: Client| {
        let facts = facts.remove(&client.id)?;
        let secrets = secrets.remove(&client.id).unwrap_or_default();
        let rows::Facts { made_ms, registered_by, wish, .. } = facts;
        Some(Application { client, made_ms, registered_by, wish, secrets })
    };
    Ok(all.into_iter().filter_map(whole).collect())
}

/// One application of an organisation.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: ClientId) -> Result<Option<Application>> {
    Ok(list(tx, organisation).await?.into_iter().find(|one| one.client.id == id))
}

/// What waits for somebody to say yes, of all organisations: approval, or production.
pub async fn waiting(tx: &Tx) -> Result<Vec<Application>> {
    let mut all = Vec::new();
    for organisation in tx.all(rows::WAITING, &args![], |row| row.get(0)).await? {
        let here = list(tx, organisation).await?;
        all.extend(here.into_iter().filter(|one| one.client.pending || one.wish.is_some()));
    }
    Ok(all)
}

/// What somebody registered, wherever.
pub async fn of_developer(tx: &Tx, developer: PersonId) -> Result<Vec<Application>> {
    let mut all = Vec::new();
    for organisation in tx.all(rows::PLACES, &args![&developer], |row| row.get(0)).await? {
        let here = list(tx, organisation).await?;
        all.extend(here.into_iter().filter(|one| one.registered_by == Some(developer)));
    }
    all.sort_by_key(|one| one.client.id);
    Ok(all)
}

/// Who may say yes in an organisation, those first who are there the longest.
pub async fn administrators(tx: &Tx, organisation: OrganisationId) -> Result<Vec<PersonId>> {
    tx.all(rows::ADMINISTRATORS, &args![&organisation, tx.now_ms(), NAMED_MAX], |row| row.get(0)).await
}

/// Gives an application another name on the consent page.
pub async fn rename(tx: &Tx, by: By<'_>, id: ClientId, name: &str) -> Result<()> {
    let client = open_to_change(tx, by, id).await?;
    clients::check_name(name)?;
    tx.run(rows::RENAME, &args![&client.organisation, &id, name]).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client renamed").await
}

/// Replaces the addresses that the browser may go to after signing out.
pub async fn set_post_logout(tx: &Tx, by: By<'_>, id: ClientId, uris: &[String]) -> Result<()> {
    let client = open_to_change(tx, by, id).await?;
    clients::check_addresses(uris)?;
    tx.run(rows::SET_POST_LOGOUT, &args![&client.organisation, &id, &uris.join("\n")]).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client redirects changed").await
}

/// Has an application prove itself by the private keys of these public ones from now on (RFC 7523); a secret of its
/// ends.
///
/// # Errors
/// As [`registered_keys::check`]; [`Error::Precondition`] for a public client.
pub async fn set_keys(tx: &Tx, by: By<'_>, id: ClientId, keys: &str) -> Result<()> {
    let client = open_to_change(tx, by, id).await?;
    if client.public {
        return Err(Error::precondition("public_client", "A public client has no keys."));
    }
    let keys = registered_keys::check(keys)?;
    tx.run(rows::SET_KEYS, &args![&client.organisation, &id, &keys]).await?;
    tx.run(rows::END_SECRETS, &args![&id, tx.now_ms()]).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client keys set").await
}

/// Says yes to an application that waits. `seen` are the addresses that whoever says so has looked at: others by now
/// are a conflict.
///
/// # Errors
/// [`Error::Precondition`] for one that waits no more; [`Error::NotAllowed`] for what only operators give.
pub async fn approve(tx: &Tx, by: By<'_>, id: ClientId, seen: Option<&[String]>) -> Result<()> {
    let client = open_to_change(tx, by, id).await?;
    if seen.is_some_and(|seen| seen != client.redirect_uris) {
        let why = "The addresses of this application are others by now: look at them again.";
        return Err(Error::conflict("addresses_changed", why));
    }
    if tx.run(rows::APPROVE, &args![&client.organisation, &id]).await? == 0 {
        return Err(Error::precondition("not_pending", "This application waits for nobody."));
    }
    log::administration(tx, by, client.organisation, id.as_bytes(), "client approved").await
}

/// What an application of this dialect may ask for when its developer registers it.
#[must_use]
pub fn usual_scopes(dialect: Dialect) -> Scopes {
    let names = match dialect {
        Dialect::Kpn => "read write",
        Dialect::Portal => "openid profile profile_read appointment_read appointment_write",
        Dialect::Own => "openid profile email read write offline_access",
        Dialect::Fhir => {
            "system/Communication.cu system/Communication.rs system/Encounter.u system/Encounter.rs system/Patient.rs"
        }
    };
    Scopes::parse(names).0
}

/// Registers an application in the name of its developer, who works where they act. In that organisation it waits for
/// approval; in a sandbox that is everybody's it does not.
///
/// # Errors
/// [`Error::NotAllowed`] to who does not work there; [`Error::LimitReached`] for too many; as [`clients::add`].
pub async fn register(tx: &Tx, actor: &Actor, new: &NewClient) -> Result<(ClientId, Option<SecretString>)> {
    must_develop(actor)?;
    tx.lock(&format!("identity.developer.{}", actor.person.hex())).await?;
    let count = tx.one(rows::COUNT_REGISTERED, &args![&actor.person], |row| row.get::<i64>(0)).await?;
    if count.unwrap_or_default() >= i64::from(PER_DEVELOPER_MAX) {
        return Err(Error::too_large("applications", PER_DEVELOPER_MAX.into()));
    }
    let (id, secret) = clients::add(tx, By::Actor(actor), new).await?;
    tx.run(rows::REGISTERED, &args![&new.organisation, &id, &actor.person]).await?;
    Ok((id, secret))
}

/// Passes for who works where they act.
///
/// # Errors
/// [`Error::NotAllowed`] to everybody else.
pub fn must_develop(actor: &Actor) -> Result<()> {
    if actor.is_staff() {
        return Ok(());
    }
    Err(Error::not_allowed("not_staff", "Only who works here may register applications."))
}

/// The application of this id, for the developer who registered it.
async fn own(tx: &Tx, actor: &Actor, id: ClientId) -> Result<Application> {
    must_develop(actor)?;
    let all = of_developer(tx, actor.person).await?;
    all.into_iter().find(|one| one.client.id == id).ok_or(Error::not_found(Kind::Client))
}

/// Removes an application that the actor registered: while it waits or is in a sandbox, and later only where they work.
///
/// # Errors
/// [`Error::NotFound`] for any other.
pub async fn withdraw(tx: &Tx, actor: &Actor, id: ClientId) -> Result<()> {
    let client = own(tx, actor, id).await?.client;
    if !client.pending && !client.sandbox && client.organisation != actor.organisation {
        return Err(Error::not_found(Kind::Client));
    }
    clients::remove(tx, By::Actor(actor), id).await
}

/// Notes that the developer of an application in a sandbox wishes it to go into production where they act now.
///
/// # Errors
/// [`Error::NotFound`] for another's; [`Error::Precondition`] for one that is no sandbox's.
pub async fn wish(tx: &Tx, actor: &Actor, id: ClientId) -> Result<()> {
    let client = own(tx, actor, id).await?.client;
    if !client.sandbox {
        return Err(Error::precondition("not_a_sandbox", "This application is in production already."));
    }
    let values = args![&client.organisation, &id, tx.now_ms(), &actor.organisation];
    if tx.run(rows::WISH, &values).await? == 0 {
        return Ok(());
    }
    log::administration(tx, By::Actor(actor), client.organisation, id.as_bytes(), "production wished for")
        .await
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

/// Whom a developer tries applications with in a sandbox.
pub async fn test_people(
    tx: &Tx,
    developer: PersonId,
    organisation: OrganisationId,
) -> Result<Vec<PersonId>> {
    tx.all(rows::TEST_PEOPLE, &args![&developer, &organisation], |row| row.get(0)).await
}

/// Notes that somebody was invented for a developer.
pub async fn add_test_person(
    tx: &Tx,
    actor: &Actor,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<()> {
    let values = args![&actor.person, &person, &organisation, tx.now_ms()];
    tx.run(rows::ADD_TEST_PERSON, &values).await.map(drop)
}

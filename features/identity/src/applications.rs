//! Applications as those see them who register, approve and look after them.
//!
//! Always true:
//! - An administrator reaches the applications of their own organisation alone; another's answer as if they did not
//!   exist.
//! - An application that somebody registers on the pages of an organisation waits until another says yes.
//! - Nobody says yes to what they registered themselves while there is another administrator who can.
//! - What only an operator may give, no administrator gives by registering or approving.

mod deciding;
mod developing;

use std::collections::HashMap;

use kernel::{Actor, ClientId, Error, Kind, OrganisationId, PersonId, Result, Role, Scopes};
use secrecy::SecretString;
use store::{Tx, args};

use crate::clients::{self, NewClient};
use crate::log::{self, By};
use crate::rows::applications as rows;
use crate::scopes::{GrantedBy, TABLE};
use crate::{Client, Dialect, GrantType, memberships, registered_keys};

pub use deciding::{administrators, approve, decline, decline_wish, is_own, promote, waiting, wished_for};
pub use developing::{
    PER_DEVELOPER_MAX, add_test_person, is_developer, must_develop, of_developer, register, test_people,
    wish, withdraw,
};

/// An application with what its administrators see of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// How it behaves.
    pub client: Client,
    /// Since when there is one.
    pub made_ms: i64,
    /// Who registered it, on the pages or through the API; nobody for what an operator added.
    pub registered_by: Option<PersonId>,
    /// That its developer wishes to go into production.
    pub wish: Option<Wish>,
    /// That somebody said no: to it while it waits, and else to its developer's wish.
    pub declined: Option<Declined>,
    /// Its secrets that stand, the oldest first; never what they are.
    pub secrets: Vec<SecretAge>,
}

impl Application {
    /// Whether somebody has yet to say yes or no to it.
    #[must_use]
    pub const fn waits_for_approval(&self) -> bool {
        self.client.pending && self.declined.is_none()
    }
}

/// A no, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// Since when.
    pub since_ms: i64,
    /// Why, for its developer to read.
    pub because: String,
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

/// Registers an application. An administrator may not give what only operators give; what they give counts as
/// registered by them, and not as looked at by anybody else.
///
/// # Errors
/// As [`must_administer`] and [`clients::add`].
pub async fn add(tx: &Tx, by: By<'_>, new: &NewClient) -> Result<(ClientId, Option<SecretString>)> {
    if let By::Actor(actor) = by {
        must_administer(tx, actor).await?;
        must_be_within(new.scopes, &new.grant_types, new.trusted)?;
    }
    let (id, secret) = clients::add(tx, by, new).await?;
    if let By::Actor(actor) = by {
        tx.run(rows::REGISTERED, &args![&new.organisation, &id, &actor.person]).await?;
    }
    Ok((id, secret))
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
        let rows::Facts { made_ms, registered_by, wish, declined, .. } = facts;
        Some(Application { client, made_ms, registered_by, wish, declined, secrets })
    };
    Ok(all.into_iter().filter_map(whole).collect())
}

/// One application of an organisation.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: ClientId) -> Result<Option<Application>> {
    Ok(list(tx, organisation).await?.into_iter().find(|one| one.client.id == id))
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

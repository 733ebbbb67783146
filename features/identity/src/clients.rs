//! OAuth applications: what an organisation registered.

mod addresses;
mod algorithms;
mod lives;
mod secrets;

use kernel::{ClientId, Error, Kind, OrganisationId, PersonId, Result, Scopes};
use secrecy::SecretString;
use store::{Tx, args};

use crate::log::{self, By};
use crate::rows::clients as rows;
use crate::{applications, fits, organisations, programs, refresh, registered_keys, tokens};

use addresses::check_sector;
use secrets::add_secret;

pub(crate) use addresses::check_addresses;
pub use addresses::{REDIRECTS_MAX, set_redirects};
pub use algorithms::Algorithm;
pub use lives::{Lives, set_lives};
pub use secrets::{authenticate, rotate_secret};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long an access token lives in a sandbox, whatever the dialect, unless the operator says otherwise: long enough to
/// try things out by hand.
const SANDBOX_TOKEN_LIFE_MS: i64 = 3 * DAY_MS;
/// Characters in a client's name.
const NAME_CHARS_MAX: usize = 200;

/// Which wire a client speaks, and with it the shape of its token answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The KPN messenger: long tokens, no refresh, `bearer`.
    Kpn,
    /// The patient portal.
    Portal,
    /// FHIR.
    Fhir,
    /// Our own API.
    Own,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [Self::Kpn, Self::Portal, Self::Fhir, Self::Own];

    /// Its name in the database and in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kpn => "kpn",
            Self::Portal => "portal",
            Self::Fhir => "fhir",
            Self::Own => "own",
        }
    }

    /// The dialect of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// How long an access token lives in production unless the operator says otherwise: KPN's clients know no refresh,
    /// the portal's are used to two hours (portal-booking.md 1.2), and SMART wants five minutes at most (fhir-chat.md 1.2).
    #[must_use]
    pub const fn token_life_ms(self) -> i64 {
        match self {
            Self::Kpn => 3 * DAY_MS,
            Self::Portal => 7_200_000,
            Self::Fhir => 300_000,
            Self::Own => 3_600_000,
        }
    }

    /// In which ways its applications ask for tokens unless the operator says otherwise.
    #[must_use]
    pub const fn grant_types(self) -> &'static [GrantType] {
        match self {
            Self::Kpn => &[GrantType::AuthorizationCode],
            Self::Portal | Self::Own => &[GrantType::AuthorizationCode, GrantType::RefreshToken],
            Self::Fhir => &[GrantType::ClientCredentials],
        }
    }

    /// How long a code is good: a minute, and ten for the portal, whose servers fetch late.
    #[must_use]
    pub const fn code_life_ms(self) -> i64 {
        match self {
            Self::Portal => 600_000,
            Self::Kpn | Self::Fhir | Self::Own => 60_000,
        }
    }
}

/// A way of asking for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantType {
    /// By a code that a person allowed (RFC 6749 section 4.1).
    AuthorizationCode,
    /// By a refresh token (RFC 6749 section 6).
    RefreshToken,
    /// For itself (RFC 6749 section 4.4).
    ClientCredentials,
    /// By another token (RFC 8693).
    TokenExchange,
}

impl GrantType {
    /// Every way.
    pub const ALL: [Self; 4] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::TokenExchange];

    /// Its name on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }

    /// The way of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// An application of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Which.
    pub id: ClientId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What its organisation is called.
    pub organisation_name: String,
    /// Whether its organisation is there to try things out.
    pub sandbox: bool,
    /// What it is called on the consent page.
    pub name: String,
    /// Which wire it speaks.
    pub dialect: Dialect,
    /// Whether it can keep no secret, as an application in a browser or a phone.
    pub public: bool,
    /// Where answers may go, letter for letter.
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for.
    pub scopes: Scopes,
    /// How long its access tokens live.
    pub token_life_ms: i64,
    /// How long its codes are good.
    pub code_life_ms: i64,
    /// Whether its organisation vouches for it, so that nobody is asked.
    pub trusted: bool,
    /// Its public keys as a JWK set (RFC 7517), when it proves itself by those (RFC 7523) and not by a secret.
    pub jwks: Option<String>,
    /// In which ways it may ask for tokens.
    pub grant_types: Vec<GrantType>,
    /// How long a refresh token of its stands.
    pub refresh_life_ms: i64,
    /// Whether it is told a subject that no other host is told (OpenID Connect core, section 8.1).
    pub pairwise: bool,
    /// What its ID tokens are signed with.
    pub id_token_alg: Algorithm,
    /// Where the browser may go after signing out, letter for letter.
    pub post_logout_uris: Vec<String>,
    /// The account that it acts as for itself.
    pub account: Option<PersonId>,
    /// Whether an operator has yet to approve of it.
    pub pending: bool,
    /// Whether somebody who may has looked at where its answers go: an operator registered it, or an administrator approved
    /// of it, or added it as their own decision. In a sandbox, where people are invented, only an operator counts.
    pub vetted: bool,
}

impl Client {
    /// Whether it may ask for tokens in this way.
    #[must_use]
    pub fn may(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// The `client_id` on the wire.
    #[must_use]
    pub fn client_id(&self) -> String {
        self.id.hex()
    }
}

/// An application to register.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Whose.
    pub organisation: OrganisationId,
    /// What it is called on the consent page.
    pub name: String,
    /// Which wire it speaks.
    pub dialect: Dialect,
    /// Whether it can keep no secret.
    pub public: bool,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for.
    pub scopes: Scopes,
    /// How long its access tokens live; `None` for what its dialect is used to, and in a sandbox three days.
    pub token_life_ms: Option<i64>,
    /// Whether nobody is asked.
    pub trusted: bool,
    /// Its public keys as a JWK set, when it proves itself by those.
    pub jwks: Option<String>,
    /// In which ways it may ask for tokens.
    pub grant_types: Vec<GrantType>,
    /// Whether it is told a subject that no other host is told.
    pub pairwise: bool,
    /// What its ID tokens are signed with.
    pub id_token_alg: Algorithm,
    /// Where the browser may go after signing out.
    pub post_logout_uris: Vec<String>,
    /// Whether an operator has yet to approve of it.
    pub pending: bool,
}

impl NewClient {
    /// An application that keeps a secret, as its dialect is used to, without addresses and scopes.
    #[must_use]
    pub fn of(organisation: OrganisationId, name: &str, dialect: Dialect) -> Self {
        Self {
            organisation,
            name: name.to_owned(),
            dialect,
            public: false,
            redirect_uris: Vec::new(),
            scopes: Scopes::default(),
            token_life_ms: None,
            trusted: false,
            jwks: None,
            grant_types: dialect.grant_types().to_vec(),
            pairwise: dialect == Dialect::Portal,
            id_token_alg: Algorithm::Rs256,
            post_logout_uris: Vec::new(),
            pending: false,
        }
    }
}

/// Registers a client. The secret is told this once; a public client has none.
pub async fn add(tx: &Tx, by: By<'_>, new: &NewClient) -> Result<(ClientId, Option<SecretString>)> {
    check(new)?;
    lives::check_new(tx, new).await?;
    let keys = new.jwks.as_deref().map(registered_keys::check).transpose()?;
    let id = tx.new_id();
    let uris = new.redirect_uris.join("\n");
    let life_ms = token_life_ms(tx, new).await?;
    let code_life_ms = new.dialect.code_life_ms();
    let (dialect, scopes, now) = (new.dialect.name(), new.scopes.names(), tx.now_ms());
    let grant_types = new.grant_types.iter().map(|one| one.name()).collect::<Vec<_>>().join(" ");
    let after = new.post_logout_uris.join("\n");
    let values = args![
        &id,
        &new.organisation,
        &new.name,
        dialect,
        new.public,
        &uris,
        &scopes,
        life_ms,
        code_life_ms,
        new.trusted,
        now,
        keys.as_deref(),
        &grant_types,
        new.pairwise,
        new.id_token_alg.name(),
        &after,
        new.pending
    ];
    tx.run(rows::INSERT, &values).await?;
    if !new.public && new.grant_types.contains(&GrantType::ClientCredentials) {
        programs::add_account(tx, new.organisation, id, &new.name).await?;
    }
    let keeps_secret = !new.public && new.jwks.is_none();
    let secret = if keeps_secret { Some(add_secret(tx, id).await?) } else { None };
    log::administration(tx, by, new.organisation, id.as_bytes(), "client added").await?;
    Ok((id, secret))
}

async fn token_life_ms(tx: &Tx, new: &NewClient) -> Result<i64> {
    if let Some(life_ms) = new.token_life_ms {
        return Ok(life_ms);
    }
    let organisation = organisations::find(tx, new.organisation).await?;
    let is_sandbox = organisation.is_some_and(|organisation| organisation.sandbox);
    Ok(if is_sandbox { SANDBOX_TOKEN_LIFE_MS } else { new.dialect.token_life_ms() })
}

/// Whether an application may be called so.
pub fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let why = "A client needs a name of at most 200 characters.";
        return Err(Error::invalid("name", "name_length", why));
    }
    fits::name("name", name)
}

fn check(new: &NewClient) -> Result<()> {
    check_name(&new.name)?;
    applications::check_fits(new)?;
    check_addresses(&new.redirect_uris)?;
    check_sector(new.pairwise, &new.redirect_uris)?;
    check_addresses(&new.post_logout_uris)
}

/// Removes a client; every token that it holds stops.
pub async fn remove(tx: &Tx, by: By<'_>, id: ClientId) -> Result<()> {
    let client = find(tx, id).await?.ok_or(Error::not_found(Kind::Client))?;
    tx.run(rows::REMOVE, &args![&client.organisation, &id, tx.now_ms()]).await?;
    refresh::end_of_client(tx, id).await?;
    tokens::revoke_of_client(tx, id).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client removed").await
}

/// The client of this id, unless it or its organisation is gone.
pub async fn find(tx: &Tx, id: ClientId) -> Result<Option<Client>> {
    tx.one(rows::FIND, &args![&id], rows::client).await
}

/// The client that a `client_id` on the wire names.
pub async fn find_named(tx: &Tx, client_id: &str) -> Result<Option<Client>> {
    match ClientId::from_hex(client_id) {
        // The wire's id is matched letter for letter, as the redirect address is.
        Some(id) if id.hex() == client_id => find(tx, id).await,
        _ => Ok(None),
    }
}

/// Every client of an organisation, the oldest first.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Client>> {
    tx.all(rows::LIST, &args![&organisation], rows::client).await
}

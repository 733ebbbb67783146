//! OAuth applications: what an organisation registered, and the secrets that prove it is them.

use kernel::{ClientId, Error, Kind, OrganisationId, PersonId, Result, Scopes};
use secrecy::{ExposeSecret as _, SecretString};
use store::{Tx, args};

use crate::log::{self, By};
use crate::protocol::credentials::{Credentials, Proof};
use crate::protocol::redirect;
use crate::rows::clients as rows;
use crate::scopes::of_use;
use crate::{
    applications, assertions, fits, organisations, programs, refresh, registered_keys, secret, tokens,
};

/// Longest that two secrets stand together while one replaces the other: a week.
const ROTATION_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long an access token lives in a sandbox, whatever the dialect, unless the operator says otherwise: long enough to
/// try things out by hand.
const SANDBOX_TOKEN_LIFE_MS: i64 = 3 * DAY_MS;
/// How long an operator may let access tokens live: a minute to a year.
const TOKEN_LIFE_MS: std::ops::RangeInclusive<i64> = 60_000..=365 * DAY_MS;
/// Addresses that one client may register.
pub const REDIRECTS_MAX: usize = 20;
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

/// What an ID token is signed with (RFC 7518 section 3.1, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every library knows.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// Its name on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name.
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
    /// Whether somebody besides its developer has looked at where its answers go: an operator registered it, or an
    /// administrator approved of it. In a sandbox that is everybody's nobody does.
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
    let keys = new.jwks.as_deref().map(registered_keys::check).transpose()?;
    let id = tx.new_id();
    let uris = new.redirect_uris.join("\n");
    let life_ms = token_life_ms(tx, new).await?;
    let code_life_ms = new.dialect.code_life_ms();
    let (dialect, scopes, now) = (new.dialect.name(), of_use(new.scopes).names(), tx.now_ms());
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
    if new.token_life_ms.is_some_and(|life_ms| !TOKEN_LIFE_MS.contains(&life_ms)) {
        let why = "An access token lives 60 seconds to 365 days (31536000 seconds).";
        return Err(Error::invalid("token_life_s", "token_life_out_of_range", why));
    }
    check_addresses(&new.redirect_uris)?;
    check_sector(new.pairwise, &new.redirect_uris)?;
    check_addresses(&new.post_logout_uris)
}

/// Whoever is told subjects of their own is one host (OpenID Connect core, section 8.1), or else nobody could say whose
/// subjects they are.
fn check_sector(pairwise: bool, uris: &[String]) -> Result<()> {
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

async fn add_secret(tx: &Tx, client: ClientId) -> Result<SecretString> {
    let secret = vault::secret(tx.rng());
    tx.run(rows::INSERT_SECRET, &args![&client, &secret::hash(&secret), tx.now_ms()]).await?;
    Ok(secret)
}

/// Gives a client a new secret, told this once. The one before it stands for `overlap_ms` more, any older one ends
/// now.
///
/// # Errors
/// [`Error::Invalid`] for an overlap of more than a week.
pub async fn rotate_secret(tx: &Tx, by: By<'_>, id: ClientId, overlap_ms: i64) -> Result<SecretString> {
    if !(0..=ROTATION_MS).contains(&overlap_ms) {
        let why = "The secret before stays good for a week (168 hours) at most.";
        return Err(Error::invalid("overlap_hours", "overlap_too_long", why));
    }
    let client = find(tx, id).await?.ok_or(Error::not_found(Kind::Client))?;
    if client.public {
        return Err(Error::precondition("public_client", "A public client has no secret."));
    }
    if client.jwks.is_some() {
        let why = "This client proves itself by its keys, and has no secret.";
        return Err(Error::precondition("client_of_keys", why));
    }
    let now = tx.now_ms();
    tx.run(rows::END_ROTATED_SECRETS, &args![&id, now]).await?;
    let ends_ms = now + overlap_ms;
    tx.run(rows::RETIRE_SECRETS, &args![&id, ends_ms]).await?;
    let secret = add_secret(tx, id).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client secret rotated").await?;
    Ok(secret)
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

/// The client that these credentials prove; `None` for an unknown one and for a wrong proof alike. One that registered
/// keys is not let in by a secret, and an assertion counts once.
pub async fn authenticate(tx: &Tx, who: &Credentials) -> Result<Option<Client>> {
    let Some(client) = find_named(tx, &who.client_id).await? else { return Ok(None) };
    let proven = match &who.proof {
        // A public client proves nothing; that it brings a proof only shows that somebody is mistaken.
        Proof::Nothing => client.public,
        Proof::Secret(secret) => is_its_secret(tx, &client, secret).await?,
        Proof::Signed(signed) => !client.public && assertions::spend(tx, &client, signed).await?,
        // Nobody has held it against the client's keys.
        Proof::Assertion(_) => false,
    };
    Ok(proven.then_some(client))
}

async fn is_its_secret(tx: &Tx, client: &Client, secret: &SecretString) -> Result<bool> {
    if client.public || client.jwks.is_some() {
        return Ok(false);
    }
    let hash = vault::token_hash(secret.expose_secret());
    let standing =
        tx.all(rows::SECRETS, &args![&client.id, tx.now_ms()], |row| row.get::<[u8; 32]>(0)).await?;
    Ok(standing.iter().any(|one| vault::same(one, &hash)))
}

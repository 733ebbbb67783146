//! Commands on OAuth applications, and tokens without a browser.

mod care;

use audit::Deed;
use clap::{Args, Subcommand};
use flows::House;
use identity::By;
use identity::applications::{self, Application};
use identity::clients::{self, NewClient};
use identity::{Algorithm, Dialect, GrantType, tokens};
use kernel::{ClientId, Error, Kind, OrganisationId, Result, Scopes};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{Of, id, instant, note, organisation, organisation_id, person_id};
use care::{Approve, Decline, Promote, SetKeys, SetLives};

/// Commands on OAuth applications.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum ClientCommand {
    /// Register an application, and print its secret this once
    Add(Add),
    /// List the applications of an organisation
    List(Of),
    /// List what waits for a yes in all organisations: approval, or production
    Waiting,
    /// Show an application; never a secret of its
    Show(One),
    /// Say yes to an application that waits for approval
    Approve(Approve),
    /// Say no to an application that waits, for approval or for production; its developer reads why
    Decline(Decline),
    /// Copy an application of a sandbox to an organisation in production, and print its new secret this once
    Promote(Promote),
    /// Have an application prove itself by its keys from now on; a secret of its ends
    SetKeys(SetKeys),
    /// Change how long tokens and codes of an application live from now on
    SetLives(SetLives),
    /// Replace the addresses that an application may send the browser back to, all of them, at once
    SetRedirects(Redirects),
    /// Give an application a new secret, and print it this once
    RotateSecret(Rotate),
    /// Remove an application; every token that it holds stops
    Remove(One),
}

impl ClientCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, what).await,
            Self::List(what) => list(house, what).await,
            Self::Waiting => care::waiting(house).await,
            Self::Show(what) => care::show(house, what).await,
            Self::Approve(what) => care::approve(house, what).await,
            Self::Decline(what) => care::decline(house, what).await,
            Self::Promote(what) => care::promote(house, what).await,
            Self::SetKeys(what) => care::set_keys(house, what).await,
            Self::SetLives(what) => care::set_lives(house, what).await,
            Self::SetRedirects(what) => set_redirects(house, what).await,
            Self::RotateSecret(what) => rotate(house, what).await,
            Self::Remove(what) => remove(house, what).await,
        }
    }
}

/// An application to register.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Add {
    /// What it is called on the consent page
    pub name: String,
    /// Whose it is, by the organisation's short word
    #[arg(long)]
    pub organisation: String,
    /// Which interface it speaks: kpn, portal, fhir, own
    #[arg(long, default_value = "kpn")]
    pub dialect: String,
    /// It runs in a browser or on a phone and can keep no secret
    #[arg(long)]
    pub public: bool,
    /// Where the browser may be sent back to, letter for letter; given once for each address, and left out only for
    /// what does not ask for authorization_code
    #[arg(long = "redirect-uri", value_name = "URL")]
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for, separated by spaces
    #[arg(long, default_value = "read write")]
    pub scopes: String,
    /// How long its access tokens live, in seconds, from 60 to 86400 (a day), and to 2592000 (30 days) in a sandbox or
    /// where they are not refreshed; what its interface is used to, and in a sandbox three days, unless said
    #[arg(long)]
    pub token_life_s: Option<u32>,
    /// Its organisation vouches for it: people are not asked for consent
    #[arg(long)]
    pub trusted: bool,
    /// In which way it asks for tokens: authorization_code, refresh_token, client_credentials or
    /// urn:ietf:params:oauth:grant-type:token-exchange; given once for each, and what its interface is used to unless
    /// said
    #[arg(long = "grant-type", value_name = "NAME")]
    #[serde(default)]
    pub grant_types: Vec<String>,
    /// A file with its public keys (a JWK set, RFC 7517), by which it proves itself instead of a secret
    #[arg(long, value_name = "FILE", value_parser = care::file)]
    #[serde(default)]
    pub jwks: Option<String>,
    /// It is told another subject of a person than others are (OpenID Connect); so is portal in any case
    #[arg(long)]
    #[serde(default)]
    pub pairwise: bool,
    /// What its ID tokens are signed with: RS256, ES256 or EdDSA
    #[arg(long, value_name = "NAME", default_value = "RS256")]
    #[serde(default = "care::usual_algorithm")]
    pub id_token_alg: String,
    /// Where the browser may go after signing out, letter for letter; given once for each address
    #[arg(long = "post-logout-uri", value_name = "URL")]
    #[serde(default)]
    pub post_logout_uris: Vec<String>,
    /// It gets no code and no token before somebody approves of it
    #[arg(long)]
    #[serde(default)]
    pub pending: bool,
}

/// One application.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct One {
    /// Its client_id
    pub client_id: String,
}

/// The addresses that an application gets in place of those before.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Redirects {
    /// Its client_id
    pub client_id: String,
    /// Where the browser may be sent back to, letter for letter; given once for each address
    #[arg(long = "redirect-uri", value_name = "URL", required = true)]
    pub redirect_uris: Vec<String>,
}

/// An application that gets a new secret.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Rotate {
    /// Its client_id
    pub client_id: String,
    /// How long the secret before stays good, in hours, 168 (a week) at most
    #[arg(long, default_value_t = 24)]
    pub overlap_hours: u32,
}

/// A token without a browser, in a sandbox organisation.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Token {
    /// E-mail address of the person, who is of a sandbox organisation
    #[arg(long, value_name = "EMAIL")]
    pub person: String,
    /// The application: its key in the demo, or its client_id
    #[arg(long, value_name = "KEY")]
    pub client: String,
    /// What the token is for, separated by spaces
    #[arg(long, default_value = "read write")]
    pub scope: String,
}

async fn add(house: &House, add: Add) -> Result<Value> {
    let wanted = Wanted::of(&add)?;
    let (id, secret) = house
        .db
        .write((add, wanted), |tx, (add, wanted)| {
            Box::pin(async move {
                let new = wanted.of_organisation(organisation(tx, &add.organisation).await?.id, add);
                applications::add(tx, By::Operator, &new).await
            })
        })
        .await?;
    Ok(
        json!({ "client_id": id.hex(), "client_secret": secret.as_ref().map(|secret| secret.expose_secret()) }),
    )
}

/// What the words of an application to register name.
struct Wanted {
    dialect: Dialect,
    scopes: Scopes,
    grant_types: Vec<GrantType>,
    id_token_alg: Algorithm,
}

impl Wanted {
    fn of(add: &Add) -> Result<Self> {
        let dialect = Dialect::named(&add.dialect).ok_or_else(|| {
            Error::invalid("dialect", "dialect_unknown", "A dialect is one of kpn, portal, fhir and own.")
        })?;
        let mut grant_types = dialect.grant_types().to_vec();
        if !add.grant_types.is_empty() {
            grant_types = add.grant_types.iter().map(|name| grant_type(name)).collect::<Result<_>>()?;
        }
        if add.redirect_uris.is_empty() && grant_types.contains(&GrantType::AuthorizationCode) {
            let why = "An application needs a redirect address: without one nobody can sign in to it.";
            return Err(Error::invalid("redirect_uri", "redirect_uri_missing", why));
        }
        let id_token_alg = Algorithm::named(&add.id_token_alg).ok_or_else(|| {
            let why = "An ID token is signed with one of RS256, ES256 and EdDSA.";
            Error::invalid("id_token_alg", "algorithm_unknown", why)
        })?;
        Ok(Self { dialect, scopes: scopes(&add.scopes)?, grant_types, id_token_alg })
    }

    fn of_organisation(&self, organisation: OrganisationId, add: &Add) -> NewClient {
        let usual = NewClient::of(organisation, &add.name, self.dialect);
        NewClient {
            public: add.public,
            redirect_uris: add.redirect_uris.clone(),
            scopes: self.scopes,
            token_life_ms: add.token_life_s.map(|seconds| i64::from(seconds) * 1_000),
            trusted: add.trusted,
            jwks: add.jwks.clone(),
            grant_types: self.grant_types.clone(),
            pairwise: add.pairwise || usual.pairwise,
            id_token_alg: self.id_token_alg,
            post_logout_uris: add.post_logout_uris.clone(),
            pending: add.pending,
            ..usual
        }
    }
}

fn grant_type(name: &str) -> Result<GrantType> {
    let names = || GrantType::ALL.map(GrantType::name).join(", ");
    GrantType::named(name).ok_or_else(|| {
        Error::invalid("grant_type", "grant_type_unknown", format!("The ways to ask are {}.", names()))
    })
}

async fn list(house: &House, of: Of) -> Result<Value> {
    let organisation = organisation_id(house, &of.organisation).await?;
    let all = house
        .db
        .read(organisation, |tx, organisation| Box::pin(applications::list(tx, *organisation)))
        .await?;
    note(house, organisation, Deed::Administration, "clients listed").await?;
    Ok(all.iter().map(shown).collect())
}

fn shown(one: &Application) -> Value {
    let client = &one.client;
    let grant_types: Vec<_> = client.grant_types.iter().map(|one| one.name()).collect();
    let secret = |secret: &applications::SecretAge| json!({ "since": instant(secret.made_ms), "ends": secret.ends_ms.map(instant) });
    json!({
        "client_id": client.client_id(),
        "name": client.name,
        "status": match (client.pending, &one.declined) {
            (true, Some(_)) => "declined",
            (true, None) => "pending",
            (false, _) => "approved",
        },
        "declined_because": one.declined.as_ref().map(|declined| &declined.because),
        "wishes_production": one.wish.map(|wish| instant(wish.since_ms)),
        "organisation": client.organisation_name,
        "dialect": client.dialect.name(),
        "public": client.public,
        "redirect_uris": client.redirect_uris,
        "post_logout_uris": client.post_logout_uris,
        "scopes": client.scopes.names(),
        "grant_types": grant_types,
        "token_life_s": client.token_life_ms / 1_000,
        "refresh_life_s": client.refresh_life_ms / 1_000,
        "code_life_s": client.code_life_ms / 1_000,
        "id_token_alg": client.id_token_alg.name(),
        "pairwise": client.pairwise,
        "trusted": client.trusted,
        "keys": client.jwks.is_some(),
        "since": instant(one.made_ms),
        "secrets": one.secrets.iter().map(secret).collect::<Vec<_>>(),
    })
}

async fn set_redirects(house: &House, redirects: Redirects) -> Result<Value> {
    let client = client_id(&redirects.client_id)?;
    let changed = house.db.write((client, redirects.redirect_uris), |tx, (client, redirect_uris)| {
        Box::pin(async move {
            clients::set_redirects(tx, By::Operator, *client, redirect_uris).await?;
            care::known(tx, *client).await
        })
    });
    Ok(shown(&changed.await?))
}

async fn rotate(house: &House, rotate: Rotate) -> Result<Value> {
    let client = client_id(&rotate.client_id)?;
    let overlap_ms = i64::from(rotate.overlap_hours) * 3_600_000;
    let secret = house.db.write((client, overlap_ms), |tx, (client, overlap_ms)| {
        Box::pin(clients::rotate_secret(tx, By::Operator, *client, *overlap_ms))
    });
    Ok(json!({ "client_secret": secret.await?.expose_secret() }))
}

async fn remove(house: &House, one: One) -> Result<Value> {
    let client = client_id(&one.client_id)?;
    house.db.write(client, |tx, client| Box::pin(clients::remove(tx, By::Operator, *client))).await?;
    Ok(json!({ "removed": true }))
}

pub(super) async fn token(house: &House, token: Token) -> Result<Value> {
    let person = person_id(house, &token.person).await?;
    let input = (person, client_id(&token.client)?, scopes(&token.scope)?);
    let access_token = house
        .db
        .write(input, |tx, (person, client, scopes)| {
            Box::pin(async move {
                let client = clients::find(tx, *client).await?.ok_or(Error::not_found(Kind::Client))?;
                tokens::for_sandbox(tx, By::Operator, *person, &client, *scopes).await
            })
        })
        .await?;
    Ok(json!({ "access_token": access_token.expose_secret() }))
}

fn client_id(text: &str) -> Result<ClientId> {
    id(text).ok_or(Error::not_found(Kind::Client))
}

fn scopes(list: &str) -> Result<Scopes> {
    match Scopes::parse(list) {
        (scopes, None) => Ok(scopes),
        (_, Some(_)) => {
            let names = kernel::Scope::ALL.map(kernel::Scope::name).join(", ");
            Err(Error::invalid("scope", "scope_unknown", format!("The scopes are {names}.")))
        }
    }
}

//! The names of this API, and what they mean here.

use identity::applications::Application as Known;
use identity::grants::ConnectedApp;
use identity::sessions::SessionView;
use identity::signing_keys::Note;
use identity::{GrantType, Person as Somebody};
use kernel::clock::instant_of_ms;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

fn instant(ms: i64) -> String {
    instant_of_ms(ms).to_string()
}

/// An application; never a secret of its.
#[derive(Debug, Serialize, ToSchema)]
pub struct Application {
    /// What it calls itself at the endpoints of OAuth.
    pub client_id: String,
    /// What it is called on the consent page.
    pub name: String,
    /// `approved`, or `pending` until somebody says yes.
    pub status: &'static str,
    /// Which interface it speaks: `kpn`, `portal`, `fhir` or `own`.
    pub dialect: &'static str,
    /// Whether it can keep no secret.
    pub public: bool,
    /// Where the browser may be sent back to, letter for letter.
    pub redirect_uris: Vec<String>,
    /// Where the browser may go after signing out, letter for letter.
    pub post_logout_uris: Vec<String>,
    /// The most that it may ask for, separated by spaces.
    pub scopes: String,
    /// In which ways it may ask for tokens.
    pub grant_types: Vec<&'static str>,
    /// How long its access tokens live.
    pub token_life_s: i64,
    /// What its ID tokens are signed with.
    pub id_token_alg: &'static str,
    /// Whether it is told another subject of a person than others are.
    pub pairwise: bool,
    /// Whether its organisation vouches for it, so that people are not asked.
    pub trusted: bool,
    /// Its public keys, when it proves itself by those.
    pub jwks: Option<Value>,
    /// Since when there is one (RFC 3339).
    pub since: String,
    /// UUID of who registered it on the pages.
    pub registered_by: Option<String>,
    /// Its secrets that stand, the oldest first.
    pub secrets: Vec<SecretAge>,
}

/// How old a secret is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretAge {
    /// Since when it stands (RFC 3339).
    pub since: String,
    /// When it ends; null for the one that stands until it is replaced.
    pub ends: Option<String>,
}

impl From<&Known> for Application {
    fn from(known: &Known) -> Self {
        let client = &known.client;
        let secret = |one: &identity::applications::SecretAge| SecretAge {
            since: instant(one.made_ms),
            ends: one.ends_ms.map(instant),
        };
        Self {
            client_id: client.client_id(),
            name: client.name.clone(),
            status: if client.pending { "pending" } else { "approved" },
            dialect: client.dialect.name(),
            public: client.public,
            redirect_uris: client.redirect_uris.clone(),
            post_logout_uris: client.post_logout_uris.clone(),
            scopes: client.scopes.names(),
            grant_types: client.grant_types.iter().copied().map(GrantType::name).collect(),
            token_life_s: client.token_life_ms / 1_000,
            id_token_alg: client.id_token_alg.name(),
            pairwise: client.pairwise,
            trusted: client.trusted,
            jwks: client.jwks.as_deref().and_then(|keys| keys.parse().ok()),
            since: instant(known.made_ms),
            registered_by: known.registered_by.map(|id| id.uuid()),
            secrets: known.secrets.iter().map(secret).collect(),
        }
    }
}

/// An application to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// What it is called on the consent page, in 200 characters at most.
    #[schema(example = "Ward board")]
    pub name: String,
    /// Which interface it speaks: `kpn`, `portal` or `own`.
    #[schema(example = "kpn")]
    pub dialect: String,
    /// Where the browser may be sent back to, letter for letter.
    #[schema(example = json!(["https://board.example.org/callback"]))]
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for, separated by spaces.
    #[schema(example = "read write")]
    pub scopes: String,
    /// Whether it runs where no secret can be kept: in a browser or on a phone.
    #[serde(default)]
    pub public: bool,
    /// In which ways it may ask for tokens; what its interface is used to unless said.
    #[serde(default)]
    pub grant_types: Option<Vec<String>>,
    /// Where the browser may go after signing out, letter for letter.
    #[serde(default)]
    pub post_logout_uris: Vec<String>,
    /// Its public keys (a JWK set, RFC 7517), by which it proves itself instead of a secret.
    #[serde(default)]
    pub jwks: Option<Value>,
    /// How long its access tokens live, from 60 to 31536000.
    #[serde(default)]
    pub token_life_s: Option<u32>,
    /// What its ID tokens are signed with: `RS256`, `ES256` or `EdDSA`.
    #[serde(default)]
    pub id_token_alg: Option<String>,
    /// Whether it is told another subject of a person than others are.
    #[serde(default)]
    pub pairwise: Option<bool>,
}

/// What of an application changes; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationChange {
    /// What it is called on the consent page.
    #[serde(default)]
    #[schema(example = "Ward board")]
    pub name: Option<String>,
    /// All its redirect addresses, in place of those before.
    #[serde(default)]
    pub redirect_uris: Option<Vec<String>>,
    /// All its addresses after signing out, in place of those before.
    #[serde(default)]
    pub post_logout_uris: Option<Vec<String>>,
    /// Its public keys, in place of those before or of a secret, which ends.
    #[serde(default)]
    pub jwks: Option<Value>,
}

/// An application that was registered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// What it calls itself at the endpoints of OAuth.
    pub client_id: String,
    /// Its secret, told this once; null for one that has none.
    pub client_secret: Option<String>,
}

/// How a secret is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// How long the secret before stays good, in hours: 24 unless said, 168 at most.
    #[serde(default)]
    #[schema(example = 24)]
    pub overlap_hours: Option<u32>,
}

/// A new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewSecret {
    /// It, told this once.
    pub client_secret: String,
}

/// Which addresses whoever approves has looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The redirect addresses as they were shown: other ones by now are a 409.
    pub redirect_uris: Vec<String>,
}

/// Somebody of the organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// UUID.
    pub id: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// As what; the leading role when they have several.
    pub role: &'static str,
    /// Their function in their own words.
    pub position: String,
    /// E-mail address, when there is one.
    pub email: Option<String>,
    /// `active`, `invited` as long as they have not come, or `ended` for who left or is disabled.
    pub status: &'static str,
}

impl From<&Somebody> for Person {
    fn from(person: &Somebody) -> Self {
        Self {
            id: person.id.uuid(),
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            role: person.role.name(),
            position: person.position.clone(),
            email: person.email.clone(),
            status: match (person.active, person.is_pending) {
                (true, _) => "active",
                (false, true) => "invited",
                (false, false) => "ended",
            },
        }
    }
}

/// Somebody to ask in by mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Where the letter goes, and by what they sign in.
    #[schema(example = "eva@example.org")]
    pub email: String,
    /// As what: `patient`, `guest` or `assistant`; other roles are given once they came.
    #[schema(example = "assistant")]
    pub role: String,
    /// Given name, until they say theirs.
    #[serde(default)]
    pub first_name: String,
    /// Family name, until they say theirs.
    #[serde(default)]
    pub last_name: String,
}

/// Who was asked in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invited {
    /// UUID.
    pub id: String,
}

/// A role to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// `patient`, `doctor`, `nurse`, `therapist`, `assistant`, `interpreter`, `administrator` or `auditor`.
    #[schema(example = "nurse")]
    pub role: String,
    /// Their function in their own words.
    #[serde(default)]
    pub position: String,
}

/// Who turned out to be somebody else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    /// UUID of who is not kept.
    pub gone: String,
}

/// A key that signs ID tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct SigningKey {
    /// What the header of a token names it by.
    pub kid: String,
    /// `RS256`, `ES256` or `EdDSA`.
    pub alg: &'static str,
    /// When it was made (RFC 3339).
    pub since: String,
    /// `signing`; `published` as long as something that it signed may stand; `ended`.
    pub state: &'static str,
}

impl SigningKey {
    /// As it is now.
    pub fn of(key: &Note, now_ms: i64) -> Self {
        let state = match (key.retired_ms, key.ends_ms) {
            (None, _) => "signing",
            (Some(_), Some(ends_ms)) if ends_ms <= now_ms => "ended",
            (Some(_), _) => "published",
        };
        Self { kid: key.id.hex(), alg: key.algorithm.name(), since: instant(key.made_ms), state }
    }
}

/// A browser in which somebody is signed in, acting in this organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// UUID.
    pub id: String,
    /// What kind of browser, when it is one of those that are told apart.
    pub browser: Option<&'static str>,
    /// On what kind of system.
    pub system: Option<&'static str>,
    /// When they signed in (RFC 3339).
    pub since: String,
    /// When it was last used, to a minute (RFC 3339).
    pub seen: String,
}

impl From<&SessionView> for Session {
    fn from(view: &SessionView) -> Self {
        Self {
            id: view.id.uuid(),
            browser: view.device.browser(),
            system: view.device.system(),
            since: instant(view.signed_in_ms),
            seen: instant(view.seen_ms),
        }
    }
}

/// What somebody allows an application in this organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grant {
    /// UUID.
    pub id: String,
    /// Which application.
    pub client_id: String,
    /// What it is called.
    pub client_name: String,
    /// What it may do, separated by spaces.
    pub scopes: String,
    /// Since when (RFC 3339).
    pub since: String,
}

impl From<&ConnectedApp> for Grant {
    fn from(app: &ConnectedApp) -> Self {
        Self {
            id: app.grant.uuid(),
            client_id: app.client.hex(),
            client_name: app.client_name.clone(),
            scopes: app.scopes.names(),
            since: instant(app.made_ms),
        }
    }
}

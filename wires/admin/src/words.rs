//! The names of this API, and what they mean here.

pub(crate) mod deciding;
pub(crate) mod details;
pub(crate) mod organisation;
pub(crate) mod standing;

use identity::applications::Application as Known;
use identity::clients::Lives;
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
    /// `approved`, `pending` until somebody says yes, or `declined`.
    pub status: &'static str,
    /// Why somebody said no, as its developer reads it; null unless it is declined.
    pub declined_because: Option<String>,
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
    /// How long its refresh tokens live, anew with each use.
    pub refresh_life_s: i64,
    /// How long its codes are good; a minute at most for one that uses PKCE.
    pub code_life_s: i64,
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
    /// UUID of who registered it; none for what an operator added.
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
            status: status(known),
            declined_because: declined(known),
            dialect: client.dialect.name(),
            public: client.public,
            redirect_uris: client.redirect_uris.clone(),
            post_logout_uris: client.post_logout_uris.clone(),
            scopes: client.scopes.names(),
            grant_types: client.grant_types.iter().copied().map(GrantType::name).collect(),
            token_life_s: client.token_life_ms / 1_000,
            refresh_life_s: client.refresh_life_ms / 1_000,
            code_life_s: client.code_life_ms / 1_000,
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

fn status(known: &Known) -> &'static str {
    match (known.client.pending, &known.declined) {
        (true, Some(_)) => "declined",
        (true, None) => "pending",
        (false, _) => "approved",
    }
}

fn declined(known: &Known) -> Option<String> {
    let declined = known.declined.as_ref().filter(|_| known.client.pending);
    declined.map(|declined| declined.because.clone())
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
    /// How long its access tokens live, from 60 to 86400, and to 2592000 in a sandbox or where they are not refreshed.
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
    /// How long access tokens live from now on, from 60 to 86400, and to 2592000 in a sandbox or where they are not
    /// refreshed.
    #[serde(default)]
    #[schema(example = 3600)]
    pub token_life_s: Option<u32>,
    /// How long refresh tokens live from now on, from 3600 to 7776000, and no shorter than access tokens.
    #[serde(default)]
    #[schema(example = 2592000)]
    pub refresh_life_s: Option<u32>,
    /// How long codes are good from now on, from 10 to 600, and to 60 where no secret is kept.
    #[serde(default)]
    #[schema(example = 60)]
    pub code_life_s: Option<u32>,
}

impl ApplicationChange {
    /// What of it is about how long things live.
    pub fn lives(&self) -> Option<Lives> {
        let ms = |seconds: Option<u32>| seconds.map(|seconds| i64::from(seconds) * 1_000);
        let lives = Lives {
            token_ms: ms(self.token_life_s),
            refresh_ms: ms(self.refresh_life_s),
            code_ms: ms(self.code_life_s),
        };
        (lives != Lives::default()).then_some(lives)
    }
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

//! ID tokens (OpenID Connect core, section 2): what an application is told of a sign-in, signed.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flows::signing;
use identity::authorization::Hint;
use identity::codes::{Redeemed, SignedIn};
use identity::protocol::form::Form;
use identity::signing_keys::ID_TOKEN_LIFE_MS;
use identity::{Algorithm, Client, clients, subjects};
use kernel::{Error, PersonId, Result, Scope, Scopes};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::visit::Visit;

/// What a token answer tells of, for the ID token beside it.
pub(crate) struct Facts<'a> {
    pub client_id: &'a str,
    pub person: PersonId,
    pub signed_in: SignedIn,
    pub scopes: Scopes,
    /// None in the answer to a refresh (section 12.2).
    pub nonce: Option<&'a str>,
    pub access_token: &'a SecretString,
}

/// The names of the claims, which the discovery document lists, too.
pub(crate) const CLAIMS: [&str; 11] =
    ["iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash"];

#[derive(Serialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    azp: String,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    acr: &'static str,
    amr: Vec<&'static str>,
    at_hash: String,
}

/// What of a token that comes back as a hint is looked at.
#[derive(Clone, Deserialize)]
struct Hinted {
    iss: String,
    sub: String,
    aud: String,
}

/// The ID token of an answer; `None` when `openid` was not granted.
pub(crate) async fn of(visit: &Visit, facts: Facts<'_>) -> Result<Option<String>> {
    if !facts.scopes.has(Scope::OpenId) {
        return Ok(None);
    }
    let asked = facts.client_id.to_owned();
    let client = visit.house.db.read(asked, |tx, id| Box::pin(clients::find_named(tx, id))).await?;
    let client = client.ok_or(Error::Unauthenticated)?;
    let claims = claims(visit, &client, &facts);
    signing::sign(&visit.house, client.id_token_alg, claims).await.map(Some)
}

/// The ID token beside an answer; `None` for what nobody signed in for.
pub(crate) async fn beside(visit: &Visit, who: &str, redeemed: &Redeemed) -> Result<Option<String>> {
    let Redeemed { person, signed_in, scopes, ref nonce, ref access_token, .. } = *redeemed;
    let Some(signed_in) = signed_in else { return Ok(None) };
    let facts = Facts { client_id: who, person, signed_in, scopes, nonce: nonce.as_deref(), access_token };
    of(visit, facts).await
}

fn claims(visit: &Visit, client: &Client, facts: &Facts<'_>) -> Claims {
    let (now_s, life_s) = (visit.house.clock.now_ms() / 1_000, ID_TOKEN_LIFE_MS / 1_000);
    let methods = facts.signed_in.methods;
    Claims {
        iss: visit.issuer().to_owned(),
        sub: subjects::of(&visit.house.vault, client, facts.person),
        aud: client.client_id(),
        azp: client.client_id(),
        exp: now_s + life_s,
        iat: now_s,
        auth_time: facts.signed_in.at_ms / 1_000,
        nonce: facts.nonce.map(str::to_owned),
        acr: if methods.are_two() { "2" } else { "1" },
        amr: methods.references(),
        at_hash: half_hash(client.id_token_alg, facts.access_token.expose_secret()),
    }
}

/// The left half of the token's hash by the algorithm that signs (section 3.1.3.6); Ed25519 hashes with SHA-512.
fn half_hash(algorithm: Algorithm, token: &str) -> String {
    let hash = match algorithm {
        Algorithm::Rs256 | Algorithm::Es256 => digest(&SHA256, token.as_bytes()),
        Algorithm::EdDsa => digest(&SHA512, token.as_bytes()),
    };
    let whole = hash.as_ref();
    URL_SAFE_NO_PAD.encode(&whole[..whole.len() / 2])
}

/// Whom a request's `id_token_hint` names, however old it is. What is no ID token of ours names nobody.
pub(crate) async fn hint(visit: &Visit, form: &Form) -> Result<Option<Hint>> {
    let Some(token) = form.first("id_token_hint").filter(|token| !token.is_empty()) else { return Ok(None) };
    let read = signing::read::<Hinted>(&visit.house, token.to_owned()).await?;
    let ours = read.filter(|hint| hint.iss == visit.issuer());
    Ok(Some(ours.map(|hint| Hint { subject: hint.sub, audience: hint.aud }).unwrap_or_default()))
}

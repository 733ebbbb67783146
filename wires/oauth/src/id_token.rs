//! ID tokens (OpenID Connect core, section 2): what an application is told of a sign-in, signed.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flows::signing;
use identity::authorization::Hint;
use identity::codes::{Redeemed, SignedIn};
use identity::protocol::form::Form;
use identity::signing_keys::{ID_TOKEN_LIFE_MS, Signer};
use identity::{Algorithm, Client, GrantType, clients, subjects};
use kernel::{Result, Scope};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use crate::visit::Visit;

/// Who writes an application's ID tokens: its key is at hand.
pub(crate) struct Scribe {
    client: Client,
    signer: Signer,
}

impl Scribe {
    /// Whoever writes what may stand beside the answer to a request of this kind; `None` where nothing will.
    pub async fn of(visit: &Visit, client_id: &str, asked: GrantType) -> Result<Option<Self>> {
        if !matches!(asked, GrantType::AuthorizationCode | GrantType::RefreshToken) {
            return Ok(None);
        }
        let (house, named) = (&visit.house, client_id.to_owned());
        let client = house.db.read(named, |tx, id| Box::pin(clients::find_named(tx, id))).await?;
        let Some(client) = client.filter(|client| client.scopes.has(Scope::OpenId)) else { return Ok(None) };
        let signer = signing::signer(house, client.id_token_alg).await?;
        Ok(Some(Self { client, signer }))
    }
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

/// The ID token beside an answer; `None` when `openid` was not granted, and for what nobody signed in for.
pub(crate) async fn beside(
    visit: &Visit,
    scribe: Option<Scribe>,
    redeemed: &Redeemed,
) -> Result<Option<String>> {
    let (Some(Scribe { client, signer }), Some(signed_in)) = (scribe, redeemed.signed_in) else {
        return Ok(None);
    };
    if !redeemed.scopes.has(Scope::OpenId) {
        return Ok(None);
    }
    let claims = claims(visit, &client, redeemed, signed_in);
    signing::sign(signer, claims).await.map(Some)
}

fn claims(visit: &Visit, client: &Client, redeemed: &Redeemed, signed_in: SignedIn) -> Claims {
    let (now_s, life_s) = (visit.house.clock.now_ms() / 1_000, ID_TOKEN_LIFE_MS / 1_000);
    let methods = signed_in.methods;
    Claims {
        iss: visit.issuer().to_owned(),
        sub: subjects::of(&visit.house.vault, client, redeemed.person),
        aud: client.client_id(),
        azp: client.client_id(),
        exp: now_s + life_s,
        iat: now_s,
        auth_time: signed_in.at_ms / 1_000,
        nonce: redeemed.nonce.clone(),
        acr: if methods.are_two() { "2" } else { "1" },
        amr: methods.references(),
        at_hash: half_hash(client.id_token_alg, redeemed.access_token.expose_secret()),
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

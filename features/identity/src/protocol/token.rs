//! The token request (RFC 6749 section 4.1.3): who asks, for what, and whether a code may be redeemed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::Scopes;
use secrecy::{ExposeSecret, SecretString};

use super::form::{Form, Repeated, decode};
use super::pkce;
use crate::Client;
use kernel::{ClientId, GrantId};

/// Why a token request is refused (RFC 6749 section 5.2). Sentences are for the client's developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request is malformed.
    InvalidRequest(&'static str),
    /// The client did not prove who it is.
    InvalidClient,
    /// The code is not, or no longer, good for this.
    InvalidGrant(&'static str),
    /// Another way of asking than this server knows.
    UnsupportedGrantType,
}

impl Refusal {
    /// The name of the error.
    #[must_use]
    pub const fn error(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }

    /// The sentence that goes with it.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest(why) | Self::InvalidGrant(why) => why,
            Self::InvalidClient => "The client is not known, or its secret is wrong.",
            Self::UnsupportedGrantType => "Only grant_type=authorization_code is supported.",
        }
    }
}

impl From<Repeated> for Refusal {
    fn from(Repeated: Repeated) -> Self {
        Self::InvalidRequest("A parameter stands more than once.")
    }
}

/// What a client says of itself, not yet believed.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who it says it is.
    pub client_id: String,
    /// What it brings as proof; a public client brings nothing.
    pub secret: Option<SecretString>,
}

/// Reads who asks: `client_secret_post` or `client_secret_basic` (RFC 6749 section 2.3.1), never both.
pub fn credentials(form: &Form, authorization: Option<&str>) -> Result<Credentials, Refusal> {
    let (id, secret) = (form.one("client_id")?, form.one("client_secret")?);
    let Some(authorization) = authorization else {
        let client_id = id.ok_or(Refusal::InvalidClient)?.to_owned();
        return Ok(Credentials { client_id, secret: secret.map(SecretString::from) });
    };
    if secret.is_some() {
        return Err(Refusal::InvalidRequest("Two ways of client authentication in one request."));
    }
    let (client_id, password) = basic(authorization).ok_or(Refusal::InvalidClient)?;
    if id.is_some_and(|id| id != client_id) {
        return Err(Refusal::InvalidRequest("client_id differs from the Authorization header."));
    }
    Ok(Credentials { client_id, secret: Some(SecretString::from(password)) })
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    let plain = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let plain = String::from_utf8(plain).ok()?;
    let (id, password) = plain.split_once(':')?;
    Some((decode(id)?, decode(password)?))
}

/// A code as a client brings it.
#[derive(Clone, Debug)]
pub struct CodeRequest {
    /// The code.
    pub code: SecretString,
    /// The address that it was sent to.
    pub redirect_uri: Option<String>,
    /// The PKCE verifier.
    pub verifier: Option<SecretString>,
}

/// Reads what is asked for.
pub fn read(form: &Form) -> Result<CodeRequest, Refusal> {
    match form.one("grant_type")? {
        Some("authorization_code") => {}
        Some(_) => return Err(Refusal::UnsupportedGrantType),
        None => return Err(Refusal::InvalidRequest("grant_type is missing.")),
    }
    let code = SecretString::from(form.one("code")?.ok_or(Refusal::InvalidRequest("code is missing."))?);
    let redirect_uri = form.one("redirect_uri")?.map(str::to_owned);
    let verifier = form.one("code_verifier")?.map(SecretString::from);
    Ok(CodeRequest { code, redirect_uri, verifier })
}

/// A code as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// To which client.
    pub client: ClientId,
    /// Under which grant.
    pub grant: GrantId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Whether the authorization request named that address.
    pub redirect_named: bool,
    /// What it stands for.
    pub scopes: Scopes,
    /// The S256 challenge.
    pub challenge: Option<String>,
    /// Until when it is good.
    pub ends_ms: i64,
}

/// Whether a code may be redeemed in this way, apart from having been used before: it is bound to its client,
/// its address and its challenge, and good for a short time.
pub fn may_redeem(code: &Code, client: &Client, request: &CodeRequest, now_ms: i64) -> Result<(), Refusal> {
    let same_address = match &request.redirect_uri {
        Some(uri) => *uri == code.redirect_uri,
        None => !code.redirect_named,
    };
    if code.client != client.id {
        return Err(UNKNOWN_CODE);
    }
    if now_ms >= code.ends_ms {
        return Err(Refusal::InvalidGrant("The code has expired."));
    }
    if !same_address {
        return Err(Refusal::InvalidGrant("redirect_uri differs from the authorization request."));
    }
    let verifier = request.verifier.as_ref().map(ExposeSecret::expose_secret);
    if !pkce::fits(code.challenge.as_deref(), verifier) {
        return Err(Refusal::InvalidGrant("code_verifier does not fit the authorization request."));
    }
    Ok(())
}

/// The same answer for a code that never was and for one of somebody else.
pub const UNKNOWN_CODE: Refusal = Refusal::InvalidGrant("The code is not known.");
/// The answer for a code that was redeemed before.
pub const USED_CODE: Refusal =
    Refusal::InvalidGrant("The code was used before; what it gave has been revoked.");

//! Why a token request is refused, and whether a code may be redeemed (RFC 6749 section 4.1.3).

use kernel::Scopes;
use secrecy::{ExposeSecret, SecretString};

use super::form::Repeated;
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
    /// The client may not ask in this way.
    UnauthorizedClient(&'static str),
    /// Another way of asking than this server knows.
    UnsupportedGrantType,
    /// A scope that there is not, or that the client cannot have.
    InvalidScope(&'static str),
    /// A token for somewhere else (RFC 8693 section 2.2.2).
    InvalidTarget,
}

impl Refusal {
    /// The name of the error.
    #[must_use]
    pub const fn error(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::UnauthorizedClient(_) => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope(_) => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
        }
    }

    /// The sentence that goes with it.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest(why)
            | Self::InvalidGrant(why)
            | Self::UnauthorizedClient(why)
            | Self::InvalidScope(why) => why,
            Self::InvalidClient => "The client is not known, or did not prove who it is.",
            Self::UnsupportedGrantType => "This grant_type is not known here.",
            Self::InvalidTarget => "Tokens are given for this server alone.",
        }
    }
}

impl From<Repeated> for Refusal {
    fn from(Repeated: Repeated) -> Self {
        Self::InvalidRequest("A parameter stands more than once.")
    }
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

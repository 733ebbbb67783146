//! What is asked for at the token endpoint (RFC 6749 section 3.2), and whether the client may have it.

use kernel::{Scope, Scopes};
use secrecy::SecretString;

use super::form::Form;
use super::token::{CodeRequest, Refusal};
use crate::scopes::{GrantedBy, TABLE};
use crate::{Client, Dialect, GrantType};

/// The one type of token that is exchanged (RFC 8693 section 3).
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// Parameters that may stand more than once (RFC 8693 section 2.1).
const SEVERAL: [&str; 2] = ["resource", "audience"];

/// A request for a token.
#[derive(Clone, Debug)]
pub enum TokenRequest {
    /// By a code.
    Code(CodeRequest),
    /// By a refresh token (RFC 6749 section 6).
    Refresh(RefreshRequest),
    /// For a program itself (RFC 6749 section 4.4), for these scopes or all that it may have.
    Program(Option<Scopes>),
    /// By a token of another application's (RFC 8693).
    Exchange(ExchangeRequest),
}

/// A refresh token as a client brings it.
#[derive(Clone, Debug)]
pub struct RefreshRequest {
    /// The token.
    pub token: SecretString,
    /// What the access token shall be good for, when it is less than before.
    pub scopes: Option<Scopes>,
}

/// An access token that a client brings to get another for itself.
#[derive(Clone, Debug)]
pub struct ExchangeRequest {
    /// The token of the person.
    pub subject: SecretString,
    /// What the new one shall be good for, when it is less than both may.
    pub scopes: Option<Scopes>,
}

impl TokenRequest {
    /// In which way it asks.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::Code(_) => GrantType::AuthorizationCode,
            Self::Refresh(_) => GrantType::RefreshToken,
            Self::Program(_) => GrantType::ClientCredentials,
            Self::Exchange(_) => GrantType::TokenExchange,
        }
    }
}

/// Reads what is asked for; `issuer` is what this server is known as.
pub fn read(form: &Form, issuer: &str) -> Result<TokenRequest, Refusal> {
    form.each_once_but(&SEVERAL)?;
    let named = form.one("grant_type")?.ok_or(Refusal::InvalidRequest("grant_type is missing."))?;
    match GrantType::named(named).ok_or(Refusal::UnsupportedGrantType)? {
        GrantType::AuthorizationCode => code(form).map(TokenRequest::Code),
        GrantType::RefreshToken => {
            let token =
                form.one("refresh_token")?.ok_or(Refusal::InvalidRequest("refresh_token is missing."))?;
            Ok(TokenRequest::Refresh(RefreshRequest { token: token.into(), scopes: scopes(form)? }))
        }
        GrantType::ClientCredentials => scopes(form).map(TokenRequest::Program),
        GrantType::TokenExchange => exchange(form, issuer).map(TokenRequest::Exchange),
    }
}

fn code(form: &Form) -> Result<CodeRequest, Refusal> {
    let code = SecretString::from(form.one("code")?.ok_or(Refusal::InvalidRequest("code is missing."))?);
    let redirect_uri = form.one("redirect_uri")?.map(str::to_owned);
    let verifier = form.one("code_verifier")?.map(SecretString::from);
    Ok(CodeRequest { code, redirect_uri, verifier })
}

fn scopes(form: &Form) -> Result<Option<Scopes>, Refusal> {
    let Some(list) = form.one("scope")? else { return Ok(None) };
    let (asked, unknown) = Scopes::parse(list);
    match (asked, unknown) {
        (_, Some(_)) => Err(Refusal::InvalidScope("There is no such scope.")),
        (scopes, None) if scopes.is_empty() => Err(Refusal::InvalidScope("No scope was asked for.")),
        (scopes, None) => Ok(Some(scopes)),
    }
}

fn exchange(form: &Form, issuer: &str) -> Result<ExchangeRequest, Refusal> {
    let subject = form.one("subject_token")?.ok_or(Refusal::InvalidRequest("subject_token is missing."))?;
    if form.one("subject_token_type")? != Some(ACCESS_TOKEN) {
        return Err(Refusal::InvalidRequest("subject_token_type must be that of an access token."));
    }
    if form.one("requested_token_type")?.is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(Refusal::InvalidRequest("requested_token_type must be that of an access token."));
    }
    if form.one("actor_token")?.is_some() || form.one("actor_token_type")?.is_some() {
        return Err(Refusal::InvalidRequest("Who acts is the client itself; actor_token is not supported."));
    }
    let is_elsewhere = |name| form.all(name).any(|target| !target.is_empty() && target != issuer);
    if SEVERAL.into_iter().any(is_elsewhere) {
        return Err(Refusal::InvalidTarget);
    }
    Ok(ExchangeRequest { subject: subject.into(), scopes: scopes(form)? })
}

/// Whether a client that has proven itself may ask in this way.
pub fn may_ask(client: &Client, grant_type: GrantType) -> Result<(), Refusal> {
    if client.pending {
        return Err(Refusal::UnauthorizedClient("An operator has yet to approve of this client."));
    }
    if !client.may(grant_type) {
        return Err(Refusal::UnauthorizedClient("The client may not ask by this grant_type."));
    }
    // For itself a client asks only when nobody else can ask in its name (RFC 6749 section 4.4).
    if client.public && matches!(grant_type, GrantType::ClientCredentials | GrantType::TokenExchange) {
        return Err(Refusal::UnauthorizedClient("A public client may not ask by this grant_type."));
    }
    Ok(())
}

/// Whether a code gives a refresh token, too. Where a person signs in with OpenID Connect it takes `offline_access`,
/// but on the portal and with our own API, whose clients were promised one. KPN's know none.
#[must_use]
pub fn gives_refresh_token(client: &Client, scopes: Scopes) -> bool {
    let is_promised = match client.dialect {
        Dialect::Kpn => return false,
        Dialect::Portal | Dialect::Own => true,
        Dialect::Fhir => false,
    };
    let is_asked = !scopes.has(Scope::OpenId) || scopes.has(Scope::OfflineAccess);
    client.may(GrantType::RefreshToken) && (is_promised || is_asked)
}

/// What a program gets for itself: of the scopes that an operator gives to programs those that it is registered with,
/// and never what people allow.
pub fn for_program(client: &Client, asked: Option<Scopes>) -> Result<Scopes, Refusal> {
    let given = TABLE.iter().filter(|rule| rule.granted_by == GrantedBy::Operators);
    let most = given.map(|rule| rule.scope).collect::<Scopes>().and(client.scopes);
    at_most(asked.unwrap_or(most), most)
}

/// What a client gets for a token that is good for `held`: what it is registered with, and nothing that tells it who
/// signed in or lasts while they are away.
pub fn for_exchange(client: &Client, held: Scopes, asked: Option<Scopes>) -> Result<Scopes, Refusal> {
    let most = held.and(client.scopes).without([Scope::OpenId, Scope::OfflineAccess].into_iter().collect());
    at_most(asked.unwrap_or(most), most)
}

/// These scopes, when they are some and none beyond what may be.
pub(super) fn at_most(asked: Scopes, most: Scopes) -> Result<Scopes, Refusal> {
    if asked.is_empty() || !most.cover(asked) {
        return Err(Refusal::InvalidScope("The client cannot have these scopes."));
    }
    Ok(asked)
}

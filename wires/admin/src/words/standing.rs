//! The names of what acts for somebody, and of what they prove themselves by.

use identity::factors::Enrolled;
use identity::grants::ConnectedApp;
use identity::oversight::TokenView;
use identity::sessions::SessionView;
use serde::Serialize;
use utoipa::ToSchema;

use super::instant;

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

/// What an application holds of somebody in this organisation; never the token itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// UUID.
    pub id: String,
    /// `access`, or `refresh` for one by which access tokens are got.
    pub kind: &'static str,
    /// Which application has it.
    pub client_id: String,
    /// What that is called.
    pub client_name: String,
    /// What it is good for, separated by spaces.
    pub scopes: String,
    /// Since when (RFC 3339); of a refresh token, when the first of those that followed one another was given.
    pub since: String,
    /// Until when (RFC 3339).
    pub ends: String,
}

impl From<&TokenView> for Token {
    fn from(token: &TokenView) -> Self {
        Self {
            id: token.id.uuid(),
            kind: if token.is_refresh { "refresh" } else { "access" },
            client_id: token.client.hex(),
            client_name: token.client_name.clone(),
            scopes: token.scopes.names(),
            since: instant(token.made_ms),
            ends: instant(token.ends_ms),
        }
    }
}

/// By what somebody proves themselves besides a password.
#[derive(Debug, Serialize, ToSchema)]
pub struct Factors {
    /// Whether they have an authenticator application.
    pub authenticator: bool,
    /// Whether codes come to them by SMS.
    pub sms: bool,
    /// Recovery codes that they have not used.
    pub recovery_codes: i64,
    /// Passkeys.
    pub passkeys: i64,
}

impl From<&Enrolled> for Factors {
    fn from(enrolled: &Enrolled) -> Self {
        Self {
            authenticator: enrolled.has_app(),
            sms: enrolled.has_sms,
            recovery_codes: enrolled.codes_left,
            passkeys: enrolled.passkeys,
        }
    }
}

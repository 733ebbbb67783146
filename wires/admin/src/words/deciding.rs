//! The names of what is said to applications that wait.

use identity::applications::Application as Known;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;

/// Which addresses whoever approves has looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The redirect addresses as they were shown: other ones by now are a 409.
    pub redirect_uris: Vec<String>,
}

/// Why not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// A line of 1 to 500 characters that the developer reads. It names no patients.
    #[schema(example = "We have an application for this already.")]
    pub reason: String,
}

/// An application of a sandbox that is wished to go into production in the organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wish {
    /// What it calls itself in the sandbox.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// Which interface it speaks: `kpn`, `portal`, `fhir` or `own`.
    pub dialect: &'static str,
    /// Where the browser may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for, separated by spaces.
    pub scopes: String,
    /// Since when it is wished (RFC 3339).
    pub since: String,
    /// UUID of who wishes it.
    pub registered_by: Option<String>,
}

impl Wish {
    /// That of an application, when there is one.
    pub fn of(known: &Known) -> Option<Self> {
        let client = &known.client;
        known.wish.map(|wish| Self {
            client_id: client.client_id(),
            name: client.name.clone(),
            dialect: client.dialect.name(),
            redirect_uris: client.redirect_uris.clone(),
            scopes: client.scopes.names(),
            since: instant(wish.since_ms),
            registered_by: known.registered_by.map(|id| id.uuid()),
        })
    }
}

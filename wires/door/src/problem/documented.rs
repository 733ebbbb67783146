//! What a document says besides its operations: the refusals of each, every one by its own status, and how to get a token.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::security::{AuthorizationCode, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::openapi::{Components, OpenApi, RefOr, Response, Server};

use crate::documented;

const ANY: [(u16, &str); 5] = [
    (401, "No token, or one that does not stand"),
    (403, "The token lacks the scope, or its person may not do this here"),
    (422, "The input does not fit"),
    (429, "Too often; `Retry-After` says when to come back"),
    (503, "Not now; `Retry-After` says when to come back"),
];
const MISSING: (u16, &str) = (404, "There is no such thing in this organisation");
const FORBIDDEN_BY_STATE: (u16, &str) = (409, "What is there by now forbids it");

/// What a call may be refused with that names nothing.
pub enum Asking {}

/// What a call may be refused with that names something or somebody.
pub enum Naming {}

/// What a call may be refused with that changes something.
pub enum Changing {}

fn refusals(more: &'static [(u16, &'static str)]) -> BTreeMap<String, RefOr<Response>> {
    documented(("Problem", "application/problem+json"), ANY.iter().chain(more))
}

impl IntoResponses for Asking {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[])
    }
}

impl IntoResponses for Naming {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[MISSING])
    }
}

impl IntoResponses for Changing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[MISSING, FORBIDDEN_BY_STATE])
    }
}

/// Says where the API is served, and that each call needs a token of its scope, which lets do `what`.
pub fn secure(document: &mut OpenApi, base_path: &str, (scope, what): (&str, &str)) {
    document.servers = Some(vec![Server::new(base_path)]);
    let flow = AuthorizationCode::new("/oauth/authorize", "/oauth/token", Scopes::from_iter([(scope, what)]));
    let scheme = SecurityScheme::OAuth2(OAuth2::new([Flow::AuthorizationCode(flow)]));
    document.components.get_or_insert_with(Components::new).add_security_scheme("oauth", scheme);
}

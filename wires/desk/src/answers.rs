//! The refusals that the document lists for an operation, each by its own status.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

const ANY: [(u16, &str); 5] = [
    (401, "No token, or one that does not stand"),
    (
        403,
        "The token lacks the scope, or its person does not work here, or is no administrator where one is needed",
    ),
    (422, "The input does not fit"),
    (429, "Too often; `Retry-After` says when to come back"),
    (503, "Not now; `Retry-After` says when to come back"),
];
const MISSING: (u16, &str) = (404, "There is no such thing in this organisation");
const FORBIDDEN_BY_STATE: (u16, &str) = (409, "What is there by now forbids it");

/// What a call may be refused with that names nothing.
pub(crate) enum Asking {}

/// What a call may be refused with that names something or somebody.
pub(crate) enum Naming {}

/// What a call may be refused with that changes something.
pub(crate) enum Changing {}

fn refusals(more: &'static [(u16, &'static str)]) -> BTreeMap<String, RefOr<Response>> {
    door::documented(("Problem", "application/problem+json"), ANY.iter().chain(more))
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

//! The refusals that the document lists for an operation, each by its own status.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

const ANY: [(u16, &str); 6] = [
    (400, "The input cannot be read"),
    (401, "No token, or one that does not stand"),
    (403, "The token lacks one of the scopes, or this patient may not do it"),
    (405, "This path does not take that method"),
    (429, "Too often; `Retry-After` says when to come back"),
    (503, "Not now; `Retry-After` says when to come back"),
];
const MISSING: (u16, &str) = (404, "There is no such thing for this patient");
const UNFIT: (u16, &str) = (422, "What is there by now forbids it, or the input does not fit");
const HUGE: (u16, &str) = (413, "The body is too large");
const TAKEN: (u16, &str) = (409, "Somebody else has this time");
const EXPIRED: (u16, &str) = (410, "The offer has expired: list again");

/// What a call may be refused with that names nothing but whom it is for.
pub(crate) enum Asking {}

/// What a call may be refused with that names something.
pub(crate) enum Naming {}

/// What a call may be refused with that changes something.
pub(crate) enum Changing {}

/// What a call may be refused with that takes a time.
pub(crate) enum Booking {}

fn refusals(more: &'static [(u16, &'static str)]) -> BTreeMap<String, RefOr<Response>> {
    door::documented(("ErrorBody", "application/json"), ANY.iter().chain(more))
}

impl IntoResponses for Asking {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[MISSING])
    }
}

impl IntoResponses for Naming {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[MISSING, UNFIT])
    }
}

impl IntoResponses for Changing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[MISSING, HUGE, UNFIT])
    }
}

impl IntoResponses for Booking {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[MISSING, TAKEN, EXPIRED, HUGE, UNFIT])
    }
}

//! The refusals that the document lists for an operation, each by its own status: readers of it know no `4XX`.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response, ResponseBuilder};

const ANY: [(u16, &str); 3] = [
    (400, "The input does not fit"),
    (401, "No token, or one that does not stand"),
    (403, "The token lacks the scope, or this member may not do it"),
];
/// The status of [`Unchanged`].
pub(crate) const NOT_MODIFIED: &str = "304";
const MISSING: (u16, &str) = (404, "There is no such thing for this user");
const FORBIDDEN_BY_STATE: (u16, &str) = (412, "The state of the chat or the file forbids it");

/// What a call may be refused with that names nothing.
pub(crate) enum Asking {}

/// What a call may be refused with that names something or somebody.
pub(crate) enum Naming {}

/// What a call may be refused with that changes a chat, or that asks for a file.
pub(crate) enum Changing {}

/// What a call answers whose caller may know the answer already: the document then says how to ask so, too.
pub(crate) enum Unchanged {}

fn refusals(more: &'static [(u16, &'static str)]) -> BTreeMap<String, RefOr<Response>> {
    door::documented(("ErrorBody", "application/json"), ANY.iter().chain(more))
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

impl IntoResponses for Unchanged {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let unchanged =
            ResponseBuilder::new().description("The answer is the one that `If-None-Match` names");
        BTreeMap::from([(NOT_MODIFIED.to_owned(), unchanged.build().into())])
    }
}

//! Two rows that must not overlap and would: how an engine's own refusal is told, the same on both.

use kernel::{Error, Public};

/// What the store answers when a row would overlap another where none may.
pub const CODE: &str = "overlaps";

/// What the store answers then, for whoever sees it before the database does.
#[must_use]
pub fn overlap() -> Error {
    Error::conflict(CODE, "Somebody was first.")
}

/// Whether this is that refusal.
#[must_use]
pub fn is_overlap(error: &Error) -> bool {
    matches!(error, Error::Conflict { why: Public { code: CODE, .. } })
}

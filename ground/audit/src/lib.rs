//! The access log and its seals.

//! The statements of this crate, beside the rows that they fill.

/// The statements of each file, so that a test can prepare each on both engines.
pub const MORE_SQL: &[&[&str]] = &[crate::freed::ALL_SQL, crate::kept::ALL_SQL, crate::labels::ALL_SQL];

//! The statements of this crate, beside the rows that they fill.

pub(crate) mod appointments;
pub(crate) mod holds;
pub(crate) mod occupancy;

/// The statements of each file, so that a test can prepare each on both engines.
pub const MORE_SQL: &[&[&str]] = &[
    crate::freed::ALL_SQL,
    crate::kept::ALL_SQL,
    crate::labels::ALL_SQL,
    crate::once::ALL_SQL,
    crate::reseal::ALL_SQL,
    crate::sweeps::ALL_SQL,
    appointments::ALL_SQL,
    holds::ALL_SQL,
    occupancy::ALL_SQL,
];

//! The statements of this crate, beside the rows that they fill.

pub(crate) mod appointments;
pub(crate) mod asap;
pub(crate) mod holds;
pub(crate) mod merging;
pub(crate) mod occupancy;

use crate::setup::{
    absences, categories, freeing, institutions, insurances, numbers, patients, resources, settings, types,
};

/// The statements of each file, so that a test can prepare each on both engines.
pub const MORE_SQL: &[&[&str]] = &[
    crate::facts::BOOKED_SQL,
    crate::facts::OFFERED_SQL,
    crate::facts::TAKEN_SQL,
    crate::freed::ALL_SQL,
    crate::grounds::ALL_SQL,
    crate::kept::ALL_SQL,
    crate::labels::ALL_SQL,
    crate::video::ALL_SQL,
    crate::reseal::ALL_SQL,
    crate::sweeps::ALL_SQL,
    crate::telling::ALL_SQL,
    absences::ALL_SQL,
    appointments::ALL_SQL,
    asap::ALL_SQL,
    categories::ALL_SQL,
    freeing::ALL_SQL,
    holds::ALL_SQL,
    institutions::ALL_SQL,
    institutions::HOLIDAYS_SQL,
    insurances::ALL_SQL,
    merging::ALL_SQL,
    numbers::ALL_SQL,
    occupancy::ALL_SQL,
    patients::ALL_SQL,
    resources::ALL_SQL,
    resources::HOURS_SQL,
    resources::ROSTERS_SQL,
    settings::ALL_SQL,
    crate::turns::ALL_SQL,
    types::rows::ALL_SQL,
];

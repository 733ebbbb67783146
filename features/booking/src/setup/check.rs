//! Whether what a practice sets up fits: pure rules, which name the field that does not.

mod categories;
mod hours;
mod places;
mod texts;
mod types;

pub(super) use categories::category;
pub(super) use hours::{absence, exception, holidays, weekly};
pub(super) use places::{institution, number, resource};
pub(super) use texts::name;
pub(super) use types::appointment_type;

use kernel::{Error, Result};
use std::ops::RangeInclusive;

/// Passes for a number within the bounds.
fn within(field: &'static str, value: i64, bounds: RangeInclusive<i64>, code: &'static str) -> Result<()> {
    if bounds.contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(
        field,
        code,
        format!("A number from {} to {} fits here.", bounds.start(), bounds.end()),
    ))
}

/// Passes when there are not more of them.
fn at_most(field: &'static str, count: usize, most: usize) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    Err(Error::invalid(field, "too_many", format!("At most {most} fit here.")))
}

/// Whether any two of these stretches overlap.
fn overlap(stretches: impl Iterator<Item = (i64, i64)>) -> bool {
    let mut sorted: Vec<_> = stretches.collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[1].0 < pair[0].1)
}

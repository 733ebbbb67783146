//! Types.

use std::ops::RangeInclusive;

use kernel::{Error, Result};

use super::categories::INSURANCES_MAX;
use super::texts::{lines, name};
use super::{at_most, overlap, within};
use crate::comments;
use crate::model::{Strategy, Window};
use crate::setup::types::NewType;

const PARTS_MAX: usize = 10;
const RESOURCES_MAX: usize = 200;
const WINDOWS_MAX: usize = 70;
const DAY: i64 = 24 * 60;
const YEAR: i64 = 365 * DAY;

/// Passes for a type.
pub(in crate::setup) fn appointment_type(new: &NewType) -> Result<()> {
    name("name", &new.name)?;
    lines("description", new.description.as_deref().unwrap_or_default())?;
    numbers(new)?;
    strategy(new)?;
    at_most("insurances", new.insurances.len(), INSURANCES_MAX)?;
    parts(new)?;
    windows(&new.windows)?;
    if let Some(form) = &new.comment_form {
        comments::form(form)?;
    }
    super::number(new.number)
}

/// The numbers of a type and what fits each.
fn numbers(new: &NewType) -> Result<()> {
    let bounds: [(&'static str, i64, RangeInclusive<i64>); 12] = [
        ("duration", new.duration, 1..=DAY),
        ("buffers", new.buffers.0, 0..=240),
        ("buffers", new.buffers.1, 0..=240),
        ("grid", new.grid, 1..=DAY),
        ("notice", new.notice, 0..=YEAR),
        ("horizon", new.horizon, 1..=730),
        ("cancel", new.cancel, 0..=YEAR),
        ("reschedule", new.reschedule, 0..=YEAR),
        ("reschedules_max", new.reschedules_max.unwrap_or_default(), 0..=1_000),
        ("capacity", new.capacity, 1..=500),
        ("asap_hold", new.asap.hold, 1..=2_880),
        ("asap_debounce", new.asap.debounce, 0..=120),
    ];
    bounds.into_iter().try_for_each(|(field, value, fits)| within(field, value, fits, "number_unfit"))
}

/// What several come to together is kept for nobody, and so is offered to all at once.
fn strategy(new: &NewType) -> Result<()> {
    if new.capacity > 1 && new.asap.strategy == Strategy::Sequential {
        let why =
            "What several come to together cannot be kept for one after the other: offer it to all at once.";
        return Err(Error::invalid("asap_strategy", "sequential_for_groups", why));
    }
    Ok(())
}

fn parts(new: &NewType) -> Result<()> {
    at_most("parts", new.parts.len(), PARTS_MAX)?;
    at_most("parts", new.parts.iter().map(Vec::len).sum(), RESOURCES_MAX)?;
    if new.parts.is_empty() || new.parts.iter().any(Vec::is_empty) {
        let why = "A type needs one part or more, and each names somebody or something.";
        return Err(Error::invalid("parts", "parts_missing", why));
    }
    Ok(())
}

fn windows(windows: &[Window]) -> Result<()> {
    at_most("windows", windows.len(), WINDOWS_MAX)?;
    for one in windows {
        within("windows", one.weekday.into(), 1..=7, "weekday_unfit")?;
        let (from, until) = (i64::from(one.from), i64::from(one.until));
        if from < 0 || until <= from || until > DAY {
            let why = "A window begins and ends within its day.";
            return Err(Error::invalid("windows", "minutes_unfit", why));
        }
    }
    let of = |weekday: i8| windows.iter().filter(move |one| one.weekday == weekday);
    if (1..=7).any(|day| overlap(of(day).map(|one| (i64::from(one.from), i64::from(one.until))))) {
        return Err(Error::invalid("windows", "windows_overlap", "Two of these windows overlap."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::{CategoryId, ResourceId};

    use super::*;
    use crate::model::Asap;

    #[test]
    fn what_does_not_fit_a_type_is_named() {
        let of = ResourceId::from_bytes([2; 12]);
        let fits = NewType::named(CategoryId::from_bytes([1; 12]), "Consultation", 20, vec![of]);
        assert!(appointment_type(&fits).is_ok());
        let in_turn = Asap { strategy: Strategy::Sequential, ..fits.asap };
        assert!(appointment_type(&NewType { asap: in_turn, ..fits.clone() }).is_ok());
        let window = |from, until| Window { weekday: 1, from, until };
        let unfit = [
            ("name", NewType { name: "\n".to_owned(), ..fits.clone() }),
            ("duration", NewType { duration: 0, ..fits.clone() }),
            ("duration", NewType { duration: 1_441, ..fits.clone() }),
            ("buffers", NewType { buffers: (0, 241), ..fits.clone() }),
            ("grid", NewType { grid: 0, ..fits.clone() }),
            ("notice", NewType { notice: -1, ..fits.clone() }),
            ("horizon", NewType { horizon: 731, ..fits.clone() }),
            ("capacity", NewType { capacity: 501, ..fits.clone() }),
            ("capacity", NewType { capacity: 0, ..fits.clone() }),
            ("asap_strategy", NewType { capacity: 2, asap: in_turn, ..fits.clone() }),
            ("reschedules_max", NewType { reschedules_max: Some(-1), ..fits.clone() }),
            ("parts", NewType { parts: vec![], ..fits.clone() }),
            ("parts", NewType { parts: vec![vec![of], vec![]], ..fits.clone() }),
            ("windows", NewType { windows: vec![window(0, 1_441)], ..fits.clone() }),
            ("windows", NewType { windows: vec![window(60, 60)], ..fits.clone() }),
            ("windows", NewType { windows: vec![window(60, 120), window(119, 180)], ..fits.clone() }),
        ];
        for (at, new) in unfit {
            let refused = appointment_type(&new);
            assert!(matches!(refused, Err(Error::Invalid { field, .. }) if field == at), "{new:?}");
        }
    }
}

//! Categories.

use kernel::{Error, Result};

use super::texts::{lines, name, picture};
use super::{at_most, within};
use crate::setup::categories::NewCategory;

/// Insurances that one category or type may name.
pub(super) const INSURANCES_MAX: usize = 500;

/// Passes for a category.
pub(in crate::setup) fn category(new: &NewCategory) -> Result<()> {
    name("name", &new.name)?;
    lines("subtitle", new.subtitle.as_deref().unwrap_or_default())?;
    lines("description", new.description.as_deref().unwrap_or_default())?;
    picture("photo_url", new.photo_url.as_deref())?;
    at_most("insurances", new.insurances.len(), INSURANCES_MAX)?;
    for age in [new.ages.0, new.ages.1].into_iter().flatten() {
        within("ages", age, 0..=150, "age_unfit")?;
    }
    if let (Some(from), Some(until)) = new.ages
        && until < from
    {
        return Err(Error::invalid("ages", "ages_reversed", "The highest age lies below the lowest."));
    }
    super::number(new.number)
}

#[cfg(test)]
mod tests {
    use kernel::InstitutionId;

    use super::*;

    #[test]
    fn a_category_is_for_ages_in_their_order() {
        let fits = NewCategory::named(InstitutionId::from_bytes([1; 12]), "Children");
        for ages in [(None, None), (Some(0), Some(17)), (Some(18), None), (Some(4), Some(4))] {
            assert!(category(&NewCategory { ages, ..fits.clone() }).is_ok(), "{ages:?}");
        }
        for ages in [(Some(17), Some(0)), (Some(-1), None), (None, Some(151))] {
            assert!(category(&NewCategory { ages, ..fits.clone() }).is_err(), "{ages:?}");
        }
    }
}

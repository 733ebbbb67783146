//! What a patient is shown to choose from: categories that are for them, and what can be booked in each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Error, InstitutionId, InsuranceId, Kind, OrganisationId, Result};
use store::Tx;

use crate::calendar::zone;
use crate::civil::day_number;
use crate::model::{AppointmentType, Category, Insurance, Number};
use crate::setup::{categories, institutions, insurances, types};

impl Category {
    /// Whether it is for patients of this insurance.
    #[must_use]
    pub fn takes(&self, insurance: InsuranceId) -> bool {
        self.insurances.is_empty() || self.insurances.contains(&insurance)
    }

    /// Whether it is for who was born on this day, in years completed.
    #[must_use]
    pub fn is_for_age(&self, born_on: Date, today: Date) -> bool {
        let (first, last) = self.days_of_age(born_on);
        let today = day_number(today);
        first.is_none_or(|first| first <= today) && last.is_none_or(|last| today <= last)
    }

    /// The first and the last day on which who was born on this day is of the age that it is for, in days since 1970.
    pub(crate) fn days_of_age(&self, born_on: Date) -> (Option<i64>, Option<i64>) {
        let (from, until) = self.ages;
        let birthday = |age: i64| birthday(born_on, age).map(day_number);
        (from.and_then(birthday), until.and_then(|until| birthday(until + 1)).map(|day| day - 1))
    }
}

/// The day on which somebody becomes so many years old. Who was born on 29 February does so on 1 March of a year without
/// one. None beyond the calendar.
fn birthday(born_on: Date, age: i64) -> Option<Date> {
    let year = i16::try_from(i64::from(born_on.year()) + age).ok()?;
    Date::new(year, born_on.month(), born_on.day()).or_else(|_| Date::new(year, 3, 1)).ok()
}

impl AppointmentType {
    /// Whether it is for patients of this insurance, where its category does not say.
    #[must_use]
    pub fn takes(&self, category: &Category, insurance: InsuranceId) -> bool {
        if self.insurances.is_empty() {
            return category.takes(insurance);
        }
        self.insurances.contains(&insurance)
    }
}

/// The insurance of this number.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn insurance(tx: &Tx, organisation: OrganisationId, number: Number) -> Result<Insurance> {
    let found = insurances::find_numbered(tx, organisation, number).await?;
    found.ok_or(Error::not_found(Kind::Insurance))
}

/// Every category, or those for who has this insurance and was born on this day.
///
/// # Errors
/// [`Error::NotFound`] for an unknown insurance.
pub async fn categories(
    tx: &Tx,
    organisation: OrganisationId,
    insurance: Option<Number>,
    born_on: Option<Date>,
) -> Result<Vec<Category>> {
    let insurance = match insurance {
        Some(number) => Some(self::insurance(tx, organisation, number).await?.id),
        None => None,
    };
    let mut all = categories::list(tx, organisation).await?;
    all.retain(|category| insurance.is_none_or(|insurance| category.takes(insurance)));
    if let Some(born_on) = born_on {
        let days = today_at(tx, organisation).await?;
        let is_for = |category: &Category| {
            days.get(&category.institution).is_none_or(|today| category.is_for_age(born_on, *today))
        };
        all.retain(is_for);
    }
    Ok(all)
}

/// The local day of each place.
async fn today_at(tx: &Tx, organisation: OrganisationId) -> Result<BTreeMap<InstitutionId, Date>> {
    let now = Timestamp::from_millisecond(tx.now_ms()).map_err(Error::bug)?;
    let places = institutions::list(tx, organisation).await?;
    let day = |name: &str| zone(name).map(|zone| zone.to_datetime(now).date());
    places.into_iter().map(|place| Ok((place.id, day(&place.time_zone)?))).collect()
}

/// What can be booked in the category of this number, by who has this insurance.
///
/// # Errors
/// [`Error::NotFound`] for an unknown category or insurance; [`Error::NotAllowed`] with `insurance_not_accepted` when the
/// category is not for it.
pub async fn types(
    tx: &Tx,
    organisation: OrganisationId,
    category: Number,
    insurance: Option<Number>,
) -> Result<Vec<AppointmentType>> {
    let category = categories::find_numbered(tx, organisation, category).await?;
    let category = category.ok_or(Error::not_found(Kind::Category))?;
    let mut all = types::list(tx, organisation, category.id).await?;
    let Some(number) = insurance else { return Ok(all) };
    let insurance = self::insurance(tx, organisation, number).await?;
    all.retain(|kind| kind.takes(&category, insurance.id));
    if all.is_empty() && !category.takes(insurance.id) {
        return Err(Error::not_allowed(
            "insurance_not_accepted",
            "This is not for patients of this insurance.",
        ));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;

    fn category(ages: (Option<i64>, Option<i64>), insurances: Vec<InsuranceId>) -> Category {
        Category {
            id: Id::from_bytes([1; 12]),
            number: 53,
            institution: Id::from_bytes([2; 12]),
            name: "Dr. Green".to_owned(),
            subtitle: None,
            description: None,
            photo_url: None,
            is_person: true,
            ages,
            insurances,
        }
    }

    #[test]
    fn an_age_is_of_years_completed_and_both_ends_count() {
        let born = |text: &str| text.parse::<Date>().expect("a day");
        let (children, today) = (category((Some(2), Some(17)), vec![]), born("2026-03-01"));
        for (day, is_for) in [
            ("2024-03-01", true),
            ("2024-03-02", false),
            ("2008-03-02", true),
            ("2008-03-01", false),
            ("2024-02-29", true),
        ] {
            assert_eq!(children.is_for_age(born(day), today), is_for, "{day}");
        }
        assert!(category((None, None), vec![]).is_for_age(born("1900-01-01"), today));
    }

    #[test]
    fn a_year_is_full_on_the_birthday() {
        let date = jiff::civil::date;
        let born = date(2008, 2, 29);
        for (age, on) in [(17, date(2025, 3, 1)), (18, date(2026, 3, 1)), (20, date(2028, 2, 29)), (0, born)]
        {
            assert_eq!(birthday(born, age), Some(on), "{age}");
        }
        assert_eq!(birthday(born, 9_000), None);
    }

    #[test]
    fn a_category_that_names_no_insurance_is_for_all() {
        let (one, other) = (Id::from_bytes([7; 12]), Id::from_bytes([8; 12]));
        assert!(category((None, None), vec![]).takes(one));
        let limited = category((None, None), vec![one]);
        assert!(limited.takes(one) && !limited.takes(other));
    }
}

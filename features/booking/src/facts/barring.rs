//! Whether whoever asks may book at all, whatever the time.

use jiff::civil::Date;

use super::Question;
use super::offered::Offered;
use crate::calendar::Barred;
use crate::civil::day_number;

/// Why they may book nothing.
pub(super) fn barred(offered: &Offered, question: &Question) -> Option<Barred> {
    if !offered.stands {
        return Some(Barred::Ended);
    }
    if offered.is_blocked {
        return Some(Barred::Blocked);
    }
    if question.insurance.is_some() && !accepts(offered) {
        return Some(Barred::Insurance);
    }
    let (first, last) = of_age(offered, question);
    let is_too_young = first.is_some_and(|first| day_number(*question.days.end()) < first);
    let is_too_old = last.is_some_and(|last| last < day_number(*question.days.start()));
    (is_too_young || is_too_old).then_some(Barred::Age)
}

/// The first and the last day on which the patient is of the age that the category is for: what is asked is asked of the
/// day of the appointment, and a birthday may lie among the days that are looked at.
pub(super) fn of_age(offered: &Offered, question: &Question) -> (Option<i64>, Option<i64>) {
    let (from, until) = offered.category.ages;
    let birthday = |age: i64| Some(day_number(birthday(question.born_on?, age)?));
    (from.and_then(birthday), until.and_then(|until| birthday(until + 1)).map(|day| day - 1))
}

/// Whether it is for their insurance: the type's own list says so, else its category's, else it is for all that stand.
fn accepts(offered: &Offered) -> bool {
    let Some(insurance) = offered.insurance else { return false };
    let lists = [&offered.kind.insurances, &offered.category.insurances];
    lists.into_iter().find(|list| !list.is_empty()).is_none_or(|list| list.contains(&insurance))
}

/// The day on which somebody becomes so many years old. Who was born on 29 February does so on 1 March of a year without
/// one. None beyond the calendar.
fn birthday(born_on: Date, age: i64) -> Option<Date> {
    let year = i16::try_from(i64::from(born_on.year()) + age).ok()?;
    Date::new(year, born_on.month(), born_on.day()).or_else(|_| Date::new(year, 3, 1)).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::birthday;

    #[test]
    fn a_year_is_full_on_the_birthday() {
        let born = date(2008, 2, 29);
        for (age, on) in [(17, date(2025, 3, 1)), (18, date(2026, 3, 1)), (20, date(2028, 2, 29)), (0, born)]
        {
            assert_eq!(birthday(born, age), Some(on), "{age}");
        }
        assert_eq!(birthday(born, 9_000), None);
    }
}

//! Whether whoever asks may book at all, whatever the time.

use jiff::civil::Date;

use super::Question;
use super::offered::Offered;
use crate::calendar::Barred;

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
    let age = question.born_on.map(|born_on| age(born_on, *question.days.start()));
    let (from, until) = offered.category.ages;
    let is_too_young = age.zip(from).is_some_and(|(age, from)| age < from);
    let is_too_old = age.zip(until).is_some_and(|(age, until)| until < age);
    (is_too_young || is_too_old).then_some(Barred::Age)
}

/// Whether it is for their insurance: the type's own list says so, else its category's, else it is for all that stand.
fn accepts(offered: &Offered) -> bool {
    let Some(insurance) = offered.insurance else { return false };
    let lists = [&offered.kind.insurances, &offered.category.insurances];
    lists.into_iter().find(|list| !list.is_empty()).is_none_or(|list| list.contains(&insurance))
}

/// Whole years on a day. Who was born on 29 February is older on 1 March of a year without one.
fn age(born_on: Date, on: Date) -> i64 {
    let had_birthday = (on.month(), on.day()) >= (born_on.month(), born_on.day());
    i64::from(on.year()) - i64::from(born_on.year()) - i64::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::age;

    #[test]
    fn a_year_is_full_on_the_birthday() {
        let born = date(2008, 2, 29);
        for (on, years) in
            [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 29), 20), (date(2008, 2, 29), 0)]
        {
            assert_eq!(age(born, on), years, "{on}");
        }
    }
}

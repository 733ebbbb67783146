//! Whether whoever asks may book at all, whatever the time.

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
    question.born_on.map(|born_on| offered.category.days_of_age(born_on)).unwrap_or_default()
}

/// Whether it is for their insurance, which stands.
fn accepts(offered: &Offered) -> bool {
    offered.insurance.is_some_and(|insurance| offered.kind.takes(&offered.category, insurance))
}

//! What appointments take of resources, as it was read last. Whoever lists four weeks of twenty clinicians asks for some
//! thousand rows, and nearly always for those that somebody has just asked for.
//!
//! Always true:
//! - The database itself counts how often a calendar has changed (`calendar_changes`), whoever writes and from whichever
//!   process. What is recalled was read when it had changed just as often, or a moment later.
//! - It is kept by transactions that write nothing: what one writes may never come to be, and its count be another's.
//! - It holds times and nothing of whose they are, up to 16 MiB, and tells none that was read more than ten minutes
//!   ago.

use std::sync::Arc;

use kernel::{OrganisationId, ResourceId};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::calendar::Span;

/// What was read of one calendar.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// When.
    pub read_ms: i64,
    /// After so many changes.
    pub changes: i64,
    /// All that touches this stretch.
    pub during: Span,
    /// As few spans as they take.
    pub booked: Arc<[Span]>,
}

/// Whose calendar it is.
pub(super) type Whose = (OrganisationId, ResourceId);

/// Calendars that are recalled at once, roughly.
const CALENDARS: usize = 1_000;
const BYTES_MAX: u64 = 16 * 1024 * 1024;
const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// A longer stretch is not kept: each change of the calendar would have it read anew.
const KEPT_MS: i64 = 62 * DAY_MS;
/// A database that was put back to what it was may count to the same number again, of other changes.
const GOOD_FOR_MS: i64 = 10 * 60 * 1_000;

/// Calendars as they were read last. It is lent to the store.
#[derive(Debug)]
pub struct Recollection(Cache<Whose, Known, Weight>);

impl Default for Recollection {
    fn default() -> Self {
        Self(Cache::with_weighter(CALENDARS, BYTES_MAX, Weight))
    }
}

impl Recollection {
    /// What a calendar has in this stretch after so many changes, and perhaps before and behind it.
    pub(super) fn of(&self, whose: &Whose, (now_ms, changes): (i64, i64), span: Span) -> Option<Arc<[Span]>> {
        let is_good = |known: &Known| {
            known.changes == changes
                && known.during.holds(span)
                && now_ms.saturating_sub(known.read_ms) < GOOD_FOR_MS
        };
        self.0.get(whose).filter(is_good).map(|known| known.booked)
    }

    /// What to read of these when a stretch is asked for: also what others asked for behind it, unless that is far.
    pub(super) fn worth_reading(&self, all: &[Whose], span: Span) -> Span {
        let before = all.iter().filter_map(|whose| self.0.get(whose));
        let until_ms = before.map(|known| known.during.until_ms).fold(span.until_ms, i64::max);
        // Who asks tomorrow asks from tomorrow on, and who asks elsewhere may ask from the day before.
        let both = Span { from_ms: span.from_ms.saturating_sub(DAY_MS), until_ms };
        if both.length_ms() <= KEPT_MS { both } else { span }
    }

    pub(super) fn keep(&self, whose: Whose, known: Known) {
        if known.during.length_ms() <= KEPT_MS {
            self.0.insert(whose, known);
        }
    }
}

/// In bytes.
#[derive(Clone, Debug)]
struct Weight;

impl Weighter<Whose, Known> for Weight {
    fn weight(&self, _: &Whose, known: &Known) -> u64 {
        (size_of::<Whose>() + size_of::<Known>() + size_of_val(&*known.booked)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: i64, until: i64) -> Span {
        Span { from_ms: from * DAY_MS, until_ms: until * DAY_MS }
    }

    fn whose(number: u8) -> Whose {
        (OrganisationId::from_bytes([1; 12]), ResourceId::from_bytes([number; 12]))
    }

    fn known(changes: i64, during: Span, booked: &[Span]) -> Known {
        Known { read_ms: 0, changes, during, booked: booked.into() }
    }

    #[test]
    fn only_what_was_read_after_just_as_many_changes_is_recalled_and_only_where_it_was_read() {
        let all = Recollection::default();
        all.keep(whose(1), known(7, days(10, 20), &[days(12, 13)]));
        assert!(all.of(&whose(1), (0, 7), days(10, 20)).is_some());
        assert!(all.of(&whose(1), (GOOD_FOR_MS - 1, 7), days(11, 12)).is_some());
        for (whose, asked, span) in [
            (whose(1), (0, 8), days(10, 20)),
            (whose(1), (0, 6), days(10, 20)),
            (whose(1), (0, 7), days(9, 20)),
            (whose(1), (0, 7), days(10, 21)),
            (whose(2), (0, 7), days(10, 20)),
            (whose(1), (GOOD_FOR_MS, 7), days(10, 20)),
        ] {
            assert!(all.of(&whose, asked, span).is_none(), "{asked:?} {span:?}");
        }
    }

    #[test]
    fn what_is_read_anew_is_what_others_asked_for_as_well_until_that_is_too_much() {
        let all = Recollection::default();
        all.keep(whose(1), known(1, days(0, 30), &[]));
        all.keep(whose(2), known(1, days(20, 50), &[]));
        assert_eq!(all.worth_reading(&[whose(1), whose(2), whose(3)], days(10, 15)), days(9, 50));
        assert_eq!(
            all.worth_reading(&[whose(1)], days(80, 141)),
            days(79, 141),
            "days that are over are let go"
        );
        assert_eq!(all.worth_reading(&[whose(1)], days(80, 142)), days(80, 142));
        assert_eq!(all.worth_reading(&[whose(3)], days(10, 15)), days(9, 15));
        all.keep(whose(4), known(1, days(0, 63), &[]));
        assert!(all.of(&whose(4), (0, 1), days(0, 63)).is_none(), "a year is not kept");
    }

    #[test]
    fn it_grows_no_further_than_it_may() {
        let all = Recollection::default();
        let full = vec![days(0, 1); 10_000];
        for number in 0..=u8::MAX {
            all.keep(whose(number), known(1, days(0, 30), &full));
        }
        assert!(all.0.weight() <= BYTES_MAX);
        assert!(all.0.len() > 10, "and yet it keeps some");
    }
}

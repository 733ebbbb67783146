//! The times that can be booked, one after the other.

use std::ops::RangeInclusive;
use std::rc::Rc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::ResourceId;

use super::predicate::Sheet;
use super::zone::{DAY_MS, MINUTE_MS};
use super::{Asker, Facts, Slot, Span, instant, local};
use crate::model::AppointmentType;

/// Days that are laid out at a time: who wants the first few times pays for no more of them.
const DAYS_AT_A_TIME: i64 = 28;
/// Starts that are looked at for what became free.
const LOOKED_AT_MAX: usize = 10_000;
/// No buffer of any type is longer, in minutes.
const BUFFER_MAX: i64 = 240;

impl Facts {
    /// The times that can be booked on these local days, ascending, each start once: those for which
    /// [`Facts::is_bookable`] says yes with some resources.
    pub fn slots(
        &self,
        asker: &Asker,
        days: RangeInclusive<Date>,
        now_ms: i64,
    ) -> impl Iterator<Item = Slot> + use<'_> {
        self.laid_out(asker, days, now_ms).flat_map(|(sheet, grid)| {
            grid.into_iter().filter_map(move |start_ms| sheet.choose_or_none(start_ms))
        })
    }

    /// The local days among these on which anything can be booked, ascending. Of each day no more is looked at than it takes
    /// to know.
    pub fn open_days(
        &self,
        asker: &Asker,
        days: RangeInclusive<Date>,
        now_ms: i64,
    ) -> impl Iterator<Item = Date> + use<'_> {
        self.laid_out(asker, days, now_ms).flat_map(move |(sheet, grid)| {
            let mut known = None;
            grid.into_iter().filter_map(move |start_ms| {
                let day = local(&self.zone, start_ms).date();
                if known == Some(day) {
                    return None;
                }
                known = sheet.choose_or_none(start_ms).map(|_| day).or(known);
                known.filter(|known| *known == day)
            })
        })
    }

    /// Of [`Facts::slots`] those whose appointment would have something of what became free: it takes some of a stretch, with
    /// the resource that it is of. What is looked at has an end: of a grid of minutes not the whole of two years is.
    pub fn slots_in<'a>(
        &'a self,
        asker: &Asker,
        days: RangeInclusive<Date>,
        freed: &'a [(ResourceId, Span)],
        now_ms: i64,
    ) -> impl Iterator<Item = Slot> + use<'a> {
        let touching = move |start_ms: i64| {
            let occupied = self.occupied(start_ms);
            freed.iter().filter(move |(_, span)| span.overlaps(occupied))
        };
        let looked_at = self.laid_out(asker, days, now_ms).flat_map(move |(sheet, mut grid)| {
            grid.retain(|start_ms| touching(*start_ms).next().is_some());
            let sheet = Rc::new(sheet);
            grid.into_iter().map(move |start_ms| (sheet.clone(), start_ms))
        });
        looked_at.take(LOOKED_AT_MAX).filter_map(move |(sheet, start_ms)| {
            let slot = sheet.choose_or_none(start_ms)?;
            let mut touching = touching(start_ms);
            touching.any(|(resource, _)| sheet.can_have(&slot, *resource)).then_some(slot)
        })
    }

    /// Some days at a time, with each beginning of the grid on them.
    fn laid_out(
        &self,
        asker: &Asker,
        days: RangeInclusive<Date>,
        now_ms: i64,
    ) -> impl Iterator<Item = (Sheet<'_>, Vec<i64>)> + use<'_> {
        let asker = *asker;
        let today = local(&self.zone, now_ms).date();
        let first = today.max(*days.start());
        let last = today.saturating_add(self.kind.horizon.clamp(0, 36_500).days()).min(*days.end());
        let all = self.kind.parts.concat();
        let begins = std::iter::successors(Some(first), |day| day.checked_add(DAYS_AT_A_TIME.days()).ok());
        let is_barred = asker.barred.is_some();
        begins.take_while(move |begin| !is_barred && *begin <= last).map(move |begin| {
            let some = begin..=last.min(begin.saturating_add((DAYS_AT_A_TIME - 1).days()));
            let sheet = Sheet::of(self, &asker, &all, &some, now_ms);
            let grid = sheet.grid(&some);
            (sheet, grid)
        })
    }

    /// The earliest time that can be booked from one instant until just before another.
    #[must_use]
    pub fn earliest_between(
        &self,
        asker: &Asker,
        after_ms: i64,
        before_ms: i64,
        now_ms: i64,
    ) -> Option<Slot> {
        let days = local(&self.zone, after_ms).date()..=local(&self.zone, before_ms).date();
        let from_then = self.slots(asker, days, now_ms).find(|slot| after_ms <= slot.start_ms);
        from_then.filter(|slot| slot.start_ms < before_ms)
    }
}

/// The days whose hours, exceptions and holidays can matter to what starts on these local days: hours of the day before may
/// reach into the first, and what starts on the last may end on the next, or where a zone leaves that one out, on the one
/// after.
#[must_use]
pub fn around(days: &RangeInclusive<Date>) -> RangeInclusive<Date> {
    days.start().saturating_sub(1.days())..=days.end().saturating_add(2.days())
}

/// All that can matter to what starts on these local days: what is taken outside of it touches none of them.
#[must_use]
pub fn stretch(zone: &TimeZone, days: &RangeInclusive<Date>, kind: &AppointmentType) -> Span {
    let begin = instant(zone, days.start().at(0, 0, 0, 0));
    let end = instant(zone, days.end().saturating_add(1.days()).at(0, 0, 0, 0));
    // A day further on each side, where the clock may go back and hours go on past midnight.
    let further = BUFFER_MAX * MINUTE_MS + DAY_MS;
    Span { from_ms: begin - further, until_ms: end + kind.duration * MINUTE_MS + further }
}

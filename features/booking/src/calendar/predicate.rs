//! Whether a time can be booked. Everything else of the calendar asks here.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{GatheringId, ResourceId};

use super::busy::Busy;
use super::opening::Opening;
use super::zone::{MINUTE_MS, Moment, Wall, day_number};
use super::{Asker, Barred, Facts, Roster, Slot, Span, Unbookable, around, instant, local, matching};

impl Facts {
    /// Whether this can be booked, with these resources, one for each part and in that order.
    ///
    /// # Errors
    /// The first reason why not, in the order of [`Unbookable`].
    pub fn is_bookable(
        &self,
        asker: &Asker,
        start_ms: i64,
        resources: &[ResourceId],
        now_ms: i64,
    ) -> Result<(), Unbookable> {
        let sheet = self.sheet_at(asker, start_ms, resources, now_ms);
        sheet.is_time(start_ms)?;
        if !self.are_of_parts(resources) || !sheet.are_open(start_ms, resources) {
            return Err(Unbookable::NotOpen);
        }
        sheet.busy.seat(start_ms, resources).map(drop)
    }

    /// Who and what is free at this time: `preferred` where they are, else a seat of a gathering, else the first of each
    /// part. Where the preferred ones have a gathering then, or nobody is preferred, a seat in one comes first.
    ///
    /// # Errors
    /// As [`Facts::is_bookable`].
    pub fn choose(
        &self,
        asker: &Asker,
        start_ms: i64,
        preferred: &[ResourceId],
        now_ms: i64,
    ) -> Result<Slot, Unbookable> {
        let all = self.kind.parts.concat();
        self.sheet_at(asker, start_ms, &all, now_ms).choose(start_ms, preferred)
    }

    /// Whether the time is free, whatever the hours, the windows, the notice and the grid: for the desk, which may pass over
    /// them. Any resources will do.
    ///
    /// # Errors
    /// [`Unbookable::Taken`] or [`Unbookable::PatientTaken`].
    pub fn clashes(&self, asker: &Asker, start_ms: i64, resources: &[ResourceId]) -> Result<(), Unbookable> {
        self.seat(asker, start_ms, resources).map(drop)
    }

    /// The same, and the gathering in which there is a seat when all of these resources are in one then.
    ///
    /// # Errors
    /// As [`Facts::clashes`].
    pub fn seat(
        &self,
        asker: &Asker,
        start_ms: i64,
        resources: &[ResourceId],
    ) -> Result<Option<GatheringId>, Unbookable> {
        Busy::of(self, asker).seat(start_ms, resources)
    }

    /// Who and what is free at this time, whatever the hours, the windows, the notice and the grid: for the desk.
    ///
    /// # Errors
    /// As [`Facts::clashes`].
    pub fn choose_free(
        &self,
        asker: &Asker,
        start_ms: i64,
        preferred: &[ResourceId],
    ) -> Result<Slot, Unbookable> {
        Busy::of(self, asker).choose(start_ms, preferred, |_, _| true)
    }

    /// What patients are shown of it.
    pub(super) const fn shown(&self, start_ms: i64) -> Span {
        let until_ms = start_ms.saturating_add(self.kind.duration * MINUTE_MS);
        Span { from_ms: start_ms, until_ms }
    }

    /// What it takes, buffers included.
    #[must_use]
    pub const fn occupied(&self, start_ms: i64) -> Span {
        let shown = self.shown(start_ms);
        let (before, after) = self.kind.buffers;
        Span {
            from_ms: shown.from_ms.saturating_sub(before * MINUTE_MS),
            until_ms: shown.until_ms.saturating_add(after * MINUTE_MS),
        }
    }

    fn are_of_parts(&self, resources: &[ResourceId]) -> bool {
        let parts = &self.kind.parts;
        let is_twice = |(at, resource): (usize, &ResourceId)| resources[..at].contains(resource);
        !parts.is_empty()
            && parts.len() == resources.len()
            && parts.iter().zip(resources).all(|(part, resource)| part.contains(resource))
            && !resources.iter().enumerate().any(is_twice)
    }

    fn sheet_at(&self, asker: &Asker, start_ms: i64, resources: &[ResourceId], now_ms: i64) -> Sheet<'_> {
        let day = local(&self.zone, start_ms).date();
        Sheet::of(self, asker, resources, &(day..=day), now_ms)
    }
}

/// Facts laid out over some days, so that many times can be looked up.
#[derive(Debug)]
pub(super) struct Sheet<'f> {
    facts: &'f Facts,
    asker: Asker,
    now_ms: i64,
    today: i64,
    wall: Wall,
    openings: BTreeMap<ResourceId, Opening>,
    busy: Busy<'f>,
}

impl<'f> Sheet<'f> {
    /// For starts on these days.
    pub(super) fn of(
        facts: &'f Facts,
        asker: &Asker,
        resources: &[ResourceId],
        days: &RangeInclusive<Date>,
        now_ms: i64,
    ) -> Self {
        let around = around(days);
        let nothing = Roster::default();
        let opening = |resource: &ResourceId| {
            let roster = facts.rosters.get(resource).unwrap_or(&nothing);
            (*resource, Opening::of(roster, &facts.zone, &facts.holidays, &around))
        };
        let stretch = Span {
            from_ms: instant(&facts.zone, around.start().at(0, 0, 0, 0)),
            until_ms: instant(&facts.zone, around.end().saturating_add(1.days()).at(0, 0, 0, 0)),
        };
        Self {
            facts,
            asker: *asker,
            now_ms,
            today: day_number(local(&facts.zone, now_ms).date()),
            wall: Wall::during(&facts.zone, stretch),
            openings: resources.iter().map(opening).collect(),
            busy: Busy::of(facts, asker),
        }
    }

    /// The rules of time alone, whoever and whatever is there.
    pub(super) fn is_time(&self, start_ms: i64) -> Result<(), Unbookable> {
        let kind = &self.facts.kind;
        if let Some(barred) = self.asker.barred {
            return Err(Unbookable::Barred(barred));
        }
        let ahead_ms = start_ms.saturating_sub(self.now_ms);
        if ahead_ms <= 0 || ahead_ms < kind.notice * MINUTE_MS {
            return Err(Unbookable::TooSoon);
        }
        let start = self.wall.at(start_ms);
        if start.day - self.today > kind.horizon {
            return Err(Unbookable::TooFar);
        }
        let (first, last) = self.asker.of_age;
        if first.is_some_and(|first| start.day < first) || last.is_some_and(|last| last < start.day) {
            return Err(Unbookable::Barred(Barred::Age));
        }
        if self.is_in_window(start) { Ok(()) } else { Err(Unbookable::NotOpen) }
    }

    fn is_in_window(&self, start: Moment) -> bool {
        let windows = &self.facts.kind.windows;
        windows.is_empty()
            || windows.iter().any(|window| {
                window.weekday == start.weekday
                    && (i64::from(window.from)..i64::from(window.until)).contains(&start.minute)
            })
    }

    fn are_open(&self, start_ms: i64, resources: &[ResourceId]) -> bool {
        resources.iter().enumerate().all(|(part, resource)| self.is_open(part, *resource, start_ms))
    }

    /// Whether it is within the hours of a resource; of the first part also whether it is on its grid.
    fn is_open(&self, part: usize, resource: ResourceId, start_ms: i64) -> bool {
        let facts = self.facts;
        self.openings.get(&resource).is_some_and(|opening| {
            (part != 0 || opening.has_start(start_ms, facts.kind.grid))
                && opening.admits(facts.shown(start_ms), facts.occupied(start_ms))
        })
    }

    /// As [`Facts::choose`].
    pub(super) fn choose(&self, start_ms: i64, preferred: &[ResourceId]) -> Result<Slot, Unbookable> {
        self.is_time(start_ms)?;
        let is_open = |part: usize, resource: ResourceId| self.is_open(part, resource, start_ms);
        self.busy.choose(start_ms, preferred, is_open).map_err(|why| {
            let are_there = || matching::one_of_each(&self.facts.kind.parts, &[], is_open).is_some();
            if why == Unbookable::Taken && !are_there() { Unbookable::NotOpen } else { why }
        })
    }

    /// The same where only what can be booked counts, and not why the rest cannot.
    pub(super) fn choose_or_none(&self, start_ms: i64) -> Option<Slot> {
        self.is_time(start_ms).ok()?;
        let is_open = |part: usize, resource: ResourceId| self.is_open(part, resource, start_ms);
        self.busy.choose(start_ms, &[], is_open).ok()
    }

    /// Whether an appointment at the time of this slot could have this resource.
    pub(super) fn can_have(&self, slot: &Slot, resource: ResourceId) -> bool {
        slot.gathering.is_some()
            || slot.resources.contains(&resource)
            || self
                .choose(slot.start_ms, &[resource])
                .is_ok_and(|chosen| chosen.resources.contains(&resource))
    }

    /// Each beginning of the grid on these days, ascending, each once.
    pub(super) fn grid(&self, days: &RangeInclusive<Date>) -> Vec<i64> {
        let step = self.facts.kind.grid.max(1) * MINUTE_MS;
        let days = day_number(*days.start())..=day_number(*days.end());
        let first_part = self.facts.kind.parts.first().map(Vec::as_slice).unwrap_or_default();
        let openings = first_part.iter().filter_map(|resource| self.openings.get(resource));
        let mut intervals: Vec<Span> = openings.flat_map(|opening| &opening.intervals).copied().collect();
        // Who works side by side mostly keeps the same hours.
        intervals.sort_unstable();
        intervals.dedup();
        let starts = intervals.iter().flat_map(|interval| {
            let points = std::iter::successors(Some(interval.from_ms), move |at| Some(at + step));
            points.take_while(|at| *at < interval.until_ms)
        });
        let mut starts: Vec<i64> = starts.filter(|at| days.contains(&self.wall.at(*at).day)).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

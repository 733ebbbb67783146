//! Another library's wall clock, and the rules once more: minute by minute, as slow and as plain as can be.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Timelike as _};
use chrono_tz::Tz;
use jiff::civil::{Date, DateTime};
use kernel::{GatheringId, ResourceId};

use super::super::{Asker, By, Facts, Roster, Span, Taken};

/// A zone of half an hour, one that changes by half an hour, one that left a day out, one that changes around a month.
pub const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
];

pub fn tz(name: &str) -> Tz {
    name.parse().unwrap()
}

/// What the wall clock shows.
pub fn naive(name: &str, ms: i64) -> NaiveDateTime {
    tz(name).timestamp_millis_opt(ms).unwrap().naive_local()
}

/// The changes of the clocks that are looked at. A zone that knows none has the days on which Berlin does.
pub fn changes(name: &str) -> Vec<i64> {
    static FOUND: LazyLock<BTreeMap<&str, Vec<i64>>> =
        LazyLock::new(|| ZONES.into_iter().map(|name| (name, find_changes(name))).collect());
    let found = &FOUND[name];
    if found.is_empty() { FOUND["Europe/Berlin"].clone() } else { found.clone() }
}

fn find_changes(name: &str) -> Vec<i64> {
    let years = match name {
        "Pacific/Apia" => 2011..=2012,
        // Of later years the two libraries have its rules in different versions.
        "Africa/Casablanca" => 2024..=2025,
        _ => 2026..=2027,
    };
    let begin = |year: i32| {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_time(chrono::NaiveTime::MIN);
        first.and_utc().timestamp_millis()
    };
    let ahead = |ms: i64| tz(name).timestamp_millis_opt(ms).unwrap().offset().fix().local_minus_utc();
    let half_hours = (begin(*years.start())..begin(years.end() + 1)).step_by(1_800_000);
    half_hours.filter(|ms| ahead(*ms) != ahead(*ms - 1_800_000)).collect()
}

/// When the wall clock showed each minute: first and last. It is looked at each minute, which is the plainest that can be
/// said of gaps and folds.
struct Clock(BTreeMap<NaiveDateTime, (i64, i64)>);

impl Clock {
    fn looked_at(name: &str, days: &[NaiveDate]) -> Self {
        let utc = |day: &NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 60;
        let mut shown = BTreeMap::new();
        for minute in utc(&days[0]) - 3 * 1_440..utc(&days[days.len() - 1]) + 4 * 1_440 {
            let minutes = shown.entry(naive(name, minute * 60_000)).or_insert((minute, minute));
            minutes.1 = minute;
        }
        Self(shown)
    }

    fn begin(&self, at: NaiveDateTime) -> i64 {
        self.0.range(at..).next().unwrap().1.0
    }

    fn end(&self, at: NaiveDateTime) -> i64 {
        let (next, (first, last)) = self.0.range(at..).next().unwrap();
        if *next == at { *last } else { *first }
    }
}

/// What the rules say, for each minute of some days.
pub struct Oracle<'f> {
    name: &'f str,
    facts: &'f Facts,
    present: BTreeMap<ResourceId, BTreeSet<i64>>,
    away: BTreeMap<ResourceId, BTreeSet<i64>>,
    grid: BTreeMap<ResourceId, BTreeSet<i64>>,
}

impl<'f> Oracle<'f> {
    pub fn over(name: &'f str, facts: &'f Facts, days: &[NaiveDate]) -> Self {
        let mut oracle =
            Self { name, facts, present: BTreeMap::new(), away: BTreeMap::new(), grid: BTreeMap::new() };
        let clock = Clock::looked_at(name, days);
        for (resource, roster) in &facts.rosters {
            oracle.look_at(*resource, roster, days, &clock);
        }
        oracle
    }

    fn look_at(&mut self, resource: ResourceId, roster: &Roster, days: &[NaiveDate], clock: &Clock) {
        let facts = self.facts;
        let away = roster
            .absences
            .iter()
            .flat_map(|absence| clock.begin(civil(absence.from))..clock.end(civil(absence.until)));
        let away: BTreeSet<i64> = away.collect();
        for day in days {
            for (from, until) in hours(facts, roster, *day) {
                let at = |minute: i16| {
                    day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute))
                };
                let (from, until) = (clock.begin(at(from)), clock.end(at(until)));
                let is_there = (from..until).filter(|minute| !away.contains(minute));
                self.present.entry(resource).or_default().extend(is_there);
                let on_grid = (from..until).filter(|minute| (minute - from) % facts.kind.grid == 0);
                self.grid.entry(resource).or_default().extend(on_grid);
            }
        }
        self.away.insert(resource, away);
    }

    /// Whether these resources can be booked from this minute since 1970.
    pub fn says(&self, asker: &Asker, minute: i64, resources: &[ResourceId], now_ms: i64) -> bool {
        let kind = &self.facts.kind;
        let start_ms = minute * 60_000;
        let shown = naive(self.name, start_ms);
        let ahead = (shown.date() - naive(self.name, now_ms).date()).num_days();
        let in_window = |window: &crate::model::Window| {
            let of_day = i64::from(shown.hour() * 60 + shown.minute());
            i64::from(window.weekday) == i64::from(shown.weekday().number_from_monday())
                && i64::from(window.from) <= of_day
                && of_day < i64::from(window.until)
        };
        let is_open = |resource: &ResourceId| {
            let has = |minutes: &BTreeMap<ResourceId, BTreeSet<i64>>, minute: &i64| {
                minutes.get(resource).is_some_and(|minutes| minutes.contains(minute))
            };
            (minute..minute + kind.duration).all(|minute| has(&self.present, &minute))
                && !self.occupied(minute).any(|minute| has(&self.away, &minute))
        };
        let day = (shown.date() - NaiveDate::default()).num_days();
        let (first_of_age, last_of_age) = asker.of_age;
        asker.barred.is_none()
            && first_of_age.is_none_or(|first| first <= day)
            && last_of_age.is_none_or(|last| day <= last)
            && start_ms > now_ms
            && start_ms - now_ms >= kind.notice * 60_000
            && ahead <= kind.horizon
            && (kind.windows.is_empty() || kind.windows.iter().any(in_window))
            && resources.len() == resources.iter().collect::<BTreeSet<_>>().len()
            && self.grid.get(&resources[0]).is_some_and(|grid| grid.contains(&minute))
            && resources.iter().all(is_open)
            && self.has_seat(asker, minute, resources)
            && self.against(asker, minute, minute..minute + kind.duration, &self.facts.patient).is_empty()
    }

    fn occupied(&self, minute: i64) -> Range<i64> {
        let kind = &self.facts.kind;
        minute - kind.buffers.0..minute + kind.duration + kind.buffers.1
    }

    /// What of these stands in these minutes in the way of a start at `minute`.
    fn against<'t>(
        &self,
        asker: &Asker,
        minute: i64,
        minutes: Range<i64>,
        taken: &'t [Taken],
    ) -> Vec<&'t Taken> {
        let is_other = |one: &&Taken| match one.by {
            By::Appointment(id) => asker.moves != Some(id),
            By::Hold { id, kept_ms } => asker.hold != Some(id) && kept_ms != Some(minute * 60_000),
            By::Gathering { .. } => true,
        };
        let holds = |span: Span, minute: i64| (span.from_ms..span.until_ms).contains(&(minute * 60_000));
        let overlaps = |one: &&Taken| minutes.clone().any(|minute| holds(one.span, minute));
        taken.iter().filter(is_other).filter(overlaps).collect()
    }

    /// Whether all is free, or all has nothing but one gathering of the type that begins then and has a seat.
    fn has_seat(&self, asker: &Asker, minute: i64, resources: &[ResourceId]) -> bool {
        let nothing = Vec::new();
        let all: Vec<Vec<&Taken>> = resources
            .iter()
            .map(|resource| {
                let taken = self.facts.taken.get(resource).unwrap_or(&nothing);
                self.against(asker, minute, self.occupied(minute), taken)
            })
            .collect();
        let gathering = |one: &&Taken| -> Option<GatheringId> {
            let By::Gathering { id, is_of_type: true, start_ms, free } = one.by else { return None };
            (start_ms == minute * 60_000 && free > 0).then_some(id)
        };
        let first = all[0].first().and_then(gathering);
        all.iter().all(Vec::is_empty)
            || (first.is_some()
                && all
                    .iter()
                    .all(|taken| !taken.is_empty() && taken.iter().all(|one| gathering(one) == first)))
    }
}

fn hours(facts: &Facts, roster: &Roster, day: NaiveDate) -> Vec<(i16, i16)> {
    let same = |other: Date| date(other) == day;
    if let Some(exception) = roster.exceptions.iter().find(|exception| same(exception.day)) {
        return exception.open.clone();
    }
    if facts.holidays.iter().any(|holiday| same(*holiday)) {
        return Vec::new();
    }
    let weekly = roster.weekly.iter().filter(|weekly| {
        i64::from(weekly.weekday) == i64::from(day.weekday().number_from_monday())
            && weekly.first_day.is_none_or(|first| date(first) <= day)
            && weekly.last_day.is_none_or(|last| day <= date(last))
    });
    weekly.map(|weekly| (weekly.from, weekly.until)).collect()
}

pub fn date(day: Date) -> NaiveDate {
    NaiveDate::from_ymd_opt(
        day.year().into(),
        day.month().unsigned_abs().into(),
        day.day().unsigned_abs().into(),
    )
    .unwrap()
}

fn civil(at: DateTime) -> NaiveDateTime {
    let minutes = i64::from(at.hour()) * 60 + i64::from(at.minute());
    date(at.date()).and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minutes)
}

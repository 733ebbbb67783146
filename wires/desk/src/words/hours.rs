//! The names of who and what is there, and when.

use booking::calendar::Roster;
use booking::setup::resources::NewResource as New;
use booking::{Absence as KnownAbsence, Exception, Resource as Known, ResourceKind, Weekly};
use jiff::civil::{Date, DateTime};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id;
use crate::times::{clock, day, minute, wall, written};

/// Who or what an appointment needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resource {
    /// UUID.
    pub id: String,
    /// UUID of its place.
    pub institution: String,
    /// `practitioner`, `room` or `device`.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// UUID of the person who the practitioner is, when that is known.
    pub person: Option<String>,
}

impl From<Known> for Resource {
    fn from(known: Known) -> Self {
        Self {
            id: known.id.uuid(),
            institution: known.institution.uuid(),
            kind: known.kind.name(),
            name: known.name,
            person: known.person.map(|id| id.uuid()),
        }
    }
}

/// A resource to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResource {
    /// UUID of its place.
    pub institution: String,
    /// `practitioner`, `room` or `device`.
    #[schema(example = "practitioner")]
    pub kind: String,
    /// What it is called, in 1 to 200 characters.
    #[schema(example = "Dr. de Vries")]
    pub name: String,
    /// UUID of the person who the practitioner is, who works here.
    #[serde(default)]
    pub person: Option<String>,
}

impl NewResource {
    /// The same in the words of the house.
    pub fn meant(self) -> Result<New> {
        let why = "A kind is one of practitioner, room and device.";
        let kind =
            ResourceKind::named(&self.kind).ok_or_else(|| Error::invalid("kind", "kind_unknown", why))?;
        Ok(New {
            institution: id("institution", &self.institution)?,
            kind,
            name: self.name,
            person: self.person.map(|uuid| id("person", &uuid)).transpose()?,
        })
    }
}

/// What a resource is to be called, and who it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceChange {
    /// What it is called, in 1 to 200 characters.
    #[schema(example = "Dr. de Vries")]
    pub name: String,
    /// UUID of the person who the practitioner is, who works here; nobody when it is left out.
    #[serde(default)]
    pub person: Option<String>,
}

/// A stretch of each week in which a resource is there.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyHours {
    /// 1 is Monday, 7 is Sunday.
    #[schema(example = 1)]
    pub weekday: i8,
    /// From this time,
    #[schema(example = "09:00")]
    pub from: String,
    /// until this one; what lies in the next day goes on from `24:00` to `48:00`.
    #[schema(example = "12:30")]
    pub until: String,
    /// The first day on which it holds.
    #[serde(default)]
    pub first_day: Option<String>,
    /// The last one.
    #[serde(default)]
    pub last_day: Option<String>,
}

impl WeeklyHours {
    fn of(weekly: &Weekly) -> Self {
        Self {
            weekday: weekly.weekday,
            from: clock(weekly.from),
            until: clock(weekly.until),
            first_day: weekly.first_day.map(|day| day.to_string()),
            last_day: weekly.last_day.map(|day| day.to_string()),
        }
    }

    fn meant(&self) -> Result<Weekly> {
        let of = |text: &Option<String>| text.as_deref().map(|text| day("hours", text)).transpose();
        Ok(Weekly {
            weekday: self.weekday,
            from: minute("hours", &self.from)?,
            until: minute("hours", &self.until)?,
            first_day: of(&self.first_day)?,
            last_day: of(&self.last_day)?,
        })
    }
}

/// The weekly hours of a resource, in place of those before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHours {
    /// At most 70, of which no two overlap.
    pub hours: Vec<WeeklyHours>,
}

impl NewHours {
    /// The same in the words of the house.
    pub fn meant(&self) -> Result<Vec<Weekly>> {
        self.hours.iter().map(WeeklyHours::meant).collect()
    }
}

/// A stretch of one day.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// From this time,
    #[schema(example = "10:00")]
    pub from: String,
    /// until this one.
    #[schema(example = "14:00")]
    pub until: String,
}

/// The hours of one day, in place of the weekly ones.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayHours {
    /// Which day.
    pub day: String,
    /// When the resource is there; never that day when it is empty.
    pub open: Vec<Stretch>,
}

/// The hours of the day that the path names.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDay {
    /// When the resource is there, even on a holiday; never that day when it is empty.
    pub open: Vec<Stretch>,
}

impl NewDay {
    /// The same in the words of the house.
    pub fn meant(&self, day: Date) -> Result<Exception> {
        let open = self.open.iter().map(|one| Ok((minute("open", &one.from)?, minute("open", &one.until)?)));
        Ok(Exception { day, open: open.collect::<Result<_>>()? })
    }
}

/// When a resource is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hours {
    /// Each week; what is over is left out.
    pub weekly: Vec<WeeklyHours>,
    /// On single days.
    pub days: Vec<DayHours>,
    /// When it is away.
    pub absences: Vec<Absence>,
}

impl From<Roster> for Hours {
    fn from(roster: Roster) -> Self {
        let stretch = |(from, until): (_, _)| Stretch { from: clock(from), until: clock(until) };
        let days = roster.exceptions.into_iter().map(|one| DayHours {
            day: one.day.to_string(),
            open: one.open.into_iter().map(stretch).collect(),
        });
        Self {
            weekly: roster.weekly.iter().map(WeeklyHours::of).collect(),
            days: days.collect(),
            absences: roster.absences.into_iter().map(Absence::from).collect(),
        }
    }
}

/// When a resource is away.
#[derive(Debug, Serialize, ToSchema)]
pub struct Absence {
    /// UUID.
    pub id: String,
    /// UUID of who or what is away.
    pub resource: String,
    /// From then, by the wall clock of its place,
    pub from: String,
    /// until then.
    pub until: String,
}

impl From<KnownAbsence> for Absence {
    fn from(known: KnownAbsence) -> Self {
        let (id, resource) = (known.id.uuid(), known.resource.uuid());
        Self { id, resource, from: written(known.from), until: written(known.until) }
    }
}

/// An absence to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAbsence {
    /// UUID of who or what is away.
    pub resource: String,
    /// From then, by the wall clock of its place,
    #[schema(example = "2026-05-04T00:00")]
    pub from: String,
    /// until then, at most two years later.
    #[schema(example = "2026-05-11T00:00")]
    pub until: String,
}

impl NewAbsence {
    /// The same in the words of the house.
    pub fn meant(&self) -> Result<(kernel::ResourceId, DateTime, DateTime)> {
        Ok((id("resource", &self.resource)?, wall("from", &self.from)?, wall("until", &self.until)?))
    }
}

//! The names of appointments, of the list of a day and of what is to be planned again.

use booking::State;
use booking::appointments::Details;
use booking::desk::Behind;
use booking::labels::Label;
use flows::desk::{Day as KnownDay, Displaced, Patient, Place, Shown};
use jiff::tz::TimeZone;
use kernel::{AppointmentId, Error, ResourceId, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{id, ids};
use crate::times::{instant, start};

/// What has a number and a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Called {
    /// Its number.
    #[schema(example = 198)]
    pub number: i64,
    /// What it is called.
    #[schema(example = "First consultation")]
    pub name: String,
}

impl From<&Label> for Called {
    fn from(label: &Label) -> Self {
        Self { number: label.number, name: label.name.clone() }
    }
}

/// Whose an appointment is.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientName {
    /// UUID.
    pub id: String,
    /// What they are called.
    #[schema(example = "Anna de Boer")]
    pub name: String,
    /// When they were born, when it is known.
    #[schema(example = "1980-02-03")]
    pub born_on: Option<String>,
}

impl From<Patient> for PatientName {
    fn from(patient: Patient) -> Self {
        let born_on = patient.born_on.map(|day| day.to_string());
        Self { id: patient.id.uuid(), name: patient.name, born_on }
    }
}

/// A practitioner, a room or a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceName {
    /// UUID.
    pub id: String,
    /// What it is called.
    #[schema(example = "Dr. de Vries")]
    pub name: String,
}

/// An answer to a question of the practice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
}

/// An appointment, as the desk sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appointment {
    /// UUID, for life.
    pub id: String,
    /// `pending` until the practice says yes, `booked` or `cancelled`.
    #[schema(example = "booked")]
    pub status: &'static str,
    /// Whose; null where a clinician may know no more than that the time is taken.
    pub patient: Option<PatientName>,
    /// Its type.
    pub r#type: Called,
    /// Where.
    pub institution: Called,
    /// Who pays, when it was said.
    pub insurance: Option<Called>,
    /// Its start as patients are shown it.
    #[schema(example = "2026-12-01T09:00:00+01:00")]
    pub starts_at: String,
    /// Its end as patients are shown it, without buffers.
    #[schema(example = "2026-12-01T09:20:00+01:00")]
    pub ends_at: String,
    /// The IANA zone of both.
    #[schema(example = "Europe/Amsterdam")]
    pub time_zone: String,
    /// With whom and what.
    pub resources: Vec<ResourceName>,
    /// Whether it stands beside others, knowing.
    pub overbooked: bool,
    /// How often it was changed.
    pub sequence: i64,
    /// In the patient's words, or the desk's.
    pub comments: Option<String>,
    /// Answers to the questions of the practice.
    pub answers: Vec<Answer>,
    /// When it was last changed.
    pub updated_at: String,
    /// When it was cancelled.
    pub cancelled_at: Option<String>,
}

impl From<Shown> for Appointment {
    fn from(shown: Shown) -> Self {
        let known = shown.appointment;
        let at = |ms| instant(ms, &shown.zone);
        let Details { comments, structured_comment, .. } = shown.details;
        let answer = |(question, answer)| Answer { question, answer };
        Self {
            id: known.id.uuid(),
            status: known.state.name(),
            patient: shown.patient.map(PatientName::from),
            r#type: Called::from(&shown.kind),
            institution: Called::from(&shown.institution),
            insurance: shown.insurance.as_ref().map(Called::from),
            starts_at: at(known.start_ms),
            ends_at: at(known.end_ms),
            resources: shown
                .resources
                .into_iter()
                .map(|(id, name)| ResourceName { id: id.uuid(), name })
                .collect(),
            overbooked: known.is_overbooked && known.state != State::Cancelled,
            sequence: known.sequence,
            comments,
            answers: structured_comment.into_iter().map(answer).collect(),
            updated_at: at(known.updated_ms),
            cancelled_at: known.cancelled_ms.map(at),
            time_zone: known.time_zone,
        }
    }
}

/// What the desk books.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    /// The number of the type.
    #[schema(example = 198)]
    pub r#type: i64,
    /// UUID of the patient.
    pub patient: String,
    /// The number of the insurance.
    #[serde(default)]
    #[schema(example = 136)]
    pub insurance: Option<i64>,
    /// Its start, with an offset.
    #[schema(example = "2026-12-01T09:00:00+01:00")]
    pub start: String,
    /// UUIDs of whom and what it is with, one of each part of the type; whoever is free when none is named.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Beside what is there already, knowing.
    #[serde(default)]
    pub overbook: bool,
    /// UUID of the hold that it takes the place of.
    #[serde(default)]
    pub hold: Option<String>,
    /// What there is to say about it.
    #[serde(default)]
    pub comments: Option<String>,
}

/// Where an appointment is to be moved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTime {
    /// Its start, with an offset.
    #[schema(example = "2026-12-01T09:20:00+01:00")]
    pub start: String,
    /// As when it is booked.
    #[serde(default)]
    pub resources: Vec<String>,
    /// As when it is booked.
    #[serde(default)]
    pub overbook: bool,
    /// As when it is booked.
    #[serde(default)]
    pub hold: Option<String>,
}

/// The time that is wanted.
pub(crate) fn place(
    start_at: &str,
    resources: &[String],
    overbook: bool,
    held: Option<&str>,
) -> Result<Place> {
    Ok(Place {
        start_ms: start(start_at)?,
        resources: ids("resources", resources)?,
        overbook,
        hold: held.map(|held| id("hold", held)).transpose()?,
    })
}

/// Why an appointment is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// In 2,000 characters at most.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The appointments of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Day {
    /// Where.
    pub institution: Called,
    /// The local day.
    #[schema(example = "2026-12-01")]
    pub date: String,
    /// The IANA zone of the institution.
    #[schema(example = "Europe/Amsterdam")]
    pub time_zone: String,
    /// When it was read.
    pub as_of: String,
    /// Since when the practice works on paper, when it does.
    pub downtime_since: Option<String>,
    /// The appointments by start; cancelled ones are left out.
    pub appointments: Vec<Appointment>,
}

impl From<KnownDay> for Day {
    fn from(day: KnownDay) -> Self {
        let at = |ms| instant(ms, &day.zone);
        Self {
            institution: Called { number: day.institution.number, name: day.institution.name.clone() },
            date: day.date.to_string(),
            as_of: at(day.as_of_ms),
            downtime_since: day.down_since_ms.map(at),
            appointments: day.appointments.into_iter().map(Appointment::from).collect(),
            time_zone: day.institution.time_zone,
        }
    }
}

/// A time at which an appointment could be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Time {
    /// Its start.
    pub starts_at: String,
    /// Its end.
    pub ends_at: String,
    /// UUIDs of whom and what it would be with.
    pub resources: Vec<String>,
}

impl Time {
    pub(super) fn of((start_ms, end_ms): (i64, i64), with: &[ResourceId], zone: &TimeZone) -> Self {
        Self {
            starts_at: instant(start_ms, zone),
            ends_at: instant(end_ms, zone),
            resources: with.iter().map(|id| id.uuid()).collect(),
        }
    }
}

/// An appointment that falls into an absence.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToReplan {
    /// The appointment.
    pub appointment: Appointment,
    /// The next times to which it could be moved, three at most.
    pub next_times: Vec<Time>,
    /// What `after` takes to go on behind this one.
    pub cursor: String,
}

impl From<Displaced> for ToReplan {
    fn from(displaced: Displaced) -> Self {
        let zone = &displaced.shown.zone;
        let next_times = displaced.next.iter();
        let next_times = next_times.map(|slot| Time::of((slot.start_ms, slot.end_ms), &slot.resources, zone));
        let (start_ms, id) = displaced.behind();
        let cursor = format!("{start_ms}.{}", id.uuid());
        Self { next_times: next_times.collect(), cursor, appointment: Appointment::from(displaced.shown) }
    }
}

/// Where a list goes on, as a cursor says it.
pub(crate) fn behind(cursor: &str) -> Result<Behind> {
    let read = || {
        let (start, id) = cursor.split_once('.')?;
        Some((start.parse().ok()?, AppointmentId::from_uuid(id)?))
    };
    let why = "What a list goes on behind is the cursor of one that it told of.";
    read().ok_or_else(|| Error::invalid("after", "cursor_unfit", why))
}

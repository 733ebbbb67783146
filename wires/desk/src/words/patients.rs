//! The names of what the desk knows of a patient, and of a time that it keeps for one.

use flows::desk::{Kept, Note};
use kernel::clock::instant_of_ms;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::appointments::{Called, Time};
use crate::times::instant;

/// What is to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// The number of the type.
    #[schema(example = 198)]
    pub r#type: i64,
    /// UUID of the patient.
    pub patient: String,
    /// The number of the insurance.
    #[serde(default)]
    pub insurance: Option<i64>,
    /// Its start, with an offset.
    #[schema(example = "2026-12-01T09:00:00+01:00")]
    pub start: String,
}

/// A time that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hold {
    /// UUID, which booking names.
    pub id: String,
    /// The time.
    #[serde(flatten)]
    pub time: Time,
    /// Until when it is kept.
    pub expires_at: String,
}

impl From<Kept> for Hold {
    fn from(kept: Kept) -> Self {
        Self {
            id: kept.id.uuid(),
            time: Time::of(kept.times, &kept.resources, &kept.zone),
            expires_at: instant(kept.until_ms, &kept.zone),
        }
    }
}

/// What the desk knows of a patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct Patient {
    /// UUID.
    pub id: String,
    /// Who pays.
    pub insurance: Option<Called>,
    /// Their number there.
    pub insurance_number: Option<String>,
    /// Since when they book nothing by themselves (RFC 3339).
    pub blocked_since: Option<String>,
}

impl From<Note> for Patient {
    fn from(note: Note) -> Self {
        Self {
            id: note.patient.uuid(),
            insurance: note.insurance.as_ref().map(Called::from),
            insurance_number: note.insurance_number,
            blocked_since: note.blocked_ms.map(|ms| instant_of_ms(ms).to_string()),
        }
    }
}

/// Who pays for a patient's care.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientInsurance {
    /// The number of the insurance; null for none.
    #[schema(example = 136)]
    pub insurance: Option<i64>,
    /// Their number there, in 64 characters at most.
    #[serde(default)]
    pub number: Option<String>,
}

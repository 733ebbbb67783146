//! Booking, moving and cancelling, each whole or not at all.

use kernel::{Actor, AppointmentId, Clock, OrganisationId, Result, Rng};
use serde::{Deserialize, Serialize};
use store::Tx;
use vault::KeyRing;

use crate::access::OpenAppointment;
use crate::availability::Availability;
use crate::facts::Question;
use crate::model::Appointment;

/// The job that tells the patient what became of an appointment.
pub const TELL: &str = "booking.tell";

/// What the job [`TELL`] needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Telling {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub appointment: AppointmentId,
    /// Its sequence after the change that is told.
    pub sequence: i64,
}

/// What a patient says when they book. All of it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// In their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    /// Answers to the questions of the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub structured_comment: Vec<(String, String)>,
    /// What the application calls it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where letters about it go, instead of the address of their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether they want letters about it; they do when they do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wants_mail: Option<bool>,
    /// Whether they want SMS about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wants_sms: Option<bool>,
}

/// Details, sealed for an appointment that is to be made.
#[derive(Clone, Debug)]
pub struct SealedDetails {
    pub(crate) appointment: AppointmentId,
    pub(crate) details: Vec<u8>,
}

impl Details {
    /// Seals them with the organisation's key, outside any transaction; the appointment will have a new id.
    ///
    /// # Errors
    /// [`kernel::Error::TooLarge`] for more than 10,000 characters.
    pub fn seal(&self, ring: &KeyRing, clock: &Clock, rng: &Rng) -> Result<SealedDetails> {
        todo!()
    }

    /// Opens those of an appointment.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn open(ring: &KeyRing, appointment: AppointmentId, sealed: &[u8]) -> Result<Self> {
        todo!()
    }
}

impl SealedDetails {
    /// The id that the appointment will have.
    #[must_use]
    pub const fn id(&self) -> AppointmentId {
        self.appointment
    }
}

/// What somebody books.
#[derive(Clone, Debug)]
pub struct Order {
    /// The time that they were offered.
    pub availability: Availability,
    /// When the patient was born, when it is known.
    pub born_on: Option<jiff::civil::Date>,
    /// What they say.
    pub details: SealedDetails,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Booked {
    /// The appointment.
    pub appointment: Appointment,
    /// Whether it was made now; else it is the repetition of a request that was done.
    pub is_new: bool,
}

/// Books what the actor was offered, for themselves or whom they act for. The offer overrides no rule: the predicate is
/// asked again, and where what it named is taken, an equal one of the category takes its place, unless the category is a
/// person.
///
/// # Errors
/// [`kernel::Error::Conflict`] with `availability_taken`, or what [`store::is_overlap`] knows, which is worth another try;
/// [`kernel::Error::Invalid`] with `availability_invalid` for an offer to somebody else or for a move;
/// [`kernel::Error::NotAllowed`] with `patient_blocked`, `insurance_not_accepted` or `age_not_accepted`;
/// [`kernel::Error::Precondition`] with `downtime`.
pub async fn book(tx: &Tx, actor: &Actor, order: &Order) -> Result<Booked> {
    todo!()
}

/// Moves an appointment to a time that its patient was offered. The id stays; when the new time is gone, so does the old
/// one.
///
/// # Errors
/// As [`book`]; [`kernel::Error::Precondition`] with `reschedule_window_passed`, `reschedules_used_up` or
/// `already_cancelled`.
pub async fn reschedule(
    tx: &Tx,
    open: &OpenAppointment,
    availability: &Availability,
    born_on: Option<jiff::civil::Date>,
) -> Result<Appointment> {
    todo!()
}

/// Moves it to an earlier time that its patient was told of by letter; otherwise as [`reschedule`]. The caller has the proof
/// that they may: the token of the letter.
///
/// # Errors
/// As [`reschedule`].
pub async fn take_earlier(
    tx: &Tx,
    organisation: OrganisationId,
    id: AppointmentId,
    start_ms: i64,
    hold: Option<kernel::HoldId>,
) -> Result<Appointment> {
    todo!()
}

/// Cancels an appointment; one that is cancelled already stays as it is.
///
/// # Errors
/// [`kernel::Error::Precondition`] with `cancellation_window_passed`.
pub async fn cancel(tx: &Tx, open: &OpenAppointment, reason: Option<&SealedReason>) -> Result<Appointment> {
    todo!()
}

/// Why an appointment is cancelled, sealed.
#[derive(Clone, Debug)]
pub struct SealedReason(pub(crate) Vec<u8>);

/// Seals why an appointment is cancelled, outside any transaction.
///
/// # Errors
/// [`kernel::Error::TooLarge`] for more than 2,000 characters.
pub fn seal_reason(ring: &KeyRing, id: AppointmentId, reason: &str) -> Result<SealedReason> {
    todo!()
}

/// Which appointments of a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All, the newest start first.
    All,
    /// Those that count and lie ahead, the nearest first.
    Upcoming,
    /// Those that lie behind and were not cancelled, the newest first.
    Past,
    /// Those that were cancelled, the newest first.
    Cancelled,
}

/// Appointments of the patient whom the actor speaks of, with the sealed details of each; page 1 is the first. How many
/// there are in all comes with them.
///
/// # Errors
/// The store's.
pub async fn list(
    tx: &Tx,
    actor: &Actor,
    filter: Filter,
    page: u32,
    per_page: u32,
) -> Result<(Vec<(Appointment, Vec<u8>)>, i64)> {
    todo!()
}

/// The sealed details of an appointment that was opened.
///
/// # Errors
/// The store's.
pub async fn details(tx: &Tx, open: &OpenAppointment) -> Result<Vec<u8>> {
    todo!()
}

/// What to ask about when an appointment is to be moved by its patient.
#[must_use]
pub fn question_of(
    appointment: &Appointment,
    days: std::ops::RangeInclusive<jiff::civil::Date>,
    born_on: Option<jiff::civil::Date>,
) -> Question {
    Question {
        kind: appointment.kind,
        patient: appointment.patient,
        insurance: appointment.insurance,
        born_on,
        days,
        moves: Some(appointment.id),
        hold: None,
    }
}

/// Who holds appointments of this organisation whose time the rules of their zone now say to be another instant: each is
/// set to the instant at which the wall clock shows what its patient was told. Those that moved come back, with the old
/// instant.
///
/// # Errors
/// The store's.
pub async fn resettle(
    tx: &Tx,
    organisation: OrganisationId,
    after: AppointmentId,
) -> Result<(Vec<(Appointment, i64)>, Option<AppointmentId>)> {
    todo!()
}

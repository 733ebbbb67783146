//! What was booked.

use jiff::civil::DateTime;
use kernel::{
    AppointmentId, AppointmentTypeId, CategoryId, ClientId, GatheringId, InstitutionId, InsuranceId, PersonId,
};

/// How it stands with an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The staff have yet to say yes; its time is taken.
    Pending,
    /// It counts.
    Booked,
    /// It was cancelled.
    Cancelled,
}

impl State {
    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Booked => "booked",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Pending, Self::Booked, Self::Cancelled].into_iter().find(|state| state.name() == name)
    }
}

/// An appointment, but for what of it is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Which, for life.
    pub id: AppointmentId,
    /// Where.
    pub institution: InstitutionId,
    /// In which category.
    pub category: CategoryId,
    /// Of which type.
    pub kind: AppointmentTypeId,
    /// Who pays.
    pub insurance: Option<InsuranceId>,
    /// Whose.
    pub patient: PersonId,
    /// How it stands.
    pub state: State,
    /// Its start as patients are shown it, in milliseconds since 1970.
    pub start_ms: i64,
    /// Its end as patients are shown it, without buffers.
    pub end_ms: i64,
    /// The start as the patient was told it, by the wall clock of the zone below.
    pub start_local: DateTime,
    /// The IANA zone in which it was told.
    pub time_zone: String,
    /// Minutes before and after it that are taken as well.
    pub buffers: (i64, i64),
    /// Elapsed minutes before its start until which the patient may cancel.
    pub cancel: i64,
    /// Elapsed minutes before its start until which the patient may move it.
    pub reschedule: i64,
    /// How often they still may; any number of times when it is not said.
    pub reschedules_left: Option<i64>,
    /// The gathering that it is part of.
    pub gathering: Option<GatheringId>,
    /// The staff put it beside others, knowing.
    pub is_overbooked: bool,
    /// Rises with each change of its time and with its end (RFC 5545 section 3.8.7.4).
    pub sequence: i64,
    /// When it was booked.
    pub made_ms: i64,
    /// Through which application.
    pub client: Option<ClientId>,
    /// When it was last changed.
    pub updated_ms: i64,
    /// When it was cancelled.
    pub cancelled_ms: Option<i64>,
}

impl Appointment {
    /// The instant until which the patient may cancel, in milliseconds since 1970.
    #[must_use]
    pub const fn cancelable_until_ms(&self) -> i64 {
        self.start_ms - self.cancel * 60_000
    }

    /// The instant until which the patient may move it.
    #[must_use]
    pub const fn reschedulable_until_ms(&self) -> i64 {
        self.start_ms - self.reschedule * 60_000
    }

    /// Whether the patient may cancel it now.
    #[must_use]
    pub fn is_cancellable(&self, now_ms: i64) -> bool {
        self.is_ahead(now_ms) && now_ms <= self.cancelable_until_ms()
    }

    /// Whether the patient may move it now.
    #[must_use]
    pub fn is_reschedulable(&self, now_ms: i64) -> bool {
        self.is_ahead(now_ms) && now_ms <= self.reschedulable_until_ms() && self.reschedules_left != Some(0)
    }

    /// Whether it counts, or waits for a yes, and lies ahead.
    #[must_use]
    pub fn is_ahead(&self, now_ms: i64) -> bool {
        self.state != State::Cancelled && now_ms < self.start_ms
    }
}

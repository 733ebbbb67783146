//! When something can be booked: pure rules over what was read, without input or output.
//!
//! [`Facts`] is all that decides for one type, read in one go. [`Facts::is_bookable`] is the one predicate; the list of
//! [`Facts::slots`] is what it says yes to, and [`Facts::choose`] finds who and what is free at one of them.
//!
//! - Hours begin and end by the wall clock. An interval belongs to the day on which it begins: exceptions replace those of
//!   their day, holidays close theirs, and neither touches what began on the day before and goes on past midnight.
//! - What patients are shown lies within the hours of all that it needs. Buffers may reach out of the hours, as somebody
//!   tidies up after closing time, but into no absence and nothing else that is taken. Patients are there for what they are
//!   shown alone: what they have elsewhere may touch it.
//! - Starts hang on the beginning of each opening interval of the first part, in elapsed minutes, whatever an absence cuts
//!   out of it.

mod busy;
mod matching;
mod opening;
mod predicate;
mod slots;
mod spans;
#[cfg(test)]
mod tests;
mod zone;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{AppointmentId, GatheringId, HoldId, ResourceId};

pub(crate) use self::matching::one_of_each;
pub use self::slots::{around, stretch};
pub(crate) use self::spans::joined;
pub use self::zone::{instant, instant_of_end, local, tz_version, zone};
use crate::model::{Absence, AppointmentType, Exception, Weekly};

/// A half-open stretch of time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// From then.
    pub from_ms: i64,
    /// Until just before then.
    pub until_ms: i64,
}

/// When a resource is there, by the wall clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Each week.
    pub weekly: Vec<Weekly>,
    /// On single days.
    pub exceptions: Vec<Exception>,
    /// When it is away.
    pub absences: Vec<Absence>,
}

/// What takes a resource for a time, buffers included, or a patient, as they are shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// When.
    pub span: Span,
    /// By what.
    pub by: By,
}

/// By what something is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// An appointment.
    Appointment(AppointmentId),
    /// A gathering of this type and start, with so many seats that nobody has yet.
    Gathering {
        /// Which.
        id: GatheringId,
        /// Whether it is of the type that is asked for.
        is_of_type: bool,
        /// Its start as patients are shown it.
        start_ms: i64,
        /// Seats that nobody has.
        free: i64,
    },
    /// A hold.
    Hold {
        /// Which.
        id: HoldId,
        /// The start that it keeps for whoever asks, when it is theirs and of the type that is asked for: at just that start
        /// it is free for them.
        kept_ms: Option<i64>,
    },
}

/// Why nothing can be booked at all by whoever asks, whatever the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// The practice blocked them.
    Blocked,
    /// Neither the category nor the type is for their insurance.
    Insurance,
    /// The category is not for their age.
    Age,
    /// The category or the type is no longer there.
    Ended,
}

/// Who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asker {
    /// The appointment that is to be moved: what it takes itself is free for it.
    pub moves: Option<AppointmentId>,
    /// A hold that is free for them.
    pub hold: Option<HoldId>,
    /// Why they may book nothing.
    pub barred: Option<Barred>,
    /// The first and the last day on which they are of the age that the category is for, in days since 1970.
    pub of_age: (Option<i64>, Option<i64>),
}

/// All that decides whether a type can be booked, in a stretch of time.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The zone of the institution.
    pub zone: TimeZone,
    /// The type.
    pub kind: AppointmentType,
    /// When each of its resources is there.
    pub rosters: BTreeMap<ResourceId, Roster>,
    /// Holidays of the institution.
    pub holidays: Vec<Date>,
    /// What appointments take of its resources, of which none is the asker's, in as few spans as they take; at least all
    /// that touches the stretch that is asked about.
    pub booked: BTreeMap<ResourceId, Arc<[Span]>>,
    /// What takes its resources besides, by the earliest start, with all that it takes to know for whom.
    pub taken: BTreeMap<ResourceId, Vec<Taken>>,
    /// What takes the patient, who is not there for buffers; nothing where they may overlap.
    pub patient: Vec<Taken>,
}

/// Why a time cannot be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbookable {
    /// Nothing can, by them.
    Barred(Barred),
    /// It is over, or nearer than the notice.
    TooSoon,
    /// It is further ahead than the horizon.
    TooFar,
    /// It is on no grid of an opening interval, or outside the hours or the type's windows.
    NotOpen,
    /// Somebody has it.
    Taken,
    /// The patient has another appointment then.
    PatientTaken,
}

/// A time that can be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its start as patients are shown it, in milliseconds since 1970.
    pub start_ms: i64,
    /// Its end as patients are shown it.
    pub end_ms: i64,
    /// One resource for each part of the type, in that order.
    pub resources: Vec<ResourceId>,
    /// The gathering that has a seat left then.
    pub gathering: Option<GatheringId>,
}

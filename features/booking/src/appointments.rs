//! Booking, moving and cancelling, each whole or not at all.

mod booking;
mod cancelling;
mod details;
mod listing;
mod moving;
pub(crate) mod record;
mod resettling;

use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::facts::Question;
use crate::model::Appointment;

pub use crate::seats::taken;
pub(crate) use booking::refused;
pub use booking::{Booked, Order, barred_by, book, day_of, repeated, zone_of};
pub use cancelling::cancel;
pub use details::{Details, SealedDetails, SealedReason, seal_reason};
pub(crate) use details::{details_place, reason_place};
pub use listing::{Filter, details, list};
pub(crate) use moving::{Moving, Terms, take_earlier};
pub use moving::{must_be_reschedulable, reschedule};
pub use record::{TELL, Telling};
pub use resettling::{RESETTLED_AT_ONCE, resettle, unsettled};

/// What to ask about when an appointment is to be moved by its patient.
#[must_use]
pub fn question_of(appointment: &Appointment, days: RangeInclusive<Date>, born_on: Option<Date>) -> Question {
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

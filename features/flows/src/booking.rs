//! Booking, with what it needs of people: who acts for whom, what is known of them, and whom to tell.

use std::ops::RangeInclusive;

use booking::appointments::Details;
use booking::calendar::Slot;
use booking::{Appointment, AppointmentType, Category, Institution, Insurance, Number};
use jiff::civil::Date;
use kernel::{Actor, AppointmentId, PersonId, Result};

use crate::House;

/// What somebody wants to see.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The number of the category.
    pub category: Number,
    /// The number of the type.
    pub kind: Number,
    /// The number of the insurance.
    pub insurance: Number,
    /// The local days, both included; 28 from today when they are not said.
    pub days: Option<RangeInclusive<Date>>,
    /// How many at most.
    pub limit: usize,
}

/// A time that is offered, with its sealed proof.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The time.
    pub slot: Slot,
    /// Its proof ([`booking::availability`]).
    pub proof: Vec<u8>,
}

/// What can be booked.
#[derive(Clone, Debug)]
pub struct Offering {
    /// The times.
    pub times: Vec<Offered>,
    /// The zone in which they are shown.
    pub time_zone: String,
    /// When there are none: the next local day on which there is one, within the horizon.
    pub next_on: Option<Date>,
}

/// An appointment with what is needed to show it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The appointment.
    pub appointment: Appointment,
    /// What was said when it was booked.
    pub details: Details,
    /// Its type.
    pub kind: AppointmentType,
    /// Its category.
    pub category: Category,
    /// Its place.
    pub institution: Institution,
    /// Who pays.
    pub insurance: Option<Insurance>,
    /// On the waiting list: the address, when it is.
    pub asap_email: Option<String>,
}

/// The actor in the stead of a relative whom they have a mandate for.
///
/// # Errors
/// [`kernel::Error::NotFound`] without a mandate; [`kernel::Error::NotAllowed`] with `mandate_without_booking` when they want
/// to book and it does not let them.
pub async fn in_stead_of(house: &House, actor: &Actor, relative: PersonId, to_book: bool) -> Result<Actor> {
    todo!()
}

/// What can be booked.
///
/// # Errors
/// [`kernel::Error::NotFound`] for an unknown category, type or insurance; [`kernel::Error::NotAllowed`] with
/// `insurance_not_accepted`, `patient_blocked` or `age_not_accepted`; [`kernel::Error::Invalid`] of `from` with `range_reversed` or
/// `range_too_long` (366 days).
pub async fn availabilities(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Offering> {
    todo!()
}

/// To which times an appointment can be moved by its patient.
///
/// # Errors
/// As [`availabilities`]; [`kernel::Error::Precondition`] as [`booking::appointments::reschedule`].
pub async fn times_to_move(
    house: &House,
    actor: &Actor,
    id: AppointmentId,
    days: Option<RangeInclusive<Date>>,
    limit: usize,
) -> Result<Offering> {
    todo!()
}

/// The local days of a stretch, and whether anything can be booked on each.
///
/// # Errors
/// As [`availabilities`].
pub async fn days(house: &House, actor: &Actor, wanted: &Wanted) -> Result<Vec<(Date, bool)>> {
    todo!()
}

/// The earliest time before an appointment that is on the waiting list, to which it could be moved.
///
/// # Errors
/// [`kernel::Error::Precondition`] with `asap_not_subscribed`, or as [`times_to_move`].
pub async fn earlier(house: &House, actor: &Actor, id: AppointmentId) -> Result<(Shown, Option<Offered>)> {
    todo!()
}

/// What somebody books.
#[derive(Clone, Debug)]
pub struct Request {
    /// The proof of a time that they were offered.
    pub proof: Vec<u8>,
    /// What they say.
    pub details: Details,
    /// Whether they would come earlier.
    pub asap: bool,
}

/// Books. Tries again when somebody else was quicker with one of several that are free.
///
/// # Errors
/// As [`booking::appointments::book`]; [`kernel::Error::Invalid`] with `required_profile_fields_missing` or
/// `comment_form_invalid`; with `asap`, as [`booking::asap::subscribe`].
pub async fn book(house: &House, actor: &Actor, request: Request) -> Result<AppointmentId> {
    todo!()
}

/// Moves an appointment.
///
/// # Errors
/// As [`booking::appointments::reschedule`].
pub async fn reschedule(house: &House, actor: &Actor, id: AppointmentId, proof: Vec<u8>) -> Result<()> {
    todo!()
}

/// Cancels an appointment.
///
/// # Errors
/// As [`booking::appointments::cancel`].
pub async fn cancel(house: &House, actor: &Actor, id: AppointmentId, reason: Option<String>) -> Result<()> {
    todo!()
}

/// One appointment of the patient whom the actor speaks of.
///
/// # Errors
/// [`kernel::Error::NotFound`] for anybody else's.
pub async fn appointment(house: &House, actor: &Actor, id: AppointmentId) -> Result<Shown> {
    todo!()
}

/// Appointments of the patient whom the actor speaks of; page 1 is the first. How many there are in all comes with them.
///
/// # Errors
/// The store's.
pub async fn appointments(
    house: &House,
    actor: &Actor,
    filter: booking::appointments::Filter,
    page: u32,
    per_page: u32,
) -> Result<(Vec<Shown>, i64)> {
    todo!()
}

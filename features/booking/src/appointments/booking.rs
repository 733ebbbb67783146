//! Booking what was offered.

use std::ops::RangeInclusive;

use audit::Deed;
use jiff::civil::Date;
use kernel::{Actor, AppointmentTypeId, Error, Kind, OrganisationId, Result};
use store::{Tx, args};

use super::details::SealedDetails;
use super::record::{self, New};
use crate::access::patient_of;
use crate::availability::Availability;
use crate::calendar::{self, Barred, Slot, Unbookable};
use crate::facts::{self, Found, Question};
use crate::holds;
use crate::line::{self, Doer};
use crate::model::{Appointment, State};
use crate::rows::appointments as rows;
use crate::seats::taken;
use crate::setup::settings;
use crate::turns;

/// What somebody books.
#[derive(Clone, Debug)]
pub struct Order {
    /// The time that they were offered.
    pub availability: Availability,
    /// When the patient was born, when it is known.
    pub born_on: Option<Date>,
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
/// [`Error::Conflict`] with `availability_taken`, or what [`store::is_overlap`] knows, which is worth another try;
/// [`Error::Gone`] for an offer that has expired, unless it was booked;
/// [`Error::Invalid`] with `availability_invalid` for an offer to somebody else or for a move;
/// [`Error::NotAllowed`] with `patient_blocked`, `insurance_not_accepted` or `age_not_accepted`;
/// [`Error::Precondition`] with `downtime`.
pub async fn book(tx: &Tx, actor: &Actor, order: &Order) -> Result<Booked> {
    let (offer, patient, organisation) = (&order.availability, patient_of(actor), actor.organisation);
    turns::of_patient(tx, patient).await?;
    if let Some(appointment) = repeated(tx, actor, offer).await? {
        return Ok(Booked { appointment, is_new: false });
    }
    offer.must_be_good(tx.now_ms())?;
    settings::must_be_up(tx, organisation).await?;
    let kept = holds::find_own(tx, organisation, patient, (offer.kind, offer.start_ms)).await?;
    let held = turns::with_holds(tx, organisation, &kept).await?;
    turns::of_type(tx, organisation, offer.kind, &[&offer.resources[..], &held].concat()).await?;
    let question = Question {
        kind: offer.kind,
        patient,
        insurance: Some(offer.insurance),
        born_on: order.born_on,
        days: day_of(tx, organisation, offer.kind, offer.start_ms).await?,
        moves: None,
        hold: None,
    };
    let found = facts::load(tx, organisation, &question).await?;
    let slot = chosen(&found, offer, tx.now_ms())?;
    holds::spend(tx, organisation, &kept, &slot.resources).await?;
    let new = New {
        doer: Doer::Actor(actor),
        found: &found,
        slot: &slot,
        patient,
        insurance: Some(offer.insurance),
        jti: Some(offer.jti),
        details: &order.details,
        by_desk: false,
        overbook: false,
    };
    let appointment = record::enter(tx, new).await?;
    line::of(tx, Doer::Actor(actor), Deed::AppointmentBooked, &appointment, "own").await?;
    Ok(Booked { appointment, is_new: true })
}

/// The appointment that was booked with this offer before, for who repeats their request.
///
/// # Errors
/// [`Error::Conflict`] with `availability_taken` when it was cancelled or moved since: it is not what they choose now.
/// [`Error::Invalid`] with `availability_invalid` as [`book`].
pub async fn repeated(tx: &Tx, actor: &Actor, offer: &Availability) -> Result<Option<Appointment>> {
    must_be_offered(offer, actor)?;
    if offer.moves.is_some() {
        return Err(unfit());
    }
    let Some(found) = find_booked_with(tx, actor, offer).await? else { return Ok(None) };
    if found.state == State::Cancelled || found.start_ms != offer.start_ms {
        return Err(taken());
    }
    line::of(tx, Doer::Actor(actor), Deed::AppointmentRead, &found, "the same request again").await?;
    Ok(Some(found))
}

async fn find_booked_with(tx: &Tx, actor: &Actor, offer: &Availability) -> Result<Option<Appointment>> {
    let known = args![&actor.organisation, &offer.patient, &offer.jti[..]];
    tx.one(rows::BOOKED_WITH, &known, rows::appointment).await
}

/// Passes for an offer that was made to the patient whom the actor speaks of, through the same application.
pub(super) fn must_be_offered(offer: &Availability, actor: &Actor) -> Result<()> {
    let is_theirs = offer.patient == patient_of(actor) && offer.client == actor.client;
    if is_theirs { Ok(()) } else { Err(unfit()) }
}

pub(super) fn unfit() -> Error {
    Error::invalid("availability_id", "availability_invalid", "This time was not offered for that.")
}

/// What is free at the time that was offered.
pub(super) fn chosen(found: &Found, offer: &Availability, now_ms: i64) -> Result<Slot> {
    let kind = &found.facts.kind;
    // Whoever was shown another length, or another place, looks again.
    if found.category.id != offer.category || kind.duration != offer.minutes.0 {
        return Err(taken());
    }
    let slot = found.facts.choose(&found.asker, offer.start_ms, &offer.resources, now_ms).map_err(refused)?;
    if found.category.is_person && !is_same(&slot, offer) {
        return Err(taken());
    }
    Ok(slot)
}

fn is_same(slot: &Slot, offer: &Availability) -> bool {
    slot.resources.len() == offer.resources.len()
        && slot.resources.iter().all(|resource| offer.resources.contains(resource))
}

/// Why a time cannot be booked, as who asks hears it.
pub(crate) fn refused(why: Unbookable) -> Error {
    match why {
        Unbookable::Barred(barred) => barred_by(barred),
        Unbookable::PatientTaken => {
            Error::conflict("availability_taken", "You have another appointment at this time.")
        }
        Unbookable::TooSoon | Unbookable::TooFar | Unbookable::NotOpen | Unbookable::Taken => taken(),
    }
}

/// Why nothing can be booked by whoever asks.
#[must_use]
pub fn barred_by(why: Barred) -> Error {
    match why {
        Barred::Blocked => Error::not_allowed("patient_blocked", "Please call the practice to book."),
        Barred::Insurance => {
            Error::not_allowed("insurance_not_accepted", "This cannot be booked with this insurance.")
        }
        Barred::Age => Error::not_allowed("age_not_accepted", "This cannot be booked at this age."),
        Barred::Ended => Error::not_found(Kind::AppointmentType),
    }
}

/// The local day of an instant, where a type is: the only one that must be read to book it.
///
/// # Errors
/// As [`zone_of`].
pub async fn day_of(
    tx: &Tx,
    organisation: OrganisationId,
    kind: AppointmentTypeId,
    at_ms: i64,
) -> Result<RangeInclusive<Date>> {
    let zone = calendar::zone(&zone_of(tx, organisation, kind).await?)?;
    let day = calendar::local(&zone, at_ms).date();
    Ok(day..=day)
}

/// The name of the zone where a type is.
///
/// # Errors
/// [`Error::NotFound`] for an unknown type.
pub async fn zone_of(tx: &Tx, organisation: OrganisationId, kind: AppointmentTypeId) -> Result<String> {
    let zone = tx.one(rows::ZONE_OF_TYPE, &args![&organisation, &kind], |row| row.get(0)).await?;
    zone.ok_or(Error::not_found(Kind::AppointmentType))
}

//! Cancelling an appointment.

use std::borrow::Cow;

use audit::Deed;
use kernel::{Error, Result};
use store::{Tx, args};

use super::details::SealedReason;
use super::record;
use crate::access::OpenAppointment;
use crate::line::{self, Doer};
use crate::model::{Appointment, State};
use crate::rows::appointments as rows;
use crate::setup::{settings, types};
use crate::{asap, seats, turns};

/// Cancels an appointment; one that is cancelled already stays as it is. The desk may do so until it begins.
///
/// # Errors
/// [`Error::Precondition`] with `cancellation_window_passed`, or with `downtime`.
pub async fn cancel(tx: &Tx, open: &OpenAppointment, reason: Option<&SealedReason>) -> Result<Appointment> {
    open.must_be_for_change()?;
    let (old, organisation, doer) = (&open.appointment, open.actor.organisation, Doer::Actor(&open.actor));
    if old.state == State::Cancelled {
        line::of(tx, doer, Deed::AppointmentRead, old, "cancelled already").await?;
        return Ok(old.clone());
    }
    let now = tx.now_ms();
    let ground = must_be_cancellable(open, now)?;
    settings::must_be_up(tx, organisation).await?;
    turns::of_appointment(tx, organisation, old, &[]).await?;
    let held = turns::held(tx, organisation, std::slice::from_ref(old)).await?;
    let held = held.iter().flat_map(|resource| *resource.as_bytes()).collect::<Vec<u8>>();
    let row = args![&organisation, &old.id, old.sequence, now, reason.map(|reason| &reason.0), &held[..]];
    record::must_be_one(tx.run(rows::CANCEL, &row).await?)?;
    let kind = types::find(tx, organisation, old.kind).await?;
    seats::give_back(tx, organisation, old, kind.map_or(0, |kind| kind.asap.debounce)).await?;
    let new = Appointment {
        state: State::Cancelled,
        cancelled_ms: Some(now),
        updated_ms: now,
        gathering: None,
        sequence: old.sequence + 1,
        ..old.clone()
    };
    record::changed(tx, doer, &new, "cancelled").await?;
    asap::end_with(tx, organisation, (new.id, new.patient)).await?;
    line::of(tx, doer, Deed::AppointmentCancelled, &new, ground).await?;
    Ok(new)
}

/// On which ground it may be cancelled now.
fn must_be_cancellable(open: &OpenAppointment, now_ms: i64) -> Result<Cow<'static, str>> {
    let old = &open.appointment;
    match open.ground {
        _ if old.is_cancellable(now_ms) => Ok(open.ground.name().into()),
        ground if ground.is_of_staff() && old.is_ahead(now_ms) => {
            Ok(format!("{}, past the window", ground.name()).into())
        }
        _ => {
            let why = "It is too late to cancel this appointment. Please call the practice.";
            Err(Error::precondition("cancellation_window_passed", why))
        }
    }
}

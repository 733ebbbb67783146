//! How a subscription ends. With it end its offers, and what was kept for them is free again.

use audit::{Deed, Line};
use kernel::{AppointmentId, HoldId, OfferId, OrganisationId, Origin, PersonId, Result, SubscriptionId};
use store::{Tx, args};
use vault::Vault;

use super::offers::{self, Offer, OfferState};
use crate::access::OpenAppointment;
use crate::line::ByLetter;
use crate::model::Appointment;
use crate::rows::asap as rows;
use crate::{holds, turns};

/// Subscriptions or offers that one transaction ends: what was kept for each costs up to two dozen statements.
const AT_ONCE: u8 = 5;
/// Subscriptions of one patient that are looked at when a letter came back, the newest.
const LOST_AT_ONCE: i64 = 20;

/// Why one ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Its reader said so.
    Left,
    /// Its appointment was cancelled.
    Cancelled,
    /// Its appointment has begun.
    Started,
    /// The list of its type was closed.
    Disabled,
    /// Its letters came back.
    Bounced,
    /// Its appointment was moved, and who moves does not stay on the list.
    Moved,
    /// Who made it in the patient's stead may not book for them any more.
    MandateEnded,
}

impl Why {
    const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Cancelled => "cancelled",
            Self::Started => "started",
            Self::Disabled => "disabled",
            Self::Bounced => "bounced",
            Self::Moved => "moved",
            Self::MandateEnded => "mandate_ended",
        }
    }

    /// What the access log says of it.
    const fn said(self) -> &'static str {
        match self {
            Self::Left => "left the waiting list",
            Self::Cancelled => "waiting list: cancelled",
            Self::Started => "waiting list: begun",
            Self::Disabled => "waiting list: closed",
            Self::Bounced => "letters came back",
            Self::Moved => "waiting list: moved",
            Self::MandateEnded => "waiting list: mandate ended",
        }
    }
}

/// Ends the subscription of an appointment, and says whether there was one. The caller has the turn of its patient, and
/// leaves the line.
pub(super) async fn end(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
    why: Why,
) -> Result<bool> {
    let values = args![&organisation, &appointment, tx.now_ms(), why.name()];
    let has_ended = tx.run(rows::END, &values).await? > 0;
    if has_ended {
        close_offers(tx, organisation, appointment, None).await?;
    }
    Ok(has_ended)
}

/// The same when nobody at a door said so: the house leaves the line.
async fn end_by_itself(
    tx: &Tx,
    organisation: OrganisationId,
    (appointment, patient): (AppointmentId, PersonId),
    why: Why,
) -> Result<()> {
    if end(tx, organisation, appointment, why).await? {
        line_of_house(tx, organisation, (appointment, patient), why.said()).await?;
    }
    Ok(())
}

/// What is open is open no more, and what was kept for it is given up: in turn that is one time. The offer of the time that
/// the appointment has now counts as accepted.
async fn close_offers(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
    start_ms: Option<i64>,
) -> Result<()> {
    if tx.run(rows::CLOSE_OFFERS, &args![&organisation, &appointment, tx.now_ms(), start_ms]).await? == 0 {
        return Ok(());
    }
    let kept = kept_for(tx, organisation, appointment).await?;
    holds::release_all(tx, organisation, &kept).await
}

/// What is kept for offers that would move an appointment.
pub(crate) async fn kept_for(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
) -> Result<Vec<HoldId>> {
    tx.all(rows::HOLDS_FOR, &args![&organisation, &appointment], |row| row.get(0)).await
}

/// Ends the subscription of an appointment that was cancelled, in its transaction.
pub(crate) async fn end_with(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: (AppointmentId, PersonId),
) -> Result<()> {
    end_by_itself(tx, organisation, appointment, Why::Cancelled).await
}

/// Does what follows for the waiting list when an appointment was moved, in its transaction: one that does not stay on
/// ends, and older offers are no longer open.
pub(crate) async fn after_move(
    tx: &Tx,
    organisation: OrganisationId,
    new: &Appointment,
    stays: bool,
) -> Result<()> {
    close_offers(tx, organisation, new.id, Some(new.start_ms)).await?;
    if stays {
        return Ok(());
    }
    end_by_itself(tx, organisation, (new.id, new.patient), Why::Moved).await
}

/// Ends some of what has come to its end by itself: subscriptions whose appointment has begun or whose type has no list any
/// more, and offers whose time is over. Says whether there may be more.
///
/// # Errors
/// The store's.
pub async fn tidy_up(tx: &Tx, organisation: OrganisationId) -> Result<bool> {
    for (sql, why) in [(rows::STARTED, Why::Started), (rows::CLOSED, Why::Disabled)] {
        let asked = args![&organisation, tx.now_ms(), i64::from(AT_ONCE)];
        let over: Vec<(AppointmentId, PersonId)> =
            tx.all(sql, &asked, |row| Ok((row.get(0)?, row.get(1)?))).await?;
        end_each(tx, organisation, &over, why).await?;
        if !over.is_empty() {
            return Ok(true);
        }
    }
    Ok(offers::expire(tx, organisation, i64::from(AT_ONCE)).await? > 0)
}

/// Ends those of several appointments by themselves.
async fn end_each(
    tx: &Tx,
    organisation: OrganisationId,
    over: &[(AppointmentId, PersonId)],
    why: Why,
) -> Result<()> {
    let patients: Vec<PersonId> = over.iter().map(|(_, patient)| *patient).collect();
    turns::of_patients(tx, &patients).await?;
    // All that is given back waits in one go, in one order for everybody.
    let mut kept = Vec::new();
    for (appointment, _) in over {
        kept.extend(kept_for(tx, organisation, *appointment).await?);
    }
    turns::of_holds(tx, organisation, &kept).await?;
    for appointment in over {
        end_by_itself(tx, organisation, *appointment, why).await?;
    }
    Ok(())
}

/// Ends a subscription for who came by the link of one of its letters: whoever has it is whom it was sent to. One that has
/// ended stays so.
///
/// # Errors
/// As [`super::find_in_turn`].
pub async fn leave_by_letter(
    tx: &Tx,
    organisation: OrganisationId,
    id: SubscriptionId,
    origin: Origin,
) -> Result<()> {
    let (found, ended_ms, patient) = super::find_in_turn(tx, organisation, id).await?;
    if ended_ms.is_some() {
        return Ok(());
    }
    end(tx, organisation, found.appointment, Why::Left).await?;
    let by = ByLetter { organisation, patient, proxy: found.proxy, origin };
    line_by_letter(tx, by, found.appointment, "left the waiting list by letter").await
}

/// Ends a subscription that was made in a patient's stead by who may not book for them any more.
///
/// # Errors
/// As [`super::find_in_turn`].
pub async fn mandate_ended(tx: &Tx, organisation: OrganisationId, id: SubscriptionId) -> Result<()> {
    let (found, ended_ms, patient) = super::find_in_turn(tx, organisation, id).await?;
    if ended_ms.is_some() {
        return Ok(());
    }
    end_by_itself(tx, organisation, (found.appointment, patient), Why::MandateEnded).await
}

/// What was written to this address about what a patient has ahead came back: no other letter goes there, whether they are on
/// the list or were, until it is confirmed anew.
///
/// # Errors
/// As [`Subscription::email`].
pub async fn came_back(tx: &Tx, organisation: OrganisationId, patient: PersonId, email: &str) -> Result<()> {
    turns::of_patient(tx, patient).await?;
    let asked = args![&organisation, &patient, tx.now_ms(), LOST_AT_ONCE];
    let found = tx.all(rows::AHEAD_OF, &asked, |row| {
        Ok((super::subscription(row)?, row.get::<Option<i64>>(6)?.is_some()))
    });
    let ring = tx.tool::<Vault>()?.ring_at_hand(organisation)?;
    let (mut lost, mut open) = (Vec::new(), Vec::new());
    for (one, has_ended) in found.await? {
        let is_there = one.email(&ring)?.eq_ignore_ascii_case(email);
        // Where more are open than end at once, the next letter comes back for those.
        if !is_there || (!has_ended && open.len() == usize::from(AT_ONCE)) {
            continue;
        }
        lost.push(one.id);
        let theirs = (one.appointment, patient);
        if has_ended {
            line_of_house(tx, organisation, theirs, Why::Bounced.said()).await?;
        } else {
            open.push(theirs);
        }
    }
    tx.run_of(rows::LOSE, &lost, &args![&organisation, tx.now_ms()]).await?;
    end_each(tx, organisation, &open, Why::Bounced).await
}

/// The letter of this offer will never leave, and so nobody was told of anything: what was kept for it is for the next, and
/// they may still be told of that time. One that ran out meanwhile stays: made again and again while no letter arrives, it
/// would keep the time from everybody. So does one that was answered: its letter did arrive, though nobody knew.
///
/// # Errors
/// The store's.
pub async fn untold(tx: &Tx, organisation: OrganisationId, id: OfferId) -> Result<()> {
    let Some(offer) = offers::find_offer(tx, organisation, id).await? else { return Ok(()) };
    let patient = super::turn_of(tx, organisation, offer.appointment).await?.patient;
    let is_untold = |offer: &Offer| {
        offer.expires_ms > tx.now_ms() && matches!(offer.state, OfferState::Open | OfferState::Expired)
    };
    if !offers::find_offer(tx, organisation, id).await?.is_some_and(|offer| is_untold(&offer)) {
        return Ok(());
    }
    let kept = offers::hold_of(tx, organisation, id).await?;
    holds::release_all(tx, organisation, kept.as_slice()).await?;
    tx.run(rows::WITHDRAW, &args![&organisation, &id]).await?;
    line_of_house(tx, organisation, (offer.appointment, patient), "earlier time could not be told").await
}

/// A line of who opened the appointment.
pub(super) async fn line_of(tx: &Tx, open: &OpenAppointment, what: &'static str) -> Result<()> {
    let appointment = open.appointment();
    let line = Line::of(&open.actor, Deed::WaitingListChanged).about(Some(appointment.patient));
    audit::write(tx, line.object(appointment.id.as_bytes()).because(what)).await
}

/// A line of who came by a letter.
pub(super) async fn line_by_letter(
    tx: &Tx,
    by: ByLetter,
    appointment: AppointmentId,
    what: &'static str,
) -> Result<()> {
    let line = by.line(Deed::WaitingListChanged).object(appointment.as_bytes());
    audit::write(tx, line.because(what)).await
}

/// A line of the house.
pub(super) async fn line_of_house(
    tx: &Tx,
    organisation: OrganisationId,
    (appointment, patient): (AppointmentId, PersonId),
    what: &'static str,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::WaitingListChanged).about(Some(patient));
    audit::write(tx, line.object(appointment.as_bytes()).because(what)).await
}

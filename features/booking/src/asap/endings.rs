//! How a subscription ends. With it end its offers, and what was kept for them is free again.

use audit::{Deed, Line};
use kernel::{AppointmentId, Error, HoldId, OfferId, OrganisationId, Origin, Result, SubscriptionId};
use store::{Tx, args};

use super::offers;
use crate::access::OpenAppointment;
use crate::holds;
use crate::rows::asap as rows;

/// Subscriptions or offers that one transaction ends: what was kept for each costs up to two dozen statements.
const AT_ONCE: i64 = 6;

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
        }
    }
}

/// Ends the subscription of an appointment, and says whether there was one.
pub(super) async fn end(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
    why: Why,
) -> Result<bool> {
    let values = args![&organisation, &appointment, tx.now_ms(), why.name()];
    let has_ended = tx.run(rows::END, &values).await? > 0;
    if has_ended {
        close_offers(tx, organisation, appointment).await?;
    }
    Ok(has_ended)
}

/// What is open is open no more, and what was kept for it is given up: in turn that is one time.
async fn close_offers(tx: &Tx, organisation: OrganisationId, appointment: AppointmentId) -> Result<()> {
    if tx.run(rows::CLOSE_OFFERS, &args![&organisation, &appointment, tx.now_ms()]).await? == 0 {
        return Ok(());
    }
    let kept =
        tx.all(rows::HOLDS_FOR, &args![&organisation, &appointment], |row| row.get::<HoldId>(0)).await?;
    for hold in kept {
        holds::release(tx, organisation, hold).await?;
    }
    Ok(())
}

/// Ends the subscription of an appointment that was cancelled, in its transaction.
pub(crate) async fn end_with(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
) -> Result<()> {
    end(tx, organisation, appointment, Why::Cancelled).await.map(drop)
}

/// Does what follows for the waiting list when an appointment was moved, in its transaction: one that does not stay on
/// ends, and older offers are no longer open.
pub(crate) async fn after_move(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
    stays: bool,
) -> Result<()> {
    if stays {
        return close_offers(tx, organisation, appointment).await;
    }
    end(tx, organisation, appointment, Why::Moved).await.map(drop)
}

/// Ends some of what has come to its end by itself: subscriptions whose appointment has begun or whose type has no list any
/// more, and offers whose time is over. Says whether there may be more.
///
/// # Errors
/// The store's.
pub async fn tidy_up(tx: &Tx, organisation: OrganisationId) -> Result<bool> {
    for (sql, why) in [(rows::STARTED, Why::Started), (rows::CLOSED, Why::Disabled)] {
        let asked = args![&organisation, tx.now_ms(), AT_ONCE];
        let over = tx.all(sql, &asked, |row| row.get::<AppointmentId>(0)).await?;
        for appointment in &over {
            end(tx, organisation, *appointment, why).await?;
        }
        if !over.is_empty() {
            return Ok(true);
        }
    }
    Ok(offers::expire(tx, organisation, AT_ONCE).await? > 0)
}

/// Ends a subscription for who came by the link of one of its letters: whoever has it is whom it was sent to. One that has
/// ended stays so.
///
/// # Errors
/// [`Error::NotFound`] when there never was one.
pub async fn leave_by_letter(
    tx: &Tx,
    organisation: OrganisationId,
    id: SubscriptionId,
    origin: Origin,
) -> Result<()> {
    let found = super::find(tx, organisation, id).await?;
    let (found, ended_ms) = found.ok_or(Error::not_found(kernel::Kind::Offer))?;
    if ended_ms.is_some() {
        return Ok(());
    }
    end(tx, organisation, found.appointment, Why::Left).await?;
    line_by_letter(tx, organisation, found.appointment, "left the waiting list by letter", origin).await
}

/// A letter of this offer came back: no other goes to that address.
///
/// # Errors
/// The store's.
pub async fn bounced(tx: &Tx, organisation: OrganisationId, offer: OfferId) -> Result<()> {
    let Some(offer) = offers::find_offer(tx, organisation, offer).await? else { return Ok(()) };
    let Some((found, None)) = super::find(tx, organisation, offer.subscription).await? else { return Ok(()) };
    end(tx, organisation, found.appointment, Why::Bounced).await?;
    let line = Line::without_actor(organisation, Deed::WaitingListChanged);
    about(tx, line, (organisation, found.appointment), "letters came back").await
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
    organisation: OrganisationId,
    appointment: AppointmentId,
    what: &'static str,
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::WaitingListChanged).from(origin);
    about(tx, line, (organisation, appointment), what).await
}

/// A line about whose appointment it is.
pub(super) async fn about(
    tx: &Tx,
    line: Line,
    (organisation, appointment): (OrganisationId, AppointmentId),
    what: &'static str,
) -> Result<()> {
    let asked = args![&organisation, &appointment];
    let patient = tx.one(rows::PATIENT, &asked, |row| row.get(0)).await?;
    audit::write(tx, line.about(patient).object(appointment.as_bytes()).because(what)).await
}

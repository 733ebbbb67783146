//! The waiting list: who would rather come earlier, and what they were told.
//!
//! A subscription belongs to one appointment and to one address, which is known to be the patient's or was confirmed by a
//! letter to it. It ends with its appointment, when that begins, when its reader says so, when the list of its type is
//! closed, when its letters come back, or once who made it in the patient's stead may not book for them any more. What has
//! ended never comes back to life; its address is written to about the appointment itself as before.
//!
//! Whatever changes a subscription or its offers takes the turn of its patient first.

mod confirming;
mod endings;
mod figures;
pub mod matching;
mod offers;
mod waiting;

use kernel::{AppointmentId, Clock, Error, OrganisationId, PersonId, Result, Rng, SubscriptionId};
use store::{Row, Tx, args};
use vault::{KeyRing, Place, Vault};

use crate::access::OpenAppointment;
use crate::model::{Appointment, State};
use crate::rows::asap as rows;
use crate::setup::{settings, types};
use crate::turns;

pub use confirming::{
    CONFIRM, Confirmed, Confirming, ask_to_confirm, asked_by, asking_letter_of, confirm, confirmed_of,
};
pub(crate) use endings::{after_move, end_with, kept_for};
pub use endings::{came_back, leave_by_letter, mandate_ended, tidy_up, untold};
pub use figures::{Figures, figures};
pub use offers::{
    Answering, NewOffer, Offer, OfferState, accept, answering, can_take, decline, letter_of, look_at,
    looked_at, lost, make, not_for_them, offer_of,
};
pub use waiting::{Freed, PlaceInLine, Reached, due, forget, had, leave_again, postpone, reach, waiting};

/// Somebody's wish to come earlier, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which.
    pub id: SubscriptionId,
    /// For which appointment.
    pub appointment: AppointmentId,
    /// Who made it in the patient's stead; nobody when they did so themselves.
    pub proxy: Option<PersonId>,
    /// Where letters go, sealed; see [`Subscription::email`].
    pub sealed_email: Vec<u8>,
    /// When they consented.
    pub consented_ms: i64,
    /// When the address was confirmed to be theirs.
    pub confirmed_ms: Option<i64>,
}

impl Subscription {
    /// Where letters go.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn email(&self, ring: &KeyRing) -> Result<String> {
        ring.open_text(email_place(&self.id), &self.sealed_email)
    }
}

/// Where the address of a subscription is sealed.
pub(crate) fn email_place(id: &SubscriptionId) -> Place<'_> {
    Place { table: "asap_subscriptions", column: "email", row: id.as_bytes() }
}

/// An address of somebody who would come earlier, sealed for a subscription that is to be made.
#[derive(Clone, Debug)]
pub struct SealedEmail {
    pub(crate) subscription: SubscriptionId,
    pub(crate) email: Vec<u8>,
    /// Whether it is known to be theirs.
    pub(crate) is_known: bool,
}

/// Seals an address, outside any transaction. What one is, is the business of those who know people; `is_known` says whether
/// it is the verified one of their account.
#[must_use]
pub fn seal_email(ring: &KeyRing, clock: &Clock, rng: &Rng, email: &str, is_known: bool) -> SealedEmail {
    let subscription = SubscriptionId::new(clock, rng);
    let email = ring.seal(email_place(&subscription), email.as_bytes());
    SealedEmail { subscription, email, is_known }
}

/// Puts an appointment on the list, or changes the address. The same address again changes nothing. Whether another
/// address than a known one is theirs is asked by a letter to it, which a job writes.
///
/// # Errors
/// [`Error::Precondition`] with `asap_not_enabled` when its type has no list, or with `not_upcoming` when it is over,
/// cancelled, or not confirmed yet and not on the list before it was moved; [`Error::LimitReached`] when they named too many addresses in a day.
pub async fn subscribe(tx: &Tx, open: &OpenAppointment, email: &SealedEmail) -> Result<Subscription> {
    let (organisation, appointment) = (open.actor.organisation, open.appointment());
    let is_pending = appointment.state == State::Pending;
    if is_pending && find_open(tx, organisation, appointment.id).await?.is_none() {
        let why = "The practice has not confirmed this appointment yet.";
        return Err(Error::precondition("not_upcoming", why));
    }
    subscribe_with_booking(tx, open, email).await
}

/// The same for who would come earlier when they book. The wish for an appointment that waits for its confirmation rests
/// until that comes.
///
/// # Errors
/// As [`subscribe`].
pub async fn subscribe_with_booking(
    tx: &Tx,
    open: &OpenAppointment,
    email: &SealedEmail,
) -> Result<Subscription> {
    let appointment = open.appointment();
    let organisation = open.actor.organisation;
    settings::must_be_up(tx, organisation).await?;
    let kind = types::find(tx, organisation, appointment.kind).await?;
    if !kind.is_some_and(|kind| kind.asap.enabled) {
        let why = "There is no waiting list for this kind of appointment.";
        return Err(Error::precondition("asap_not_enabled", why));
    }
    if !appointment.is_ahead(tx.now_ms()) {
        return Err(Error::precondition("not_upcoming", "This appointment does not lie ahead."));
    }
    if let Some(old) = find_open(tx, organisation, appointment.id).await? {
        if stays_theirs(open, &old) && is_same(tx, organisation, &old, email)? {
            return confirming::confirm_known(tx, open, old, email.is_known).await;
        }
        endings::end(tx, organisation, appointment.id, endings::Why::Left).await?;
    }
    let new = insert(tx, open, email).await?;
    endings::line_of(tx, open, "joined the waiting list").await?;
    Ok(new)
}

/// Who made it, for the actor's purposes: nobody where the patient did so themselves.
fn proxy_of(open: &OpenAppointment) -> Option<PersonId> {
    Some(open.actor.person).filter(|person| *person != open.appointment().patient)
}

/// A subscription of the patient's own stays theirs whoever names its address again; one that a proxy made is the patient's
/// own, or another proxy's, only once they consent to it themselves.
fn stays_theirs(open: &OpenAppointment, old: &Subscription) -> bool {
    old.proxy.is_none() || old.proxy == proxy_of(open)
}

fn is_same(tx: &Tx, organisation: OrganisationId, old: &Subscription, new: &SealedEmail) -> Result<bool> {
    let ring = tx.tool::<Vault>()?.ring_at_hand(organisation)?;
    let new = ring.open_text(email_place(&new.subscription), &new.email)?;
    Ok(old.email(&ring)?.eq_ignore_ascii_case(&new))
}

async fn insert(tx: &Tx, open: &OpenAppointment, email: &SealedEmail) -> Result<Subscription> {
    let (organisation, now) = (open.actor.organisation, tx.now_ms());
    let SealedEmail { subscription, email, is_known } = email;
    if !is_known {
        confirming::must_not_ask_too_often(tx, open).await?;
    }
    let new = Subscription {
        id: *subscription,
        appointment: open.appointment().id,
        proxy: proxy_of(open),
        sealed_email: email.clone(),
        consented_ms: now,
        confirmed_ms: is_known.then_some(now),
    };
    let proxy = new.proxy.as_ref();
    let row = args![&new.id, &organisation, &new.appointment, proxy, email, now, new.confirmed_ms];
    tx.run(rows::INSERT, &row).await?;
    if !is_known {
        confirming::leave_job(tx, organisation, new.id).await?;
    }
    Ok(new)
}

/// Takes an appointment off the list; one that is not on it stays so.
///
/// # Errors
/// The store's.
pub async fn leave(tx: &Tx, open: &OpenAppointment) -> Result<()> {
    let (organisation, appointment) = (open.actor.organisation, open.appointment().id);
    if endings::end(tx, organisation, appointment, endings::Why::Left).await? {
        endings::line_of(tx, open, "left the waiting list").await?;
    }
    Ok(())
}

/// Who of these is on the list.
///
/// # Errors
/// The store's.
pub async fn of(
    tx: &Tx,
    organisation: OrganisationId,
    appointments: &[AppointmentId],
) -> Result<Vec<Subscription>> {
    tx.all_of(rows::OPEN_OF, appointments, &args![&organisation], subscription).await
}

async fn find_open(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
) -> Result<Option<Subscription>> {
    tx.one(rows::FIND_OPEN, &args![&organisation, &appointment], subscription).await
}

/// The subscription of this id, and when it ended.
///
/// # Errors
/// The store's.
pub async fn find(
    tx: &Tx,
    organisation: OrganisationId,
    id: SubscriptionId,
) -> Result<Option<(Subscription, Option<i64>)>> {
    tx.one(rows::FIND, &args![&organisation, &id], |row| Ok((subscription(row)?, row.get(6)?))).await
}

pub(crate) fn subscription(row: &Row<'_>) -> Result<Subscription> {
    Ok(Subscription {
        id: row.get(0)?,
        appointment: row.get(1)?,
        proxy: row.get(2)?,
        sealed_email: row.get(3)?,
        consented_ms: row.get(4)?,
        confirmed_ms: row.get(5)?,
    })
}

/// The subscription of this id, when it ended, and its patient, whose turn this takes.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn find_in_turn(
    tx: &Tx,
    organisation: OrganisationId,
    id: SubscriptionId,
) -> Result<(Subscription, Option<i64>, PersonId)> {
    let nothing = || Error::not_found(kernel::Kind::Offer);
    let (found, _) = find(tx, organisation, id).await?.ok_or_else(nothing)?;
    let patient = turn_of(tx, organisation, found.appointment).await?.patient;
    let (found, ended_ms) = find(tx, organisation, id).await?.ok_or_else(nothing)?;
    Ok((found, ended_ms, patient))
}

/// Waits for others who change appointments of whose this one is, and reads it.
async fn turn_of(tx: &Tx, organisation: OrganisationId, appointment: AppointmentId) -> Result<Appointment> {
    let found = turns::of_whose(tx, organisation, &[appointment]).await?.pop();
    found.ok_or(Error::not_found(kernel::Kind::Appointment))
}

//! Offers: an earlier time that somebody was told of, with the letter that told them.
//!
//! An offer is used up by its state. Whoever accepts has it while the time is still there; the database itself sees to it
//! that two who accept at once do not both have it.

use audit::{Deed, Line};
use jiff::civil::Date;
use kernel::{
    AppointmentId, Error, HoldId, Kind, LetterId, OfferId, OrganisationId, Origin, Result, SubscriptionId,
};
use store::{Row, Tx, args};

use super::endings::about;
use super::matching;
use crate::appointments;
use crate::facts::{self, Question};
use crate::holds;
use crate::model::Appointment;
use crate::rows::asap as rows;

/// How it stands with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferState {
    /// It waits for an answer.
    Open,
    /// Its reader has the earlier time.
    Accepted,
    /// Its reader keeps the appointment as it is.
    Declined,
    /// Somebody else was first.
    Taken,
    /// It is over.
    Expired,
}

impl OfferState {
    const ALL: [Self; 5] = [Self::Open, Self::Accepted, Self::Declined, Self::Taken, Self::Expired];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Taken => "taken",
            Self::Expired => "expired",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self> {
        let state = Self::ALL.into_iter().find(|state| state.name() == name);
        state.ok_or_else(|| Error::bug("a state of an offer"))
    }
}

/// An earlier time that somebody was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub id: OfferId,
    /// Whom it was made to.
    pub subscription: SubscriptionId,
    /// What would be moved.
    pub appointment: AppointmentId,
    /// When that began when the letter was written.
    pub old_start_ms: i64,
    /// The earlier time.
    pub start_ms: i64,
    /// Its end.
    pub end_ms: i64,
    /// How it stands.
    pub state: OfferState,
    /// Until when it can be accepted.
    pub expires_ms: i64,
}

/// An offer to make.
#[derive(Clone, Debug)]
pub struct NewOffer {
    /// The offer, open.
    pub offer: Offer,
    /// Where it is kept for whom it is made to, until it expires: what to ask about.
    pub keeps: Option<Question>,
}

/// The letter of an offer has its bytes, so that one leads to the other.
#[must_use]
pub fn letter_of(offer: OfferId) -> LetterId {
    LetterId::from_bytes(*offer.as_bytes())
}

/// The offer of such a letter.
#[must_use]
pub fn offer_of(letter: LetterId) -> OfferId {
    OfferId::from_bytes(*letter.as_bytes())
}

/// Makes an offer, unless its reader has left the list meanwhile or was told of that time before; says whether it did.
/// In turn, the time is kept for them.
///
/// # Errors
/// As [`holds::hold_for_offer`].
pub async fn make(tx: &Tx, organisation: OrganisationId, new: &NewOffer) -> Result<bool> {
    let Offer { id, subscription, appointment, old_start_ms, start_ms, end_ms, expires_ms, .. } = new.offer;
    if tx.run(rows::KEEP_OPEN, &args![&organisation, &subscription]).await? == 0 {
        return Ok(false);
    }
    let (letter, now) = (letter_of(id), tx.now_ms());
    let row = args![
        &id,
        &organisation,
        &subscription,
        &appointment,
        old_start_ms,
        start_ms,
        end_ms,
        &letter,
        now,
        expires_ms
    ];
    if tx.run(rows::INSERT_OFFER, &row).await? == 0 {
        return Ok(false);
    }
    if let Some(question) = &new.keeps {
        let patient = question.patient;
        holds::hold_for_offer(tx, organisation, patient, id, question, start_ms, expires_ms).await?;
        super::waiting::leave_again(tx, organisation, expires_ms).await?;
    }
    let line = Line::without_actor(organisation, Deed::WaitingListChanged);
    about(tx, line, (organisation, appointment), "told of an earlier time").await?;
    Ok(true)
}

/// The offer of this id.
///
/// # Errors
/// The store's.
pub async fn find_offer(tx: &Tx, organisation: OrganisationId, id: OfferId) -> Result<Option<Offer>> {
    tx.one(rows::FIND_OFFER, &args![&organisation, &id], offer).await
}

fn offer(row: &Row<'_>) -> Result<Offer> {
    Ok(Offer {
        id: row.get(0)?,
        subscription: row.get(1)?,
        appointment: row.get(2)?,
        old_start_ms: row.get(3)?,
        start_ms: row.get(4)?,
        end_ms: row.get(5)?,
        state: OfferState::named(&row.get::<String>(6)?)?,
        expires_ms: row.get(7)?,
    })
}

/// The offer and its appointment, for who looks at it by its letter.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn look_at(
    tx: &Tx,
    organisation: OrganisationId,
    id: OfferId,
    origin: Origin,
) -> Result<(Offer, Appointment)> {
    let nothing = || Error::not_found(Kind::Offer);
    let offer = find_offer(tx, organisation, id).await?.ok_or_else(nothing)?;
    let appointment = crate::access::find(tx, organisation, offer.appointment).await?.ok_or_else(nothing)?;
    let line = Line::without_actor(organisation, Deed::AppointmentRead).from(origin);
    let line = line.about(Some(appointment.patient)).object(appointment.id.as_bytes());
    audit::write(tx, line.because("by a letter of the waiting list")).await?;
    Ok((offer, appointment))
}

/// Whether the time of an offer could be taken now, as booking asks it.
///
/// # Errors
/// As [`facts::load`].
pub async fn can_take(
    tx: &Tx,
    organisation: OrganisationId,
    offer: &Offer,
    appointment: &Appointment,
    born_on: Option<Date>,
) -> Result<bool> {
    if offer.expires_ms <= tx.now_ms() || !appointment.is_reschedulable(tx.now_ms()) {
        return Ok(false);
    }
    let day = matching::day(&appointment.time_zone, offer.start_ms);
    let hold = hold_of(tx, organisation, offer.id).await?;
    let question = Question { hold, ..appointments::question_of(appointment, day..=day, born_on) };
    let found = facts::load(tx, organisation, &question).await?;
    Ok(found.facts.choose(&found.asker, offer.start_ms, &[], tx.now_ms()).is_ok())
}

/// Whether the letter of an offer still tells its reader something that they can use.
///
/// # Errors
/// The store's.
pub async fn is_worth_sending(tx: &Tx, organisation: OrganisationId, letter: LetterId) -> Result<bool> {
    let offer = find_offer(tx, organisation, offer_of(letter)).await?;
    Ok(offer.is_some_and(|offer| offer.state == OfferState::Open && offer.expires_ms > tx.now_ms()))
}

/// Accepts an offer: its appointment is moved to the earlier time. Accepted once more it stays so.
///
/// # Errors
/// [`Error::Gone`] when it is not open any more; as [`appointments::take_earlier`] when the time is not.
pub async fn accept(
    tx: &Tx,
    organisation: OrganisationId,
    id: OfferId,
    origin: Origin,
    born_on: Option<Date>,
) -> Result<()> {
    let offer = find_offer(tx, organisation, id).await?.ok_or(Error::not_found(Kind::Offer))?;
    if offer.state == OfferState::Accepted {
        return Ok(());
    }
    let is_over = offer.expires_ms <= tx.now_ms();
    if is_over || !settle(tx, organisation, id, OfferState::Accepted).await? {
        return Err(Error::Gone { what: Kind::Offer });
    }
    let hold = hold_of(tx, organisation, id).await?;
    appointments::take_earlier(tx, organisation, offer.appointment, offer.start_ms, hold, born_on).await?;
    let line = Line::without_actor(organisation, Deed::WaitingListChanged).from(origin);
    about(tx, line, (organisation, offer.appointment), "earlier time accepted by letter").await
}

/// Its reader keeps the appointment as it is; what was kept for them is for the next.
///
/// # Errors
/// [`Error::NotFound`] when there is no such offer.
pub async fn decline(tx: &Tx, organisation: OrganisationId, id: OfferId, origin: Origin) -> Result<()> {
    let offer = find_offer(tx, organisation, id).await?.ok_or(Error::not_found(Kind::Offer))?;
    if !settle(tx, organisation, id, OfferState::Declined).await? {
        return Ok(());
    }
    give_back(tx, organisation, id).await?;
    let line = Line::without_actor(organisation, Deed::WaitingListChanged).from(origin);
    about(tx, line, (organisation, offer.appointment), "earlier time declined by letter").await
}

/// Somebody else was first.
///
/// # Errors
/// The store's.
pub async fn lost(tx: &Tx, organisation: OrganisationId, id: OfferId) -> Result<()> {
    if settle(tx, organisation, id, OfferState::Taken).await? {
        give_back(tx, organisation, id).await?;
    }
    Ok(())
}

/// Lets offers expire whose time is over, so many at most, and says how many.
///
/// # Errors
/// The store's.
pub async fn expire(tx: &Tx, organisation: OrganisationId, most: i64) -> Result<usize> {
    let values = args![&organisation, tx.now_ms(), most];
    let expired = tx.all(rows::EXPIRE, &values, |row| row.get::<OfferId>(0)).await?;
    for offer in &expired {
        give_back(tx, organisation, *offer).await?;
    }
    Ok(expired.len())
}

async fn settle(tx: &Tx, organisation: OrganisationId, id: OfferId, state: OfferState) -> Result<bool> {
    Ok(tx.run(rows::SETTLE, &args![&organisation, &id, state.name(), tx.now_ms()]).await? > 0)
}

async fn hold_of(tx: &Tx, organisation: OrganisationId, offer: OfferId) -> Result<Option<HoldId>> {
    tx.one(rows::HOLD_OF, &args![&organisation, &offer], |row| row.get(0)).await
}

/// Gives up what was kept for an offer, for whoever is next.
pub(super) async fn give_back(tx: &Tx, organisation: OrganisationId, offer: OfferId) -> Result<()> {
    match hold_of(tx, organisation, offer).await? {
        Some(hold) => holds::release(tx, organisation, hold).await,
        None => Ok(()),
    }
}

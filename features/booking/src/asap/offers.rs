//! Offers: an earlier time that somebody was told of, with the letter that told them.
//!
//! An offer is used up by its state. Whoever accepts has it while the time is still there; the database itself sees to it
//! that two who accept at once do not both have it.

use audit::Deed;
use jiff::civil::Date;
use kernel::{
    AppointmentId, Error, HoldId, Kind, LetterId, OfferId, OrganisationId, Origin, PersonId, Result,
    SubscriptionId,
};
use store::{Row, Tx, args};

use super::Subscription;
use super::endings::{line_by_letter, line_of_house};
use crate::facts::{self, Question};
use crate::line::ByLetter;
use crate::model::{Appointment, State};
use crate::rows::asap as rows;
use crate::setup::settings;
use crate::{access, appointments, calendar, holds, turns};

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
    /// Letters of one appointment in a day.
    pub letters_per_day_max: i64,
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

/// Makes an offer to a patient, unless they moved the appointment meanwhile, were told of that time before or of enough for
/// a day; says whether it did. In turn, the time is kept for them. The caller has their turn, and they are on the list.
///
/// # Errors
/// As [`holds::hold_for_offer`]; [`Error::Precondition`] with `downtime` while the practice works on paper.
pub async fn make(tx: &Tx, organisation: OrganisationId, patient: PersonId, new: &NewOffer) -> Result<bool> {
    let Offer { id, appointment, start_ms, expires_ms, .. } = new.offer;
    settings::must_be_up(tx, organisation).await?;
    if !may_be_told(tx, organisation, new).await? {
        return Ok(false);
    }
    if !insert(tx, organisation, &new.offer).await? {
        return Ok(false);
    }
    if let Some(question) = &new.keeps {
        holds::hold_for_offer(tx, organisation, patient, id, question, start_ms, expires_ms).await?;
        super::waiting::leave_again(tx, organisation, expires_ms).await?;
    }
    line_of_house(tx, organisation, (appointment, patient), "told of an earlier time").await?;
    Ok(true)
}

/// Asked once more in their turn: they may have moved, or another run may have told them in the meantime.
async fn may_be_told(tx: &Tx, organisation: OrganisationId, new: &NewOffer) -> Result<bool> {
    let appointment = access::find(tx, organisation, new.offer.appointment).await?;
    if !appointment
        .is_some_and(|found| found.state == State::Booked && found.start_ms == new.offer.old_start_ms)
    {
        return Ok(false);
    }
    let had = super::waiting::had(tx, organisation, new.offer.appointment).await?;
    let has_room = usize::try_from(new.letters_per_day_max).is_ok_and(|most| had.today < most);
    Ok(has_room && !(new.keeps.is_some() && had.has_open))
}

async fn insert(tx: &Tx, organisation: OrganisationId, new: &Offer) -> Result<bool> {
    let letter = letter_of(new.id);
    let row = args![
        &new.id,
        &organisation,
        &new.subscription,
        &new.appointment,
        new.old_start_ms,
        new.start_ms,
        new.end_ms,
        &letter,
        tx.now_ms(),
        new.expires_ms
    ];
    Ok(tx.run(rows::INSERT_OFFER, &row).await? > 0)
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

/// An offer with what it is about.
#[derive(Clone, Debug)]
pub struct Answering {
    /// The offer.
    pub offer: Offer,
    /// What would be moved.
    pub appointment: Appointment,
    /// Whom it was made to.
    pub subscription: Subscription,
    /// Whether that goes on.
    pub goes_on: bool,
}

impl Answering {
    const fn by(&self, organisation: OrganisationId, origin: Origin) -> ByLetter {
        let (patient, proxy) = (self.appointment.patient, self.subscription.proxy);
        ByLetter { organisation, patient, proxy, origin }
    }

    async fn leave_line(&self, tx: &Tx, by: ByLetter, what: &'static str) -> Result<()> {
        line_by_letter(tx, by, self.offer.appointment, what).await
    }
}

/// The offer of this id, with what it is about.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn look_at(tx: &Tx, organisation: OrganisationId, id: OfferId) -> Result<Answering> {
    let nothing = || Error::not_found(Kind::Offer);
    let offer = find_offer(tx, organisation, id).await?.ok_or(Error::Gone { what: Kind::Offer })?;
    let (subscription, ended_ms) =
        super::find(tx, organisation, offer.subscription).await?.ok_or_else(nothing)?;
    let appointment = access::find(tx, organisation, offer.appointment).await?.ok_or_else(nothing)?;
    Ok(Answering { offer, appointment, subscription, goes_on: ended_ms.is_none() })
}

/// Leaves the line of who was shown an appointment by the letter of an offer.
///
/// # Errors
/// As [`audit::write`].
pub async fn looked_at(
    tx: &Tx,
    organisation: OrganisationId,
    found: &Answering,
    origin: Origin,
) -> Result<()> {
    let line = found.by(organisation, origin).line(Deed::AppointmentRead);
    let line = line.object(found.appointment.id.as_bytes());
    audit::write(tx, line.because("by a letter of the waiting list")).await
}

/// As [`look_at`], for who is to answer: nobody else changes anything of it meanwhile.
///
/// # Errors
/// As [`look_at`].
pub async fn answering(tx: &Tx, organisation: OrganisationId, id: OfferId) -> Result<Answering> {
    let offer = find_offer(tx, organisation, id).await?.ok_or(Error::Gone { what: Kind::Offer })?;
    super::turn_of(tx, organisation, offer.appointment).await?;
    look_at(tx, organisation, id).await
}

/// Whether the time of an offer could be taken now, as booking asks it.
///
/// # Errors
/// As [`calendar::zone`] and [`facts::load`].
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
    let zone = calendar::zone(&appointment.time_zone)?;
    let day = calendar::local(&zone, offer.start_ms).date();
    let hold = hold_of(tx, organisation, offer.id).await?;
    let question = Question { hold, ..appointments::question_of(appointment, day..=day, born_on) };
    let found = facts::load(tx, organisation, &question).await?;
    Ok(found.facts.choose(&found.asker, offer.start_ms, &[], tx.now_ms()).is_ok())
}

/// Accepts an offer: its appointment is moved to the earlier time. Accepted once more it stays so.
///
/// # Errors
/// [`Error::Gone`] when it is not open any more; [`Error::Conflict`] when the time is not free any more, and what else
/// moving an appointment refuses.
pub async fn accept(
    tx: &Tx,
    organisation: OrganisationId,
    found: &Answering,
    origin: Origin,
    born_on: Option<Date>,
) -> Result<()> {
    let offer = &found.offer;
    if offer.state == OfferState::Accepted {
        return Ok(());
    }
    let is_over = offer.expires_ms <= tx.now_ms();
    if is_over || !settle(tx, organisation, offer.id, OfferState::Accepted).await? {
        return Err(Error::Gone { what: Kind::Offer });
    }
    let hold = hold_of(tx, organisation, offer.id).await?;
    let by = found.by(organisation, origin);
    appointments::take_earlier(tx, &by, offer.appointment, offer.start_ms, hold, born_on).await?;
    found.leave_line(tx, by, "earlier time accepted by letter").await
}

/// Its reader keeps the appointment as it is; what was kept for them is for the next.
///
/// # Errors
/// The store's.
pub async fn decline(tx: &Tx, organisation: OrganisationId, found: &Answering, origin: Origin) -> Result<()> {
    if settle(tx, organisation, found.offer.id, OfferState::Declined).await? {
        give_back(tx, organisation, found.offer.id).await?;
        found.leave_line(tx, found.by(organisation, origin), "earlier time declined by letter").await?;
    }
    Ok(())
}

/// Somebody else was first.
///
/// # Errors
/// The store's.
pub async fn lost(tx: &Tx, organisation: OrganisationId, found: &Answering, origin: Origin) -> Result<()> {
    if settle(tx, organisation, found.offer.id, OfferState::Taken).await? {
        give_back(tx, organisation, found.offer.id).await?;
        found.leave_line(tx, found.by(organisation, origin), "earlier time was taken").await?;
    }
    Ok(())
}

/// The practice does not let its reader have it now: what was kept for them is for the next, and the offer stays, for the
/// practice may change its mind.
///
/// # Errors
/// The store's.
pub async fn not_for_them(tx: &Tx, organisation: OrganisationId, found: &Answering) -> Result<()> {
    give_back(tx, organisation, found.offer.id).await
}

/// Lets offers expire whose time is over, so many at most, and says how many that were.
pub(super) async fn expire(tx: &Tx, organisation: OrganisationId, most: i64) -> Result<usize> {
    let asked = args![&organisation, tx.now_ms(), most];
    let over: Vec<(OfferId, AppointmentId, PersonId)> =
        tx.all(rows::OVER, &asked, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await?;
    let patients: Vec<PersonId> = over.iter().map(|(.., patient)| *patient).collect();
    turns::of_patients(tx, &patients).await?;
    let mut kept = Vec::new();
    for (offer, appointment, patient) in &over {
        if settle(tx, organisation, *offer, OfferState::Expired).await? {
            kept.extend(hold_of(tx, organisation, *offer).await?);
            line_of_house(tx, organisation, (*appointment, *patient), "earlier time is over").await?;
        }
    }
    holds::release_all(tx, organisation, &kept).await?;
    Ok(over.len())
}

async fn settle(tx: &Tx, organisation: OrganisationId, id: OfferId, state: OfferState) -> Result<bool> {
    Ok(tx.run(rows::SETTLE, &args![&organisation, &id, state.name(), tx.now_ms()]).await? > 0)
}

pub(super) async fn hold_of(tx: &Tx, organisation: OrganisationId, offer: OfferId) -> Result<Option<HoldId>> {
    tx.one(rows::HOLD_OF, &args![&organisation, &offer], |row| row.get(0)).await
}

/// Gives up what was kept for an offer, for whoever is next.
async fn give_back(tx: &Tx, organisation: OrganisationId, offer: OfferId) -> Result<()> {
    let kept = hold_of(tx, organisation, offer).await?;
    holds::release_all(tx, organisation, kept.as_slice()).await
}

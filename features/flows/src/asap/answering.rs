//! What the links in letters of the waiting list lead to. To look changes nothing, since mail programs and their guards look
//! first; whoever has a link is whom it was sent to.

use booking::access;
use booking::asap::{self, OfferState};
use booking::setup::institutions;
use identity::{Language, notices};
use kernel::id::kind;
use kernel::{Error, Kind, OfferId, OrganisationId, Origin, PersonId, Result, SubscriptionId};
use store::Tx;

use super::links::{self, Link, Purpose};
use crate::House;
use crate::booking::born_on;

/// How often an answer is tried while others are quicker with one of several that are free.
const TRIES: usize = 3;

/// How it stands with an earlier time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be had.
    Open,
    /// They have it.
    Accepted,
    /// They keep their appointment as it is.
    Declined,
    /// Somebody else has it.
    Taken,
    /// It is over, or they moved or cancelled the appointment meanwhile.
    Over,
}

/// An earlier time as its reader is shown it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What its reader is spoken to in.
    pub language: Language,
    /// Where.
    pub institution: String,
    /// The zone of that place.
    pub time_zone: String,
    /// When the appointment is now, or, once they have the earlier time, when it was; `None` when it was cancelled.
    pub old_ms: Option<i64>,
    /// The earlier time.
    pub new_ms: i64,
    /// How it stands.
    pub standing: Standing,
}

/// What somebody is asked who comes by a link that is no offer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What its reader is spoken to in.
    pub language: Language,
    /// Where the appointment is.
    pub institution: String,
    /// Whether what the link is for was done before.
    pub is_done: bool,
}

fn offer_link(house: &House, token: &str) -> Result<Link<kind::Offer>> {
    links::open(&house.vault, Purpose::Offer, token, house.clock.now_ms())
}

/// What the link of an offer leads to.
///
/// # Errors
/// [`Error::NotFound`] for what is no link of ours; [`Error::Gone`] once it has ended.
pub async fn look(house: &House, token: &str, origin: Origin) -> Result<Shown> {
    let link = offer_link(house, token)?;
    house.vault.ring_of(&house.db, link.organisation).await?;
    house.read((link.organisation, link.id, origin), |tx, input| Box::pin(show(tx, *input))).await
}

async fn show(tx: &Tx, (organisation, id, origin): (OrganisationId, OfferId, Origin)) -> Result<Shown> {
    let (offer, appointment) = asap::look_at(tx, organisation, id, origin).await?;
    let institution = institutions::find(tx, organisation, appointment.institution).await?;
    let institution = institution.ok_or(Error::not_found(Kind::Institution))?;
    let is_ahead = appointment.is_ahead(tx.now_ms());
    let born_on = born_on(tx, appointment.patient).await?;
    let standing = match offer.state {
        OfferState::Accepted => Standing::Accepted,
        OfferState::Declined => Standing::Declined,
        OfferState::Taken => Standing::Taken,
        OfferState::Expired => Standing::Over,
        OfferState::Open if !is_ahead => Standing::Over,
        OfferState::Open if asap::can_take(tx, organisation, &offer, &appointment, born_on).await? => {
            Standing::Open
        }
        OfferState::Open => Standing::Taken,
    };
    let now_ms = Some(appointment.start_ms).filter(|_| is_ahead);
    Ok(Shown {
        language: language_of(tx, appointment.patient).await?,
        institution: institution.name,
        time_zone: institution.time_zone,
        old_ms: if standing == Standing::Accepted { Some(offer.old_start_ms) } else { now_ms },
        new_ms: offer.start_ms,
        standing,
    })
}

async fn language_of(tx: &Tx, patient: PersonId) -> Result<Language> {
    Ok(notices::language(tx, patient).await?.unwrap_or_default())
}

/// Accepts an offer. When somebody else was first, or it is over, the appointment stays as it is, which [`look`] then says.
///
/// # Errors
/// As [`look`]; what else [`booking::appointments::take_earlier`] refuses.
pub async fn accept(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. } = offer_link(house, token)?;
    house.vault.ring_of(&house.db, organisation).await?;
    for _ in 0..TRIES {
        let accepted = house.db.write((organisation, id, origin), |tx, (organisation, id, origin)| {
            Box::pin(async move {
                let offer = asap::find_offer(tx, *organisation, *id).await?;
                let appointment = offer.ok_or(Error::not_found(Kind::Offer))?.appointment;
                let found = access::find(tx, *organisation, appointment).await?;
                let patient = found.ok_or(Error::not_found(Kind::Appointment))?.patient;
                asap::accept(tx, *organisation, *id, *origin, born_on(tx, patient).await?).await
            })
        });
        match accepted.await {
            Err(error) if store::is_overlap(&error) => {}
            Err(Error::Conflict { .. }) => break,
            Err(Error::Gone { .. }) => return Ok(()),
            accepted => return accepted,
        }
    }
    let lost = house
        .db
        .write((organisation, id), |tx, (organisation, id)| Box::pin(asap::lost(tx, *organisation, *id)));
    lost.await
}

/// Keeps the appointment as it is.
///
/// # Errors
/// As [`look`].
pub async fn keep(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. } = offer_link(house, token)?;
    let kept = house.db.write((organisation, id, origin), |tx, (organisation, id, origin)| {
        Box::pin(asap::decline(tx, *organisation, *id, *origin))
    });
    kept.await
}

/// What a link leads to by which somebody leaves the list.
///
/// # Errors
/// As [`look`].
pub async fn look_at_leaving(house: &House, token: &str) -> Result<Asked> {
    let link = links::open(&house.vault, Purpose::Leave, token, house.clock.now_ms())?;
    let (asked, ended_ms, _) = asked(house, link).await?;
    Ok(Asked { is_done: ended_ms.is_some(), ..asked })
}

/// Leaves the list, for good.
///
/// # Errors
/// As [`look`].
pub async fn leave(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. }: Link<kind::Subscription> =
        links::open(&house.vault, Purpose::Leave, token, house.clock.now_ms())?;
    let left = house.db.write((organisation, id, origin), |tx, (organisation, id, origin)| {
        Box::pin(asap::leave_by_letter(tx, *organisation, *id, *origin))
    });
    left.await
}

/// What a link leads to that confirms an address.
///
/// # Errors
/// As [`look`]; [`Error::Gone`] when its reader has left the list.
pub async fn look_at_confirming(house: &House, token: &str) -> Result<Asked> {
    let link = links::open(&house.vault, Purpose::Confirm, token, house.clock.now_ms())?;
    let (asked, ended_ms, confirmed_ms) = asked(house, link).await?;
    if ended_ms.is_some() {
        return Err(Error::Gone { what: Kind::Offer });
    }
    Ok(Asked { is_done: confirmed_ms.is_some(), ..asked })
}

/// Confirms an address.
///
/// # Errors
/// As [`look`]; [`Error::Gone`] when a newer letter asked.
pub async fn confirm(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. }: Link<kind::Subscription> =
        links::open(&house.vault, Purpose::Confirm, token, house.clock.now_ms())?;
    let input = (organisation, id, vault::token_hash(token), origin);
    let confirmed = house.db.write(input, |tx, (organisation, id, hash, origin)| {
        Box::pin(asap::confirm(tx, *organisation, *id, hash, *origin))
    });
    if confirmed.await? { Ok(()) } else { Err(Error::Gone { what: Kind::Offer }) }
}

type Of = (Asked, Option<i64>, Option<i64>);

/// What is asked, when the subscription ended, and when its address was confirmed.
async fn asked(house: &House, link: Link<kind::Subscription>) -> Result<Of> {
    house
        .db
        .read((link.organisation, link.id), |tx, (organisation, id)| Box::pin(ask(tx, *organisation, *id)))
        .await
}

async fn ask(tx: &Tx, organisation: OrganisationId, id: SubscriptionId) -> Result<Of> {
    let nothing = || Error::not_found(Kind::Page);
    let (found, ended_ms) = asap::find(tx, organisation, id).await?.ok_or_else(nothing)?;
    let appointment = access::find(tx, organisation, found.appointment).await?.ok_or_else(nothing)?;
    let institution =
        institutions::find(tx, organisation, appointment.institution).await?.ok_or_else(nothing)?;
    let language = language_of(tx, appointment.patient).await?;
    let asked = Asked { language, institution: institution.name, is_done: false };
    Ok((asked, ended_ms, found.confirmed_ms))
}

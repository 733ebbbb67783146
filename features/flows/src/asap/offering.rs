//! Telling somebody who waits: what they could have of what became free, an offer of it, and its letter.

use booking::asap::matching::{self, Told};
use booking::asap::{self, NewOffer, Offer, OfferState, Subscription};
use booking::calendar::{self, Slot, Span};
use booking::facts::{self, Found};
use booking::{Appointment, Strategy, access, appointments};
use identity::{Language, notices};
use jiff::civil::Date;
use kernel::{Error, OfferId, OrganisationId, ResourceId, Result, SubscriptionId};
use outbound::letters::{self, Address, Content, Letter, SealedLetter};
use store::Tx;

use super::letters::{Earlier, earlier};
use super::links::{self, Link, Purpose};
use super::mandates;
use crate::House;
use crate::booking::born_on;

/// The link by which somebody leaves the list works for two years: people open old letters.
const LEAVE_MS: i64 = 730 * 24 * 3_600_000;
/// An offer that would stand for less than this is not made: nobody could read it in time.
const OFFER_MS_MIN: i64 = 5 * 60_000;

/// Somebody who waits, and what decides what they could have.
struct Waiter {
    subscription: Subscription,
    appointment: Appointment,
    found: Found,
    had: matching::Had,
    language: Language,
    born_on: Option<Date>,
    now_ms: i64,
}

/// What was found of somebody who waits.
enum Looked {
    /// Nothing that became free is for them.
    Nothing,
    /// Who put them on the list may not do so any more.
    MandateEnded,
    /// Perhaps something is.
    Waits(Box<Waiter>),
}

/// Tells somebody of what they could have, each time with a letter of its own.
pub(super) async fn tell_one(
    house: &House,
    organisation: OrganisationId,
    subscription: Subscription,
    freed: &[(ResourceId, Span)],
    told: &mut Told,
) -> Result<()> {
    let id = subscription.id;
    let input = (organisation, subscription, freed.to_vec());
    let found = house.db.read(input, |tx, (organisation, subscription, freed)| {
        Box::pin(look_at(tx, *organisation, subscription, freed))
    });
    let waiter = match found.await? {
        Looked::Nothing => return Ok(()),
        Looked::MandateEnded => return end(house, organisation, id).await,
        Looked::Waits(waiter) => waiter,
    };
    let (waiter, slots) = match_with(waiter, freed.to_vec()).await?;
    let (kind, most) = (&waiter.found.facts.kind, waiter.found.institution.letters_per_day_max);
    for slot in matching::choose(kind.asap.strategy, slots, &waiter.had, told, most) {
        let start_ms = slot.start_ms;
        if make_offer(house, organisation, &waiter, &slot).await? {
            told.note(start_ms);
        }
    }
    Ok(())
}

async fn end(house: &House, organisation: OrganisationId, id: SubscriptionId) -> Result<()> {
    let ended = house.db.write((organisation, id), |tx, (organisation, id)| {
        Box::pin(asap::mandate_ended(tx, *organisation, *id))
    });
    ended.await
}

/// Finds what somebody could have, when nothing is read any more: it may be long work, and is done beside what waits for
/// others.
async fn match_with(waiter: Box<Waiter>, freed: Vec<(ResourceId, Span)>) -> Result<(Box<Waiter>, Vec<Slot>)> {
    let matching = tokio::task::spawn_blocking(move || {
        let Found { facts, asker, .. } = &waiter.found;
        let slots = matching::earlier(facts, asker, &waiter.appointment, &freed, waiter.now_ms);
        (waiter, slots)
    });
    matching.await.map_err(Error::bug)
}

async fn look_at(
    tx: &Tx,
    organisation: OrganisationId,
    subscription: &Subscription,
    freed: &[(ResourceId, Span)],
) -> Result<Looked> {
    let Some(appointment) = access::find(tx, organisation, subscription.appointment).await? else {
        return Ok(Looked::Nothing);
    };
    if !mandates::stands(tx, organisation, subscription, appointment.patient).await? {
        return Ok(Looked::MandateEnded);
    }
    let zone = calendar::zone(&appointment.time_zone)?;
    let Some(days) = matching::days(&zone, freed, appointment.start_ms) else { return Ok(Looked::Nothing) };
    let born_on = born_on(tx, appointment.patient).await?;
    let question = appointments::question_of(&appointment, days, born_on);
    Ok(Looked::Waits(Box::new(Waiter {
        found: facts::load(tx, organisation, &question).await?,
        had: asap::had(tx, organisation, appointment.id).await?,
        language: notices::language(tx, appointment.patient).await?.unwrap_or_default(),
        subscription: subscription.clone(),
        appointment,
        born_on,
        now_ms: tx.now_ms(),
    })))
}

/// Makes an offer with its letter; says whether it did. When somebody else has the time by now, nothing is made.
async fn make_offer(
    house: &House,
    organisation: OrganisationId,
    waiter: &Waiter,
    slot: &Slot,
) -> Result<bool> {
    let now = house.clock.now_ms();
    let (kind, institution) = (&waiter.found.facts.kind, &waiter.found.institution);
    let expires_ms = matching::expires_ms(kind, &waiter.appointment, slot, now);
    if expires_ms - now < OFFER_MS_MIN {
        return Ok(false);
    }
    let offer = Offer {
        id: OfferId::new(&house.clock, &house.rng),
        subscription: waiter.subscription.id,
        appointment: waiter.appointment.id,
        old_start_ms: waiter.appointment.start_ms,
        start_ms: slot.start_ms,
        end_ms: slot.end_ms,
        state: OfferState::Open,
        expires_ms,
    };
    let letter = write(house, organisation, waiter, &offer)?;
    let is_in_turn = kind.asap.strategy == Strategy::Sequential;
    let keeps = is_in_turn.then(|| {
        let day = calendar::local(&waiter.found.facts.zone, slot.start_ms).date();
        appointments::question_of(&waiter.appointment, day..=day, waiter.born_on)
    });
    let new = NewOffer { offer, keeps, letters_per_day_max: institution.letters_per_day_max };
    let made =
        house.write_booking(organisation, (organisation, new, letter), |tx, (organisation, new, letter)| {
            Box::pin(make(tx, *organisation, new, letter))
        });
    match made.await {
        Err(Error::Conflict { .. }) => Ok(false),
        made => made,
    }
}

/// Asks once more whether they may be told, in the transaction that does it.
async fn make(tx: &Tx, organisation: OrganisationId, new: &NewOffer, letter: &SealedLetter) -> Result<bool> {
    let (subscription, ended_ms, patient) =
        asap::find_in_turn(tx, organisation, new.offer.subscription).await?;
    if ended_ms.is_some() {
        return Ok(false);
    }
    if !mandates::stands(tx, organisation, &subscription, patient).await? {
        asap::mandate_ended(tx, organisation, subscription.id).await?;
        return Ok(false);
    }
    let is_made = asap::make(tx, organisation, patient, new).await?;
    if is_made {
        letters::leave(tx, letter).await?;
    }
    Ok(is_made)
}

fn write(
    house: &House,
    organisation: OrganisationId,
    waiter: &Waiter,
    offer: &Offer,
) -> Result<SealedLetter> {
    let ring = house.vault.ring_at_hand(organisation)?;
    let (url, now) = (&house.settings.public_url, house.clock.now_ms());
    let answer = Link { organisation, id: offer.id, expires_ms: offer.expires_ms };
    let leave = Link { organisation, id: waiter.subscription.id, expires_ms: now + LEAVE_MS };
    let answer = format!("{url}/earlier/{}", links::make(&house.vault, Purpose::Offer, &answer));
    let leave = format!("{url}/earlier/stop/{}", links::make(&house.vault, Purpose::Leave, &leave));
    let said = Earlier {
        strategy: waiter.found.facts.kind.asap.strategy,
        old_ms: offer.old_start_ms,
        new_ms: offer.start_ms,
        expires_ms: offer.expires_ms,
        to_confirm: waiter.found.facts.kind.needs_confirmation,
        answer: &answer,
        leave: &leave,
    };
    let said = earlier(waiter.language, &waiter.found.institution, &said)?;
    let to = Address::Mail(waiter.subscription.email(&ring)?);
    let content = Content { unsubscribe: Some(leave), ..Content::new(to, said.subject, said.text) };
    let person = Some(waiter.appointment.patient);
    let letter = Letter { organisation, kind: super::OFFER, person, content };
    letter.seal_as(asap::letter_of(offer.id), &house.vault)
}

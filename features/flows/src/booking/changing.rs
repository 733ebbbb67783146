//! Booking, moving and cancelling.

use booking::access::{self, Right, patient_of};
use booking::appointments::{self, Details, Order};
use booking::asap::{self, SealedEmail};
use booking::availability::{self, Availability};
use kernel::{Actor, AppointmentId, Result};
use store::Tx;

use super::known::{self, Asked};
use super::must_act_still;
use crate::House;
use crate::once::{self, repeated};

/// How often somebody who was second tries again: whoever is free instead takes their place.
const TRIES: usize = 4;

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
/// As [`appointments::book`]; [`kernel::Error::Invalid`] with `required_profile_fields_missing` or `comment_form_invalid`,
/// or with `idempotency_key_reused`; [`kernel::Error::NotAllowed`] with `not_a_patient`; with `asap`, as [`booking::asap::subscribe`].
pub async fn book(house: &House, actor: &Actor, request: Request) -> Result<AppointmentId> {
    let organisation = actor.organisation;
    let ring = house.vault.ring_of(&house.db, organisation).await?;
    let offer = availability::open(&ring, organisation, &request.proof);
    let done = house.read((actor.clone(), offer.as_ref().ok().cloned()), |tx, (actor, offer)| {
        Box::pin(find_repeated(tx, actor, offer.as_ref()))
    });
    if let Some(done) = done.await? {
        return Ok(done);
    }
    let offer = offer?;
    offer.must_be_good(house.clock.now_ms())?;
    let sealed = request.details.seal(&ring, &house.clock, &house.rng)?;
    let input = (actor.clone(), ring, offer.clone(), request);
    let complete = house.read(input, |tx, (actor, ring, offer, request)| {
        Box::pin(async move {
            let asked = Asked {
                organisation: actor.organisation,
                patient: patient_of(actor),
                offer,
                details: &request.details,
                proxy: actor.acting_for.map(|_| actor.person),
                asap: request.asap,
            };
            let born_on = known::patient_born_on(tx, asked.organisation, asked.patient).await?;
            Ok((born_on, known::must_be_complete(tx, ring, &asked).await?))
        })
    });
    let (born_on, email) = complete.await?;
    let order = Order { availability: offer, born_on, details: sealed };
    let email = match email {
        Some(email) => Some(crate::asap::seal(house, actor, &email).await?),
        None => None,
    };
    let id = retried(|| {
        let input = (actor.clone(), order.clone(), email.clone());
        house.write_booking(organisation, input, |tx, (actor, order, email)| {
            Box::pin(book_once(tx, actor, order, email.as_ref()))
        })
    });
    repeated(house, actor, id.await, |tx, actor, id| Box::pin(told_again(tx, actor, id))).await
}

/// What the same request made before: by the name that its client gave it, or by the time that it chose.
async fn find_repeated(
    tx: &Tx,
    actor: &Actor,
    offer: Option<&Availability>,
) -> Result<Option<AppointmentId>> {
    if let Some(done) = find_done(tx, actor).await? {
        return Ok(Some(done));
    }
    let Some(offer) = offer else { return Ok(None) };
    Ok(appointments::repeated(tx, actor, offer).await?.map(|found| found.id))
}

async fn find_done(tx: &Tx, actor: &Actor) -> Result<Option<AppointmentId>> {
    match once::find(tx, actor).await? {
        Some(id) => told_again(tx, actor, id).await.map(Some),
        None => Ok(None),
    }
}

/// Who asks again is told of an appointment, which is a reading.
async fn told_again(tx: &Tx, actor: &Actor, id: AppointmentId) -> Result<AppointmentId> {
    access::open(tx, actor, id, Right::Read).await?;
    Ok(id)
}

/// A request that its client named is done once, however often it comes and however close together.
/// Who would come earlier is on the list in the same transaction, so that a repetition need not ask for it again.
async fn book_once(
    tx: &Tx,
    actor: &Actor,
    order: &Order,
    email: Option<&SealedEmail>,
) -> Result<AppointmentId> {
    if let Some(done) = find_done(tx, actor).await? {
        return Ok(done);
    }
    let booked = appointments::book(tx, actor, order).await?;
    identity::once::note(tx, actor, &booked.appointment.id).await?;
    if let Some(email) = email.filter(|_| booked.is_new) {
        let open = access::open(tx, actor, booked.appointment.id, Right::Change).await?;
        asap::subscribe_with_booking(tx, &open, email).await?;
    }
    must_act_still(tx, actor).await?;
    Ok(booked.appointment.id)
}

/// Moves an appointment.
///
/// # Errors
/// As [`appointments::reschedule`].
pub async fn reschedule(house: &House, actor: &Actor, id: AppointmentId, proof: Vec<u8>) -> Result<()> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let offer = availability::open(&ring, actor.organisation, &proof)?;
    let moved = retried(|| {
        let input = (actor.clone(), id, offer.clone());
        house.write_booking(actor.organisation, input, |tx, (actor, id, offer)| {
            Box::pin(async move {
                let open = access::open(tx, actor, *id, Right::Change).await?;
                let born_on = known::born_on(tx, open.appointment().patient).await?;
                appointments::reschedule(tx, &open, offer, born_on).await?;
                must_act_still(tx, actor).await
            })
        })
    });
    moved.await
}

/// Cancels an appointment.
///
/// # Errors
/// As [`appointments::cancel`].
pub async fn cancel(house: &House, actor: &Actor, id: AppointmentId, reason: Option<String>) -> Result<()> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let sealed = reason.map(|reason| appointments::seal_reason(&ring, id, &reason)).transpose()?;
    let input = (actor.clone(), id, sealed);
    let cancelled = house.write_booking(actor.organisation, input, |tx, (actor, id, reason)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Change).await?;
            appointments::cancel(tx, &open, reason.as_ref()).await?;
            must_act_still(tx, actor).await
        })
    });
    cancelled.await
}

/// Does something that takes a time, and does it again when somebody else was quicker: each try is a transaction of its own.
///
/// # Errors
/// Those of what is done; [`kernel::Error::Conflict`] with `availability_taken` when somebody was quicker each time.
pub async fn retried<T, F: Future<Output = Result<T>> + Send>(
    attempt: impl Fn() -> F + Send + Sync,
) -> Result<T> {
    for _ in 1..TRIES {
        match attempt().await {
            Err(error) if store::is_overlap(&error) => {}
            other => return other,
        }
    }
    attempt().await.map_err(|error| if store::is_overlap(&error) { appointments::taken() } else { error })
}

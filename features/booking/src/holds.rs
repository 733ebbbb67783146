//! A time that is kept for somebody for a few minutes while they choose, or while an offer to them stands. What several
//! patients come to together is not kept: nobody takes the last seat of a time that nobody has begun.

use std::time::Duration;

use kernel::{
    Actor, AppointmentTypeId, Error, HoldId, Limit, OfferId, OrganisationId, PersonId, ResourceId, Result,
};
use store::{Arg, Tx, args};

use crate::access::patient_of;
use crate::appointments::refused;
use crate::calendar::Slot;
use crate::facts::{self, Question};
use crate::kept;
use crate::rows::holds as rows;
use crate::seats::{self, Place};
use crate::setup::settings;
use crate::turns;

/// Minutes that a hold lasts.
pub const MINUTES: i64 = 5;
/// Holds of one patient at a time.
pub const PER_PATIENT_MAX: i64 = 3;
/// Holds that came through one application, in one organisation, at a time.
pub const PER_CLIENT_MAX: i64 = 200;
/// Holds that one transaction gives up: each costs up to two dozen statements.
const SWEPT_AT_ONCE: i64 = 8;

/// A hold to be.
struct NewHold<'a> {
    organisation: OrganisationId,
    patient: PersonId,
    client: Option<kernel::ClientId>,
    offer: Option<OfferId>,
    question: &'a Question,
    start_ms: i64,
    until_ms: i64,
}

/// Keeps a time for the patient whom the actor speaks of, for five minutes.
///
/// # Errors
/// As [`crate::appointments::book`]; [`Error::LimitReached`] for a fourth, or too many through one application;
/// [`Error::Precondition`] with
/// `not_held_for_groups` where several patients come together.
pub async fn hold(tx: &Tx, actor: &Actor, question: &Question, start_ms: i64) -> Result<(HoldId, Slot)> {
    let (organisation, patient, now) = (actor.organisation, patient_of(actor), tx.now_ms());
    if question.patient != patient {
        return Err(Error::bug("a hold for somebody else"));
    }
    turns::of_patient(tx, patient).await?;
    let theirs = args![&organisation, &patient, now];
    must_have_room(tx, (rows::OF_PATIENT, &theirs), ("holds_per_patient", PER_PATIENT_MAX)).await?;
    if let Some(client) = &actor.client {
        let through = args![&organisation, client, now];
        must_have_room(tx, (rows::OF_CLIENT, &through), ("holds_per_client", PER_CLIENT_MAX)).await?;
    }
    let until_ms = now + MINUTES * 60_000;
    let client = actor.client;
    keep(tx, NewHold { organisation, patient, client, offer: None, question, start_ms, until_ms }).await
}

/// Passes while there are fewer than so many. Else says when the next of them is over.
async fn must_have_room(
    tx: &Tx,
    (counting, whose): (&'static str, &[Arg<'_>]),
    (name, most): (&'static str, i64),
) -> Result<()> {
    let found = tx.one(counting, whose, |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))).await?;
    let (count, next_ms) = found.unwrap_or_default();
    if count < most {
        return Ok(());
    }
    let left_ms = next_ms.unwrap_or_default().saturating_sub(tx.now_ms());
    let retry_after = u64::try_from(left_ms).ok().map(Duration::from_millis);
    Err(Error::LimitReached { limit: Limit::new(name, most.unsigned_abs()), retry_after })
}

/// Keeps a time for whom it is offered to.
///
/// # Errors
/// As [`hold`].
pub async fn hold_for_offer(
    tx: &Tx,
    organisation: OrganisationId,
    patient: PersonId,
    offer: OfferId,
    question: &Question,
    start_ms: i64,
    until_ms: i64,
) -> Result<HoldId> {
    turns::of_patient(tx, patient).await?;
    let new =
        NewHold { organisation, patient, client: None, offer: Some(offer), question, start_ms, until_ms };
    keep(tx, new).await.map(|(id, _)| id)
}

async fn keep(tx: &Tx, new: NewHold<'_>) -> Result<(HoldId, Slot)> {
    let (organisation, now) = (new.organisation, tx.now_ms());
    settings::must_be_up(tx, organisation).await?;
    turns::of_type(tx, organisation, new.question.kind, &[]).await?;
    if !find_own(tx, organisation, new.patient, (new.question.kind, new.start_ms)).await?.is_empty() {
        return Err(seats::taken());
    }
    let found = facts::load(tx, organisation, new.question).await?;
    let kind = &found.facts.kind;
    if kind.capacity > 1 {
        let why = "What several come to together is not kept for one.";
        return Err(Error::precondition("not_held_for_groups", why));
    }
    let slot = found.facts.choose(&found.asker, new.start_ms, &[], now).map_err(refused)?;
    let id: HoldId = tx.new_id();
    let row = args![
        &id,
        &organisation,
        &new.patient,
        new.client.as_ref(),
        new.offer.as_ref(),
        &kind.id,
        slot.start_ms,
        slot.end_ms,
        now,
        new.until_ms
    ];
    tx.run(rows::INSERT, &row).await?;
    let place = Place { organisation: &organisation, kind, slot: &slot, patient: None, overbook: false };
    seats::take_for_hold(tx, place, id).await?;
    Ok((id, slot))
}

/// Gives a hold up, and notes what becomes free.
///
/// # Errors
/// The store's.
pub async fn release(tx: &Tx, organisation: OrganisationId, id: HoldId) -> Result<()> {
    turns::of_hold(tx, organisation, id).await?;
    give_up(tx, organisation, id, &[]).await
}

/// The same for several of one practice, in one turn, by what takes nothing else.
pub(crate) async fn release_all(tx: &Tx, organisation: OrganisationId, ids: &[HoldId]) -> Result<()> {
    turns::of_holds(tx, organisation, ids).await?;
    for id in ids {
        give_up(tx, organisation, *id, &[]).await?;
    }
    Ok(())
}

/// Gives up a hold by who has the turns of its resources. Of what is taken again at once nothing is noted.
async fn give_up(tx: &Tx, organisation: OrganisationId, id: HoldId, again: &[ResourceId]) -> Result<()> {
    let own = args![&organisation, &id];
    let debounce = tx.one(rows::DEBOUNCE, &own, |row| row.get::<i64>(0)).await?.unwrap_or_default();
    let mut freed = seats::give_back_hold(tx, organisation, id).await?;
    freed.retain(|(resource, _)| !again.contains(resource));
    seats::note(tx, organisation, &freed, debounce).await?;
    tx.run(rows::REMOVE, &own).await.map(drop)
}

/// Gives up holds that have expired, some at a time, and notes what they free. Says how many.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    let some = args![tx.now_ms(), most.min(SWEPT_AT_ONCE)];
    let mut expired = tx.all(rows::EXPIRED, &some, rows::expired).await?;
    expired.sort_unstable();
    for practice in expired.chunk_by(|one, next| one.0 == next.0) {
        let holds: Vec<HoldId> = practice.iter().map(|(_, hold)| *hold).collect();
        turns::of_holds(tx, practice[0].0, &holds).await?;
    }
    for (organisation, id) in &expired {
        give_up(tx, *organisation, *id, &[]).await?;
    }
    Ok(expired.len() as u64)
}

/// What is kept for a patient at a time of a type: it is free for them alone.
pub(crate) async fn find_own(
    tx: &Tx,
    organisation: OrganisationId,
    patient: PersonId,
    (kind, start_ms): (AppointmentTypeId, i64),
) -> Result<Vec<HoldId>> {
    tx.all(rows::OWN, &args![&organisation, &patient, &kind, start_ms, tx.now_ms()], |row| row.get(0)).await
}

/// The same, and beside it a hold of theirs at another time that the desk names. One that has expired is gone already.
///
/// # Errors
/// [`Error::Invalid`] of `hold` with `hold_of_another`.
pub(crate) async fn kept_for(
    tx: &Tx,
    organisation: OrganisationId,
    patient: PersonId,
    time: (AppointmentTypeId, i64),
    named: Option<HoldId>,
) -> Result<(Vec<HoldId>, Option<HoldId>)> {
    let own = find_own(tx, organisation, patient, time).await?;
    let Some(named) = named.filter(|named| !own.contains(named)) else { return Ok((own, None)) };
    match kept::find(tx, organisation, named).await? {
        Some(kept) if kept.patient != patient => {
            Err(Error::invalid("hold", "hold_of_another", "That time is kept for somebody else."))
        }
        elsewhere => Ok((own, elsewhere.map(|_| named))),
    }
}

/// Turns holds into what they were kept for, by who has the turns of what they take: their time goes to its owner in the
/// same transaction. What they do not take of it is somebody else's chance.
pub(crate) async fn spend(
    tx: &Tx,
    organisation: OrganisationId,
    holds: &[HoldId],
    taken: &[ResourceId],
) -> Result<()> {
    for hold in holds {
        give_up(tx, organisation, *hold, taken).await?;
    }
    Ok(())
}

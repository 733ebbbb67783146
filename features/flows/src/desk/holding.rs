//! A time that is kept for a patient while the desk speaks with them.

use audit::{Deed, Line};
use booking::setup::types;
use booking::{Number, access, appointments, calendar, facts, holds, kept};
use identity::once::note;
use jiff::tz::TimeZone;
use kernel::{Actor, Error, HoldId, Kind, PersonId, ResourceId, Result};
use store::Tx;

use super::{insurance, patient};
use crate::House;
use crate::booking::retried;
use crate::once::{self, repeated};

/// What is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The number of the type.
    pub kind: Number,
    /// For whom.
    pub patient: PersonId,
    /// Who pays, by the number of the insurance.
    pub insurance: Option<Number>,
    /// The start as patients are shown it, in milliseconds since 1970.
    pub start_ms: i64,
}

/// What is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which.
    pub id: HoldId,
    /// Its start and its end as patients are shown them, in milliseconds since 1970.
    pub times: (i64, i64),
    /// With whom and what.
    pub resources: Vec<ResourceId>,
    /// In which it is shown.
    pub zone: TimeZone,
    /// Until when it is kept, in milliseconds since 1970.
    pub until_ms: i64,
}

/// Keeps a time for a patient for a few minutes. A request that its client named is done once.
///
/// # Errors
/// As [`holds::hold`] and [`booking::desk::must_lie_ahead`]; [`Error::NotFound`] for an unknown type, insurance or patient,
/// and for a repetition when the time is kept no longer.
pub async fn hold(house: &House, actor: &Actor, wish: Wish) -> Result<Kept> {
    let done = retried(|| {
        house.write_booking(actor.organisation, (actor.clone(), wish), |tx, (actor, wish)| {
            Box::pin(async move {
                let id = match once::find(tx, actor).await? {
                    Some(done) => done,
                    None => keep(tx, actor, wish).await?,
                };
                show(tx, actor, id).await
            })
        })
    });
    repeated(house, actor, done.await, |tx, actor, id| Box::pin(show(tx, actor, id))).await
}

async fn keep(tx: &Tx, actor: &Actor, wish: &Wish) -> Result<HoldId> {
    access::must_work_at_the_desk(actor)?;
    booking::desk::must_lie_ahead(wish.start_ms, tx.now_ms())?;
    let here = actor.organisation;
    let kind = types::find_numbered(tx, here, wish.kind).await?;
    let kind = kind.ok_or(Error::not_found(Kind::AppointmentType))?.id;
    let insurance = insurance(tx, here, wish.insurance).await?;
    let patient = patient(tx, actor, wish.patient).await?;
    let for_them = Actor { acting_for: Some(patient), ..actor.clone() };
    let born_on = super::dressing::births(tx, &[patient]).await?.get(&patient).copied();
    let days = appointments::day_of(tx, here, kind, wish.start_ms).await?;
    let question = facts::Question { kind, patient, insurance, born_on, days, moves: None, hold: None };
    let (id, _) = holds::hold(tx, &for_them, &question, wish.start_ms).await?;
    note(tx, actor, &id).await?;
    leave_line(tx, actor, Deed::TimeKept, (id, patient)).await?;
    Ok(id)
}

async fn show(tx: &Tx, actor: &Actor, id: HoldId) -> Result<Kept> {
    access::must_work_at_the_desk(actor)?;
    let kept = find(tx, actor, id).await?;
    let resources = kept::resources(tx, actor.organisation, id).await?;
    let zone = calendar::zone(&appointments::zone_of(tx, actor.organisation, kept.kind).await?)?;
    let times = (kept.start_ms, kept.end_ms);
    Ok(Kept { id, times, resources, zone, until_ms: kept.until_ms })
}

async fn find(tx: &Tx, actor: &Actor, id: HoldId) -> Result<kept::Kept> {
    kept::find(tx, actor.organisation, id).await?.ok_or(Error::not_found(Kind::Availability))
}

/// Gives a time up that is kept for a patient.
///
/// # Errors
/// [`Error::NotFound`] when it is not kept, or for an offer of the waiting list.
pub async fn release(house: &House, actor: &Actor, hold: HoldId) -> Result<()> {
    let released = house.write_booking(actor.organisation, (actor.clone(), hold), |tx, (actor, hold)| {
        Box::pin(async move {
            access::must_work_at_the_desk(actor)?;
            let kept = find(tx, actor, *hold).await?;
            holds::release(tx, actor.organisation, *hold).await?;
            leave_line(tx, actor, Deed::TimeGivenUp, (*hold, kept.patient)).await
        })
    });
    released.await
}

async fn leave_line(tx: &Tx, actor: &Actor, deed: Deed, (hold, patient): (HoldId, PersonId)) -> Result<()> {
    let ground = access::ground_to_keep(tx, actor, patient).await?;
    let line = Line::of(actor, deed).about(Some(patient)).object(hold.as_bytes());
    audit::write(tx, line.because(ground.name())).await
}

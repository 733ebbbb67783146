//! What became free, and who waits for it.

use kernel::{
    AppointmentId, AppointmentTypeId, Id, InstitutionId, OrganisationId, ResourceId, Result, SubscriptionId,
};
use store::jobs::{self, NewJob};
use store::{Row, Tx, args};

use super::matching::{DAY_MS, Had};
use super::offers::OfferState;
use super::{Subscription, subscription};
use crate::calendar::Span;
use crate::freed::{OFFER, Offering};
use crate::rows::asap as rows;

/// Names the rows of what became free. The type has no values.
#[derive(Debug)]
pub enum FreedTime {}

/// A stretch of time in which a resource became free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freed {
    /// Which row says so.
    pub id: Id<FreedTime>,
    /// Who or what.
    pub resource: ResourceId,
    /// Where.
    pub institution: InstitutionId,
    /// When.
    pub span: Span,
    /// Up to whom those who wait were looked at for it; `None` where nobody was.
    pub reached: Option<Reached>,
}

/// How far a run came that looked at those who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// At those of this type; at those of every one before it, too.
    pub kind: AppointmentTypeId,
    /// Up to there.
    pub place: PlaceInLine,
}

/// Up to whom a line of people was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceInLine {
    /// When they joined.
    pub consented_ms: i64,
    /// Which they are.
    pub id: SubscriptionId,
}

impl PlaceInLine {
    /// Before everybody.
    pub const FIRST: Self = Self { consented_ms: i64::MIN, id: SubscriptionId::from_bytes([0; 12]) };

    /// Behind this one.
    #[must_use]
    pub const fn behind(one: &Subscription) -> Self {
        Self { consented_ms: one.consented_ms, id: one.id }
    }
}

/// What became free and is to be looked at now, the oldest first; before that, what a run looked at up to some place, and
/// nothing beside it. What lies behind is forgotten.
///
/// # Errors
/// The store's.
pub async fn due(tx: &Tx, organisation: OrganisationId, most: i64) -> Result<Vec<Freed>> {
    let now = tx.now_ms();
    tx.run(rows::FORGET_PAST, &args![&organisation, now]).await?;
    let mut due = tx.all(rows::FREED, &args![&organisation, now, most], freed).await?;
    let reached = due.first().and_then(|one| one.reached);
    due.retain(|one| one.reached == reached);
    Ok(due)
}

fn freed(row: &Row<'_>) -> Result<Freed> {
    let reached = match (row.get(5)?, row.get(6)?, row.get(7)?) {
        (Some(kind), Some(consented_ms), Some(id)) => {
            Some(Reached { kind, place: PlaceInLine { consented_ms, id } })
        }
        _ => None,
    };
    Ok(Freed {
        id: row.get(0)?,
        resource: row.get(1)?,
        institution: row.get(2)?,
        span: Span { from_ms: row.get(3)?, until_ms: row.get(4)? },
        reached,
    })
}

/// Notes how far those who wait were looked at for these: the next run goes on there.
///
/// # Errors
/// The store's.
pub async fn reach(tx: &Tx, organisation: OrganisationId, freed: &[Freed], reached: Reached) -> Result<()> {
    let ids: Vec<_> = freed.iter().map(|one| one.id).collect();
    let Reached { kind, place } = &reached;
    let values = args![&organisation, kind, place.consented_ms, &place.id];
    tx.run_of(rows::REACH, &ids, &values).await.map(drop)
}

/// Has these looked at from this instant on.
///
/// # Errors
/// The store's.
pub async fn postpone(tx: &Tx, organisation: OrganisationId, freed: &[Freed], due_ms: i64) -> Result<()> {
    let ids: Vec<_> = freed.iter().map(|one| one.id).collect();
    tx.run_of(rows::POSTPONE, &ids, &args![&organisation, due_ms]).await.map(drop)
}

/// These were looked at. The job is left again for what comes next: what is still to be looked at, or a time that is kept
/// for somebody and given up.
///
/// # Errors
/// The store's.
pub async fn forget(tx: &Tx, organisation: OrganisationId, freed: &[Freed]) -> Result<()> {
    let ids: Vec<_> = freed.iter().map(|one| one.id).collect();
    tx.run_of(rows::FORGET, &ids, &args![&organisation]).await?;
    let mut next_ms = None;
    for sql in [rows::NEXT_FREED, rows::NEXT_GIVEN_UP] {
        let next = tx.one(sql, &args![&organisation], |row| row.get::<i64>(0)).await?;
        next_ms = next_ms.into_iter().chain(next).min();
    }
    match next_ms {
        Some(next_ms) => leave_again(tx, organisation, next_ms).await,
        None => Ok(()),
    }
}

/// Leaves the job [`OFFER`] for then, unless one waits for before: each leaves the next.
///
/// # Errors
/// As [`jobs::enqueue`].
pub async fn leave_again(tx: &Tx, organisation: OrganisationId, due_ms: i64) -> Result<()> {
    let payload = serde_json::to_value(Offering { organisation }).map_err(kernel::Error::bug)?;
    let dedupe = Some(organisation.hex());
    jobs::enqueue_or_bring_forward(tx, &NewJob { name: OFFER, dedupe, payload, due_ms }).await
}

/// Who waits for something earlier of a type than after this instant, in their order, behind this place.
///
/// # Errors
/// The store's.
pub async fn waiting(
    tx: &Tx,
    organisation: OrganisationId,
    kind: AppointmentTypeId,
    after_ms: i64,
    behind: PlaceInLine,
    most: i64,
) -> Result<Vec<Subscription>> {
    let asked = args![&organisation, &kind, after_ms, behind.consented_ms, &behind.id, most];
    tx.all(rows::WAITING, &asked, subscription).await
}

/// What was told of an appointment before, also while it was on the list an earlier time.
///
/// # Errors
/// The store's.
pub async fn had(tx: &Tx, organisation: OrganisationId, appointment: AppointmentId) -> Result<Had> {
    let now = tx.now_ms();
    let asked = args![&organisation, &appointment];
    let offers = tx.all(rows::OFFERS_OF, &asked, |row| {
        let state = OfferState::named(&row.get::<String>(2)?)?;
        Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, state, row.get::<i64>(3)?))
    });
    let offers = offers.await?;
    Ok(Had {
        starts: offers.iter().map(|(start_ms, ..)| *start_ms).collect(),
        today: offers.iter().filter(|(_, made_ms, ..)| *made_ms > now - DAY_MS).count(),
        has_open: offers
            .iter()
            .any(|(.., state, expires_ms)| *state == OfferState::Open && *expires_ms > now),
    })
}

//! Finding people for what became free.
//!
//! One run looks at some of what is due: for each type that it may serve, at each who waits, in their order. Every offer is a
//! transaction of its own with its letter. How far a run came is noted on the way, and what was looked at for everybody is
//! forgotten: one that is cut off goes on where it was, and nobody is told twice, since one is told of a time once.

use std::collections::{BTreeMap, BTreeSet};

use booking::Institution;
use booking::asap::matching::Told;
use booking::asap::{self, Freed, PlaceInLine, Reached, Subscription};
use booking::calendar::{self, Span};
use booking::freed::Offering;
use booking::setup::{institutions, settings, types};
use identity::notices::Quiet;
use identity::organisations;
use kernel::{AppointmentTypeId, Error, OrganisationId, ResourceId, Result};
use serde_json::Value;
use store::Tx;

use super::offering::tell_one;
use crate::House;

/// Freed times that one run looks at.
const FREED_PER_RUN: i64 = 50;
/// People who are read at a time.
const PEOPLE_PER_LOOK: usize = 50;
/// So often one run reads some: what it leaves is for the next, before it takes too long for a job.
const LOOKS_PER_RUN: usize = 20;
/// While the practice works on paper, it is looked again after so long.
const DOWN_MS: i64 = 10 * 60_000;
/// While the time zone of a place is unknown, so is what is quiet there.
const UNKNOWN_MS: i64 = 60 * 60_000;

/// Does the job [`booking::freed::OFFER`].
pub(crate) async fn offer(house: &House, payload: Value) -> Result<()> {
    let Offering { organisation } = serde_json::from_value(payload).map_err(Error::bug)?;
    match house.vault.ring_of(&house.db, organisation).await {
        Err(Error::NotFound { .. }) => return Ok(()),
        ring => drop(ring?),
    }
    while super::tidy_some(house, organisation).await? {}
    let due = house.db.write(organisation, |tx, organisation| Box::pin(take_due(tx, *organisation))).await?;
    let (kinds, looked_at) = (due.of_kind, due.looked_at);
    let mut run = Run { house, organisation, looked_at: &looked_at, looks_left: LOOKS_PER_RUN };
    let ended = run.tell_all(&kinds).await?;
    let done = house.db.write((organisation, looked_at, ended), |tx, (organisation, freed, ended)| {
        Box::pin(done(tx, *organisation, freed, *ended))
    });
    done.await
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Everybody was looked at.
    Whole,
    /// The next goes on.
    Later,
    /// The practice went to paper on the way.
    OnPaper,
}

/// What was looked at for everybody is forgotten, or looked at again when the practice went to paper on the way.
async fn done(tx: &Tx, organisation: OrganisationId, looked_at: &[Freed], ended: Ended) -> Result<()> {
    let over = if ended == Ended::Whole { looked_at } else { &[] };
    if ended == Ended::OnPaper {
        asap::postpone(tx, organisation, looked_at, tx.now_ms() + DOWN_MS).await?;
    }
    asap::forget(tx, organisation, over).await
}

/// A run on its way.
struct Run<'a> {
    house: &'a House,
    organisation: OrganisationId,
    looked_at: &'a [Freed],
    looks_left: usize,
}

impl Run<'_> {
    /// Tells those who wait, type by type, from where the run before was cut off.
    async fn tell_all(
        &mut self,
        kinds: &BTreeMap<AppointmentTypeId, Vec<(ResourceId, Span)>>,
    ) -> Result<Ended> {
        let reached = self.looked_at.first().and_then(|one| one.reached);
        let first = reached.map_or(AppointmentTypeId::from_bytes([0; 12]), |reached| reached.kind);
        for (kind, freed) in kinds.range(first..) {
            let place = reached.filter(|reached| reached.kind == *kind).map(|reached| reached.place);
            match self.match_kind(*kind, freed, place.unwrap_or(PlaceInLine::FIRST)).await {
                Err(error) if super::is_downtime(&error) => return Ok(Ended::OnPaper),
                Ok(Ended::Whole) => {}
                ended => return ended,
            }
        }
        Ok(Ended::Whole)
    }

    /// Tells those who wait for something of this type, in their order, behind this place.
    async fn match_kind(
        &mut self,
        kind: AppointmentTypeId,
        freed: &[(ResourceId, Span)],
        mut behind: PlaceInLine,
    ) -> Result<Ended> {
        let after_ms = freed.iter().map(|(_, span)| span.from_ms).min().unwrap_or_default();
        let mut told = Told::default();
        loop {
            let asked = (self.organisation, kind, after_ms, behind);
            let some = self.house.db.read(asked, |tx, (organisation, kind, after_ms, behind)| {
                let most = i64::try_from(PEOPLE_PER_LOOK).unwrap_or(i64::MAX);
                Box::pin(asap::waiting(tx, *organisation, *kind, *after_ms, *behind, most))
            });
            let some = some.await?;
            let Some(last) = some.last() else { return Ok(Ended::Whole) };
            let (place, is_last) = (PlaceInLine::behind(last), some.len() < PEOPLE_PER_LOOK);
            self.tell(some, freed, &mut told).await?;
            if is_last {
                return Ok(Ended::Whole);
            }
            self.reach(Reached { kind, place }).await?;
            (behind, self.looks_left) = (place, self.looks_left - 1);
            if self.looks_left == 0 {
                return Ok(Ended::Later);
            }
        }
    }

    async fn tell(
        &self,
        some: Vec<Subscription>,
        freed: &[(ResourceId, Span)],
        told: &mut Told,
    ) -> Result<()> {
        for subscription in some {
            match tell_one(self.house, self.organisation, subscription, freed, told).await {
                Err(error) if error.retry_after_s().is_none() && !super::is_downtime(&error) => {
                    tracing::error!(
                        organisation = self.organisation.hex(),
                        ?error,
                        "somebody who waits cannot be told"
                    );
                }
                told => told?,
            }
        }
        Ok(())
    }

    async fn reach(&self, reached: Reached) -> Result<()> {
        let input = (self.organisation, self.looked_at.to_vec(), reached);
        let noted = self.house.db.write(input, |tx, (organisation, freed, reached)| {
            Box::pin(asap::reach(tx, *organisation, freed, *reached))
        });
        noted.await
    }
}

/// What one run is about.
#[derive(Default)]
struct Due {
    /// What is looked at, and forgotten afterwards.
    looked_at: Vec<Freed>,
    /// For which types.
    of_kind: BTreeMap<AppointmentTypeId, Vec<(ResourceId, Span)>>,
}

/// What is due, but for what lies in quiet hours of its place: that is for the morning.
async fn take_due(tx: &Tx, organisation: OrganisationId) -> Result<Due> {
    let mut due = Due::default();
    let freed = asap::due(tx, organisation, FREED_PER_RUN).await?;
    if freed.is_empty() || organisations::find(tx, organisation).await?.is_none() {
        return Ok(due);
    }
    if settings::of(tx, organisation).await?.downtime_since_ms.is_some() {
        asap::postpone(tx, organisation, &freed, tx.now_ms() + DOWN_MS).await?;
        return Ok(due);
    }
    let mut places: BTreeMap<_, Vec<Freed>> = BTreeMap::new();
    for one in freed {
        places.entry(one.institution).or_default().push(one);
    }
    for (institution, freed) in places {
        let institution = institutions::find(tx, organisation, institution).await?;
        match institution.and_then(|one| rests_until(&one, tx.now_ms())) {
            Some(until_ms) => asap::postpone(tx, organisation, &freed, until_ms).await?,
            None => due.looked_at.extend(freed),
        }
    }
    let resources: BTreeSet<ResourceId> = due.looked_at.iter().map(|one| one.resource).collect();
    for resource in resources {
        let spans =
            due.looked_at.iter().filter(|one| one.resource == resource).map(|one| (resource, one.span));
        let spans: Vec<_> = spans.collect();
        for kind in types::with_waiting_list(tx, organisation, resource).await? {
            due.of_kind.entry(kind).or_default().extend(&spans);
        }
    }
    Ok(due)
}

/// When the quiet hours of a place end, if it is in them. One whose time zone is unknown is looked at again later, and keeps
/// no other place waiting.
fn rests_until(institution: &Institution, now_ms: i64) -> Option<i64> {
    let (from, until) = institution.quiet;
    let quiet = Quiet { from_minute: from.into(), until_minute: until.into() };
    match calendar::zone(&institution.time_zone) {
        Ok(zone) => quiet.ends_ms(now_ms, &zone),
        Err(error) => {
            tracing::error!(
                institution = institution.id.hex(),
                ?error,
                "nobody here can be told of what became free"
            );
            Some(now_ms + UNKNOWN_MS)
        }
    }
}

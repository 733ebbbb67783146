//! What is taken, and who and what is free beside it.

use std::collections::BTreeMap;

use kernel::{GatheringId, ResourceId};

use super::{Asker, By, Facts, Slot, Span, Taken, Unbookable, matching, spans};

/// What is taken, for somebody: what they have themselves is free for them.
#[derive(Debug)]
pub(super) struct Busy<'f> {
    facts: &'f Facts,
    asker: Asker,
    resources: BTreeMap<ResourceId, Vec<Span>>,
    /// What is kept for whoever asks, but for another start.
    kept: Vec<(ResourceId, Taken)>,
    patient: Vec<Span>,
    /// Gatherings of the type that have a seat left: start, which, and what is in it.
    gatherings: BTreeMap<(i64, GatheringId), Vec<ResourceId>>,
}

impl<'f> Busy<'f> {
    pub(super) fn of(facts: &'f Facts, asker: &Asker) -> Self {
        let spans = |taken: &Vec<Taken>| {
            let others = taken.iter().filter(|one| !is_own(asker, one) && !is_kept(one));
            spans::joined(others.map(|one| one.span).collect())
        };
        let mut gatherings: BTreeMap<_, Vec<ResourceId>> = BTreeMap::new();
        for (resource, taken) in &facts.taken {
            for one in taken {
                if let By::Gathering { id, is_of_type: true, start_ms, free: 1.. } = one.by {
                    gatherings.entry((start_ms, id)).or_default().push(*resource);
                }
            }
        }
        let all = facts.taken.iter().flat_map(|(resource, taken)| taken.iter().map(|one| (*resource, *one)));
        let kept = all.filter(|(_, one)| !is_own(asker, one) && is_kept(one)).collect();
        Self {
            kept,
            facts,
            asker: *asker,
            resources: facts.taken.iter().map(|(resource, taken)| (*resource, spans(taken))).collect(),
            patient: spans(&facts.patient),
            gatherings,
        }
    }

    fn is_free(&self, resource: ResourceId, start_ms: i64) -> bool {
        let taken = self.resources.get(&resource).map(Vec::as_slice).unwrap_or_default();
        let occupied = self.facts.occupied(start_ms);
        let is_kept = |(whose, one): &(ResourceId, Taken)| {
            *whose == resource && one.span.overlaps(occupied) && !is_kept_at(one, start_ms)
        };
        !self.is_booked(resource, occupied)
            && !spans::touch(taken, occupied)
            && !self.kept.iter().any(is_kept)
    }

    /// Whether an appointment of somebody else takes some of it.
    fn is_booked(&self, resource: ResourceId, occupied: Span) -> bool {
        self.facts.booked.get(&resource).is_some_and(|booked| spans::touch(booked, occupied))
    }

    fn is_patient_free(&self, start_ms: i64) -> Result<(), Unbookable> {
        let is_taken = spans::touch(&self.patient, self.facts.shown(start_ms));
        if is_taken { Err(Unbookable::PatientTaken) } else { Ok(()) }
    }

    /// Whether nothing but this gathering takes a resource then.
    fn has_only(&self, gathering: GatheringId, resource: ResourceId, start_ms: i64) -> bool {
        let occupied = self.facts.occupied(start_ms);
        if self.is_booked(resource, occupied) {
            return false;
        }
        let taken = self.facts.taken.get(&resource).map(Vec::as_slice).unwrap_or_default();
        let is_anothers = |one: &&Taken| !is_own(&self.asker, one) && !is_kept_at(one, start_ms);
        let mut then = taken.iter().filter(|one| is_anothers(one) && one.span.overlaps(occupied)).peekable();
        then.peek().is_some() && then.all(|one| matches!(one.by, By::Gathering { id, .. } if id == gathering))
    }

    pub(super) fn seat(
        &self,
        start_ms: i64,
        resources: &[ResourceId],
    ) -> Result<Option<GatheringId>, Unbookable> {
        let seat = if resources.iter().all(|resource| self.is_free(*resource, start_ms)) {
            None
        } else {
            let here = self.at(start_ms).find(|(gathering, _)| {
                resources.iter().all(|resource| self.has_only(*gathering, *resource, start_ms))
            });
            Some(here.ok_or(Unbookable::Taken)?.0)
        };
        self.is_patient_free(start_ms)?;
        Ok(seat)
    }

    /// The gatherings with a seat at this start.
    fn at(&self, start_ms: i64) -> impl Iterator<Item = (GatheringId, &[ResourceId])> {
        let first = GatheringId::from_bytes([0; 12]);
        let last = GatheringId::from_bytes([u8::MAX; 12]);
        let here = self.gatherings.range((start_ms, first)..=(start_ms, last));
        here.map(|((_, gathering), resources)| (*gathering, resources.as_slice()))
    }

    pub(super) fn choose(
        &self,
        start_ms: i64,
        preferred: &[ResourceId],
        fits: impl Fn(usize, ResourceId) -> bool + Copy,
    ) -> Result<Slot, Unbookable> {
        let are_preferred =
            |resources: &[ResourceId]| resources.iter().all(|resource| preferred.contains(resource));
        let is_free =
            |part: usize, resource: ResourceId| self.is_free(resource, start_ms) && fits(part, resource);
        let fresh = || matching::one_of_each(&self.facts.kind.parts, preferred, is_free);
        let joined = self.join(start_ms, preferred, fits);
        let chosen = match joined {
            Some(joined) if preferred.is_empty() || are_preferred(&joined.resources) => Some(joined),
            joined => match fresh().map(|resources| self.slot(start_ms, resources, None)) {
                Some(fresh) if joined.is_none() || are_preferred(&fresh.resources) => Some(fresh),
                _ => joined,
            },
        };
        let slot = chosen.ok_or(Unbookable::Taken)?;
        self.is_patient_free(start_ms)?;
        Ok(slot)
    }

    /// A seat in a gathering, in one of the preferred resources if there is one.
    fn join(
        &self,
        start_ms: i64,
        preferred: &[ResourceId],
        fits: impl Fn(usize, ResourceId) -> bool + Copy,
    ) -> Option<Slot> {
        let slots = self.at(start_ms).filter_map(|(gathering, resources)| {
            let is_in = |part: usize, resource: ResourceId| {
                resources.contains(&resource)
                    && self.has_only(gathering, resource, start_ms)
                    && fits(part, resource)
            };
            let resources = matching::one_of_each(&self.facts.kind.parts, preferred, is_in)?;
            Some(self.slot(start_ms, resources, Some(gathering)))
        });
        slots.min_by_key(|slot| slot.resources.iter().filter(|one| !preferred.contains(one)).count())
    }

    fn slot(&self, start_ms: i64, resources: Vec<ResourceId>, gathering: Option<GatheringId>) -> Slot {
        Slot { start_ms, end_ms: self.facts.shown(start_ms).until_ms, resources, gathering }
    }
}

/// Whether something is taken by the asker's own appointment, or for them.
fn is_own(asker: &Asker, taken: &Taken) -> bool {
    match taken.by {
        By::Appointment(id) => asker.moves == Some(id),
        By::Hold { id, .. } => asker.hold == Some(id),
        By::Gathering { .. } => false,
    }
}

/// Whether it is kept for whoever asks, at some start.
const fn is_kept(taken: &Taken) -> bool {
    matches!(taken.by, By::Hold { kept_ms: Some(_), .. })
}

/// The same at this start.
fn is_kept_at(taken: &Taken, start_ms: i64) -> bool {
    matches!(taken.by, By::Hold { kept_ms, .. } if kept_ms == Some(start_ms))
}

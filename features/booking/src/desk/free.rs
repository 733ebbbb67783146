//! With whom and what the desk can book a time: hours and notice do not bind it, but what is taken does.

use kernel::{Error, GatheringId, OrganisationId, ResourceId, Result};
use store::Tx;

use crate::appointments::refused;
use crate::calendar::{Facts, Slot, Unbookable};
use crate::facts::Found;
use crate::model::AppointmentType;
use crate::seats;

/// What the desk wants.
pub(super) struct Wanted<'a> {
    pub start_ms: i64,
    /// One of each part, or none named.
    pub resources: &'a [ResourceId],
    /// Who and what is taken rather than others when none is named.
    pub preferred: &'a [ResourceId],
    pub overbook: bool,
}

/// What it gets.
///
/// # Errors
/// [`Error::Conflict`] with `availability_taken`; [`Error::Invalid`] of `resources` for what the type does not need.
pub(super) async fn slot(
    tx: &Tx,
    organisation: OrganisationId,
    found: &Found,
    wanted: &Wanted<'_>,
) -> Result<Slot> {
    let kind = &found.facts.kind;
    must_fit(kind, wanted.resources)?;
    if kind.capacity > 1
        && !wanted.overbook
        && let Some(seat) = seats::gathering_with_seat(tx, organisation, kind, wanted.start_ms).await?
        && (wanted.resources.is_empty() || is_same(&seat.1, wanted.resources))
    {
        patient_must_be_free(found, wanted.start_ms)?;
        return Ok(of(kind, wanted.start_ms, seat.1, Some(seat.0)));
    }
    let resources = if wanted.resources.is_empty() {
        whoever_is_free(found, wanted)?
    } else {
        wanted.resources.to_vec()
    };
    if !wanted.overbook {
        found.facts.clashes(&found.asker, wanted.start_ms, &resources).map_err(refused)?;
    }
    Ok(of(kind, wanted.start_ms, resources, None))
}

const fn of(
    kind: &AppointmentType,
    start_ms: i64,
    resources: Vec<ResourceId>,
    gathering: Option<GatheringId>,
) -> Slot {
    Slot { start_ms, end_ms: start_ms + kind.duration * 60_000, resources, gathering }
}

/// One resource of each part of the type, and none twice.
fn must_fit(kind: &AppointmentType, resources: &[ResourceId]) -> Result<()> {
    let fits = resources.len() == kind.parts.len()
        && kind.parts.iter().zip(resources).all(|(part, resource)| part.contains(resource))
        && resources.iter().enumerate().all(|(at, resource)| !resources[..at].contains(resource));
    if fits || resources.is_empty() {
        return Ok(());
    }
    Err(Error::invalid("resources", "resources_do_not_fit", "Name one of each part of the type, in order."))
}

fn is_same(some: &[ResourceId], others: &[ResourceId]) -> bool {
    some.len() == others.len() && some.iter().all(|one| others.contains(one))
}

fn patient_must_be_free(found: &Found, start_ms: i64) -> Result<()> {
    match found.facts.clashes(&found.asker, start_ms, &[]) {
        Err(why @ Unbookable::PatientTaken) => Err(refused(why)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Who is preferred first, then in the order of the type. When nobody is free and it is to be overbooked, the first of each
/// part.
fn whoever_is_free(found: &Found, wanted: &Wanted<'_>) -> Result<Vec<ResourceId>> {
    let facts = &found.facts;
    let is_free = |resource: &ResourceId| {
        facts.clashes(&found.asker, wanted.start_ms, &[*resource]) != Err(Unbookable::Taken)
    };
    let mut chosen = Vec::new();
    if choose(&in_order(facts, wanted.preferred, is_free), &mut chosen) {
        return Ok(chosen);
    }
    if wanted.overbook && choose(&in_order(facts, wanted.preferred, |_| true), &mut chosen) {
        return Ok(chosen);
    }
    Err(refused(Unbookable::Taken))
}

fn in_order(
    facts: &Facts,
    preferred: &[ResourceId],
    may: impl Fn(&ResourceId) -> bool,
) -> Vec<Vec<ResourceId>> {
    let part = |part: &Vec<ResourceId>| {
        let mut some: Vec<ResourceId> = part.iter().copied().filter(|resource| may(resource)).collect();
        some.sort_by_key(|resource| !preferred.contains(resource));
        some
    };
    facts.kind.parts.iter().map(part).collect()
}

/// One of each part, so that none is in two.
fn choose(parts: &[Vec<ResourceId>], chosen: &mut Vec<ResourceId>) -> bool {
    let Some(part) = parts.get(chosen.len()) else { return true };
    for resource in part {
        if chosen.contains(resource) {
            continue;
        }
        chosen.push(*resource);
        if choose(parts, chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(number: u8) -> ResourceId {
        ResourceId::from_bytes([number; 12])
    }

    #[test]
    fn one_who_could_be_two_parts_is_only_one_of_them() {
        let [doctor, nurse, room] = [1, 2, 3].map(resource);
        let mut chosen = Vec::new();
        assert!(choose(&[vec![doctor, nurse], vec![doctor], vec![room]], &mut chosen));
        assert_eq!(chosen, [nurse, doctor, room]);
        chosen.clear();
        assert!(!choose(&[vec![doctor], vec![doctor]], &mut chosen));
    }
}

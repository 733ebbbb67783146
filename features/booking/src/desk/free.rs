//! With whom and what the desk can book a time: hours and notice do not bind it, but what is taken does.

use kernel::{Error, ResourceId, Result};

use crate::appointments::refused;
use crate::calendar::{Slot, Unbookable};
use crate::facts::Found;
use crate::model::AppointmentType;

/// What the desk wants.
pub(super) struct Wanted<'a> {
    pub start_ms: i64,
    /// One of each part, or none named.
    pub resources: &'a [ResourceId],
    /// Who and what is taken rather than others when none is named.
    pub preferred: &'a [ResourceId],
    pub overbook: bool,
}

/// What it gets, and whether that is beside something.
///
/// # Errors
/// [`Error::Conflict`] with `availability_taken`; [`Error::Invalid`] of `resources` for what the type does not need.
pub(super) fn slot(found: &Found, wanted: &Wanted<'_>) -> Result<(Slot, bool)> {
    must_fit(&found.facts.kind, wanted.resources)?;
    match free(found, wanted) {
        Ok(slot) => Ok((slot, false)),
        Err(_) if wanted.overbook => Ok((beside(found, wanted)?, true)),
        Err(why) => Err(refused(why)),
    }
}

fn free(found: &Found, wanted: &Wanted<'_>) -> Result<Slot, Unbookable> {
    let (facts, asker, start_ms) = (&found.facts, &found.asker, wanted.start_ms);
    if wanted.resources.is_empty() {
        return facts.choose_free(asker, start_ms, wanted.preferred);
    }
    let gathering = facts.seat(asker, start_ms, wanted.resources)?;
    Ok(Slot { gathering, ..of(&facts.kind, start_ms, wanted.resources.to_vec()) })
}

const fn of(kind: &AppointmentType, start_ms: i64, resources: Vec<ResourceId>) -> Slot {
    Slot { start_ms, end_ms: start_ms + kind.duration * 60_000, resources, gathering: None }
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

/// Who is named, or else one of each part: who is free first, then who is preferred.
fn beside(found: &Found, wanted: &Wanted<'_>) -> Result<Slot> {
    let (facts, start_ms) = (&found.facts, wanted.start_ms);
    let is_taken =
        |resource: &ResourceId| facts.clashes(&found.asker, start_ms, &[*resource]) == Err(Unbookable::Taken);
    let in_order = |part: &Vec<ResourceId>| {
        let mut part = part.clone();
        part.sort_by_key(|resource| (is_taken(resource), !wanted.preferred.contains(resource)));
        part
    };
    let mut chosen = wanted.resources.to_vec();
    if chosen.is_empty() && !choose(&facts.kind.parts.iter().map(in_order).collect::<Vec<_>>(), &mut chosen) {
        return Err(refused(Unbookable::NotOpen));
    }
    Ok(of(&facts.kind, start_ms, chosen))
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

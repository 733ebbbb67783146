//! With whom and what the desk can book a time: hours and notice do not bind it, but what is taken does.

use kernel::{Error, ResourceId, Result};

use crate::appointments::refused;
use crate::calendar::{Slot, Unbookable, one_of_each};
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
    if !wanted.resources.is_empty() {
        return Ok(of(&facts.kind, start_ms, wanted.resources.to_vec()));
    }
    let parts: Vec<Vec<ResourceId>> = facts.kind.parts.iter().map(in_order).collect();
    let chosen = one_of_each(&parts, &[], |_, _| true).ok_or_else(|| refused(Unbookable::NotOpen))?;
    Ok(of(&facts.kind, start_ms, chosen))
}

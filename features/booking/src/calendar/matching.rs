//! One resource for each part, and none for two.

use kernel::ResourceId;

/// Finds one for each part among those that fit, those of `preferred` first and then in the order of the part. It answers
/// the same for the same, and finds one whenever there is one (Kuhn's augmenting paths).
pub(crate) fn one_of_each(
    parts: &[Vec<ResourceId>],
    preferred: &[ResourceId],
    fits: impl Fn(usize, ResourceId) -> bool,
) -> Option<Vec<ResourceId>> {
    // Fewer asked for are fewer looked at: most types need one resource, and the first that is free will do.
    if let [part] = parts {
        return in_order(part, preferred).find(|resource| fits(0, *resource)).map(|found| vec![found]);
    }
    let fitting = |(part, of_part): (usize, &Vec<ResourceId>)| {
        in_order(of_part, preferred).filter(|resource| fits(part, *resource)).collect()
    };
    let candidates: Vec<Vec<ResourceId>> = parts.iter().enumerate().map(fitting).collect();
    let mut chosen: Vec<Option<ResourceId>> = vec![None; parts.len()];
    for part in 0..parts.len() {
        if !give(part, &candidates, &mut chosen, &mut Vec::new()) {
            return None;
        }
    }
    chosen.into_iter().collect::<Option<Vec<_>>>().filter(|chosen| !chosen.is_empty())
}

/// Those of `preferred` first.
fn in_order(part: &[ResourceId], preferred: &[ResourceId]) -> impl Iterator<Item = ResourceId> {
    let first = part.iter().filter(|resource| preferred.contains(resource));
    first.chain(part.iter().filter(|resource| !preferred.contains(resource))).copied()
}

/// Gives a part a resource: one that nobody has, or one whose part can take another instead.
fn give(
    part: usize,
    candidates: &[Vec<ResourceId>],
    chosen: &mut [Option<ResourceId>],
    seen: &mut Vec<ResourceId>,
) -> bool {
    let of_part = &candidates[part];
    if let Some(unclaimed) = of_part.iter().find(|resource| !chosen.contains(&Some(**resource))) {
        chosen[part] = Some(*unclaimed);
        return true;
    }
    for resource in of_part {
        if seen.contains(resource) {
            continue;
        }
        seen.push(*resource);
        let Some(owner) = chosen.iter().position(|one| *one == Some(*resource)) else { continue };
        if owner != part && give(owner, candidates, chosen, seen) {
            chosen[part] = Some(*resource);
            return true;
        }
    }
    false
}

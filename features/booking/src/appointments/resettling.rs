//! What happens to appointments when the rules of their zone change: the patient was told a time by the wall clock, and it
//! stays that.

use std::collections::BTreeMap;

use audit::Deed;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::{AppointmentId, OrganisationId, Result};
use store::{Tx, args};

use super::record;
use crate::calendar;
use crate::civil::wall_of;
use crate::line::{self, Doer};
use crate::model::{Appointment, State};
use crate::rows::appointments as rows;
use crate::{seats, turns};

/// Appointments that one call of [`resettle`] takes: each costs up to thirty statements, where it has as many parts as a
/// type can have.
pub const RESETTLED_AT_ONCE: usize = 5;

/// Appointments ahead of this organisation whose time the rules of their zone now say to be another instant than the one that
/// they are at, in an order in which each can be moved without meeting the next.
///
/// # Errors
/// The store's.
pub async fn unsettled(tx: &Tx, organisation: OrganisationId) -> Result<Vec<AppointmentId>> {
    let ahead = args![&organisation, tx.now_ms()];
    let told = tx.all(rows::TOLD, &ahead, |row| {
        let told = (row.get::<i64>(1)?, wall_of(row.get(2)?)?);
        Ok((row.get::<AppointmentId>(0)?, told, row.get::<String>(3)?))
    });
    let mut zones: BTreeMap<String, TimeZone> = BTreeMap::new();
    let (mut earlier, mut later) = (Vec::new(), Vec::new());
    for (id, (start_ms, start_local), name) in told.await? {
        if !zones.contains_key(&name) {
            zones.insert(name.clone(), calendar::zone(&name)?);
        }
        let Some(zone) = zones.get(&name) else { continue };
        match settled(zone, start_ms, start_local) {
            at if at < start_ms => earlier.push(id),
            at if at > start_ms => later.push(id),
            _ => {}
        }
    }
    // Who goes later makes room for who comes before them.
    earlier.extend(later.into_iter().rev());
    Ok(earlier)
}

/// Sets those of these that must be to the instant at which the wall clock shows what their patient was told. They come
/// back, with the old instant. One that meets another on the way is put beside it.
///
/// # Errors
/// The store's.
pub async fn resettle(
    tx: &Tx,
    organisation: OrganisationId,
    ids: &[AppointmentId],
) -> Result<Vec<(Appointment, i64)>> {
    let found = turns::of_whose(tx, organisation, ids).await?;
    turns::of_resources(tx, &turns::held(tx, organisation, &found).await?).await?;
    let mut lifted = Vec::new();
    for old in found {
        let start_ms = settled(&calendar::zone(&old.time_zone)?, old.start_ms, old.start_local);
        if old.state == State::Cancelled || start_ms == old.start_ms {
            continue;
        }
        let shift_ms = start_ms - old.start_ms;
        let rows = seats::lift(tx, &organisation, &old, shift_ms).await?;
        lifted.push((old, shift_ms, rows));
    }
    let mut moved = Vec::with_capacity(lifted.len());
    for (old, shift_ms, rows) in lifted {
        let is_beside = seats::put_down(tx, &organisation, rows).await?;
        let new = write(tx, organisation, &old, (shift_ms, is_beside)).await?;
        moved.push((new, old.start_ms));
    }
    Ok(moved)
}

/// Where it belongs: where it is, as long as the wall clock shows then what its patient was told.
fn settled(zone: &TimeZone, start_ms: i64, start_local: DateTime) -> i64 {
    if calendar::local(zone, start_ms) == start_local {
        return start_ms;
    }
    calendar::instant(zone, start_local)
}

async fn write(
    tx: &Tx,
    organisation: OrganisationId,
    old: &Appointment,
    (shift_ms, is_beside): (i64, bool),
) -> Result<Appointment> {
    let doer = Doer::House(organisation);
    let new = Appointment {
        start_ms: old.start_ms + shift_ms,
        end_ms: old.end_ms + shift_ms,
        is_overbooked: old.is_overbooked || is_beside,
        ..old.clone()
    };
    let new = record::write_move(tx, &organisation, old, new).await?;
    record::changed(tx, doer, &new, "resettled").await?;
    let reason = format!("the rules of its zone changed: {}", line::both_times(old.start_ms, new.start_ms));
    line::of(tx, doer, Deed::AppointmentMoved, &new, reason).await?;
    Ok(new)
}

//! Taking a time and giving it back: rows of `occupancy`, and the seats of gatherings.

use kernel::{AppointmentId, Error, GatheringId, HoldId, Id, OrganisationId, PersonId, ResourceId, Result};
use store::{Row, Tx, args};

use crate::calendar::{Slot, Span};
use crate::freed::{self, Freed};
use crate::model::{Appointment, AppointmentType};
use crate::rows::occupancy as rows;
use crate::turns;

/// A time that somebody is to have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub organisation: &'a OrganisationId,
    pub kind: &'a AppointmentType,
    pub slot: &'a Slot,
    /// Who cannot be elsewhere meanwhile; nobody where patients may overlap.
    pub patient: Option<PersonId>,
    /// Beside what is there, in lanes of its own where need be.
    pub overbook: bool,
}

/// What was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub gathering: Option<GatheringId>,
    pub is_overbooked: bool,
}

/// Names the rows. The type has no values.
enum Occupancy {}

/// By what something is taken: an appointment, a gathering or a hold.
type By = (Option<AppointmentId>, Option<GatheringId>, Option<HoldId>);

/// One row to be.
struct NewRow {
    taken: [u8; 12],
    span: Span,
    by: By,
}

/// What somebody else took in the meantime.
#[must_use]
pub fn taken() -> Error {
    Error::conflict("availability_taken", "This time is no longer free.")
}

/// With its buffers.
pub(crate) const fn whole(kind: &AppointmentType, slot: &Slot) -> Span {
    Span { from_ms: slot.start_ms - kind.buffers.0 * 60_000, until_ms: slot.end_ms + kind.buffers.1 * 60_000 }
}

/// Takes a time for an appointment.
///
/// # Errors
/// What [`store::is_overlap`] knows when somebody was quicker: what is free is looked up anew then.
pub(crate) async fn take(tx: &Tx, place: Place<'_>, id: AppointmentId) -> Result<Taken> {
    must_be_free(tx, place).await?;
    let (gathering, mut rows) = match place.slot.gathering {
        Some(gathering) => {
            join(tx, place.organisation, gathering).await?;
            (Some(gathering), Vec::new())
        }
        None => {
            // Whoever is put beside others is no part of a gathering.
            let gathering = if place.kind.capacity > 1 && !place.overbook {
                Some(begin_gathering(tx, place).await?)
            } else {
                None
            };
            let by = if gathering.is_some() { (None, gathering, None) } else { (Some(id), None, None) };
            (gathering, of_resources(place, by))
        }
    };
    let shown = Span { from_ms: place.slot.start_ms, until_ms: place.slot.end_ms };
    let own =
        |patient: PersonId| NewRow { taken: *patient.as_bytes(), span: shown, by: (Some(id), None, None) };
    rows.extend(place.patient.map(own));
    let is_overbooked = insert(tx, place.organisation, rows, place.overbook).await?;
    Ok(Taken { gathering, is_overbooked })
}

/// Takes a time for a hold: of resources alone, since who chooses may do something else at that time.
///
/// # Errors
/// As [`take`].
pub(crate) async fn take_for_hold(tx: &Tx, place: Place<'_>, hold: HoldId) -> Result<()> {
    must_be_free(tx, place).await?;
    insert(tx, place.organisation, of_resources(place, (None, None, Some(hold))), false).await.map(drop)
}

/// Once nobody else can take these resources, passes when nothing does, in whichever lane, unless it is put beside others
/// knowing. Each lane refuses what overlaps in it, and no more than that. Of the patient that is known already: who changes
/// their appointments has their turn before they look.
async fn must_be_free(tx: &Tx, place: Place<'_>) -> Result<()> {
    turns::of_resources(tx, &place.slot.resources).await?;
    free_expired(tx, place).await?;
    if place.overbook {
        return Ok(());
    }
    let Span { from_ms, until_ms } = whole(place.kind, place.slot);
    let (resources, joined) = (&place.slot.resources, place.slot.gathering);
    let rest = args![place.organisation, from_ms, until_ms, from_ms - rows::LONGEST_MS, joined.as_ref()];
    let beside = tx.all_of(rows::BESIDE, resources, &rest, |_| Ok(())).await?;
    if beside.is_empty() { Ok(()) } else { Err(store::overlap()) }
}

fn of_resources(place: Place<'_>, by: By) -> Vec<NewRow> {
    let span = whole(place.kind, place.slot);
    place.slot.resources.iter().map(|resource| NewRow { taken: *resource.as_bytes(), span, by }).collect()
}

/// In the order of what they take, so that no two wait for each other.
async fn insert(
    tx: &Tx,
    organisation: &OrganisationId,
    mut rows: Vec<NewRow>,
    overbook: bool,
) -> Result<bool> {
    rows.sort_unstable_by_key(|row| row.taken);
    let mut is_overbooked = false;
    for NewRow { taken, span: Span { from_ms, until_ms }, by: (appointment, gathering, hold) } in rows {
        let lane = if overbook { free_lane(tx, organisation, &taken, (from_ms, until_ms)).await? } else { 0 };
        is_overbooked |= lane > 0;
        let id: Id<Occupancy> = tx.new_id();
        let (appointment, gathering, hold) = (appointment.as_ref(), gathering.as_ref(), hold.as_ref());
        let row = args![&id, organisation, &taken[..], lane, from_ms, until_ms, appointment, gathering, hold];
        tx.run(rows::INSERT, &row).await?;
    }
    Ok(is_overbooked)
}

/// The first lane in which nothing is in the way.
async fn free_lane(
    tx: &Tx,
    organisation: &OrganisationId,
    taken: &[u8; 12],
    (from_ms, until_ms): (i64, i64),
) -> Result<i64> {
    let stretch = args![organisation, &taken[..], from_ms, until_ms, from_ms - rows::LONGEST_MS];
    let used = tx.all(rows::LANES, &stretch, |row| row.get::<i64>(0)).await?;
    Ok((0..).find(|lane| !used.contains(lane)).unwrap_or_default())
}

async fn join(tx: &Tx, organisation: &OrganisationId, gathering: GatheringId) -> Result<()> {
    let joined = tx.one(rows::JOIN_GATHERING, &args![organisation, &gathering], |_| Ok(())).await?;
    joined.ok_or_else(store::overlap)
}

async fn begin_gathering(tx: &Tx, place: Place<'_>) -> Result<GatheringId> {
    let id: GatheringId = tx.new_id();
    let Place { organisation, kind, slot, .. } = place;
    let row = args![&id, organisation, &kind.id, slot.start_ms, kind.capacity];
    tx.run(rows::INSERT_GATHERING, &row).await?;
    Ok(id)
}

/// Takes away what holds that are over still take of this time: no index can look at the clock.
async fn free_expired(tx: &Tx, place: Place<'_>) -> Result<()> {
    let Span { from_ms, until_ms } = whole(place.kind, place.slot);
    let rest = args![place.organisation, tx.now_ms(), from_ms, until_ms, from_ms - rows::LONGEST_MS];
    let found = tx.all_of(rows::GIVE_BACK_OF_EXPIRED, &place.slot.resources, &rest, given_back).await?;
    note(tx, *place.organisation, &found, place.kind.asap.debounce).await
}

/// Gives back what an appointment takes, and notes it for those who wait.
pub(crate) async fn give_back(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: &Appointment,
    debounce_minutes: i64,
) -> Result<()> {
    let own = args![&organisation, &appointment.id];
    let mut found = tx.all(rows::GIVE_BACK_OF_APPOINTMENT, &own, given_back).await?;
    // That the patient is free again is nobody else's chance.
    found.retain(|(taken, _)| taken.as_bytes() != appointment.patient.as_bytes());
    if let Some(gathering) = appointment.gathering {
        found.extend(leave(tx, organisation, gathering).await?);
    }
    note(tx, organisation, &found, debounce_minutes).await
}

/// Gives a seat back; who was the last ends the gathering. Says what has room then.
async fn leave(
    tx: &Tx,
    organisation: OrganisationId,
    gathering: GatheringId,
) -> Result<Vec<(ResourceId, Span)>> {
    let whole = args![&organisation, &gathering];
    let left = tx.one(rows::LEAVE_GATHERING, &whole, |row| row.get::<i64>(0)).await?;
    if left != Some(0) {
        return tx.all(rows::OF_GATHERING, &whole, given_back).await;
    }
    let found = tx.all(rows::GIVE_BACK_OF_GATHERING, &whole, given_back).await?;
    tx.run(rows::REMOVE_GATHERING, &whole).await?;
    Ok(found)
}

/// What an appointment takes, lifted to be put down at another time.
pub(crate) struct Lifted(Vec<NewRow>);

/// Lifts what an appointment takes, and what its gathering does unless another of it came first.
pub(crate) async fn lift(
    tx: &Tx,
    organisation: &OrganisationId,
    appointment: &Appointment,
    shift_ms: i64,
) -> Result<Lifted> {
    let new_row = |by: By| {
        move |row: &Row<'_>| {
            let span =
                Span { from_ms: row.get::<i64>(1)? + shift_ms, until_ms: row.get::<i64>(2)? + shift_ms };
            Ok(NewRow { taken: row.get(0)?, span, by })
        }
    };
    let own = new_row((Some(appointment.id), None, None));
    let mut rows = tx.all(rows::GIVE_BACK_OF_APPOINTMENT, &args![organisation, &appointment.id], own).await?;
    if let Some(gathering) = appointment.gathering {
        let start_ms = appointment.start_ms;
        let shifting = args![organisation, &gathering, start_ms, start_ms + shift_ms];
        if tx.run(rows::SHIFT_GATHERING, &shifting).await? == 1 {
            let shared = new_row((None, Some(gathering), None));
            let whole = args![organisation, &gathering];
            rows.extend(tx.all(rows::GIVE_BACK_OF_GATHERING, &whole, shared).await?);
        }
    }
    Ok(Lifted(rows))
}

/// Puts down what was lifted, by who has the turns of what it takes. Says whether something stood in its way, beside which it stands now.
pub(crate) async fn put_down(tx: &Tx, organisation: &OrganisationId, lifted: Lifted) -> Result<bool> {
    insert(tx, organisation, lifted.0, true).await
}

/// Gives back what a hold takes, and says what that was.
pub(crate) async fn give_back_hold(
    tx: &Tx,
    organisation: OrganisationId,
    hold: HoldId,
) -> Result<Vec<(ResourceId, Span)>> {
    tx.all(rows::GIVE_BACK_OF_HOLD, &args![&organisation, &hold], given_back).await
}

/// Notes what became free.
pub(crate) async fn note(
    tx: &Tx,
    organisation: OrganisationId,
    freed: &[(ResourceId, Span)],
    debounce_minutes: i64,
) -> Result<()> {
    let freed =
        freed.iter().map(|(resource, span)| Freed { resource: *resource, span: *span, debounce_minutes });
    freed::note(tx, organisation, &freed.collect::<Vec<_>>()).await
}

fn given_back(row: &Row<'_>) -> Result<(ResourceId, Span)> {
    Ok((row.get(0)?, Span { from_ms: row.get(1)?, until_ms: row.get(2)? }))
}

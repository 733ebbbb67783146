//! Appointments as the desk lists them: those of a day, in the way of an absence, waiting for a yes, and of a patient.

use std::collections::BTreeMap;

use audit::Deed;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{
    AbsenceId, Actor, AppointmentId, Error, GatheringId, InstitutionId, Kind, OrganisationId, Page, PersonId,
    ResourceId, Result,
};
use store::{Row, Tx, args};

use crate::access::{Ground, must_treat, must_work_at_the_desk, works_at_the_desk};
use crate::calendar::{self, Span};
use crate::grounds::Grounds;
use crate::line::{self, Doer};
use crate::model::{Appointment, Institution};
use crate::rows::{appointments as rows, occupancy};
use crate::setup::{absences, institutions, resources};
use crate::turns;

/// One appointment of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayEntry {
    /// The appointment.
    pub appointment: Appointment,
    /// What its type is called.
    pub type_name: String,
    /// With whom and what.
    pub resources: Vec<ResourceId>,
    /// The sealed details.
    pub details: Vec<u8>,
    /// On what ground who looks may know whose it is and what was said; without one they see that the time is taken.
    pub ground: Option<Ground>,
}

/// The appointments of a local day at an institution, cancelled ones left out, by start. Leaves a line about each patient
/// whom the actor may know of.
///
/// # Errors
/// [`Error::NotAllowed`] for who does not work at the desk.
pub async fn day(tx: &Tx, actor: &Actor, institution: InstitutionId, date: Date) -> Result<Vec<DayEntry>> {
    must_work_at_the_desk(actor)?;
    let entries = of_day(tx, actor.organisation, institution, date).await?;
    seen_by(tx, actor, entries).await
}

/// The appointments ahead that wait for a yes, by start, a page of them.
///
/// # Errors
/// As [`day`].
pub async fn waiting(tx: &Tx, actor: &Actor, page: Page) -> Result<Vec<DayEntry>> {
    must_work_at_the_desk(actor)?;
    let organisation = actor.organisation;
    let wanted = args![&organisation, tx.now_ms(), page.size, page.skip];
    let entries = with_resources(tx, organisation, tx.all(rows::WAITING, &wanted, entry).await?).await?;
    seen_by(tx, actor, entries).await
}

/// The appointments of a patient that are not over, by start, a page of them.
///
/// # Errors
/// As [`day`]; [`Error::NotAllowed`] with `no_treatment_relation` for a clinician who sees none of them.
pub async fn of_patient(tx: &Tx, actor: &Actor, patient: PersonId, page: Page) -> Result<Vec<DayEntry>> {
    if !works_at_the_desk(actor) {
        must_treat(tx, actor, Deed::AppointmentsListed, patient).await?;
    }
    let organisation = actor.organisation;
    let wanted = args![&organisation, &patient, tx.now_ms(), page.size, page.skip];
    let entries = with_resources(tx, organisation, tx.all(rows::OF_PATIENT, &wanted, entry).await?).await?;
    let mut entries = seen_by(tx, actor, entries).await?;
    // Who asks by the name would know whose the others are.
    entries.retain(|entry| entry.ground.is_some());
    if entries.is_empty() {
        must_treat(tx, actor, Deed::AppointmentsListed, patient).await?;
    }
    Ok(entries)
}

/// Where a list by start goes on: behind the appointment that had this start, in milliseconds since 1970, and this id.
pub type Behind = (i64, AppointmentId);

/// The appointments ahead that fall into an absence, by start, at most so many: they are to be planned again. Who plans them
/// takes them off the list, so that it goes on behind the last that was seen, wherever that is now.
///
/// # Errors
/// As [`day`]; [`Error::NotFound`] when there is no such absence.
pub async fn affected(
    tx: &Tx,
    actor: &Actor,
    absence: AbsenceId,
    behind: Option<Behind>,
    limit: u32,
) -> Result<Vec<DayEntry>> {
    must_work_at_the_desk(actor)?;
    let organisation = actor.organisation;
    let no_such = || Error::not_found(Kind::Absence);
    let absence = absences::find(tx, organisation, absence).await?.ok_or_else(no_such)?;
    let resource = resources::find(tx, organisation, absence.resource).await?.ok_or_else(no_such)?;
    let place = place(tx, organisation, resource.institution).await?;
    let zone = calendar::zone(&place.time_zone)?;
    let from_ms = calendar::instant(&zone, absence.from);
    let until_ms = calendar::instant_of_end(&zone, absence.until);
    let earliest_ms = from_ms - occupancy::LONGEST_MS;
    let (start_ms, id) = behind.unwrap_or((i64::MIN, AppointmentId::from_bytes([0; 12])));
    let (now_ms, limit) = (tx.now_ms(), i64::from(limit));
    let wanted =
        args![&organisation, &resource.id, from_ms, until_ms, earliest_ms, now_ms, start_ms, &id, limit];
    let entries = with_resources(tx, organisation, tx.all(rows::INTO, &wanted, entry).await?).await?;
    seen_by(tx, actor, entries).await
}

/// With whom and what an appointment is.
///
/// # Errors
/// The store's.
pub async fn resources_of(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
) -> Result<Vec<ResourceId>> {
    match crate::access::find(tx, organisation, appointment).await? {
        Some(found) => turns::held(tx, organisation, &[found]).await,
        None => Ok(Vec::new()),
    }
}

async fn of_day(
    tx: &Tx,
    organisation: OrganisationId,
    institution: InstitutionId,
    date: Date,
) -> Result<Vec<DayEntry>> {
    let place = place(tx, organisation, institution).await?;
    let day = day_span(&place, date)?;
    let wanted = args![&organisation, &place.id, day.from_ms, day.until_ms];
    let entries = tx.all(rows::OF_DAY, &wanted, entry).await?;
    with_resources(tx, organisation, entries).await
}

async fn place(tx: &Tx, organisation: OrganisationId, id: InstitutionId) -> Result<Institution> {
    institutions::find(tx, organisation, id).await?.ok_or(Error::not_found(Kind::Institution))
}

fn day_span(place: &Institution, date: Date) -> Result<Span> {
    let zone = calendar::zone(&place.time_zone)?;
    let late = |_| Error::invalid("date", "date_out_of_range", "There is no such day.");
    let next = date.checked_add(1.day()).map_err(late)?;
    let [from_ms, until_ms] = [date, next].map(|day| calendar::instant(&zone, day.at(0, 0, 0, 0)));
    Ok(Span { from_ms, until_ms })
}

fn entry(row: &Row<'_>) -> Result<DayEntry> {
    Ok(DayEntry {
        appointment: rows::appointment(row)?,
        type_name: row.get(rows::COLUMNS)?,
        resources: Vec::new(),
        details: row.get(rows::COLUMNS + 1)?,
        ground: None,
    })
}

async fn with_resources(
    tx: &Tx,
    organisation: OrganisationId,
    mut entries: Vec<DayEntry>,
) -> Result<Vec<DayEntry>> {
    let ids: Vec<AppointmentId> = entries.iter().map(|entry| entry.appointment.id).collect();
    let mut gatherings: Vec<GatheringId> =
        entries.iter().filter_map(|entry| entry.appointment.gathering).collect();
    gatherings.sort_unstable();
    gatherings.dedup();
    let own = grouped(of_appointments(tx, organisation, &ids).await?);
    let shared = grouped(of_gatherings(tx, organisation, &gatherings).await?);
    for entry in &mut entries {
        let theirs = entry.appointment.gathering.and_then(|gathering| shared.get(&gathering));
        let found = own.get(&entry.appointment.id).into_iter().chain(theirs);
        entry.resources = found.flatten().copied().collect();
    }
    Ok(entries)
}

fn grouped<K: Ord>(rows: Vec<(K, ResourceId)>) -> BTreeMap<K, Vec<ResourceId>> {
    let mut groups: BTreeMap<K, Vec<ResourceId>> = BTreeMap::new();
    for (key, resource) in rows {
        groups.entry(key).or_default().push(resource);
    }
    groups
}

async fn of_appointments(
    tx: &Tx,
    organisation: OrganisationId,
    ids: &[AppointmentId],
) -> Result<Vec<(AppointmentId, ResourceId)>> {
    tx.all_of(occupancy::RESOURCES_OF, ids, &args![&organisation], |row| Ok((row.get(0)?, row.get(1)?))).await
}

async fn of_gatherings(
    tx: &Tx,
    organisation: OrganisationId,
    ids: &[GatheringId],
) -> Result<Vec<(GatheringId, ResourceId)>> {
    let own = args![&organisation];
    tx.all_of(occupancy::RESOURCES_OF_GATHERINGS, ids, &own, |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// What somebody of the staff is shown of these. Of whom they may know, the access log has a line.
async fn seen_by(tx: &Tx, actor: &Actor, mut entries: Vec<DayEntry>) -> Result<Vec<DayEntry>> {
    let patients: Vec<PersonId> = entries.iter().map(|entry| entry.appointment.patient).collect();
    let ids: Vec<AppointmentId> = entries.iter().map(|entry| entry.appointment.id).collect();
    let grounds = Grounds::of(tx, actor, &patients, &ids).await?;
    for entry in &mut entries {
        entry.ground = grounds.find(&entry.appointment, &entry.resources);
    }
    let seen = entries.iter().filter_map(|entry| Some((&entry.appointment, entry.ground?.name())));
    line::of_each(tx, Doer::Actor(actor), Deed::AppointmentRead, seen).await?;
    Ok(entries)
}

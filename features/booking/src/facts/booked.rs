//! What appointments take, which is nearly all that is taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{AppointmentId, Id, OrganisationId, PersonId, ResourceId, Result};
use store::{Row, Tx, args, in_list};

use super::recollection::{Known, Recollection, Whose};
use crate::calendar::{By, Span, Taken, joined};
use crate::rows::occupancy::LONGEST_MS;

/// Of one lane: an index has it whole. No row is longer than two days, so that it is found by its beginning.
macro_rules! of_lane {
    ($lane:literal) => {
        concat!(
            "SELECT taken, from_ms, until_ms, appointment FROM occupancy WHERE organisation = $65 AND ",
            $lane,
            " AND from_ms > $66 AND from_ms < $67 AND until_ms > $68 AND appointment IS NOT NULL AND taken IN ",
            in_list!()
        )
    };
}

/// What stands beside something, knowing, takes its time as well: it is there when the other is gone.
const BOOKED: &str = concat!(of_lane!("lane = 0"), " UNION ALL ", of_lane!("lane > 0"));

/// How often calendars have changed; those that never did have none.
const CHANGES: &str = concat!(
    "SELECT resource, changes FROM calendar_changes WHERE organisation = $65 AND resource IN ",
    in_list!()
);

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[BOOKED, CHANGES];

/// What is booked of each resource.
pub(super) type Booked = BTreeMap<ResourceId, Arc<[Span]>>;

/// What appointments take of resources and touches a stretch. What is `own` takes nothing.
pub(super) async fn of_resources(
    tx: &Tx,
    organisation: OrganisationId,
    (resources, own): (&[ResourceId], Option<AppointmentId>),
    span: Span,
) -> Result<Booked> {
    if tx.is_writing() || own.is_some() {
        return read(tx, organisation, (resources, own), span).await;
    }
    recall(tx, organisation, resources, span).await
}

/// What appointments take of a patient.
pub(super) async fn of_patient(
    tx: &Tx,
    organisation: OrganisationId,
    patient: PersonId,
    span: Span,
) -> Result<Vec<Taken>> {
    let mut found = Vec::new();
    let add = |_, span, appointment| found.push(Taken { span, by: By::Appointment(appointment) });
    each(tx, organisation, &[patient], span, add).await?;
    Ok(found)
}

/// As it was read before where nothing has changed since.
async fn recall(
    tx: &Tx,
    organisation: OrganisationId,
    resources: &[ResourceId],
    span: Span,
) -> Result<Booked> {
    let recollection: &Recollection = tx.tool()?;
    // The count first: what is read behind it is as of then or later, and whoever lists next counts what came in between.
    let counted = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let changes = tx.all_of(CHANGES, resources, &args![&organisation], counted).await?;
    let changes: BTreeMap<ResourceId, i64> = changes.into_iter().collect();
    let now_ms = tx.now_ms();
    let count = |resource: &ResourceId| changes.get(resource).copied().unwrap_or_default();
    let (mut all, mut unknown): (Booked, Vec<Whose>) = Default::default();
    for resource in resources {
        let whose = (organisation, *resource);
        match recollection.of(&whose, (now_ms, count(resource)), span) {
            Some(booked) => drop(all.insert(*resource, booked)),
            None => unknown.push(whose),
        }
    }
    let during = recollection.worth_reading(&unknown, span);
    let ids: Vec<ResourceId> = unknown.iter().map(|(_, resource)| *resource).collect();
    let mut anew = read(tx, organisation, (&ids, None), during).await?;
    for whose in unknown {
        let booked = anew.remove(&whose.1).unwrap_or_default();
        all.insert(whose.1, booked.clone());
        let changes = count(&whose.1);
        recollection.keep(whose, Known { read_ms: now_ms, changes, during, booked });
    }
    Ok(all)
}

async fn read(
    tx: &Tx,
    organisation: OrganisationId,
    (resources, own): (&[ResourceId], Option<AppointmentId>),
    span: Span,
) -> Result<Booked> {
    let mut all: BTreeMap<ResourceId, Vec<Span>> = BTreeMap::new();
    let add = |resource, span, appointment| {
        if own != Some(appointment) {
            all.entry(resource).or_default().push(span);
        }
    };
    each(tx, organisation, resources, span, add).await?;
    Ok(all.into_iter().map(|(resource, spans)| (resource, joined(spans).into())).collect())
}

/// Hands over what each appointment takes of these.
async fn each<K>(
    tx: &Tx,
    organisation: OrganisationId,
    whose: &[Id<K>],
    span: Span,
    mut add: impl FnMut(Id<K>, Span, AppointmentId) + Send,
) -> Result<()> {
    let within = args![&organisation, span.from_ms - LONGEST_MS - 1, span.until_ms, span.from_ms];
    let add = |row: &Row<'_>| {
        add(row.get(0)?, Span { from_ms: row.get(1)?, until_ms: row.get(2)? }, row.get(3)?);
        Ok(())
    };
    tx.each_of(BOOKED, whose, &within, add).await
}

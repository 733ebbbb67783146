//! When somebody or something is away, and what is then to be planned again.

use ::desk::times::instant;
use audit::Deed;
use booking::calendar::Slot;
use booking::setup::{Author, absences};
use clap::{Args, Subcommand};
use flows::House;
use flows::desk::{self, Displaced, REPLANNED_AT_ONCE};
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{AbsenceId, Kind, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::desk::{One, named};
use super::found;
use crate::admin::answers::{Of, note, organisation_id};

/// Commands on absences.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum AbsenceCommand {
    /// Note that somebody or something is away, and list the appointments that are to be planned again
    Add(NewAbsence),
    /// Remove an absence; what it took can be booked again
    Remove(One),
    /// List absences that end today or later
    List(Of),
    /// List the appointments that fall into an absence, each with the next times to which it could be moved
    Appointments(One),
}

/// When somebody or something is away.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct NewAbsence {
    #[command(flatten)]
    #[serde(flatten)]
    pub of: Of,
    /// Who or what, by id or name
    #[arg(long, value_name = "RESOURCE")]
    pub resource: String,
    /// From when on by the clock there, such as 2026-12-01T08:00
    #[arg(long)]
    pub from: DateTime,
    /// Until when
    #[arg(long)]
    pub until: DateTime,
}

impl AbsenceCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add_absence(house, what).await,
            Self::Remove(what) => remove_absence(house, what).await,
            Self::List(what) => list_absences(house, what).await,
            Self::Appointments(what) => {
                let organisation = organisation_id(house, &what.of.organisation).await?;
                displaced(house, organisation, named(&what.id, Kind::Absence)?).await
            }
        }
    }
}

async fn add_absence(house: &House, new: NewAbsence) -> Result<Value> {
    let organisation = organisation_id(house, &new.of.organisation).await?;
    let input = (organisation, new.resource, (new.from, new.until));
    let added = house.db.write(input, |tx, (organisation, resource, (from, until))| {
        Box::pin(async move {
            let resource = found::resource(tx, *organisation, resource).await?.id;
            absences::add(tx, Author::Operator, *organisation, resource, *from, *until).await
        })
    });
    let absence = added.await?;
    Ok(json!({ "id": absence.uuid(), "to_plan_again": displaced(house, organisation, absence).await? }))
}

async fn remove_absence(house: &House, one: One) -> Result<Value> {
    let organisation = organisation_id(house, &one.of.organisation).await?;
    let absence: AbsenceId = named(&one.id, Kind::Absence)?;
    let removed = house.db.write((organisation, absence), |tx, (organisation, absence)| {
        Box::pin(absences::remove(tx, Author::Operator, *organisation, *absence))
    });
    removed.await?;
    Ok(json!({ "removed": true }))
}

async fn list_absences(house: &House, of: Of) -> Result<Value> {
    let organisation = organisation_id(house, &of.organisation).await?;
    // A day early: wherever an institution is, what ended yesterday in UTC may go on there.
    let from = instant_of_ms(house.clock.now_ms()).to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    let listed = house.db.read((organisation, from), |tx, (organisation, from)| {
        Box::pin(async move {
            let names = booking::labels::of(tx, *organisation).await?.resources;
            Ok((absences::list(tx, *organisation, *from).await?, names))
        })
    });
    let (absences, names) = listed.await?;
    note(house, organisation, Deed::Administration, "absences listed").await?;
    let line = |one: &booking::Absence| {
        json!({
            "id": one.id.uuid(),
            "resource": one.resource.uuid(),
            "name": names.get(&one.resource),
            "from": one.from.to_string(),
            "until": one.until.to_string(),
        })
    };
    Ok(absences.iter().map(line).collect())
}

async fn displaced(house: &House, organisation: OrganisationId, absence: AbsenceId) -> Result<Value> {
    let actor = desk::operator(house, organisation);
    let line = |one: &Displaced| {
        let known = &one.shown.appointment;
        let time = |slot: &Slot| instant(slot.start_ms, &one.shown.zone);
        json!({
            "id": known.id.uuid(),
            "patient": one.shown.patient.as_ref().map(|patient| patient.name.as_str()),
            "type": one.shown.kind.name,
            "starts_at": instant(known.start_ms, &one.shown.zone),
            "next_times": one.next.iter().map(time).collect::<Vec<_>>(),
        })
    };
    let (mut all, mut behind) = (Vec::new(), None);
    loop {
        let some = desk::displaced(house, &actor, absence, behind).await?;
        all.extend(some.iter().map(line));
        if some.len() < REPLANNED_AT_ONCE as usize {
            return Ok(Value::Array(all));
        }
        behind = some.last().map(Displaced::behind);
    }
}

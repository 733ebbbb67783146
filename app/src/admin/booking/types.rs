//! What can be booked in a category.

mod given;

use std::collections::HashMap;

use audit::Deed;
use booking::labels::{self, Label};
use booking::setup::Author;
use booking::setup::types::{self, NewType};
use booking::{AppointmentType, Number, Window};
use clap::{Args, Subcommand};
use desk::times::clock;
use flows::House;
use kernel::{AppointmentTypeId, Error, InsuranceId, Kind, OrganisationId, ResourceId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use super::found::{self, Numbered};
use crate::admin::answers::{note, organisation_id};
use given::Given;

/// Commands on types.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum TypeCommand {
    /// Add a type to a category
    Add(Box<Add>),
    /// Change a type; what is left out stays as it is, and what was booked keeps its times
    Change(Box<Change>),
    /// List the types of a category that stand
    List(OfCategory),
    /// End a type: nothing new is booked; what was booked stays
    End(Numbered),
}

/// A type to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Add {
    /// What it is called
    pub name: String,
    /// Its category, by its number
    #[arg(long, value_name = "NUMBER")]
    pub category: Number,
    /// What portals know it by; the next number unless it is said
    #[arg(long)]
    pub number: Option<Number>,
    /// Minutes that patients are shown
    #[arg(long)]
    pub minutes: i64,
    /// What it needs, by id or name: given once for each part, with | between those of which one will do. The hours of the
    /// first part carry the grid
    #[arg(long, value_name = "RESOURCE", required = true)]
    pub needs: Vec<String>,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
    #[command(flatten)]
    #[serde(flatten)]
    pub given: Given,
}

/// A type to change.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Change {
    #[command(flatten)]
    #[serde(flatten)]
    pub which: Numbered,
    /// What it is called
    #[arg(long)]
    pub name: Option<String>,
    /// Minutes that patients are shown
    #[arg(long)]
    pub minutes: Option<i64>,
    /// What it needs, by id or name: given once for each part, with | between those of which one will do
    #[arg(long, value_name = "RESOURCE")]
    pub needs: Vec<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub given: Given,
}

/// A category.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct OfCategory {
    /// The category, by its number
    #[arg(long, value_name = "NUMBER")]
    pub category: Number,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

impl TypeCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, *what).await,
            Self::Change(what) => change(house, *what).await,
            Self::List(what) => list(house, what).await,
            Self::End(what) => end(house, what).await,
        }
    }
}

async fn add(house: &House, add: Add) -> Result<Value> {
    let added = house.db.write(add, |tx, add| {
        Box::pin(async move {
            let here = found::organisation(tx, &add.organisation).await?;
            let category = found::category(tx, here, add.category).await?.id;
            let usual = NewType::named(category, &add.name, add.minutes, Vec::new());
            let parts = parts(tx, here, &add.needs).await?;
            let new = add.given.over(tx, here, NewType { number: add.number, parts, ..usual }).await?;
            let id = types::add(tx, Author::Operator, here, &new).await?;
            as_it_stands(tx, here, id).await
        })
    });
    added.await
}

async fn change(house: &House, change: Change) -> Result<Value> {
    let changed = house.db.write(change, |tx, change| {
        Box::pin(async move {
            let here = found::organisation(tx, &change.which.organisation).await?;
            let is = found::appointment_type(tx, here, change.which.number).await?;
            let id = is.id;
            let mut new = as_it_is(is);
            new.name = change.name.clone().unwrap_or(new.name);
            new.duration = change.minutes.unwrap_or(new.duration);
            if !change.needs.is_empty() {
                new.parts = parts(tx, here, &change.needs).await?;
            }
            let new = change.given.over(tx, here, new).await?;
            types::change(tx, Author::Operator, here, id, &new).await?;
            as_it_stands(tx, here, id).await
        })
    });
    changed.await
}

async fn list(house: &House, of: OfCategory) -> Result<Value> {
    let here = organisation_id(house, &of.organisation).await?;
    let read = house.db.read((here, of.category), |tx, (here, category)| {
        Box::pin(async move {
            let category = found::category(tx, *here, *category).await?.id;
            let insurances = labels::of(tx, *here).await?.insurances;
            Ok(types::list(tx, *here, category).await?.iter().map(|is| shown(is, &insurances)).collect())
        })
    });
    let all = read.await?;
    note(house, here, Deed::Administration, "appointment types listed").await?;
    Ok(all)
}

/// A type as it stands now, to be shown.
async fn as_it_stands(tx: &Tx, here: OrganisationId, id: AppointmentTypeId) -> Result<Value> {
    let insurances = labels::of(tx, here).await?.insurances;
    let is = types::find(tx, here, id).await?.ok_or(Error::not_found(Kind::AppointmentType))?;
    Ok(shown(&is, &insurances))
}

async fn end(house: &House, which: Numbered) -> Result<Value> {
    let ended = house.db.write(which, |tx, which| {
        Box::pin(async move {
            let here = found::organisation(tx, &which.organisation).await?;
            let id = found::appointment_type(tx, here, which.number).await?.id;
            types::end(tx, Author::Operator, here, id).await
        })
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

/// The resources of each part, as the operator names them.
async fn parts(tx: &Tx, here: OrganisationId, needs: &[String]) -> Result<Vec<Vec<ResourceId>>> {
    let mut parts = Vec::new();
    for need in needs {
        let mut part = Vec::new();
        for named in need.split('|') {
            part.push(found::resource(tx, here, named.trim()).await?.id);
        }
        parts.push(part);
    }
    Ok(parts)
}

/// What leaves a type as it is.
fn as_it_is(is: AppointmentType) -> NewType {
    NewType {
        number: None,
        category: is.category,
        name: is.name,
        description: is.description,
        duration: is.duration,
        buffers: is.buffers,
        grid: is.grid,
        notice: is.notice,
        horizon: is.horizon,
        cancel: is.cancel,
        reschedule: is.reschedule,
        reschedules_max: is.reschedules_max,
        capacity: is.capacity,
        is_video: is.is_video,
        needs_confirmation: is.needs_confirmation,
        requires_account: is.requires_account,
        needs_attendant: is.needs_attendant,
        comment_form: is.comment_form,
        windows: is.windows,
        insurances: is.insurances,
        parts: is.parts,
        asap: is.asap,
    }
}

/// Everything that can be said of a type, by the names by which it is said.
fn shown(is: &AppointmentType, insurances: &HashMap<InsuranceId, Label>) -> Value {
    let part = |part: &Vec<ResourceId>| part.iter().map(ResourceId::uuid).collect::<Vec<_>>();
    let insurance = |id: &InsuranceId| insurances.get(id).map(|label| label.number);
    let form = is.comment_form.as_deref().and_then(|form| form.parse::<Value>().ok());
    json!({
        "number": is.number,
        "name": is.name,
        "id": is.id.uuid(),
        "description": is.description,
        "minutes": is.duration,
        "buffer_before": is.buffers.0,
        "buffer_after": is.buffers.1,
        "grid": is.grid,
        "notice": is.notice,
        "horizon": is.horizon,
        "cancel": is.cancel,
        "reschedule": is.reschedule,
        "reschedules_max": is.reschedules_max,
        "capacity": is.capacity,
        "video": is.is_video,
        "needs_confirmation": is.needs_confirmation,
        "requires_account": is.requires_account,
        "needs_attendant": is.needs_attendant,
        "windows": is.windows.iter().map(window).collect::<Vec<_>>(),
        "comment_form": form,
        "insurances": is.insurances.iter().filter_map(insurance).collect::<Vec<_>>(),
        "needs": is.parts.iter().map(part).collect::<Vec<_>>(),
        "asap": is.asap.enabled,
        "asap_strategy": is.asap.strategy.name(),
        "asap_hold": is.asap.hold,
        "asap_debounce": is.asap.debounce,
        "asap_stays": is.asap.stays,
    })
}

fn window(is: &Window) -> String {
    format!("{}={}-{}", is.weekday, clock(is.from), clock(is.until))
}

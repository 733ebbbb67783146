//! What can be booked in a category.

use audit::Deed;
use booking::setup::Author;
use booking::setup::types::{self, NewType};
use booking::{AppointmentType, Asap, Number, Strategy};
use clap::{Args, Subcommand};
use flows::House;
use kernel::{Error, OrganisationId, ResourceId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use super::found::{self, Numbered};
use crate::admin::answers::{note, organisation_id};

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

/// What else is said of a type.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Given {
    /// More about it
    #[arg(long)]
    pub description: Option<String>,
    /// Minutes before it that are taken as well
    #[arg(long, value_name = "MINUTES")]
    pub buffer_before: Option<i64>,
    /// Minutes after it that are taken as well
    #[arg(long, value_name = "MINUTES")]
    pub buffer_after: Option<i64>,
    /// Minutes between two starts; as long as it lasts unless it is said
    #[arg(long, value_name = "MINUTES")]
    pub grid: Option<i64>,
    /// Minutes before its start at which it can be booked at the latest
    #[arg(long, value_name = "MINUTES")]
    pub notice: Option<i64>,
    /// Days ahead on which it can be booked
    #[arg(long, value_name = "DAYS")]
    pub horizon: Option<i64>,
    /// Minutes before its start until which a patient may cancel
    #[arg(long, value_name = "MINUTES")]
    pub cancel: Option<i64>,
    /// Minutes before its start until which a patient may move it
    #[arg(long, value_name = "MINUTES")]
    pub reschedule: Option<i64>,
    /// How often a patient may move one appointment
    #[arg(long, value_name = "TIMES")]
    pub reschedules_max: Option<i64>,
    /// How many patients come to one appointment together
    #[arg(long, value_name = "PATIENTS")]
    pub capacity: Option<i64>,
    /// Whether it is a video visit
    #[arg(long, value_name = "true|false")]
    pub video: Option<bool>,
    /// Whether the staff must say yes before it counts
    #[arg(long, value_name = "true|false")]
    pub needs_confirmation: Option<bool>,
    /// What patients are asked, as JSON: a list of {name, required, type, config}
    #[arg(long, value_name = "JSON")]
    pub comment_form: Option<String>,
    /// The insurances that it is for, by their numbers; those of its category when it is 0
    #[arg(long = "insurance", value_delimiter = ',', value_name = "NUMBER")]
    pub insurances: Option<Vec<Number>>,
    /// Allow patients to register for earlier appointment notifications
    #[arg(long, value_name = "true|false")]
    pub asap: Option<bool>,
    /// How earlier times are offered: broadcast or sequential
    #[arg(long, value_name = "STRATEGY")]
    pub asap_strategy: Option<String>,
    /// Sequential: for so many minutes a time is kept for one
    #[arg(long, value_name = "MINUTES")]
    pub asap_hold: Option<i64>,
    /// So many minutes are waited after something was freed
    #[arg(long, value_name = "MINUTES")]
    pub asap_debounce: Option<i64>,
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

impl Given {
    /// The type with what is said of it.
    async fn over(&self, tx: &Tx, here: OrganisationId, is: NewType) -> Result<NewType> {
        let insurances = match &self.insurances {
            None => is.insurances,
            Some(numbers) if numbers[..] == [0] => Vec::new(),
            Some(numbers) => found::all_insurances(tx, here, numbers).await?,
        };
        Ok(NewType {
            description: self.description.clone().or(is.description),
            buffers: (self.buffer_before.unwrap_or(is.buffers.0), self.buffer_after.unwrap_or(is.buffers.1)),
            grid: self.grid.unwrap_or(is.grid),
            notice: self.notice.unwrap_or(is.notice),
            horizon: self.horizon.unwrap_or(is.horizon),
            cancel: self.cancel.unwrap_or(is.cancel),
            reschedule: self.reschedule.unwrap_or(is.reschedule),
            reschedules_max: self.reschedules_max.or(is.reschedules_max),
            capacity: self.capacity.unwrap_or(is.capacity),
            is_video: self.video.unwrap_or(is.is_video),
            needs_confirmation: self.needs_confirmation.unwrap_or(is.needs_confirmation),
            comment_form: self.comment_form.clone().or(is.comment_form),
            insurances,
            asap: self.asap(is.asap)?,
            ..is
        })
    }

    fn asap(&self, is: Asap) -> Result<Asap> {
        let strategy = self.asap_strategy.as_deref().map_or(Ok(is.strategy), |name| {
            let why = "A strategy is broadcast or sequential.";
            Strategy::named(name).ok_or_else(|| Error::invalid("asap_strategy", "strategy_unknown", why))
        })?;
        Ok(Asap {
            enabled: self.asap.unwrap_or(is.enabled),
            strategy,
            hold: self.asap_hold.unwrap_or(is.hold),
            debounce: self.asap_debounce.unwrap_or(is.debounce),
            stays: is.stays,
        })
    }
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
            types::find(tx, here, id).await
        })
    });
    Ok(added.await?.as_ref().map(shown).unwrap_or_default())
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
            types::find(tx, here, id).await
        })
    });
    Ok(changed.await?.as_ref().map(shown).unwrap_or_default())
}

async fn list(house: &House, of: OfCategory) -> Result<Value> {
    let here = organisation_id(house, &of.organisation).await?;
    let read = house.db.read((here, of.category), |tx, (here, category)| {
        Box::pin(async move {
            let category = found::category(tx, *here, *category).await?.id;
            types::list(tx, *here, category).await
        })
    });
    let all = read.await?;
    note(house, here, Deed::Administration, "appointment types listed").await?;
    Ok(all.iter().map(shown).collect())
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

fn shown(is: &AppointmentType) -> Value {
    let part = |part: &Vec<ResourceId>| part.iter().map(ResourceId::uuid).collect::<Vec<_>>();
    json!({
        "number": is.number,
        "name": is.name,
        "id": is.id.uuid(),
        "minutes": is.duration,
        "buffers": [is.buffers.0, is.buffers.1],
        "capacity": is.capacity,
        "is_video": is.is_video,
        "needs": is.parts.iter().map(part).collect::<Vec<_>>(),
        "asap": is.asap.enabled,
    })
}

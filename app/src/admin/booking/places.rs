//! Places, and who and what is there.

use audit::Deed;
use booking::setup::Author;
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::resources::{self, NewResource};
use booking::{Detail, Institution, Number, Resource, ResourceKind};
use clap::{Args, Subcommand};
use desk::times::{clock, minute};
use flows::House;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::found::{self, Numbered};
use crate::admin::answers::{Of, note, organisation_id, person_known_in};

/// Commands on places.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum InstitutionCommand {
    /// Add a place
    Add(AddPlace),
    /// Change a place; what is left out stays as it is
    Change(ChangePlace),
    /// List the places that stand
    List(Of),
    /// End a place with its resources, categories and types; what was booked stays
    End(Numbered),
}

/// Commands on practitioners, rooms and devices.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum ResourceCommand {
    /// Add a practitioner, a room or a device, which is nowhere yet
    Add(AddResource),
    /// Call it something else, or say who the practitioner is
    Change(ChangeResource),
    /// List who and what is there
    List(Of),
    /// End one: nothing new is booked with it
    End(OneResource),
}

/// A place to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct AddPlace {
    /// What it is called
    pub name: String,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
    /// What portals know it by; the next number unless it is said
    #[arg(long)]
    pub number: Option<Number>,
    /// Its IANA time zone
    #[arg(long, default_value = "Europe/Amsterdam")]
    pub time_zone: String,
    #[command(flatten)]
    #[serde(flatten)]
    pub given: GivenPlace,
}

/// A place to change.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct ChangePlace {
    #[command(flatten)]
    #[serde(flatten)]
    pub which: Numbered,
    /// What it is called
    #[arg(long)]
    pub name: Option<String>,
    /// Its IANA time zone
    #[arg(long)]
    pub time_zone: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub given: GivenPlace,
}

/// What else is said of a place.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct GivenPlace {
    /// Its postal address
    #[arg(long)]
    pub address: Option<String>,
    /// Where its picture is; https
    #[arg(long, value_name = "URL")]
    pub photo_url: Option<String>,
    /// What a patient must have told before they book: gender, born_on, phone, mobile, address, insurance,
    /// insurance_number; an empty word for nothing
    #[arg(long, value_delimiter = ',', value_name = "DETAIL")]
    pub required_details: Option<Vec<String>>,
    /// Letters about earlier appointments rest from this time of its day
    #[arg(long, value_name = "HH:MM")]
    pub quiet_from: Option<String>,
    /// Until this time; the same twice is never
    #[arg(long, value_name = "HH:MM")]
    pub quiet_until: Option<String>,
    /// How many of them one patient gets a day for one appointment
    #[arg(long, value_name = "LETTERS")]
    pub letters_per_day_max: Option<i64>,
    /// A video visit can be joined from so many minutes before its start
    #[arg(long, value_name = "MINUTES")]
    pub video_opens_minutes: Option<i64>,
    /// Until so many minutes after its end
    #[arg(long, value_name = "MINUTES")]
    pub video_closes_minutes: Option<i64>,
}

/// A resource to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct AddResource {
    /// What it is called
    pub name: String,
    /// practitioner, room or device
    #[arg(long, default_value = "practitioner")]
    pub kind: String,
    /// Its place, by its number; need not be said of the only one
    #[arg(long, value_name = "NUMBER")]
    pub institution: Option<Number>,
    /// Who the practitioner is, by e-mail address or id
    #[arg(long)]
    pub person: Option<String>,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

/// A resource to change.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct ChangeResource {
    #[command(flatten)]
    #[serde(flatten)]
    pub which: OneResource,
    /// What it is to be called
    #[arg(long)]
    pub name: Option<String>,
    /// Who the practitioner is, by e-mail address or id
    #[arg(long)]
    pub person: Option<String>,
}

/// One resource.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct OneResource {
    /// Its id, or what it is called
    pub resource: String,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

impl GivenPlace {
    /// The place with what is said of it.
    fn over(&self, place: NewInstitution) -> Result<NewInstitution> {
        let time =
            |field, said: &Option<String>, is| said.as_ref().map_or(Ok(is), |text| minute(field, text));
        let unknown = || Error::invalid("required_details", "detail_unknown", "There is no such detail.");
        let details = self.required_details.as_ref().map(|all| {
            let named = all.iter().filter(|name| !name.is_empty());
            named.map(|name| Detail::named(name).ok_or_else(unknown)).collect::<Result<Vec<_>>>()
        });
        Ok(NewInstitution {
            address: self.address.clone().unwrap_or(place.address),
            photo_url: self.photo_url.clone().or(place.photo_url),
            required_details: details.transpose()?.unwrap_or(place.required_details),
            quiet: (
                time("quiet_from", &self.quiet_from, place.quiet.0)?,
                time("quiet_until", &self.quiet_until, place.quiet.1)?,
            ),
            letters_per_day_max: self.letters_per_day_max.unwrap_or(place.letters_per_day_max),
            video_minutes: (
                self.video_opens_minutes.unwrap_or(place.video_minutes.0),
                self.video_closes_minutes.unwrap_or(place.video_minutes.1),
            ),
            ..place
        })
    }
}

impl InstitutionCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add_place(house, what).await,
            Self::Change(what) => change_place(house, what).await,
            Self::List(what) => list_places(house, what).await,
            Self::End(what) => end_place(house, what).await,
        }
    }
}

async fn add_place(house: &House, add: AddPlace) -> Result<Value> {
    let added = house.db.write(add, |tx, add| {
        Box::pin(async move {
            let here = found::organisation(tx, &add.organisation).await?;
            let usual = NewInstitution::named(&add.name, &add.time_zone);
            let new = add.given.over(NewInstitution { number: add.number, ..usual })?;
            let id = institutions::add(tx, Author::Operator, here, &new).await?;
            institutions::find(tx, here, id).await
        })
    });
    Ok(added.await?.as_ref().map(place).unwrap_or_default())
}

async fn change_place(house: &House, change: ChangePlace) -> Result<Value> {
    let changed = house.db.write(change, |tx, change| {
        Box::pin(async move {
            let here = found::organisation(tx, &change.which.organisation).await?;
            let is = found::institution(tx, here, Some(change.which.number)).await?;
            let id = is.id;
            let new = NewInstitution {
                number: None,
                name: change.name.clone().unwrap_or(is.name),
                address: is.address,
                time_zone: change.time_zone.clone().unwrap_or(is.time_zone),
                photo_url: is.photo_url,
                required_details: is.required_details,
                quiet: is.quiet,
                letters_per_day_max: is.letters_per_day_max,
                video_minutes: is.video_minutes,
            };
            institutions::change(tx, Author::Operator, here, id, &change.given.over(new)?).await?;
            institutions::find(tx, here, id).await
        })
    });
    Ok(changed.await?.as_ref().map(place).unwrap_or_default())
}

async fn list_places(house: &House, of: Of) -> Result<Value> {
    let here = organisation_id(house, &of.organisation).await?;
    let all = house.db.read(here, |tx, here| Box::pin(institutions::list(tx, *here))).await?;
    note(house, here, Deed::Administration, "institutions listed").await?;
    Ok(all.iter().map(place).collect())
}

async fn end_place(house: &House, which: Numbered) -> Result<Value> {
    let ended = house.db.write(which, |tx, which| {
        Box::pin(async move {
            let here = found::organisation(tx, &which.organisation).await?;
            let id = found::institution(tx, here, Some(which.number)).await?.id;
            institutions::end(tx, Author::Operator, here, id).await
        })
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

fn place(is: &Institution) -> Value {
    json!({
        "number": is.number,
        "name": is.name,
        "id": is.id.uuid(),
        "time_zone": is.time_zone,
        "address": is.address,
        "photo_url": is.photo_url,
        "required_details": is.required_details.iter().map(|one| one.name()).collect::<Vec<_>>(),
        "quiet": [clock(is.quiet.0), clock(is.quiet.1)],
        "letters_per_day_max": is.letters_per_day_max,
        "video_minutes": [is.video_minutes.0, is.video_minutes.1],
    })
}

impl ResourceCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add_resource(house, what).await,
            Self::Change(what) => change_resource(house, what).await,
            Self::List(what) => list_resources(house, what).await,
            Self::End(what) => end_resource(house, what).await,
        }
    }
}

async fn add_resource(house: &House, add: AddResource) -> Result<Value> {
    let why = "A kind is one of practitioner, room and device.";
    let kind = ResourceKind::named(&add.kind).ok_or_else(|| Error::invalid("kind", "kind_unknown", why))?;
    let person = match &add.person {
        Some(named) => Some(person_known_in(house, &add.organisation, named).await?),
        None => None,
    };
    let added = house.db.write((add, kind, person), |tx, (add, kind, person)| {
        Box::pin(async move {
            let here = found::organisation(tx, &add.organisation).await?;
            let institution = found::institution(tx, here, add.institution).await?.id;
            let new = NewResource { institution, kind: *kind, name: add.name.clone(), person: *person };
            resources::add(tx, Author::Operator, here, &new).await
        })
    });
    Ok(json!({ "id": added.await?.uuid() }))
}

async fn change_resource(house: &House, change: ChangeResource) -> Result<Value> {
    let person = match &change.person {
        Some(named) => Some(person_known_in(house, &change.which.organisation, named).await?),
        None => None,
    };
    let changed = house.db.write((change, person), |tx, (change, person)| {
        Box::pin(async move {
            let here = found::organisation(tx, &change.which.organisation).await?;
            let is = found::resource(tx, here, &change.which.resource).await?;
            let name = change.name.as_ref().unwrap_or(&is.name);
            resources::change(tx, Author::Operator, here, is.id, name, person.or(is.person)).await
        })
    });
    changed.await?;
    Ok(json!({ "changed": true }))
}

async fn list_resources(house: &House, of: Of) -> Result<Value> {
    let here = organisation_id(house, &of.organisation).await?;
    let all = house.db.read(here, |tx, here| Box::pin(resources::list(tx, *here))).await?;
    note(house, here, Deed::Administration, "resources listed").await?;
    let shown = |one: &Resource| json!({ "id": one.id.uuid(), "kind": one.kind.name(), "name": one.name });
    Ok(all.iter().map(shown).collect())
}

async fn end_resource(house: &House, which: OneResource) -> Result<Value> {
    let ended = house.db.write(which, |tx, which| {
        Box::pin(async move {
            let here = found::organisation(tx, &which.organisation).await?;
            let id = found::resource(tx, here, &which.resource).await?.id;
            resources::end(tx, Author::Operator, here, id).await
        })
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

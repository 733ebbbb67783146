//! Who pays for care, and what patients choose first.

use audit::Deed;
use booking::setup::categories::{self, NewCategory};
use booking::setup::{Author, insurances};
use booking::{Category, Insurance, InsuranceKind, Number};
use clap::{Args, Subcommand};
use flows::House;
use kernel::{Error, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use super::found::{self, Numbered};
use crate::admin::answers::{Of, note, organisation_id};

/// Commands on insurances.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum InsuranceCommand {
    /// Add an insurance
    Add(AddInsurance),
    /// List the insurances that stand
    List(Of),
    /// End an insurance: nobody books with it any more
    End(Numbered),
}

/// Commands on categories.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum CategoryCommand {
    /// Add a category
    Add(AddCategory),
    /// Change a category; what is left out stays as it is
    Change(ChangeCategory),
    /// List the categories that stand
    List(Of),
    /// End a category with its types; what was booked stays
    End(Numbered),
}

/// An insurance to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct AddInsurance {
    /// What it is called
    pub name: String,
    /// statutory, private, self_payer or other
    #[arg(long)]
    pub kind: String,
    /// What portals know it by; the next number unless it is said
    #[arg(long)]
    pub number: Option<Number>,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

/// A category to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct AddCategory {
    /// What it is called
    pub name: String,
    /// What portals know it by; the next number unless it is said
    #[arg(long)]
    pub number: Option<Number>,
    /// Its place, by its number; need not be said of the only one
    #[arg(long, value_name = "NUMBER")]
    pub institution: Option<Number>,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
    #[command(flatten)]
    #[serde(flatten)]
    pub given: GivenCategory,
}

/// A category to change.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct ChangeCategory {
    #[command(flatten)]
    #[serde(flatten)]
    pub which: Numbered,
    /// What it is called
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub given: GivenCategory,
}

/// What else is said of a category.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct GivenCategory {
    /// A line below its name
    #[arg(long)]
    pub subtitle: Option<String>,
    /// More about it
    #[arg(long)]
    pub description: Option<String>,
    /// Where its picture is; https
    #[arg(long, value_name = "URL")]
    pub photo_url: Option<String>,
    /// Whether it is one person: nobody else takes their place when they are taken
    #[arg(long, value_name = "true|false")]
    pub is_person: Option<bool>,
    /// The lowest age in years that it is for
    #[arg(long, value_name = "YEARS")]
    pub age_from: Option<i64>,
    /// The highest one
    #[arg(long, value_name = "YEARS")]
    pub age_until: Option<i64>,
    /// The insurances that it is for, by their numbers; for all when it is 0
    #[arg(long = "insurance", value_delimiter = ',', value_name = "NUMBER")]
    pub insurances: Option<Vec<Number>>,
}

impl GivenCategory {
    /// The category with what is said of it.
    async fn over(&self, tx: &Tx, here: OrganisationId, is: NewCategory) -> Result<NewCategory> {
        let insurances = match &self.insurances {
            None => is.insurances,
            Some(numbers) if numbers[..] == [0] => Vec::new(),
            Some(numbers) => found::all_insurances(tx, here, numbers).await?,
        };
        Ok(NewCategory {
            subtitle: self.subtitle.clone().or(is.subtitle),
            description: self.description.clone().or(is.description),
            photo_url: self.photo_url.clone().or(is.photo_url),
            is_person: self.is_person.unwrap_or(is.is_person),
            ages: (self.age_from.or(is.ages.0), self.age_until.or(is.ages.1)),
            insurances,
            ..is
        })
    }
}

impl InsuranceCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add_insurance(house, what).await,
            Self::List(what) => list_insurances(house, what).await,
            Self::End(what) => end_insurance(house, what).await,
        }
    }
}

async fn add_insurance(house: &House, add: AddInsurance) -> Result<Value> {
    let why = "A kind is one of statutory, private, self_payer and other.";
    let kind = InsuranceKind::named(&add.kind).ok_or_else(|| Error::invalid("kind", "kind_unknown", why))?;
    let added = house.db.write((add, kind), |tx, (add, kind)| {
        Box::pin(async move {
            let here = found::organisation(tx, &add.organisation).await?;
            let id = insurances::add(tx, Author::Operator, here, add.number, &add.name, *kind).await?;
            insurances::find(tx, here, id).await
        })
    });
    Ok(added.await?.as_ref().map(insurance).unwrap_or_default())
}

async fn list_insurances(house: &House, of: Of) -> Result<Value> {
    let here = organisation_id(house, &of.organisation).await?;
    let all = house.db.read(here, |tx, here| Box::pin(insurances::list(tx, *here))).await?;
    note(house, here, Deed::Administration, "insurances listed").await?;
    Ok(all.iter().map(insurance).collect())
}

async fn end_insurance(house: &House, which: Numbered) -> Result<Value> {
    let ended = house.db.write(which, |tx, which| {
        Box::pin(async move {
            let here = found::organisation(tx, &which.organisation).await?;
            let id = found::insurance(tx, here, which.number).await?.id;
            insurances::end(tx, Author::Operator, here, id).await
        })
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

fn insurance(is: &Insurance) -> Value {
    json!({ "number": is.number, "name": is.name, "kind": is.kind.name(), "id": is.id.uuid() })
}

impl CategoryCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, what).await,
            Self::Change(what) => change(house, what).await,
            Self::List(what) => list(house, what).await,
            Self::End(what) => end(house, what).await,
        }
    }
}

async fn add(house: &House, add: AddCategory) -> Result<Value> {
    let added = house.db.write(add, |tx, add| {
        Box::pin(async move {
            let here = found::organisation(tx, &add.organisation).await?;
            let institution = found::institution(tx, here, add.institution).await?.id;
            let usual = NewCategory { number: add.number, ..NewCategory::named(institution, &add.name) };
            let new = add.given.over(tx, here, usual).await?;
            let id = categories::add(tx, Author::Operator, here, &new).await?;
            categories::find(tx, here, id).await
        })
    });
    Ok(added.await?.as_ref().map(category).unwrap_or_default())
}

async fn change(house: &House, change: ChangeCategory) -> Result<Value> {
    let changed = house.db.write(change, |tx, change| {
        Box::pin(async move {
            let here = found::organisation(tx, &change.which.organisation).await?;
            let is = found::category(tx, here, change.which.number).await?;
            let id = is.id;
            let new = NewCategory {
                number: None,
                institution: is.institution,
                name: change.name.clone().unwrap_or(is.name),
                subtitle: is.subtitle,
                description: is.description,
                photo_url: is.photo_url,
                is_person: is.is_person,
                ages: is.ages,
                insurances: is.insurances,
            };
            let new = change.given.over(tx, here, new).await?;
            categories::change(tx, Author::Operator, here, id, &new).await?;
            categories::find(tx, here, id).await
        })
    });
    Ok(changed.await?.as_ref().map(category).unwrap_or_default())
}

async fn list(house: &House, of: Of) -> Result<Value> {
    let here = organisation_id(house, &of.organisation).await?;
    let all = house.db.read(here, |tx, here| Box::pin(categories::list(tx, *here))).await?;
    note(house, here, Deed::Administration, "categories listed").await?;
    Ok(all.iter().map(category).collect())
}

async fn end(house: &House, which: Numbered) -> Result<Value> {
    let ended = house.db.write(which, |tx, which| {
        Box::pin(async move {
            let here = found::organisation(tx, &which.organisation).await?;
            let id = found::category(tx, here, which.number).await?.id;
            categories::end(tx, Author::Operator, here, id).await
        })
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

fn category(is: &Category) -> Value {
    json!({
        "number": is.number,
        "name": is.name,
        "id": is.id.uuid(),
        "subtitle": is.subtitle,
        "is_person": is.is_person,
        "ages": [is.ages.0, is.ages.1],
        "insurances": is.insurances.iter().map(kernel::Id::uuid).collect::<Vec<_>>(),
    })
}

//! What practices ask somebody for before they book.

use clap::Args;
use flows::House;
use identity::By;
use identity::details::{self, Details, Gender};
use jiff::tz::TimeZone;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::One;
use crate::admin::answers::{organisation, organisation_id, person_id};

/// Whose details, and what to note of them. An empty text forgets one.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Describe {
    /// Whose
    #[command(flatten)]
    #[serde(flatten)]
    pub one: One,
    /// female, male or other
    #[arg(long)]
    #[serde(default)]
    pub gender: Option<String>,
    /// Day of birth, such as 1980-02-03
    #[arg(long)]
    #[serde(default)]
    pub born_on: Option<String>,
    /// Telephone; a mobile number is an identifier
    #[arg(long)]
    #[serde(default)]
    pub phone: Option<String>,
    /// Street and number
    #[arg(long)]
    #[serde(default)]
    pub street: Option<String>,
    /// Postal code
    #[arg(long)]
    #[serde(default)]
    pub zip: Option<String>,
    /// City
    #[arg(long)]
    #[serde(default)]
    pub city: Option<String>,
    /// Country, by its two letters, such as NL
    #[arg(long)]
    #[serde(default)]
    pub country: Option<String>,
}

impl Describe {
    fn is_empty(&self) -> bool {
        let Self { one: _, gender, born_on, phone, street, zip, city, country } = self;
        [gender, born_on, phone, street, zip, city, country].iter().all(|given| given.is_none())
    }

    /// What is known, with what is given here.
    fn over(&self, known: Details) -> Result<Details> {
        let text = |given: &Option<String>, known: Option<String>| given.clone().or(known);
        let gender = |name: &str| {
            let why = "A gender is female, male or other.";
            Gender::named(name).ok_or_else(|| Error::invalid("gender", "gender_unknown", why))
        };
        let day = |text: &str| {
            let why = "A day is written as 1980-02-03.";
            text.parse().map_err(|_| Error::invalid("born_on", "born_on_unfit", why))
        };
        let Details { phone, street, zip, city, country, .. } = known;
        Ok(Details {
            gender: noted(&self.gender, known.gender, gender)?,
            born_on: noted(&self.born_on, known.born_on, day)?,
            phone: text(&self.phone, phone),
            street: text(&self.street, street),
            zip: text(&self.zip, zip),
            city: text(&self.city, city),
            country: text(&self.country, country),
        })
    }
}

fn noted<T>(given: &Option<String>, known: Option<T>, read: impl Fn(&str) -> Result<T>) -> Result<Option<T>> {
    match given.as_deref().map(str::trim) {
        None => Ok(known),
        Some("") => Ok(None),
        Some(text) => read(text).map(Some),
    }
}

pub(super) async fn describe(house: &House, what: Describe) -> Result<Value> {
    let person = person_id(house, &what.one.person).await?;
    let organisation_id = organisation_id(house, &what.one.organisation).await?;
    let read = house.db.write((organisation_id, person), |tx, (organisation, person)| {
        Box::pin(details::shown(tx, By::Operator, *organisation, *person))
    });
    let known = read.await?;
    if what.is_empty() {
        return serde_json::to_value(known).map_err(Error::bug);
    }
    let new = what.over(known)?;
    let today = TimeZone::UTC.to_datetime(house.clock.now()).date();
    let sealed = new.seal(&house.vault.house(), today, person)?;
    let set = house.db.write((what.one.organisation, sealed), |tx, (slug, sealed)| {
        Box::pin(async move {
            let organisation = organisation(tx, slug).await?.id;
            details::set(tx, By::Operator, organisation, sealed).await
        })
    });
    set.await?;
    serde_json::to_value(new).map_err(Error::bug)
}

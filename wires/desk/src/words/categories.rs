//! The names of categories.

use booking::Category as Known;
use booking::setup::categories::NewCategory as New;
use kernel::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{id, ids};

/// What patients choose first: often a doctor, or a speciality.
#[derive(Debug, Serialize, ToSchema)]
pub struct Category {
    /// UUID.
    pub id: String,
    /// What portals know it by.
    pub number: i64,
    /// UUID of its place.
    pub institution: String,
    /// What it is called.
    pub name: String,
    /// A line below it.
    pub subtitle: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// Where its picture is.
    pub photo_url: Option<String>,
    /// Whether it is one person.
    pub is_person: bool,
    /// The lowest age in years that it is for.
    pub age_from: Option<i64>,
    /// The highest one.
    pub age_until: Option<i64>,
    /// UUIDs of the insurances that it is for; for all when it is empty.
    pub insurances: Vec<String>,
}

impl From<Known> for Category {
    fn from(known: Known) -> Self {
        Self {
            id: known.id.uuid(),
            number: known.number,
            institution: known.institution.uuid(),
            name: known.name,
            subtitle: known.subtitle,
            description: known.description,
            photo_url: known.photo_url,
            is_person: known.is_person,
            age_from: known.ages.0,
            age_until: known.ages.1,
            insurances: known.insurances.iter().map(kernel::Id::uuid).collect(),
        }
    }
}

/// A category to add, or what one is to be; what is left out is not so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// What portals know it by; the next number unless it is said, and the same for as long as it stands.
    #[serde(default)]
    pub number: Option<i64>,
    /// UUID of its place, in which it stays.
    pub institution: String,
    /// What it is called, in 1 to 200 characters.
    #[schema(example = "Dr. de Vries")]
    pub name: String,
    /// A line below it.
    #[serde(default)]
    #[schema(example = "General practice")]
    pub subtitle: Option<String>,
    /// More about it.
    #[serde(default)]
    pub description: Option<String>,
    /// Where its picture is; `https`.
    #[serde(default)]
    pub photo_url: Option<String>,
    /// Whether it is one person: nobody else takes their place when they are taken.
    #[serde(default)]
    #[schema(example = true)]
    pub is_person: bool,
    /// The lowest age in years that it is for.
    #[serde(default)]
    pub age_from: Option<i64>,
    /// The highest one.
    #[serde(default)]
    pub age_until: Option<i64>,
    /// UUIDs of the insurances that it is for; for all when it is empty.
    #[serde(default)]
    pub insurances: Vec<String>,
}

impl NewCategory {
    /// The same in the words of the house.
    pub fn meant(self) -> Result<New> {
        Ok(New {
            number: self.number,
            institution: id("institution", &self.institution)?,
            name: self.name,
            subtitle: self.subtitle,
            description: self.description,
            photo_url: self.photo_url,
            is_person: self.is_person,
            ages: (self.age_from, self.age_until),
            insurances: ids("insurances", &self.insurances)?,
        })
    }
}

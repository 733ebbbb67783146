//! What practices ask patients for.

use identity::details::Details as Known;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is known of somebody; what is not is null, or left out.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// `female`, `male` or `other`.
    #[serde(default)]
    #[schema(example = "female")]
    pub gender: Option<String>,
    /// Day of birth.
    #[serde(default)]
    #[schema(example = "1980-02-03")]
    pub born_on: Option<String>,
    /// Telephone; a mobile number is an identifier.
    #[serde(default)]
    pub phone: Option<String>,
    /// Street and number.
    #[serde(default)]
    pub street: Option<String>,
    /// Postal code.
    #[serde(default)]
    pub zip: Option<String>,
    /// City.
    #[serde(default)]
    pub city: Option<String>,
    /// Country, by its two letters.
    #[serde(default)]
    pub country: Option<String>,
}

impl From<Known> for Details {
    fn from(known: Known) -> Self {
        let Known { gender, born_on, phone, street, zip, city, country } = known;
        Self {
            gender: gender.map(|gender| gender.name().to_owned()),
            born_on: born_on.map(|day| day.to_string()),
            phone,
            street,
            zip,
            city,
            country,
        }
    }
}

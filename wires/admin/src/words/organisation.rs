//! The names of the organisation's settings.

use identity::Organisation as Known;
use identity::settings::Settings;
use kernel::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organisation {
    /// UUID.
    pub id: String,
    /// Its short word, which the operator chose.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// The languages it speaks, its own first: `nl`, `en`, `de`, `fr`.
    pub languages: Vec<&'static str>,
    /// Whether it is there to try things out, which the operator chose.
    pub sandbox: bool,
    /// After how many minutes without a request a session ends.
    pub session_idle_minutes: i64,
    /// After how many hours it ends in any case.
    pub session_life_hours: i64,
    /// The roles of which two factors are asked.
    pub second_factor_roles: Vec<&'static str>,
}

impl Organisation {
    /// As it is, asking two factors of these roles.
    pub fn of(known: &Known, roles: &[Role]) -> Self {
        let settings = Settings::of(known);
        Self {
            id: known.id.uuid(),
            slug: known.slug.clone(),
            languages: settings.languages.iter().map(|language| language.code()).collect(),
            name: settings.name,
            time_zone: settings.time_zone,
            sandbox: known.sandbox,
            session_idle_minutes: settings.idle_minutes,
            session_life_hours: settings.life_hours,
            second_factor_roles: roles.iter().map(|role| role.name()).collect(),
        }
    }
}

/// What of the organisation changes; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationChange {
    /// What it is called, in 1 to 200 characters.
    #[serde(default)]
    #[schema(example = "De Linde")]
    pub name: Option<String>,
    /// Its IANA time zone.
    #[serde(default)]
    #[schema(example = "Europe/Amsterdam")]
    pub time_zone: Option<String>,
    /// The languages it speaks, its own first: `nl`, `en`, `de`, `fr`.
    #[serde(default)]
    #[schema(example = json!(["nl", "en"]))]
    pub languages: Option<Vec<String>>,
    /// After how many minutes without a request a session ends, from 5 to 720.
    #[serde(default)]
    #[schema(example = 30)]
    pub session_idle_minutes: Option<u32>,
    /// After how many hours it ends in any case, from 1 to 720.
    #[serde(default)]
    #[schema(example = 12)]
    pub session_life_hours: Option<u32>,
}

/// Of whom two factors are asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// The roles, in place of those before; none at all when it is empty.
    #[schema(example = json!(["doctor", "nurse", "therapist", "administrator", "auditor"]))]
    pub roles: Vec<String>,
}

//! Changes of some of an organisation's settings, by who has not all of them before them.

use kernel::{Error, Kind, OrganisationId, Result};
use store::Tx;

use super::{HOUR_MS, MINUTE_MS, Settings, change, must_be_theirs};
use crate::log::By;
use crate::{Language, Organisation, organisations};

/// What of them is to be otherwise; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amendment {
    /// What it is called.
    pub name: Option<String>,
    /// Its IANA time zone.
    pub time_zone: Option<String>,
    /// The languages it speaks, its own first.
    pub languages: Option<Vec<Language>>,
    /// After how many minutes without a request a session ends.
    pub idle_minutes: Option<i64>,
    /// After how many hours it ends in any case.
    pub life_hours: Option<i64>,
}

impl Settings {
    /// Those of an organisation.
    #[must_use]
    pub fn of(organisation: &Organisation) -> Self {
        Self {
            name: organisation.name.clone(),
            time_zone: organisation.time_zone.clone(),
            languages: organisation.languages.clone(),
            idle_minutes: organisation.session_idle_ms / MINUTE_MS,
            life_hours: organisation.session_life_ms / HOUR_MS,
        }
    }

    fn amended(self, with: &Amendment) -> Self {
        Self {
            name: with.name.clone().unwrap_or(self.name),
            time_zone: with.time_zone.clone().unwrap_or(self.time_zone),
            languages: with.languages.clone().unwrap_or(self.languages),
            idle_minutes: with.idle_minutes.unwrap_or(self.idle_minutes),
            life_hours: with.life_hours.unwrap_or(self.life_hours),
        }
    }
}

/// Changes some of them, all of what is named or nothing.
///
/// # Errors
/// As [`change`].
pub async fn amend(tx: &Tx, by: By<'_>, organisation: OrganisationId, with: &Amendment) -> Result<()> {
    must_be_theirs(tx, by, organisation).await?;
    // Who changes one thing does not put back what another changed meanwhile.
    tx.lock(&format!("identity.settings.{}", organisation.hex())).await?;
    let before = organisations::find(tx, organisation).await?;
    let before = Settings::of(&before.ok_or(Error::not_found(Kind::Organisation))?);
    change(tx, by, organisation, &before.amended(with)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays_as_it_is() {
        let before = Settings {
            name: "De Linde".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            languages: vec![Language::Nl, Language::En],
            idle_minutes: 30,
            life_hours: 12,
        };
        assert_eq!(before.clone().amended(&Amendment::default()), before);
        let with = Amendment {
            name: Some("De Eik".to_owned()),
            languages: Some(vec![Language::Fr]),
            idle_minutes: Some(10),
            ..Amendment::default()
        };
        let after = before.amended(&with);
        assert_eq!((after.name.as_str(), after.time_zone.as_str()), ("De Eik", "Europe/Amsterdam"));
        assert_eq!((after.languages, after.idle_minutes, after.life_hours), (vec![Language::Fr], 10, 12));
    }
}

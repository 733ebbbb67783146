//! What administrators choose for their organisation.
//!
//! Always true:
//! - Nobody changes another organisation than the one that they act in.
//! - A change is whole or not at all, and leaves a line.

mod amending;

use jiff::tz::TimeZone;
use kernel::{Error, Kind, OrganisationId, Result, Role};
use store::{Tx, args};

use crate::applications::must_administer;
use crate::log::{self, By};
use crate::rows::settings as rows;
use crate::{Language, fits, policies};

pub use amending::{Amendment, amend};

const NAME_CHARS_MAX: usize = 200;
const MINUTE_MS: i64 = 60 * 1_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How long a session may be left alone: who is interrupted by an alarm comes back to it, and no shift leaves it behind.
pub const IDLE_MINUTES: std::ops::RangeInclusive<i64> = 5..=720;
/// How long a session may live at most.
pub const LIFE_HOURS: std::ops::RangeInclusive<i64> = 1..=720;

/// What an organisation is called and speaks, and how long people stay signed in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What it is called.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// The languages it speaks, its own first.
    pub languages: Vec<Language>,
    /// After how many minutes without a request a session ends.
    pub idle_minutes: i64,
    /// After how many hours it ends in any case.
    pub life_hours: i64,
}

impl Settings {
    /// Whether they fit.
    ///
    /// # Errors
    /// [`Error::Invalid`], with the field.
    pub fn check(&self) -> Result<()> {
        if self.name.trim().is_empty() || self.name.chars().count() > NAME_CHARS_MAX {
            return Err(Error::invalid("name", "name_length", "A name has 1 to 200 characters."));
        }
        fits::name("name", &self.name)?;
        if TimeZone::get(&self.time_zone).is_err() {
            let why = "A time zone has an IANA name, such as Europe/Amsterdam.";
            return Err(Error::invalid("time_zone", "time_zone_unknown", why));
        }
        if self.languages.is_empty() {
            let why = "An organisation speaks one language or more.";
            return Err(Error::invalid("languages", "languages_missing", why));
        }
        if !IDLE_MINUTES.contains(&self.idle_minutes) {
            let why = "A session ends after 5 to 720 minutes without a request.";
            return Err(Error::invalid("session_idle", "session_idle_unfit", why));
        }
        if !LIFE_HOURS.contains(&self.life_hours) || self.life_hours * 60 < self.idle_minutes {
            let why = "A session lives 1 to 720 hours, and no shorter than it may be left alone.";
            return Err(Error::invalid("session_life", "session_life_unfit", why));
        }
        Ok(())
    }
}

/// Changes them. Sessions that stand keep the limits with which they began, or which they got by going on here.
///
/// # Errors
/// As [`Settings::check`] and [`must_administer`]; [`Error::NotFound`] for another organisation.
pub async fn change(tx: &Tx, by: By<'_>, organisation: OrganisationId, new: &Settings) -> Result<()> {
    must_be_theirs(tx, by, organisation).await?;
    new.check()?;
    let mut languages: Vec<&str> = Vec::new();
    for code in new.languages.iter().map(|language| language.code()) {
        if !languages.contains(&code) {
            languages.push(code);
        }
    }
    let (name, languages) = (new.name.trim(), languages.join(" "));
    let (idle_ms, life_ms) = (new.idle_minutes * MINUTE_MS, new.life_hours * HOUR_MS);
    let values = args![&organisation, name, &new.time_zone, &languages, idle_ms, life_ms];
    if tx.run(rows::SET, &values).await? == 0 {
        return Err(Error::not_found(Kind::Organisation));
    }
    // Its name may be somebody's; the limits are what keeps them safe.
    let (idle, life) = (new.idle_minutes, new.life_hours);
    let what = format!("organisation changed: idle {idle} minutes, life {life} hours");
    log::administration(tx, by, organisation, organisation.as_bytes(), what).await
}

/// How many people a role has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Which.
    pub role: Role,
    /// How many have it now.
    pub people: i64,
    /// How many of those have no second factor yet.
    pub without: i64,
}

/// Whom a choice of roles of which two factors are asked reaches, by role.
///
/// # Errors
/// As [`must_administer`].
pub async fn reach(tx: &Tx, by: By<'_>, organisation: OrganisationId) -> Result<Vec<Reach>> {
    must_be_theirs(tx, by, organisation).await?;
    tx.all(rows::REACH, &args![&organisation, tx.now_ms()], rows::reach).await
}

/// Chooses of which roles two factors are asked.
///
/// # Errors
/// As [`must_administer`] and [`policies::set_second_factor_roles`].
pub async fn ask_two_of(tx: &Tx, by: By<'_>, organisation: OrganisationId, roles: &[Role]) -> Result<()> {
    must_be_theirs(tx, by, organisation).await?;
    policies::set_second_factor_roles(tx, by, organisation, Some(roles)).await
}

async fn must_be_theirs(tx: &Tx, by: By<'_>, organisation: OrganisationId) -> Result<()> {
    let By::Actor(actor) = by else { return Ok(()) };
    must_administer(tx, actor).await?;
    if actor.organisation != organisation {
        return Err(Error::not_found(Kind::Organisation));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_says_which_field_it_is() {
        let fits = Settings {
            name: "De Linde".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            languages: vec![Language::Nl],
            idle_minutes: 30,
            life_hours: 12,
        };
        assert!(fits.check().is_ok());
        let unfit = [
            ("name", Settings { name: "  ".to_owned(), ..fits.clone() }),
            ("name", Settings { name: "x".repeat(201), ..fits.clone() }),
            ("time_zone", Settings { time_zone: "Europe/Nowhere".to_owned(), ..fits.clone() }),
            ("languages", Settings { languages: vec![], ..fits.clone() }),
            ("session_idle", Settings { idle_minutes: 4, ..fits.clone() }),
            ("session_idle", Settings { idle_minutes: 721, ..fits.clone() }),
            ("session_life", Settings { life_hours: 0, ..fits.clone() }),
            ("session_life", Settings { life_hours: 721, ..fits.clone() }),
            ("session_life", Settings { idle_minutes: 120, life_hours: 1, ..fits }),
        ];
        for (at, settings) in unfit {
            assert!(
                matches!(settings.check(), Err(Error::Invalid { field, .. }) if field == at),
                "{settings:?}"
            );
        }
    }
}

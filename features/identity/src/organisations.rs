//! Companies, institutions, practices and hospitals.

use kernel::{Error, OrganisationId, Result};
use store::{Tx, args};
use vault::Vault;

use crate::Language;
use crate::log::{self, By};
use crate::rows::organisations as rows;

/// Half an hour without a click ends a session.
const SESSION_IDLE_MS: i64 = 30 * 60 * 1_000;
/// A working day ends it in any case.
const SESSION_LIFE_MS: i64 = 12 * 60 * 60 * 1_000;
const NAME_CHARS_MAX: usize = 200;

/// One organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: OrganisationId,
    /// Its short word for commands.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// The languages it speaks, the first being its own.
    pub languages: Vec<Language>,
    /// Whether it is there to try things out.
    pub sandbox: bool,
    /// How long a session lives without a request.
    pub session_idle_ms: i64,
    /// How long a session lives at most.
    pub session_life_ms: i64,
}

/// An organisation to add.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its short word for commands: letters, digits and dashes.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// The languages it speaks.
    pub languages: Vec<Language>,
    /// Whether it is there to try things out.
    pub sandbox: bool,
    /// Whether patients find and may write to everybody, each other included; clinicians they always may.
    pub patients_see_patients: bool,
    /// Whether all of its staff may ask colleagues in; administrators always may.
    pub staff_invite_coworkers: bool,
    /// What others know it by: system and value.
    pub identifiers: Vec<(String, String)>,
}

/// Adds an organisation and its keys.
pub async fn add(tx: &Tx, by: By<'_>, new: &NewOrganisation) -> Result<OrganisationId> {
    check(new)?;
    let id = tx.new_id();
    let languages = new.languages.iter().map(|language| language.code()).collect::<Vec<_>>().join(" ");
    let values = args![
        &id,
        &new.slug,
        &new.name,
        &new.time_zone,
        &languages,
        new.sandbox,
        SESSION_IDLE_MS,
        SESSION_LIFE_MS,
        tx.now_ms(),
        new.patients_see_patients,
        new.staff_invite_coworkers
    ];
    if tx.run(rows::INSERT, &values).await? == 0 {
        return Err(Error::conflict("slug_taken", "There is an organisation with this short word already."));
    }
    for (system, value) in &new.identifiers {
        if tx.run(rows::INSERT_IDENTIFIER, &args![system, value, &id]).await? == 0 {
            return Err(Error::conflict("identifier_taken", "Another organisation has this identifier."));
        }
    }
    tx.tool::<Vault>()?.add_keys_for(tx, Some(id)).await?;
    log::administration(tx, by, id, id.as_bytes(), "organisation added").await?;
    Ok(id)
}

fn check(new: &NewOrganisation) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if new.slug.is_empty() || new.slug.len() > 40 || !new.slug.bytes().all(fits) {
        let why = "The short word has 1 to 40 lower-case letters, digits and dashes.";
        return Err(Error::invalid("slug", "slug_unfit", why));
    }
    if new.name.trim().is_empty() || new.name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid("name", "name_length", "A name has 1 to 200 characters."));
    }
    Ok(())
}

/// The open organisation of this id.
pub async fn find(tx: &Tx, id: OrganisationId) -> Result<Option<Organisation>> {
    tx.one(rows::FIND, &args![&id], rows::organisation).await
}

/// The open organisation of this short word.
pub async fn find_by_slug(tx: &Tx, slug: &str) -> Result<Option<Organisation>> {
    tx.one(rows::FIND_BY_SLUG, &args![slug], rows::organisation).await
}

/// Every open organisation, the oldest first.
pub async fn list(tx: &Tx) -> Result<Vec<Organisation>> {
    tx.all(rows::LIST, &args![], rows::organisation).await
}

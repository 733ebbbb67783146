//! Places of an organisation where patients come.

use jiff::civil::Date;
use kernel::{InstitutionId, OrganisationId, Result};
use store::Tx;

use super::Author;
use crate::model::{Detail, Institution, Minute, Number};

/// A place to add, or what an existing one is to be.
#[derive(Clone, Debug)]
pub struct NewInstitution {
    /// What portals know it by; the next one when it is not said.
    pub number: Option<Number>,
    /// See [`Institution::name`].
    pub name: String,
    /// See [`Institution::address`].
    pub address: String,
    /// See [`Institution::time_zone`].
    pub time_zone: String,
    /// See [`Institution::photo_url`].
    pub photo_url: Option<String>,
    /// See [`Institution::required_details`].
    pub required_details: Vec<Detail>,
    /// See [`Institution::quiet`].
    pub quiet: (Minute, Minute),
    /// See [`Institution::letters_per_day_max`].
    pub letters_per_day_max: i64,
    /// See [`Institution::video_minutes`].
    pub video_minutes: (i64, i64),
}

impl NewInstitution {
    /// A place of this name and zone: quiet from 21:00 to 7:00, three letters a day, video from 15 minutes before to 60
    /// after.
    #[must_use]
    pub fn named(name: &str, time_zone: &str) -> Self {
        Self {
            number: None,
            name: name.to_owned(),
            address: String::new(),
            time_zone: time_zone.to_owned(),
            photo_url: None,
            required_details: Vec::new(),
            quiet: (21 * 60, 7 * 60),
            letters_per_day_max: 3,
            video_minutes: (15, 60),
        }
    }
}

/// Adds a place.
///
/// # Errors
/// [`kernel::Error::Invalid`] with the field that does not fit; [`kernel::Error::Conflict`] for a number that is taken.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    new: &NewInstitution,
) -> Result<InstitutionId> {
    todo!()
}

/// Makes a place so; its number stays.
pub async fn change(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: InstitutionId,
    new: &NewInstitution,
) -> Result<()> {
    todo!()
}

/// Every place that has not ended, by number.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Institution>> {
    todo!()
}

/// The place of this id, ended ones included.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: InstitutionId) -> Result<Option<Institution>> {
    todo!()
}

/// The place of this number that has not ended.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<Institution>> {
    todo!()
}

/// Replaces its holidays from `from` on.
pub async fn set_holidays(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: InstitutionId,
    from: Date,
    days: &[(Date, String)],
) -> Result<()> {
    todo!()
}

/// Its holidays from `from` on, by day.
pub async fn holidays(
    tx: &Tx,
    organisation: OrganisationId,
    id: InstitutionId,
    from: Date,
) -> Result<Vec<(Date, String)>> {
    todo!()
}

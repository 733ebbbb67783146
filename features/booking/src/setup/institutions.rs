//! Places of an organisation where patients come.

mod holidays;

use kernel::{Error, InstitutionId, Kind, OrganisationId, Result};
use store::{Row, Tx, args};

use super::numbers::{self, Numbered};
use super::{Author, check, freeing, line};
use crate::model::{Detail, Institution, Minute, Number};

pub(crate) use holidays::ALL_SQL as HOLIDAYS_SQL;
pub use holidays::{holidays, set_holidays};

/// What a place is read by, as [`of_row`] takes it.
macro_rules! columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id, ",
            $table,
            ".number, ",
            $table,
            ".name, ",
            $table,
            ".address, ",
            $table,
            ".time_zone, ",
            $table,
            ".photo_url, ",
            $table,
            ".required_details, ",
            $table,
            ".quiet_from_minute, ",
            $table,
            ".quiet_until_minute, ",
            $table,
            ".letters_per_day_max, ",
            $table,
            ".video_opens_minutes, ",
            $table,
            ".video_closes_minutes"
        )
    };
}
pub(crate) use columns;

/// How many columns those are.
pub(crate) const COLUMNS: usize = 12;

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!("i"), " FROM institutions i WHERE i.organisation = $1 ", $rest)
    };
}

const INSERT: &str = "
    INSERT INTO institutions
        (id, organisation, number, name, address, time_zone, photo_url, required_details, quiet_from_minute,
         quiet_until_minute, letters_per_day_max, video_opens_minutes, video_closes_minutes)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const CHANGE: &str = "
    UPDATE institutions
    SET name = $3, address = $4, time_zone = $5, photo_url = $6, required_details = $7, quiet_from_minute = $8,
        quiet_until_minute = $9, letters_per_day_max = $10, video_opens_minutes = $11, video_closes_minutes = $12
    WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const END: &str = "
    UPDATE institutions SET ended_ms = $3 WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const END_RESOURCES: &str = "
    UPDATE resources SET ended_ms = $3 WHERE organisation = $1 AND institution = $2 AND ended_ms IS NULL";
const END_TYPES: &str = "
    UPDATE appointment_types SET ended_ms = $3
    WHERE organisation = $1 AND ended_ms IS NULL AND category IN
        (SELECT id FROM appointment_categories WHERE organisation = $1 AND institution = $2)";
const END_CATEGORIES: &str = "
    UPDATE appointment_categories SET ended_ms = $3
    WHERE organisation = $1 AND institution = $2 AND ended_ms IS NULL";
const LIST: &str = select!("AND i.ended_ms IS NULL ORDER BY i.number");
const FIND: &str = select!("AND i.id = $2");
const FIND_NUMBERED: &str = select!("AND i.number = $2 AND i.ended_ms IS NULL");
const STANDS: &str = "
    SELECT time_zone FROM institutions WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] =
    &[INSERT, CHANGE, END, END_RESOURCES, END_TYPES, END_CATEGORIES, LIST, FIND, FIND_NUMBERED, STANDS];

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
    check::institution(new)?;
    let id: InstitutionId = tx.new_id();
    line::changing(tx, author, organisation, id.as_bytes(), "institution added").await?;
    let number = numbers::given(tx, organisation, Numbered::Institution, new.number).await?;
    let details = details(new);
    let values = args![
        &id,
        &organisation,
        number,
        new.name.trim(),
        new.address.trim(),
        &new.time_zone,
        new.photo_url.as_ref(),
        &details,
        i64::from(new.quiet.0),
        i64::from(new.quiet.1),
        new.letters_per_day_max,
        new.video_minutes.0,
        new.video_minutes.1,
    ];
    tx.run(INSERT, &values).await?;
    Ok(id)
}

/// Makes a place so; its number stays.
///
/// # Errors
/// As [`add`]; [`kernel::Error::NotFound`] when there is none that stands.
pub async fn change(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: InstitutionId,
    new: &NewInstitution,
) -> Result<()> {
    check::institution(new)?;
    let zone = standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "institution changed").await?;
    let details = details(new);
    let values = args![
        &organisation,
        &id,
        new.name.trim(),
        new.address.trim(),
        &new.time_zone,
        new.photo_url.as_ref(),
        &details,
        i64::from(new.quiet.0),
        i64::from(new.quiet.1),
        new.letters_per_day_max,
        new.video_minutes.0,
        new.video_minutes.1,
    ];
    tx.run(CHANGE, &values).await?;
    if zone == new.time_zone {
        return Ok(());
    }
    freeing::institution(tx, organisation, id).await
}

/// Ends a place with its resources, its categories and their types: nothing new is booked; what was booked stays.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is none that stands.
pub async fn end(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: InstitutionId) -> Result<()> {
    standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "institution ended").await?;
    for sql in [END_TYPES, END_CATEGORIES, END_RESOURCES, END] {
        tx.run(sql, &args![&organisation, &id, tx.now_ms()]).await?;
    }
    Ok(())
}

/// Every place that has not ended, by number.
///
/// # Errors
/// The store's.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Institution>> {
    tx.all(LIST, &args![&organisation], |row| of_row(row, 0)).await
}

/// The place of this id, ended ones included.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: InstitutionId) -> Result<Option<Institution>> {
    tx.one(FIND, &args![&organisation, &id], |row| of_row(row, 0)).await
}

/// The place of this number that has not ended.
///
/// # Errors
/// The store's.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<Institution>> {
    tx.one(FIND_NUMBERED, &args![&organisation, number], |row| of_row(row, 0)).await
}

/// The zone of a place that stands.
pub(super) async fn standing(tx: &Tx, organisation: OrganisationId, id: InstitutionId) -> Result<String> {
    let zone = tx.one(STANDS, &args![&organisation, &id], |row| row.get(0)).await?;
    zone.ok_or(Error::not_found(Kind::Institution))
}

/// A place from its columns, the first of which is this one.
pub(crate) fn of_row(row: &Row<'_>, at: usize) -> Result<Institution> {
    let minute = |at: usize| Minute::try_from(row.get::<i64>(at)?).map_err(Error::bug);
    let details = row.get::<String>(at + 6)?;
    Ok(Institution {
        id: row.get(at)?,
        number: row.get(at + 1)?,
        name: row.get(at + 2)?,
        address: row.get(at + 3)?,
        time_zone: row.get(at + 4)?,
        photo_url: row.get(at + 5)?,
        required_details: details.split_whitespace().filter_map(Detail::named).collect(),
        quiet: (minute(at + 7)?, minute(at + 8)?),
        letters_per_day_max: row.get(at + 9)?,
        video_minutes: (row.get(at + 10)?, row.get(at + 11)?),
    })
}

/// The details that patients must have given, each once.
fn details(new: &NewInstitution) -> String {
    let asked = Detail::ALL.into_iter().filter(|detail| new.required_details.contains(detail));
    asked.map(Detail::name).collect::<Vec<_>>().join(" ")
}

//! What patients choose first.

use std::collections::BTreeSet;

use kernel::{CategoryId, Error, InstitutionId, InsuranceId, Kind, OrganisationId, Result};
use store::{Row, Tx, args, in_list};

use super::numbers::{self, Numbered};
use super::{Author, check, institutions, line};
use crate::model::{Category, Number};

/// What a category is read by, as [`of_row`] takes it.
macro_rules! columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id, ",
            $table,
            ".number, ",
            $table,
            ".institution, ",
            $table,
            ".name, ",
            $table,
            ".subtitle, ",
            $table,
            ".description, ",
            $table,
            ".photo_url, ",
            $table,
            ".is_person, ",
            $table,
            ".age_from, ",
            $table,
            ".age_until"
        )
    };
}
pub(crate) use columns;

/// How many columns those are.
pub(crate) const COLUMNS: usize = 10;

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!("c"), " FROM appointment_categories c WHERE c.organisation = $1 ", $rest)
    };
}

const INSERT: &str = "
    INSERT INTO appointment_categories
        (id, organisation, number, institution, name, subtitle, description, photo_url, is_person, age_from, age_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const CHANGE: &str = "
    UPDATE appointment_categories
    SET name = $3, subtitle = $4, description = $5, photo_url = $6, is_person = $7, age_from = $8, age_until = $9
    WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const FORGET_INSURANCES: &str = "DELETE FROM category_insurances WHERE organisation = $1 AND category = $2";
const NAME_INSURANCES: &str = concat!(
    "INSERT INTO category_insurances (organisation, category, insurance)
     SELECT i.organisation, $66, i.id FROM insurances i WHERE i.organisation = $65 AND i.id IN ",
    in_list!()
);
const END: &str = "
    UPDATE appointment_categories SET ended_ms = $3 WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const END_TYPES: &str = "
    UPDATE appointment_types SET ended_ms = $3 WHERE organisation = $1 AND category = $2 AND ended_ms IS NULL";
const LIST: &str = select!("AND c.ended_ms IS NULL ORDER BY c.number");
const FIND: &str = select!("AND c.id = $2");
const FIND_NUMBERED: &str = select!("AND c.number = $2 AND c.ended_ms IS NULL");
const INSURANCES: &str = concat!(
    "SELECT n.category, n.insurance
     FROM category_insurances n JOIN insurances i ON i.organisation = n.organisation AND i.id = n.insurance
     WHERE n.organisation = $65 AND n.category IN ",
    in_list!(),
    " ORDER BY i.number"
);
const STANDS: &str = "
    SELECT institution FROM appointment_categories WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[
    INSERT,
    CHANGE,
    FORGET_INSURANCES,
    NAME_INSURANCES,
    END,
    END_TYPES,
    LIST,
    FIND,
    FIND_NUMBERED,
    INSURANCES,
    STANDS,
];

/// A category to add, or what an existing one is to be.
#[derive(Clone, Debug)]
pub struct NewCategory {
    /// What portals know it by; the next one when it is not said.
    pub number: Option<Number>,
    /// See [`Category::institution`].
    pub institution: InstitutionId,
    /// See [`Category::name`].
    pub name: String,
    /// See [`Category::subtitle`].
    pub subtitle: Option<String>,
    /// See [`Category::description`].
    pub description: Option<String>,
    /// See [`Category::photo_url`].
    pub photo_url: Option<String>,
    /// See [`Category::is_person`].
    pub is_person: bool,
    /// See [`Category::ages`].
    pub ages: (Option<i64>, Option<i64>),
    /// See [`Category::insurances`].
    pub insurances: Vec<InsuranceId>,
}

impl NewCategory {
    /// A category of this name, for everybody.
    #[must_use]
    pub fn named(institution: InstitutionId, name: &str) -> Self {
        Self {
            number: None,
            institution,
            name: name.to_owned(),
            subtitle: None,
            description: None,
            photo_url: None,
            is_person: false,
            ages: (None, None),
            insurances: Vec::new(),
        }
    }
}

/// Adds a category.
///
/// # Errors
/// [`kernel::Error::Invalid`] with the field that does not fit; [`kernel::Error::Conflict`] for a number that is taken;
/// [`kernel::Error::NotFound`] for a place that does not stand.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    new: &NewCategory,
) -> Result<CategoryId> {
    check::category(new)?;
    institutions::standing(tx, organisation, new.institution).await?;
    let id: CategoryId = tx.new_id();
    line::changing(tx, author, organisation, id.as_bytes(), "category added").await?;
    let number = numbers::given(tx, organisation, Numbered::Category, new.number).await?;
    let values = args![
        &id,
        &organisation,
        number,
        &new.institution,
        new.name.trim(),
        new.subtitle.as_ref(),
        new.description.as_ref(),
        new.photo_url.as_ref(),
        new.is_person,
        new.ages.0,
        new.ages.1,
    ];
    tx.run(INSERT, &values).await?;
    name_insurances(tx, organisation, id, &new.insurances).await?;
    Ok(id)
}

/// Makes a category so; its number and its place stay.
///
/// # Errors
/// As [`add`]; [`kernel::Error::NotFound`] when there is none that stands.
pub async fn change(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: CategoryId,
    new: &NewCategory,
) -> Result<()> {
    check::category(new)?;
    standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "category changed").await?;
    let values = args![
        &organisation,
        &id,
        new.name.trim(),
        new.subtitle.as_ref(),
        new.description.as_ref(),
        new.photo_url.as_ref(),
        new.is_person,
        new.ages.0,
        new.ages.1,
    ];
    tx.run(CHANGE, &values).await?;
    tx.run(FORGET_INSURANCES, &args![&organisation, &id]).await?;
    name_insurances(tx, organisation, id, &new.insurances).await
}

/// Ends a category with its types.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is none that stands.
pub async fn end(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: CategoryId) -> Result<()> {
    standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "category ended").await?;
    for sql in [END_TYPES, END] {
        tx.run(sql, &args![&organisation, &id, tx.now_ms()]).await?;
    }
    Ok(())
}

/// Every category that has not ended, by number.
///
/// # Errors
/// The store's.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Category>> {
    let mut all = tx.all(LIST, &args![&organisation], |row| of_row(row, 0)).await?;
    let ids: Vec<_> = all.iter().map(|category| category.id).collect();
    for (category, insurance) in insurances(tx, organisation, &ids).await? {
        all.iter_mut().filter(|one| one.id == category).for_each(|one| one.insurances.push(insurance));
    }
    Ok(all)
}

/// The category of this id, ended ones included.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: CategoryId) -> Result<Option<Category>> {
    let found = tx.one(FIND, &args![&organisation, &id], |row| of_row(row, 0)).await?;
    with_insurances(tx, organisation, found).await
}

/// The category of this number that has not ended.
///
/// # Errors
/// The store's.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<Category>> {
    let found = tx.one(FIND_NUMBERED, &args![&organisation, number], |row| of_row(row, 0)).await?;
    with_insurances(tx, organisation, found).await
}

/// The place of a category that stands.
pub(super) async fn standing(tx: &Tx, organisation: OrganisationId, id: CategoryId) -> Result<InstitutionId> {
    let place = tx.one(STANDS, &args![&organisation, &id], |row| row.get(0)).await?;
    place.ok_or(Error::not_found(Kind::Category))
}

/// Each insurance once, in an order; what was listed before may have ended since.
pub(super) fn each_once(insurances: &[InsuranceId]) -> Vec<InsuranceId> {
    insurances.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

/// What is answered when one of them is not the organisation's.
pub(super) fn unknown_insurance() -> Error {
    Error::invalid("insurances", "insurance_unknown", "There is no such insurance.")
}

async fn name_insurances(
    tx: &Tx,
    organisation: OrganisationId,
    id: CategoryId,
    named: &[InsuranceId],
) -> Result<()> {
    let named = each_once(named);
    let touched = tx.run_of(NAME_INSURANCES, &named, &args![&organisation, &id]).await?;
    if touched == named.len() as u64 { Ok(()) } else { Err(unknown_insurance()) }
}

async fn with_insurances(
    tx: &Tx,
    organisation: OrganisationId,
    found: Option<Category>,
) -> Result<Option<Category>> {
    let Some(category) = found else { return Ok(None) };
    let named = insurances(tx, organisation, &[category.id]).await?;
    Ok(Some(Category { insurances: named.into_iter().map(|(_, insurance)| insurance).collect(), ..category }))
}

async fn insurances(
    tx: &Tx,
    organisation: OrganisationId,
    ids: &[CategoryId],
) -> Result<Vec<(CategoryId, InsuranceId)>> {
    tx.all_of(INSURANCES, ids, &args![&organisation], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// A category from its columns, the first of which is this one; whom it is for is read beside it.
pub(crate) fn of_row(row: &Row<'_>, at: usize) -> Result<Category> {
    Ok(Category {
        id: row.get(at)?,
        number: row.get(at + 1)?,
        institution: row.get(at + 2)?,
        name: row.get(at + 3)?,
        subtitle: row.get(at + 4)?,
        description: row.get(at + 5)?,
        photo_url: row.get(at + 6)?,
        is_person: row.get(at + 7)?,
        ages: (row.get(at + 8)?, row.get(at + 9)?),
        insurances: Vec::new(),
    })
}

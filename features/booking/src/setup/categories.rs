//! What patients choose first.

use kernel::{CategoryId, InstitutionId, InsuranceId, OrganisationId, Result};
use store::Tx;

use super::Author;
use crate::model::{Category, Number};

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
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    new: &NewCategory,
) -> Result<CategoryId> {
    todo!()
}

/// Makes a category so; its number and its place stay.
pub async fn change(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: CategoryId,
    new: &NewCategory,
) -> Result<()> {
    todo!()
}

/// Ends a category with its types.
pub async fn end(tx: &Tx, author: Author<'_>, organisation: OrganisationId, id: CategoryId) -> Result<()> {
    todo!()
}

/// Every category that has not ended, by number.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Category>> {
    todo!()
}

/// The category of this id, ended ones included.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: CategoryId) -> Result<Option<Category>> {
    todo!()
}

/// The category of this number that has not ended.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<Category>> {
    todo!()
}

//! Finding what an operator names: institutions, insurances, categories and types by the numbers by which portals know
//! them, resources by their ids or by what they are called.

use booking::setup::{categories, institutions, insurances, resources, types};
use booking::{AppointmentType, Category, Institution, Insurance, Number, Resource};
use clap::Args;
use kernel::{Error, InsuranceId, Kind, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::admin::answers;

/// Something of an organisation, by the number by which portals know it.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Numbered {
    /// Its number
    pub number: Number,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

/// The organisation of a short word.
pub async fn organisation(tx: &Tx, slug: &str) -> Result<OrganisationId> {
    Ok(answers::organisation(tx, slug).await?.id)
}

/// The place of this number; the only one when none is said.
pub async fn institution(tx: &Tx, here: OrganisationId, number: Option<Number>) -> Result<Institution> {
    let mut all = institutions::list(tx, here).await?;
    all.retain(|one| number.is_none_or(|number| one.number == number));
    match all.len() {
        1 => all.pop().ok_or(Error::not_found(Kind::Institution)),
        0 => Err(Error::not_found(Kind::Institution)),
        _ => Err(Error::invalid(
            "institution",
            "institution_unsaid",
            "There are several; say which by its number.",
        )),
    }
}

/// The resource of this id, or the one of this name.
pub async fn resource(tx: &Tx, here: OrganisationId, named: &str) -> Result<Resource> {
    let id = answers::id(named);
    let mut all = resources::list(tx, here).await?;
    all.retain(|one| id.map_or(one.name == named, |id| one.id == id));
    match all.len() {
        1 => all.pop().ok_or(Error::not_found(Kind::Resource)),
        0 => Err(Error::not_found(Kind::Resource)),
        _ => {
            Err(Error::invalid("resource", "resource_unsaid", "Several are called so; say which by its id."))
        }
    }
}

/// The insurance of this number.
pub async fn insurance(tx: &Tx, here: OrganisationId, number: Number) -> Result<Insurance> {
    insurances::find_numbered(tx, here, number).await?.ok_or(Error::not_found(Kind::Insurance))
}

/// The insurances of these numbers.
pub async fn all_insurances(tx: &Tx, here: OrganisationId, numbers: &[Number]) -> Result<Vec<InsuranceId>> {
    let all = insurances::list(tx, here).await?;
    let find = |number: &Number| all.iter().find(|one| one.number == *number).map(|one| one.id);
    let found = numbers.iter().map(|number| find(number).ok_or(Error::not_found(Kind::Insurance)));
    found.collect()
}

/// The category of this number.
pub async fn category(tx: &Tx, here: OrganisationId, number: Number) -> Result<Category> {
    categories::find_numbered(tx, here, number).await?.ok_or(Error::not_found(Kind::Category))
}

/// The type of this number.
pub async fn appointment_type(tx: &Tx, here: OrganisationId, number: Number) -> Result<AppointmentType> {
    types::find_numbered(tx, here, number).await?.ok_or(Error::not_found(Kind::AppointmentType))
}

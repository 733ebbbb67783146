//! Where patients come (rows 16 and 17).

use axum::Json;
use booking::setup::institutions as known;
use door::Caller;
use kernel::{Error, Kind};

use crate::answers::{Asking, Naming};
use crate::refusals::Refusal;
use crate::taken::At;
use crate::words::{Institution, InstitutionShown, List, One};

impl From<booking::Institution> for Institution {
    fn from(one: booking::Institution) -> Self {
        Self {
            id: one.number,
            name: one.name,
            address: one.address,
            time_zone: one.time_zone,
            photo_url: one.photo_url,
        }
    }
}

/// The places of the practice.
#[utoipa::path(
    get, path = "/institutions", tag = "Institutions", operation_id = "listInstitutions",
    responses((status = 200, body = List<Institution>), Asking),
)]
pub async fn list(caller: Caller) -> Result<Json<List<Institution>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(known::list(tx, actor.organisation))).await?;
    Ok(Json(List { data: all.into_iter().map(Institution::from).collect() }))
}

/// One place, and what it asks of patients.
#[utoipa::path(
    get, path = "/institutions/{id}", tag = "Institutions", operation_id = "getInstitution",
    params(("id" = i64, Path, description = "Its number", example = 1)),
    responses((status = 200, body = One<InstitutionShown>), Naming),
)]
pub async fn show(caller: Caller, At(number): At<String>) -> Result<Json<One<InstitutionShown>>, Refusal> {
    let missing = || Error::not_found(Kind::Institution);
    let number: i64 = number.parse().map_err(|_| missing())?;
    let found = caller
        .read(number, |tx, actor, number| Box::pin(known::find_numbered(tx, actor.organisation, *number)));
    let found = found.await?.ok_or_else(missing)?;
    let required_patient_fields = found.required_details.iter().map(|detail| detail.name()).collect();
    Ok(Json(One { data: InstitutionShown { institution: found.into(), required_patient_fields } }))
}

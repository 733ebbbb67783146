//! What the desk knows of a patient who books.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{At, Changing, Naming, Query, Refusal, Words, named};
use flows::desk;
use kernel::{Kind, PersonId, Result};

use crate::words::Paging;
use crate::words::appointments::Appointment;
use crate::words::patients::{Patient, PatientInsurance};

fn person(id: &str) -> Result<PersonId> {
    named(id, Kind::Person)
}

/// Who pays for a patient's care, and whether they may book by themselves.
#[utoipa::path(
    get, path = "/patients/{person_id}", tag = "Patients", operation_id = "getPatient",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Patient), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, At(id): At<String>) -> Result<Json<Patient>, Refusal> {
    let note = desk::note(&caller.house, &caller.actor, person(&id)?).await?;
    Ok(Json(note.into()))
}

/// The appointments of a patient that are not over, by start.
#[utoipa::path(
    get, path = "/patients/{person_id}/appointments", tag = "Patients", operation_id = "listPatientsAppointments",
    params(("person_id" = String, Path, description = "UUID"), Paging),
    responses((status = 200, body = Vec<Appointment>), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn appointments(
    caller: Caller,
    At(id): At<String>,
    query: Query,
) -> Result<Json<Vec<Appointment>>, Refusal> {
    let page = query.page()?;
    let theirs = desk::of_patient(&caller.house, &caller.actor, person(&id)?, page).await?;
    Ok(Json(theirs.into_iter().map(Appointment::from).collect()))
}

/// Notes who pays for a patient's care.
#[utoipa::path(
    put, path = "/patients/{person_id}/insurance", tag = "Patients", operation_id = "setInsurance",
    params(("person_id" = String, Path, description = "UUID")),
    request_body = PatientInsurance,
    responses((status = 204, description = "It is noted"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn insure(
    caller: Caller,
    At(id): At<String>,
    Words(new): Words<PatientInsurance>,
) -> Result<StatusCode, Refusal> {
    let (id, number) = (person(&id)?, new.number.as_deref());
    desk::set_insurance(&caller.house, &caller.actor, id, new.insurance, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps a patient from booking by themselves. What they have booked stands, and the desk still books for them.
#[utoipa::path(
    post, path = "/patients/{person_id}/block", tag = "Patients", operation_id = "blockPatient",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "They book nothing by themselves"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn block(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    desk::block(&caller.house, &caller.actor, person(&id)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a patient book by themselves again.
#[utoipa::path(
    post, path = "/patients/{person_id}/unblock", tag = "Patients", operation_id = "unblockPatient",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "They may book"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn unblock(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    desk::block(&caller.house, &caller.actor, person(&id)?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

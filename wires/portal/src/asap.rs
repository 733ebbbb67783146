//! The waiting list (row 14): both verbs can be repeated.

use axum::Json;
use door::Caller;
use flows::asap;

use crate::answers::Changing;
use crate::refusals::Refusal;
use crate::taken::{At, Given, appointment};
use crate::words::{Done, For, Subscribing};

/// Has the patient told when an earlier time becomes free.
#[utoipa::path(
    put, path = "/appointments/{id}/asap_list", tag = "Waiting list", operation_id = "joinAsapList",
    params(("id" = String, Path, description = "Of the appointment")),
    request_body(content((Subscribing = "application/json"), (Subscribing = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = Done), Changing),
)]
pub async fn subscribe(caller: Caller, At(name): At<String>, given: Given) -> Result<Json<Done>, Refusal> {
    let (id, email) = (appointment(&caller, &name)?, given.text("email")?.unwrap_or_default());
    let actor = given.actor(&caller, true).await?;
    asap::subscribe(&caller.house, &actor, id, &email).await?;
    Ok(Json(Done::to(name)))
}

/// Takes an appointment off the list.
#[utoipa::path(
    delete, path = "/appointments/{id}/asap_list", tag = "Waiting list", operation_id = "leaveAsapList",
    params(("id" = String, Path, description = "Of the appointment"), For),
    responses((status = 200, body = Done), Changing),
)]
pub async fn leave(caller: Caller, At(name): At<String>, given: Given) -> Result<Json<Done>, Refusal> {
    let id = appointment(&caller, &name)?;
    let actor = given.actor(&caller, true).await?;
    asap::leave(&caller.house, &actor, id).await?;
    Ok(Json(Done::to(name)))
}

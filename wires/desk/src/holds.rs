//! Times that are kept for a few minutes while the desk speaks with a patient.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{At, Changing, Named, Refusal, named};
use flows::desk::{self, Wish};
use kernel::Kind;

use crate::times::start;
use crate::words::patients::{Hold, NewHold};
use crate::words::{Name, id};

/// Keeps a time for a patient for five minutes, three at most for each. Booking or moving names it.
#[utoipa::path(
    post, path = "/holds", tag = "Appointments", operation_id = "holdTime",
    params(Name),
    request_body = NewHold,
    responses((status = 201, body = Hold), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn keep(Named { caller, words: new }: Named<NewHold>) -> Result<(StatusCode, Json<Hold>), Refusal> {
    let wish = Wish {
        kind: new.r#type,
        patient: id("patient", &new.patient)?,
        insurance: new.insurance,
        start_ms: start(&new.start)?,
    };
    let kept = desk::hold(&caller.house, &caller.actor, wish).await?;
    Ok((StatusCode::CREATED, Json(kept.into())))
}

/// Gives it up.
#[utoipa::path(
    delete, path = "/holds/{hold_id}", tag = "Appointments", operation_id = "releaseTime",
    params(("hold_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "It is kept no longer"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn release(caller: Caller, At(held): At<String>) -> Result<StatusCode, Refusal> {
    desk::release(&caller.house, &caller.actor, named(&held, Kind::Availability)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

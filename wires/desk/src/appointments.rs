//! Appointments: booking, moving, cancelling and confirming them. Each is for clinicians and assistants.

use axum::Json;
use axum::http::StatusCode;
use booking::appointments::Details;
use door::Caller;
use door::problem::{Asking, At, Changing, Named, Naming, Query, Refusal, Words, named};
use flows::desk::{self, Order};
use kernel::{AppointmentId, Error, Kind, Result};

use crate::words::appointments::{Appointment, Cancellation, NewAppointment, NewTime, place};
use crate::words::{Name, Paging, id};

fn appointment(id: &str) -> Result<AppointmentId> {
    named(id, Kind::Appointment)
}

/// Books for a patient, also outside of hours and within the notice. What is taken is refused, unless it is to be
/// overbooked: then it stands beside what is there, and says so.
#[utoipa::path(
    post, path = "/appointments", tag = "Appointments", operation_id = "bookAppointment",
    params(Name),
    request_body = NewAppointment,
    responses((status = 201, body = Appointment), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn book(
    Named { caller, words: new }: Named<NewAppointment>,
) -> Result<(StatusCode, Json<Appointment>), Refusal> {
    let order = Order {
        kind: new.r#type,
        patient: id("patient", &new.patient)?,
        insurance: new.insurance,
        place: place(&new.start, &new.resources, new.overbook, new.hold.as_deref())?,
        details: Details { comments: new.comments, ..Details::default() },
    };
    let booked = desk::create(&caller.house, &caller.actor, order).await?;
    Ok((StatusCode::CREATED, Json(booked.into())))
}

/// The appointments that wait for a yes and are not over, by start. Of those that a clinician may not see it is told when
/// they are. What has its yes leaves the list: ask for the first page again, rather than for the next.
#[utoipa::path(
    get, path = "/appointments", tag = "Appointments", operation_id = "listPending",
    params(("status" = String, Query, description = "`pending`", example = "pending"), Paging),
    responses((status = 200, body = Vec<Appointment>), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn waiting(caller: Caller, query: Query) -> Result<Json<Vec<Appointment>>, Refusal> {
    if query.form.first("status") != Some("pending") {
        let why = "Only those that are pending are listed so; the others by day, or by patient.";
        return Err(Error::invalid("status", "status_unfit", why).into());
    }
    let waiting = desk::waiting(&caller.house, &caller.actor, query.page()?).await?;
    Ok(Json(waiting.into_iter().map(Appointment::from).collect()))
}

/// An appointment of the practice.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}", tag = "Appointments", operation_id = "getAppointment",
    params(("appointment_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Appointment), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, At(id): At<String>) -> Result<Json<Appointment>, Refusal> {
    let shown = desk::show(&caller.house, &caller.actor, appointment(&id)?).await?;
    Ok(Json(shown.into()))
}

/// Moves it, also outside of its windows; its id stays. When the new time is refused, the old one stands.
#[utoipa::path(
    post, path = "/appointments/{appointment_id}/move", tag = "Appointments", operation_id = "moveAppointment",
    params(("appointment_id" = String, Path, description = "UUID")),
    request_body = NewTime,
    responses((status = 200, body = Appointment), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn move_to(
    caller: Caller,
    At(id): At<String>,
    Words(new): Words<NewTime>,
) -> Result<Json<Appointment>, Refusal> {
    let to = place(&new.start, &new.resources, new.overbook, new.hold.as_deref())?;
    let moved = desk::move_to(&caller.house, &caller.actor, appointment(&id)?, to).await?;
    Ok(Json(moved.into()))
}

/// Cancels it, also outside of its window. One that is cancelled already stays as it is.
#[utoipa::path(
    post, path = "/appointments/{appointment_id}/cancel", tag = "Appointments", operation_id = "cancelAppointment",
    params(("appointment_id" = String, Path, description = "UUID")),
    request_body = Cancellation,
    responses((status = 200, body = Appointment), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn cancel(
    caller: Caller,
    At(id): At<String>,
    Words(why): Words<Cancellation>,
) -> Result<Json<Appointment>, Refusal> {
    let id = appointment(&id)?;
    let cancelled = desk::cancel(&caller.house, &caller.actor, id, why.reason.as_deref()).await?;
    Ok(Json(cancelled.into()))
}

/// Says yes to one that waits for it.
#[utoipa::path(
    post, path = "/appointments/{appointment_id}/confirm", tag = "Appointments", operation_id = "confirmAppointment",
    params(("appointment_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Appointment), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn confirm(caller: Caller, At(id): At<String>) -> Result<Json<Appointment>, Refusal> {
    let confirmed = desk::confirm(&caller.house, &caller.actor, appointment(&id)?).await?;
    Ok(Json(confirmed.into()))
}

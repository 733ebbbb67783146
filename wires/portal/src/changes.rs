//! Booking, moving and cancelling (rows 5 to 7). What comes twice is done once.

use ::booking::appointments::Details;
use axum::Json;
use door::Caller;
use flows::booking::{self, Request};
use identity::invitations::Address;

use crate::answers::{Booking, Changing};
use crate::proofs;
use crate::refusals::Refusal;
use crate::taken::{At, Given, Named, appointment};
use crate::words::{Cancelling, Done, Moving, NewBooking};

fn proof(given: &Given) -> Result<Vec<u8>, Refusal> {
    // None opens as little as a wrong one, and is told the same.
    Ok(proofs::read(&given.text("availability_id")?.unwrap_or_default()))
}

fn request(given: &Given) -> Result<Request, Refusal> {
    let email = given.text("email")?;
    // Nothing is booked whose letters could go nowhere.
    email.as_deref().map(Address::email).transpose()?;
    let details = Details {
        comments: given.text("comments")?,
        structured_comment: given.answers("structured_comment")?,
        reference: given.text("ref")?,
        email,
        wants_mail: given.flag("allow_email_notifications")?,
        wants_sms: given.flag("allow_sms_notifications")?,
    };
    Ok(Request { proof: proof(given)?, details, asap: given.flag("asap_list_opt_in")? == Some(true) })
}

/// Books a time that was offered. The same offer, or the same `Idempotency-Key`, again is answered with the same
/// appointment.
#[utoipa::path(
    post, path = "/booking", tag = "Booking", operation_id = "book",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 255,
        description = "A name for this request: within 24 hours it is done once, and answered the same")),
    request_body(content((NewBooking = "application/json"), (NewBooking = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = Done), Booking),
)]
pub async fn book(Named { caller, given }: Named) -> Result<Json<Done>, Refusal> {
    let request = request(&given)?;
    let actor = given.actor(&caller, true).await?;
    let id = booking::book(&caller.house, &actor, request).await?;
    Ok(Json(Done::to(caller.house.vault.face_of(id))))
}

/// Moves an appointment to a time that was offered. Its id stays; when the new time is gone, the old one stands.
#[utoipa::path(
    post, path = "/appointments/{id}/reschedule", tag = "Appointments", operation_id = "reschedule",
    params(("id" = String, Path, description = "Of the appointment")),
    request_body(content((Moving = "application/json"), (Moving = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = Done), Booking),
)]
pub async fn reschedule(caller: Caller, At(name): At<String>, given: Given) -> Result<Json<Done>, Refusal> {
    let (id, proof) = (appointment(&caller, &name)?, proof(&given)?);
    let actor = given.actor(&caller, true).await?;
    booking::reschedule(&caller.house, &actor, id, proof).await?;
    Ok(Json(Done::to(name)))
}

/// Cancels an appointment. One that is cancelled already stays so.
#[utoipa::path(
    post, path = "/appointments/{id}/cancel", tag = "Appointments", operation_id = "cancel",
    params(("id" = String, Path, description = "Of the appointment")),
    request_body(content((Cancelling = "application/json"), (Cancelling = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = Done), Changing),
)]
pub async fn cancel(caller: Caller, At(name): At<String>, given: Given) -> Result<Json<Done>, Refusal> {
    let (id, reason) = (appointment(&caller, &name)?, given.text("reason")?);
    let actor = given.actor(&caller, true).await?;
    booking::cancel(&caller.house, &actor, id, reason).await?;
    Ok(Json(Done::to(name)))
}

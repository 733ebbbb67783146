//! An appointment as a file for calendar programs (row 13). It says when and where, and nothing of what it is for: calendars
//! are shown on screens, and synchronised with who knows whom.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use door::Caller;
use flows::{asap, booking};
use ics::Method;
use identity::notices;

use crate::answers::Naming;
use crate::refusals::Refusal;
use crate::taken::{At, Given, appointment};
use crate::words::For;

/// Where it is.
pub(crate) const PATH: &str = "/appointments/{id}/calendar";

/// An appointment as a file for calendar programs; also with `.ics` at its end.
#[utoipa::path(
    get, path = "/appointments/{id}/calendar", tag = "Appointments", operation_id = "getCalendar",
    params(("id" = String, Path, description = "Of the appointment"), For),
    responses((status = 200, content_type = "text/calendar", body = String), Naming),
)]
pub async fn show(caller: Caller, At(name): At<String>, given: Given) -> Result<Response, Refusal> {
    let id = appointment(&caller, &name)?;
    let actor = given.actor(&caller, false).await?;
    let shown = booking::appointment(&caller.house, &actor, id).await?;
    let language = caller.read((), |tx, actor, ()| Box::pin(notices::language(tx, actor.person))).await?;
    let about = (&shown.appointment, &shown.institution);
    let event = asap::event(&caller.house, about, language.unwrap_or_default());
    let mut response = ics::calendar(Method::Publish, &[event], None).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8; method=PUBLISH"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"appointment.ics\""));
    Ok(response)
}

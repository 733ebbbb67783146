//! An appointment as a file for calendar programs (row 13). It says when and where, and nothing of what it is for: calendars
//! are shown on screens, and synchronised with who knows whom.

use ::booking::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use door::Caller;
use flows::booking::{self, Shown};
use ics::{Event, Method, Status};
use identity::{Language, notices};

use crate::answers::Naming;
use crate::refusals::Refusal;
use crate::taken::{At, Given, appointment};
use crate::words::For;

/// Where it is.
pub(crate) const PATH: &str = "/appointments/{id}/calendar";

const fn summary(language: Language) -> &'static str {
    match language {
        Language::Nl => "Afspraak",
        Language::En => "Appointment",
        Language::De => "Termin",
        Language::Fr => "Rendez-vous",
    }
}

fn event(caller: &Caller, shown: &Shown, language: Language) -> Event {
    let Shown { appointment, institution, .. } = shown;
    let place = [institution.name.as_str(), institution.address.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|line| !line.is_empty()).collect();
    Event {
        uid: flows::asap::uid(&caller.house, appointment.id),
        sequence: appointment.sequence,
        stamp_ms: appointment.updated_ms,
        start_ms: appointment.start_ms,
        end_ms: appointment.end_ms,
        status: match appointment.state {
            State::Pending => Status::Tentative,
            State::Booked => Status::Confirmed,
            State::Cancelled => Status::Cancelled,
        },
        summary: summary(language).to_owned(),
        location: Some(place.join(", ").replace('\n', ", ")),
        description: None,
        organizer: None,
        attendee: None,
    }
}

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
    let event = event(&caller, &shown, language.unwrap_or_default());
    let mut response = ics::calendar(Method::Publish, &[event], None).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8; method=PUBLISH"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"appointment.ics\""));
    Ok(response)
}

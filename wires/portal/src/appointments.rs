//! What a patient booked (rows 9 to 11).

use ::booking::appointments::Filter;
use axum::Json;
use door::Caller;
use flows::booking::{self, Shown};
use kernel::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};

use crate::answers::{Asking, Naming};
use crate::instants::Zone;
use crate::refusals::Refusal;
use crate::taken::{At, Given, appointment};
use crate::times::availability;
use crate::words::{Appointment, AsapList, Earlier, For, Listing, One, Page};

impl Appointment {
    /// An appointment as its portal is shown it.
    fn of(caller: &Caller, shown: Shown) -> Result<Self, Refusal> {
        let now = caller.house.clock.now_ms();
        let Shown { appointment, kind, category, institution, insurance, asap_email, .. } = shown;
        let zone = Zone::named(&appointment.time_zone)?;
        Ok(Self {
            id: caller.house.vault.face_of(appointment.id),
            name: kind.name,
            status: appointment.state.name(),
            starts_at: zone.write(appointment.start_ms),
            ends_at: zone.write(appointment.end_ms),
            institution_id: institution.number,
            institution_name: institution.name,
            appointment_category_id: category.number,
            appointment_type_id: kind.number,
            insurance_id: insurance.map(|insurance| insurance.number),
            is_cancellable: appointment.is_cancellable(now),
            cancelable_until: zone.write(appointment.cancelable_until_ms()),
            is_reschedulable: appointment.is_reschedulable(now),
            cancelled_at: appointment.cancelled_ms.map(|at| zone.write(at)),
            asap_list: AsapList { subscribed: asap_email.is_some(), email: asap_email },
            asap_notifications_enabled: kind.asap.enabled,
            is_video_consultation: kind.is_video,
            updated_at: zone.write(appointment.updated_ms),
            time_zone: appointment.time_zone,
        })
    }
}

fn filter(given: &Given) -> Result<Filter, Refusal> {
    match given.text("status")?.as_deref() {
        None => Ok(Filter::All),
        Some("upcoming") => Ok(Filter::Upcoming),
        Some("past") => Ok(Filter::Past),
        Some("cancelled") => Ok(Filter::Cancelled),
        Some(_) => Err(Refusal::unreadable("status", "parameter_unfit")),
    }
}

/// A whole number from 1.
fn positive(given: &Given, name: &'static str, otherwise: u32) -> Result<u32, Refusal> {
    let Some(number) = given.number(&[name])? else { return Ok(otherwise) };
    let number = u32::try_from(number).ok().filter(|number| *number > 0);
    number.ok_or_else(|| Refusal::unreadable(name, "parameter_unfit"))
}

/// The patient's appointments, the nearest first when they are upcoming, else the newest.
#[utoipa::path(
    get, path = "/appointments", tag = "Appointments", operation_id = "listAppointments",
    params(Listing, For),
    responses((status = 200, body = Page<Appointment>), Asking),
)]
pub async fn list(caller: Caller, given: Given) -> Result<Json<Page<Appointment>>, Refusal> {
    let (filter, page) = (filter(&given)?, positive(&given, "page", 1)?);
    let per_page = positive(&given, "per_page", PAGE_ROWS_DEFAULT)?.min(PAGE_ROWS_MAX);
    let actor = given.actor(&caller, false).await?;
    let (all, total) = booking::appointments(&caller.house, &actor, filter, page, per_page).await?;
    let words = all.into_iter().map(|shown| Appointment::of(&caller, shown));
    Ok(Json(Page { data: words.collect::<Result<_, _>>()?, page, per_page, total }))
}

/// One appointment.
#[utoipa::path(
    get, path = "/appointments/{id}", tag = "Appointments", operation_id = "getAppointment",
    params(("id" = String, Path, description = "Of the appointment"), For),
    responses((status = 200, body = One<Appointment>), Naming),
)]
pub async fn show(
    caller: Caller,
    At(id): At<String>,
    given: Given,
) -> Result<Json<One<Appointment>>, Refusal> {
    let id = appointment(&caller, &id)?;
    let actor = given.actor(&caller, false).await?;
    let shown = booking::appointment(&caller.house, &actor, id).await?;
    Ok(Json(One { data: Appointment::of(&caller, shown)? }))
}

/// The earliest time before an appointment that waits for one. To take it is to reschedule.
#[utoipa::path(
    get, path = "/appointments/{id}/earlier_availability", tag = "Waiting list", operation_id = "getEarlierAvailability",
    params(("id" = String, Path, description = "Of the appointment"), For),
    responses((status = 200, body = One<Earlier>), Naming),
)]
pub async fn earlier(
    caller: Caller,
    At(id): At<String>,
    given: Given,
) -> Result<Json<One<Earlier>>, Refusal> {
    let id = appointment(&caller, &id)?;
    let actor = given.actor(&caller, false).await?;
    let (shown, offered) = booking::earlier(&caller.house, &actor, id).await?;
    let zone = Zone::named(&shown.appointment.time_zone)?;
    let availability = offered.map(|time| availability(&caller, &zone, &time));
    Ok(Json(One { data: Earlier { appointment: Appointment::of(&caller, shown)?, availability } }))
}

//! What can be booked when (rows 4, 8 and 12).

use axum::Json;
use door::Caller;
use flows::booking::{self, Offering, Wanted};

use crate::answers::Naming;
use crate::instants::{self, Zone};
use crate::proofs;
use crate::refusals::Refusal;
use crate::taken::{At, Given, appointment};
use crate::words::{Availability, Chosen, Day, For, List, Many, Offered, Stretch};

/// Entries of a list when nobody says how many, and at most.
const LIMIT: usize = 200;
const LIMIT_MAX: usize = 1_000;

fn limit(given: &Given) -> Result<usize, Refusal> {
    let Some(number) = given.number(&["limit"])? else { return Ok(LIMIT) };
    match usize::try_from(number) {
        Ok(number) if number > 0 => Ok(number.min(LIMIT_MAX)),
        _ => Err(Refusal::unreadable("limit", "parameter_unfit")),
    }
}

fn wanted(given: &Given, limit: usize) -> Result<Wanted, Refusal> {
    Ok(Wanted {
        category: given.must_number(&["appointment_category_id", "event_category_id"])?,
        kind: given.must_number(&["appointment_type_id", "event_type_id"])?,
        insurance: given.must_number(&["insurance_id", "insurance_company_id"])?,
        days: instants::days(given)?,
        limit,
    })
}

fn words(caller: &Caller, offering: Offering) -> Result<Offered, Refusal> {
    let zone = Zone::named(&offering.time_zone)?;
    let data = offering.times.iter().map(|time| availability(caller, &zone, time)).collect();
    Ok(Offered { data, next_available_on: offering.next_on.map(|day| day.to_string()) })
}

/// A time that is offered, in the words for it.
pub(crate) fn availability(caller: &Caller, zone: &Zone, time: &booking::Offered) -> Availability {
    Availability {
        id: proofs::text(caller.house.settings.availability_ids, &time.proof),
        starts_at: zone.write(time.slot.start_ms),
        ends_at: zone.write(time.slot.end_ms),
    }
}

/// The times that can be booked, the earliest first.
#[utoipa::path(
    get, path = "/availabilities", tag = "Booking", operation_id = "listAvailabilities",
    params(Chosen, Stretch, Many, For),
    responses((status = 200, body = Offered), Naming),
)]
pub async fn availabilities(caller: Caller, given: Given) -> Result<Json<Offered>, Refusal> {
    let wanted = wanted(&given, limit(&given)?)?;
    let actor = given.actor(&caller, false).await?;
    let offering = booking::availabilities(&caller.house, &actor, &wanted).await?;
    Ok(Json(words(&caller, offering)?))
}

/// The days of a stretch, and whether anything can be booked on each.
#[utoipa::path(
    get, path = "/available_days", tag = "Booking", operation_id = "listAvailableDays",
    params(Chosen, Stretch, For),
    responses((status = 200, body = List<Day>), Naming),
)]
pub async fn days(caller: Caller, given: Given) -> Result<Json<List<Day>>, Refusal> {
    let wanted = wanted(&given, LIMIT)?;
    let actor = given.actor(&caller, false).await?;
    let days = booking::days(&caller.house, &actor, &wanted).await?;
    let word = |(date, available): (jiff::civil::Date, bool)| Day { date: date.to_string(), available };
    Ok(Json(List { data: days.into_iter().map(word).collect() }))
}

/// The times to which an appointment can be moved.
#[utoipa::path(
    get, path = "/appointments/{id}/availabilities", tag = "Appointments", operation_id = "listTimesToMove",
    params(("id" = String, Path, description = "Of the appointment"), Stretch, Many, For),
    responses((status = 200, body = Offered), Naming),
)]
pub async fn of_appointment(
    caller: Caller,
    At(id): At<String>,
    given: Given,
) -> Result<Json<Offered>, Refusal> {
    let id = appointment(&caller, &id)?;
    let (days, limit) = (instants::days(&given)?, limit(&given)?);
    let actor = given.actor(&caller, false).await?;
    let offering = booking::times_to_move(&caller.house, &actor, id, days, limit).await?;
    Ok(Json(words(&caller, offering)?))
}

//! What can be booked at all (rows 1 to 3).

use axum::Json;
use booking::setup::insurances as known;
use booking::{self, catalogue};
use door::Caller;

use crate::answers::{Asking, Naming};
use crate::refusals::Refusal;
use crate::taken::Given;
use crate::words::{AppointmentType, Categories, Category, Insurance, List, Patient};

const INSURANCE: &[&str] = &["insurance_id", "insurance_company_id"];

/// Who may pay for care.
#[utoipa::path(
    get, path = "/insurances", tag = "Booking", operation_id = "listInsurances",
    responses((status = 200, body = List<Insurance>), Asking),
)]
pub async fn insurances(caller: Caller) -> Result<Json<List<Insurance>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(known::list(tx, actor.organisation))).await?;
    let word = |one: booking::Insurance| Insurance { id: one.number, name: one.name, kind: one.kind.name() };
    Ok(Json(List { data: all.into_iter().map(word).collect() }))
}

/// What patients choose first: often a doctor, or a speciality.
#[utoipa::path(
    get, path = "/appointment_categories", tag = "Booking", operation_id = "listCategories",
    params(Patient, ("born_on" = Option<String>, Query, description = "Only what is for who was born on this day")),
    responses((status = 200, body = Categories), Naming),
)]
pub async fn categories(caller: Caller, given: Given) -> Result<Json<Categories>, Refusal> {
    let wanted = (given.number(INSURANCE)?, given.day("born_on")?);
    let scope = if wanted == (None, None) { "all" } else { "limited" };
    let all = caller.read(wanted, |tx, actor, (insurance, born_on)| {
        Box::pin(catalogue::categories(tx, actor.organisation, *insurance, *born_on))
    });
    let word = |one: booking::Category| Category {
        id: one.number,
        name: one.name,
        subtitle: one.subtitle,
        description: one.description,
        photo_url: one.photo_url,
    };
    Ok(Json(Categories { scope, data: all.await?.into_iter().map(word).collect() }))
}

/// What can be booked in a category.
#[utoipa::path(
    get, path = "/appointment_types", tag = "Booking", operation_id = "listTypes",
    params(
        ("appointment_category_id" = i64, Query, description = "Which category; `event_category_id` says the same", example = 53),
        Patient,
    ),
    responses((status = 200, body = List<AppointmentType>), Naming),
)]
pub async fn types(caller: Caller, given: Given) -> Result<Json<List<AppointmentType>>, Refusal> {
    let category = given.must_number(&["appointment_category_id", "event_category_id"])?;
    let wanted = (category, given.number(INSURANCE)?);
    let all = caller.read(wanted, |tx, actor, (category, insurance)| {
        Box::pin(catalogue::types(tx, actor.organisation, *category, *insurance))
    });
    Ok(Json(List { data: all.await?.into_iter().map(AppointmentType::from).collect() }))
}

impl From<booking::AppointmentType> for AppointmentType {
    fn from(one: booking::AppointmentType) -> Self {
        Self {
            id: one.number,
            name: one.name,
            description: one.description,
            duration_minutes: one.duration,
            asap_notifications_enabled: one.asap.enabled,
            is_video_consultation: one.is_video,
            comment_form: one.comment_form.and_then(|form| form.parse().ok()),
            attendant_user_required: one.needs_attendant,
            patient_can_book_without_account: !one.requires_account,
        }
    }
}

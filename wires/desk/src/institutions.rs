//! Places where patients come, and the days on which they are closed.

use axum::Json;
use axum::http::StatusCode;
use booking::setup::Author;
use booking::setup::institutions;
use door::Caller;
use door::problem::{Asking, At, Changing, Naming, Query, Refusal, Words, named};
use identity::applications::must_administer;
use kernel::{Error, InstitutionId, Kind, Result};

use crate::times::day_of;
use crate::words::institutions::{Holiday, Holidays, Institution, NewInstitution};

fn id(uuid: &str) -> Result<InstitutionId> {
    named(uuid, Kind::Institution)
}

async fn known(caller: &Caller, id: InstitutionId) -> Result<Json<Institution>> {
    let found = caller.read(id, |tx, actor, id| {
        Box::pin(async move { institutions::find(tx, actor.organisation, *id).await })
    });
    Ok(Json(found.await?.ok_or(Error::not_found(Kind::Institution))?.into()))
}

/// The places that stand, by number.
#[utoipa::path(
    get, path = "/institutions", tag = "Institutions", operation_id = "listInstitutions",
    responses((status = 200, body = Vec<Institution>), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<Institution>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(institutions::list(tx, actor.organisation)));
    Ok(Json(all.await?.into_iter().map(Institution::from).collect()))
}

/// Adds a place.
#[utoipa::path(
    post, path = "/institutions", tag = "Institutions", operation_id = "addInstitution",
    request_body = NewInstitution,
    responses((status = 201, body = Institution), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn add(
    caller: Caller,
    Words(new): Words<NewInstitution>,
) -> Result<(StatusCode, Json<Institution>), Refusal> {
    let added = caller.write(new.meant()?, |tx, actor, new| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            institutions::add(tx, Author::Staff(actor), actor.organisation, new).await
        })
    });
    let id = added.await?;
    Ok((StatusCode::CREATED, known(&caller, id).await?))
}

/// A place, also one that has ended.
#[utoipa::path(
    get, path = "/institutions/{institution_id}", tag = "Institutions", operation_id = "getInstitution",
    params(("institution_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Institution), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, At(uuid): At<String>) -> Result<Json<Institution>, Refusal> {
    Ok(known(&caller, id(&uuid)?).await?)
}

/// Makes a place so; its number stays.
#[utoipa::path(
    put, path = "/institutions/{institution_id}", tag = "Institutions", operation_id = "changeInstitution",
    params(("institution_id" = String, Path, description = "UUID")), request_body = NewInstitution,
    responses((status = 200, body = Institution), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn change(
    caller: Caller,
    At(uuid): At<String>,
    Words(new): Words<NewInstitution>,
) -> Result<Json<Institution>, Refusal> {
    let id = id(&uuid)?;
    let changed = caller.write((id, new.meant()?), |tx, actor, (id, new)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            institutions::change(tx, Author::Staff(actor), actor.organisation, *id, new).await
        })
    });
    changed.await?;
    Ok(known(&caller, id).await?)
}

/// Ends a place with its resources, its categories and their types: nothing new is booked, and what was booked stays.
#[utoipa::path(
    delete, path = "/institutions/{institution_id}", tag = "Institutions", operation_id = "endInstitution",
    params(("institution_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "It has ended"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn end(caller: Caller, At(uuid): At<String>) -> Result<StatusCode, Refusal> {
    let ended = caller.write(id(&uuid)?, |tx, actor, id| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            institutions::end(tx, Author::Staff(actor), actor.organisation, *id).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The holidays of a place, by day.
#[utoipa::path(
    get, path = "/institutions/{institution_id}/holidays", tag = "Institutions", operation_id = "listHolidays",
    params(
        ("institution_id" = String, Path, description = "UUID"),
        ("from" = Option<String>, Query, description = "From this day on, 2000-01-01 unless it is said"),
    ),
    responses((status = 200, body = Vec<Holiday>), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn holidays(
    caller: Caller,
    At(uuid): At<String>,
    query: Query,
) -> Result<Json<Vec<Holiday>>, Refusal> {
    let from = day_of(&query.form, "from")?.unwrap_or(jiff::civil::date(2000, 1, 1));
    let found = caller.read((id(&uuid)?, from), |tx, actor, (id, from)| {
        Box::pin(async move {
            let found = institutions::find(tx, actor.organisation, *id).await?;
            found.ok_or(Error::not_found(Kind::Institution))?;
            institutions::holidays(tx, actor.organisation, *id, *from).await
        })
    });
    let written = |(day, name): (jiff::civil::Date, _)| Holiday { day: day.to_string(), name };
    Ok(Json(found.await?.into_iter().map(written).collect()))
}

/// Replaces the holidays of a place from a day on.
#[utoipa::path(
    put, path = "/institutions/{institution_id}/holidays", tag = "Institutions", operation_id = "setHolidays",
    params(("institution_id" = String, Path, description = "UUID")), request_body = Holidays,
    responses((status = 204, description = "They are closed days now"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn set_holidays(
    caller: Caller,
    At(uuid): At<String>,
    Words(new): Words<Holidays>,
) -> Result<StatusCode, Refusal> {
    let set = caller.write((id(&uuid)?, new.meant()?), |tx, actor, (id, (from, days))| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            institutions::set_holidays(tx, Author::Staff(actor), actor.organisation, *id, *from, days).await
        })
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

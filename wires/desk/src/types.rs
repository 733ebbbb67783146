//! What can be booked in a category.

use axum::Json;
use axum::http::StatusCode;
use booking::AppointmentType as Known;
use booking::setup::{Author, categories, types};
use door::Caller;
use door::problem::{At, Changing, Naming, Refusal, Words, named};
use identity::applications::must_administer;
use kernel::{AppointmentTypeId, CategoryId, Error, Kind, Result};

use crate::words::types::{AppointmentType, TypeSetup};

fn id(uuid: &str) -> Result<AppointmentTypeId> {
    named(uuid, Kind::AppointmentType)
}

fn category(uuid: &str) -> Result<CategoryId> {
    named(uuid, Kind::Category)
}

async fn known(caller: &Caller, id: AppointmentTypeId) -> Result<Known> {
    let found = caller
        .read(id, |tx, actor, id| Box::pin(async move { types::find(tx, actor.organisation, *id).await }));
    found.await?.ok_or(Error::not_found(Kind::AppointmentType))
}

/// The types of a category that stand, by number.
#[utoipa::path(
    get, path = "/categories/{category_id}/types", tag = "Types", operation_id = "listTypes",
    params(("category_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Vec<AppointmentType>), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn list(caller: Caller, At(uuid): At<String>) -> Result<Json<Vec<AppointmentType>>, Refusal> {
    let all = caller.read(category(&uuid)?, |tx, actor, id| {
        Box::pin(async move {
            let found = categories::find(tx, actor.organisation, *id).await?;
            found.ok_or(Error::not_found(Kind::Category))?;
            types::list(tx, actor.organisation, *id).await
        })
    });
    Ok(Json(all.await?.into_iter().map(AppointmentType::from).collect()))
}

/// Adds a type to a category.
#[utoipa::path(
    post, path = "/categories/{category_id}/types", tag = "Types", operation_id = "addType",
    params(("category_id" = String, Path, description = "UUID")), request_body = TypeSetup,
    responses((status = 201, body = AppointmentType), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn add(
    caller: Caller,
    At(uuid): At<String>,
    Words(new): Words<TypeSetup>,
) -> Result<(StatusCode, Json<AppointmentType>), Refusal> {
    let added = caller.write(new.meant(category(&uuid)?)?, |tx, actor, new| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            let here = actor.organisation;
            let id = types::add(tx, Author::Staff(actor), here, new).await?;
            types::find(tx, here, id).await?.ok_or(Error::not_found(Kind::AppointmentType))
        })
    });
    Ok((StatusCode::CREATED, Json(added.await?.into())))
}

/// A type, also one that has ended.
#[utoipa::path(
    get, path = "/types/{type_id}", tag = "Types", operation_id = "getType",
    params(("type_id" = String, Path, description = "UUID")),
    responses((status = 200, body = AppointmentType), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, At(uuid): At<String>) -> Result<Json<AppointmentType>, Refusal> {
    Ok(Json(known(&caller, id(&uuid)?).await?.into()))
}

/// Makes a type so; its number and its category stay, and what was booked keeps its times.
#[utoipa::path(
    put, path = "/types/{type_id}", tag = "Types", operation_id = "changeType",
    params(("type_id" = String, Path, description = "UUID")), request_body = TypeSetup,
    responses((status = 200, body = AppointmentType), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn change(
    caller: Caller,
    At(uuid): At<String>,
    Words(new): Words<TypeSetup>,
) -> Result<Json<AppointmentType>, Refusal> {
    let id = id(&uuid)?;
    let category = known(&caller, id).await?.category;
    let changed = caller.write((id, new.meant(category)?), |tx, actor, (id, new)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            types::change(tx, Author::Staff(actor), actor.organisation, *id, new).await
        })
    });
    changed.await?;
    Ok(Json(known(&caller, id).await?.into()))
}

/// Ends a type: nothing new is booked, and what was booked stays.
#[utoipa::path(
    delete, path = "/types/{type_id}", tag = "Types", operation_id = "endType",
    params(("type_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "It has ended"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn end(caller: Caller, At(uuid): At<String>) -> Result<StatusCode, Refusal> {
    let ended = caller.write(id(&uuid)?, |tx, actor, id| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            types::end(tx, Author::Staff(actor), actor.organisation, *id).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

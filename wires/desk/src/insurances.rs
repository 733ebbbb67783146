//! Who pays for care.

use axum::Json;
use axum::http::StatusCode;
use booking::setup::{Author, insurances};
use door::Caller;
use door::problem::{Asking, At, Changing, Refusal, Words, named};
use identity::applications::must_administer;
use kernel::{Error, Kind, Result};

use crate::words::institutions::{Insurance, NewInsurance};

/// The insurances that stand, by number.
#[utoipa::path(
    get, path = "/insurances", tag = "Insurances", operation_id = "listInsurances",
    responses((status = 200, body = Vec<Insurance>), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<Insurance>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(insurances::list(tx, actor.organisation)));
    Ok(Json(all.await?.into_iter().map(Insurance::from).collect()))
}

/// Adds an insurance.
#[utoipa::path(
    post, path = "/insurances", tag = "Insurances", operation_id = "addInsurance",
    request_body = NewInsurance,
    responses((status = 201, body = Insurance), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn add(
    caller: Caller,
    Words(new): Words<NewInsurance>,
) -> Result<(StatusCode, Json<Insurance>), Refusal> {
    let kind = new.kind()?;
    let added = caller.write((new.number, new.name, kind), |tx, actor, (number, name, kind)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            let here = actor.organisation;
            let id = insurances::add(tx, Author::Staff(actor), here, *number, name, *kind).await?;
            insurances::find(tx, here, id).await?.ok_or(Error::not_found(Kind::Insurance))
        })
    });
    Ok((StatusCode::CREATED, Json(added.await?.into())))
}

/// Ends an insurance: nobody books with it any more.
#[utoipa::path(
    delete, path = "/insurances/{insurance_id}", tag = "Insurances", operation_id = "endInsurance",
    params(("insurance_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "It has ended"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn end(caller: Caller, At(uuid): At<String>) -> Result<StatusCode, Refusal> {
    let ended = caller.write(named(&uuid, Kind::Insurance)?, |tx, actor, id| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            insurances::end(tx, Author::Staff(actor), actor.organisation, *id).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

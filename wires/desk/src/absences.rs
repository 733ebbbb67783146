//! When somebody or something is away. Whoever works at the desk notes it: who is ill is ill now.

use axum::Json;
use axum::http::StatusCode;
use booking::setup::{Author, absences};
use door::Caller;
use door::problem::{Asking, At, Changing, Query, Refusal, Words, named};
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Error, Kind, Result};

use crate::times::day_of;
use crate::words::hours::{Absence, NewAbsence};

/// The absences that end on a day or later, by their beginning.
#[utoipa::path(
    get, path = "/absences", tag = "Absences", operation_id = "listAbsences",
    params(("from" = Option<String>, Query, description = "The day; today unless it is said")),
    responses((status = 200, body = Vec<Absence>), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn list(caller: Caller, query: Query) -> Result<Json<Vec<Absence>>, Refusal> {
    let found = caller.read(day_of(&query.form, "from")?, |tx, actor, from| {
        Box::pin(async move {
            let today = || instant_of_ms(tx.now_ms()).to_zoned(TimeZone::UTC).date();
            absences::list(tx, actor.organisation, from.unwrap_or_else(today)).await
        })
    });
    Ok(Json(found.await?.into_iter().map(Absence::from).collect()))
}

/// Notes that somebody or something is away. What is booked then stays, and is to be planned again.
#[utoipa::path(
    post, path = "/absences", tag = "Absences", operation_id = "addAbsence",
    request_body = NewAbsence,
    responses((status = 201, body = Absence), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn add(
    caller: Caller,
    Words(new): Words<NewAbsence>,
) -> Result<(StatusCode, Json<Absence>), Refusal> {
    let added = caller.write(new.meant()?, |tx, actor, (resource, from, until)| {
        Box::pin(async move {
            let (by, here) = (Author::Staff(actor), actor.organisation);
            let id = absences::add(tx, by, here, *resource, *from, *until).await?;
            absences::find(tx, here, id).await?.ok_or(Error::not_found(Kind::Absence))
        })
    });
    Ok((StatusCode::CREATED, Json(added.await?.into())))
}

/// Removes an absence: what it took can be booked again.
#[utoipa::path(
    delete, path = "/absences/{absence_id}", tag = "Absences", operation_id = "removeAbsence",
    params(("absence_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "It is removed"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn remove(caller: Caller, At(uuid): At<String>) -> Result<StatusCode, Refusal> {
    let removed = caller.write(named(&uuid, Kind::Absence)?, |tx, actor, id| {
        Box::pin(absences::remove(tx, Author::Staff(actor), actor.organisation, *id))
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

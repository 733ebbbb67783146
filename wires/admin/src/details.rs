//! What practices ask somebody for before they book.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{At, Changing, Naming, Refusal, Words, named};
use identity::By;
use identity::applications::must_administer;
use identity::details::{self as known, Details as Known, Gender};
use jiff::tz::TimeZone;
use kernel::{Error, Kind, PersonId};

use crate::words::details::Details;

fn read(words: Details) -> Result<Known, Error> {
    let Details { gender, born_on, phone, street, zip, city, country } = words;
    let unknown = || Error::invalid("gender", "gender_unknown", "A gender is female, male or other.");
    let unfit = |_| Error::invalid("born_on", "born_on_unfit", "A day is written as 1980-02-03.");
    let gender = gender.map(|name| Gender::named(&name).ok_or_else(unknown)).transpose()?;
    let born_on = born_on.map(|day| day.parse().map_err(unfit)).transpose()?;
    Ok(Known { gender, born_on, phone, street, zip, city, country })
}

/// What is known of somebody besides their name.
#[utoipa::path(
    get, path = "/people/{person_id}/details", tag = "People", operation_id = "getDetails",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Details), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn show(caller: Caller, At(id): At<String>) -> Result<Json<Details>, Refusal> {
    let id: PersonId = named(&id, Kind::Person)?;
    let shown = caller.write(id, |tx, actor, id| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            known::shown(tx, By::Actor(actor), actor.organisation, *id).await
        })
    });
    Ok(Json(Details::from(shown.await?)))
}

/// Notes what is known of somebody, in place of what was noted before.
#[utoipa::path(
    put, path = "/people/{person_id}/details", tag = "People", operation_id = "noteDetails",
    params(("person_id" = String, Path, description = "UUID")),
    request_body = Details,
    responses((status = 204, description = "It is noted"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn note(
    caller: Caller,
    At(id): At<String>,
    Words(words): Words<Details>,
) -> Result<StatusCode, Refusal> {
    let id: PersonId = named(&id, Kind::Person)?;
    let today = TimeZone::UTC.to_datetime(caller.house.clock.now()).date();
    let sealed = read(words)?.seal(&caller.house.vault.house(), today, id)?;
    let noted = caller.write(sealed, |tx, actor, sealed| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            known::set(tx, By::Actor(actor), actor.organisation, sealed).await
        })
    });
    noted.await?;
    Ok(StatusCode::NO_CONTENT)
}

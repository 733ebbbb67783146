//! Practitioners, rooms and devices, and when they are there.

use axum::Json;
use axum::http::StatusCode;
use booking::setup::{Author, resources};
use door::Caller;
use door::problem::{Asking, At, Changing, Naming, Refusal, Words, named};
use identity::applications::must_administer;
use identity::memberships;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Actor, Error, Kind, PersonId, ResourceId, Result};
use store::Tx;

use crate::times::day;
use crate::words::hours::{Hours, NewDay, NewHours, NewResource, Resource, ResourceChange};

/// Days ahead of which the hours are shown; nothing can be booked beyond them.
const DAYS_AHEAD: i32 = 731;

fn id(uuid: &str) -> Result<ResourceId> {
    named(uuid, Kind::Resource)
}

async fn known(caller: &Caller, id: ResourceId) -> Result<Json<Resource>> {
    let found = caller.read(id, |tx, actor, id| {
        Box::pin(async move { resources::find(tx, actor.organisation, *id).await })
    });
    Ok(Json(found.await?.ok_or(Error::not_found(Kind::Resource))?.into()))
}

/// Passes for nobody, and for somebody who works here.
async fn must_work_here(tx: &Tx, actor: &Actor, person: Option<PersonId>) -> Result<()> {
    let Some(person) = person else { return Ok(()) };
    let roles = memberships::roles(tx, actor.organisation, person).await?;
    if roles.into_iter().any(kernel::Role::is_staff) {
        return Ok(());
    }
    Err(Error::not_found(Kind::Person))
}

/// Who and what is there, by their ids.
#[utoipa::path(
    get, path = "/resources", tag = "Resources", operation_id = "listResources",
    responses((status = 200, body = Vec<Resource>), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<Resource>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(resources::list(tx, actor.organisation)));
    Ok(Json(all.await?.into_iter().map(Resource::from).collect()))
}

/// Adds a practitioner, a room or a device, which is nowhere yet.
#[utoipa::path(
    post, path = "/resources", tag = "Resources", operation_id = "addResource",
    request_body = NewResource,
    responses((status = 201, body = Resource), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn add(
    caller: Caller,
    Words(new): Words<NewResource>,
) -> Result<(StatusCode, Json<Resource>), Refusal> {
    let added = caller.write(new.meant()?, |tx, actor, new| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            must_work_here(tx, actor, new.person).await?;
            resources::add(tx, Author::Staff(actor), actor.organisation, new).await
        })
    });
    let id = added.await?;
    Ok((StatusCode::CREATED, known(&caller, id).await?))
}

/// A resource, also one that has ended.
#[utoipa::path(
    get, path = "/resources/{resource_id}", tag = "Resources", operation_id = "getResource",
    params(("resource_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Resource), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, At(uuid): At<String>) -> Result<Json<Resource>, Refusal> {
    Ok(known(&caller, id(&uuid)?).await?)
}

/// Calls a resource something else, or says who the practitioner is.
#[utoipa::path(
    put, path = "/resources/{resource_id}", tag = "Resources", operation_id = "changeResource",
    params(("resource_id" = String, Path, description = "UUID")), request_body = ResourceChange,
    responses((status = 200, body = Resource), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn change(
    caller: Caller,
    At(uuid): At<String>,
    Words(new): Words<ResourceChange>,
) -> Result<Json<Resource>, Refusal> {
    let id = id(&uuid)?;
    let person = new.person.map(|uuid| crate::words::id("person", &uuid)).transpose()?;
    let changed = caller.write((id, new.name, person), |tx, actor, (id, name, person)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            must_work_here(tx, actor, *person).await?;
            resources::change(tx, Author::Staff(actor), actor.organisation, *id, name, *person).await
        })
    });
    changed.await?;
    Ok(known(&caller, id).await?)
}

/// Ends a resource: nothing new is booked with it, and what was booked stays.
#[utoipa::path(
    delete, path = "/resources/{resource_id}", tag = "Resources", operation_id = "endResource",
    params(("resource_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "It has ended"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn end(caller: Caller, At(uuid): At<String>) -> Result<StatusCode, Refusal> {
    let ended = caller.write(id(&uuid)?, |tx, actor, id| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            resources::end(tx, Author::Staff(actor), actor.organisation, *id).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// When a resource is there from today on: each week, on single days, and when it is away.
#[utoipa::path(
    get, path = "/resources/{resource_id}/hours", tag = "Resources", operation_id = "getHours",
    params(("resource_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Hours), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn hours(caller: Caller, At(uuid): At<String>) -> Result<Json<Hours>, Refusal> {
    let found = caller.read(id(&uuid)?, |tx, actor, id| {
        Box::pin(async move {
            let found = resources::find(tx, actor.organisation, *id).await?;
            found.ok_or(Error::not_found(Kind::Resource))?;
            let today = instant_of_ms(tx.now_ms()).to_zoned(TimeZone::UTC).date();
            let last = today.checked_add(DAYS_AHEAD.days()).map_err(Error::bug)?;
            let mut rosters = resources::rosters(tx, actor.organisation, &[*id], &(today..=last)).await?;
            Ok(rosters.remove(id).unwrap_or_default())
        })
    });
    Ok(Json(found.await?.into()))
}

/// Replaces the weekly hours of a resource.
#[utoipa::path(
    put, path = "/resources/{resource_id}/hours", tag = "Resources", operation_id = "setHours",
    params(("resource_id" = String, Path, description = "UUID")), request_body = NewHours,
    responses((status = 204, description = "They hold from now on"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn set_hours(
    caller: Caller,
    At(uuid): At<String>,
    Words(new): Words<NewHours>,
) -> Result<StatusCode, Refusal> {
    let set = caller.write((id(&uuid)?, new.meant()?), |tx, actor, (id, hours)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            resources::set_hours(tx, Author::Staff(actor), actor.organisation, *id, hours).await
        })
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the hours of one day, which hold even when it is a holiday.
#[utoipa::path(
    put, path = "/resources/{resource_id}/days/{day}", tag = "Resources", operation_id = "setDay",
    params(
        ("resource_id" = String, Path, description = "UUID"),
        ("day" = String, Path, description = "Which day", example = "2026-12-24"),
    ),
    request_body = NewDay,
    responses((status = 204, description = "They hold on that day"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn set_day(
    caller: Caller,
    At((uuid, on)): At<(String, String)>,
    Words(new): Words<NewDay>,
) -> Result<StatusCode, Refusal> {
    let open = new.meant(day("day", &on)?)?;
    let set = caller.write((id(&uuid)?, open), |tx, actor, (id, open)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            let (by, here) = (Author::Staff(actor), actor.organisation);
            resources::set_day(tx, by, here, *id, open.day, Some(open)).await
        })
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the weekly hours hold on a day again.
#[utoipa::path(
    delete, path = "/resources/{resource_id}/days/{day}", tag = "Resources", operation_id = "unsetDay",
    params(
        ("resource_id" = String, Path, description = "UUID"),
        ("day" = String, Path, description = "Which day", example = "2026-12-24"),
    ),
    responses((status = 204, description = "The weekly hours hold on that day"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn unset_day(caller: Caller, At((uuid, on)): At<(String, String)>) -> Result<StatusCode, Refusal> {
    let unset = caller.write((id(&uuid)?, day("day", &on)?), |tx, actor, (id, day)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            resources::set_day(tx, Author::Staff(actor), actor.organisation, *id, *day, None).await
        })
    });
    unset.await?;
    Ok(StatusCode::NO_CONTENT)
}

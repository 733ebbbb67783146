//! What people of the organisation prove themselves by besides a password.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{At, Changing, Naming, Refusal, named};
use identity::applications::must_administer;
use identity::{By, oversight};
use kernel::{Kind, PersonId, Result};

use crate::words::standing::Factors;

fn person(id: &str) -> Result<PersonId> {
    named(id, Kind::Person)
}

/// By what somebody proves themselves besides a password.
#[utoipa::path(
    get, path = "/people/{person_id}/factors", tag = "People", operation_id = "getFactors",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Factors), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn show(caller: Caller, At(id): At<String>) -> Result<Json<Factors>, Refusal> {
    let found = caller.read(person(&id)?, |tx, actor, id| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::factors(tx, by, of).await
        })
    });
    Ok(Json(Factors::from(&found.await?)))
}

/// Takes all of them away from somebody who lost them, passkeys too; first make sure that it is them. They are signed out
/// everywhere, told so by mail, and sign in by their password. Not of oneself, nor of who belongs to another organisation,
/// too, which relies on the same.
#[utoipa::path(
    delete, path = "/people/{person_id}/factors", tag = "People", operation_id = "removeFactors",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "They have none any more"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn take_away(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    let id = person(&id)?;
    caller.read((), |tx, actor, ()| Box::pin(must_administer(tx, actor))).await?;
    flows::factors::take_away_by(&caller.house, &caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! What acts in somebody's name in the organisation: their sessions, what they allow applications, and what those hold.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{At, Changing, Naming, Refusal, named};
use identity::{By, oversight};
use kernel::{GrantId, Kind, PersonId, Result, SessionId, TokenId};

use crate::words::standing::{Grant, Session, Token};

fn person(id: &str) -> Result<PersonId> {
    named(id, Kind::Person)
}

/// The browsers in which somebody is signed in, acting in this organisation.
#[utoipa::path(
    get, path = "/people/{person_id}/sessions", tag = "Sessions", operation_id = "listSessions",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Vec<Session>), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn sessions(caller: Caller, At(id): At<String>) -> Result<Json<Vec<Session>>, Refusal> {
    let listed = caller.read(person(&id)?, |tx, actor, id| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::sessions(tx, by, of).await
        })
    });
    Ok(Json(listed.await?.iter().map(Session::from).collect()))
}

/// Signs somebody out of all of them.
#[utoipa::path(
    delete, path = "/people/{person_id}/sessions", tag = "Sessions", operation_id = "endSessions",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "None stands any more"), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn end_sessions(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    let ended = caller.write(person(&id)?, |tx, actor, id| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::end_sessions(tx, by, of).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs somebody out of one of them.
#[utoipa::path(
    delete, path = "/people/{person_id}/sessions/{session_id}", tag = "Sessions", operation_id = "endSession",
    params(
        ("person_id" = String, Path, description = "UUID"),
        ("session_id" = String, Path, description = "UUID"),
    ),
    responses((status = 204, description = "It stands no longer"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn end_session(
    caller: Caller,
    At((id, session)): At<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let input: (_, SessionId) = (person(&id)?, named(&session, Kind::Page)?);
    let ended = caller.write(input, |tx, actor, (id, session)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::end_session(tx, by, of, *session).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody allows applications in this organisation.
#[utoipa::path(
    get, path = "/people/{person_id}/grants", tag = "Grants", operation_id = "listGrants",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Vec<Grant>), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn grants(caller: Caller, At(id): At<String>) -> Result<Json<Vec<Grant>>, Refusal> {
    let listed = caller.read(person(&id)?, |tx, actor, id| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::grants(tx, by, of).await
        })
    });
    Ok(Json(listed.await?.iter().map(Grant::from).collect()))
}

/// Takes back what somebody allowed an application; every token that came of it stops.
#[utoipa::path(
    delete, path = "/people/{person_id}/grants/{grant_id}", tag = "Grants", operation_id = "endGrant",
    params(
        ("person_id" = String, Path, description = "UUID"),
        ("grant_id" = String, Path, description = "UUID"),
    ),
    responses((status = 204, description = "It stands no longer"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn end_grant(caller: Caller, At((id, grant)): At<(String, String)>) -> Result<StatusCode, Refusal> {
    let input: (_, GrantId) = (person(&id)?, named(&grant, Kind::Client)?);
    let ended = caller.write(input, |tx, actor, (id, grant)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::end_grant(tx, by, of, *grant).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What applications hold of somebody in this organisation: the newest access tokens, and then the newest refresh tokens,
/// 500 of each at most.
#[utoipa::path(
    get, path = "/people/{person_id}/tokens", tag = "Grants", operation_id = "listTokens",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Vec<Token>), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn tokens(caller: Caller, At(id): At<String>) -> Result<Json<Vec<Token>>, Refusal> {
    let listed = caller.read(person(&id)?, |tx, actor, id| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::tokens(tx, by, of).await
        })
    });
    Ok(Json(listed.await?.iter().map(Token::from).collect()))
}

/// Ends a token, with the refresh tokens that it came of and everything that came of those. What the person allowed the
/// application stands.
#[utoipa::path(
    delete, path = "/people/{person_id}/tokens/{token_id}", tag = "Grants", operation_id = "endToken",
    params(
        ("person_id" = String, Path, description = "UUID"),
        ("token_id" = String, Path, description = "UUID"),
    ),
    responses((status = 204, description = "It stands no longer"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn end_token(caller: Caller, At((id, token)): At<(String, String)>) -> Result<StatusCode, Refusal> {
    let input: (_, TokenId) = (person(&id)?, named(&token, Kind::Page)?);
    let ended = caller.write(input, |tx, actor, (id, token)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            oversight::end_token(tx, by, of, *token).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

//! What is done with messages besides writing them: answers, likes and verifications, in chats of either kind.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use flows::{ChatRef, asking};
use identity::verifications;
use kernel::Scope;
use messaging::Right;

use crate::answers::Naming;
use crate::asking_words::{Chosen, NewVerification, ProviderWord, Verifications, Verified};
use crate::messages::message_id;
use crate::refusals::Refusal;
use crate::taken::{At, named_person};
use crate::words::{Done, Made};

pub(crate) async fn answer(
    caller: &Caller,
    chat: ChatRef,
    id: &str,
    chosen: Chosen,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    asking::answer(&caller.house, &caller.actor, chat, message_id(id)?, &chosen.options).await?;
    Ok(Json(Done {}))
}

pub(crate) async fn like(
    caller: &Caller,
    chat: ChatRef,
    id: &str,
    is_liked: bool,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    caller
        .write((chat, message_id(id)?, is_liked), |tx, actor, (chat, id, is_liked)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Post).await?;
                match is_liked {
                    true => messaging::like(tx, &open, *id).await,
                    false => messaging::unlike(tx, &open, *id).await,
                }
            })
        })
        .await?;
    Ok(Json(Done {}))
}

pub(crate) async fn verify(
    caller: &Caller,
    chat: ChatRef,
    new: NewVerification,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    caller.must_have(Scope::Write)?;
    let (house, actor) = (&caller.house, &caller.actor);
    let posted = asking::ask_who(house, actor, chat, new.person()?, &new.provider_id).await?;
    Ok((StatusCode::CREATED, Json(Made { id: posted.id.uuid() })))
}

/// The providers by which somebody can still prove who they are.
#[utoipa::path(
    get, path = "/users/{user_id}/providers", tag = "Users", operation_id = "listProviders",
    params(("user_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Vec<ProviderWord>), Naming),
    security(("oauth" = ["read"]))
)]
pub async fn providers(caller: Caller, At(id): At<String>) -> Result<Json<Vec<ProviderWord>>, Refusal> {
    caller.must_have(Scope::Read)?;
    let providers = caller
        .read(named_person(&id)?, |tx, actor, id| Box::pin(verifications::providers(tx, actor, *id)))
        .await?;
    let word = |one: &verifications::Provider| ProviderWord { provider_id: one.id, name: one.name };
    Ok(Json(providers.iter().map(word).collect()))
}

/// The providers by which somebody proved who they are.
#[utoipa::path(
    get, path = "/users/{user_id}/verifications", tag = "Users", operation_id = "listVerifications",
    params(("user_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Verifications), Naming),
    security(("oauth" = ["read"]))
)]
pub async fn verified(caller: Caller, At(id): At<String>) -> Result<Json<Verifications>, Refusal> {
    caller.must_have(Scope::Read)?;
    let done = caller
        .read(named_person(&id)?, |tx, actor, id| Box::pin(verifications::verifications(tx, actor, *id)))
        .await?;
    Ok(Json(Verifications { user: done.iter().map(|one| Verified { name: one.name }).collect() }))
}

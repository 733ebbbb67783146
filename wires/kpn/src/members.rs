//! Who is in a group chat, and as what.

use axum::Json;
use door::Caller;
use identity::invitations::now_known_as;
use kernel::{Error, PersonId, Scope};
use messaging::Right;

use crate::answers::{Changing, Naming};
use crate::groupchats::{full, group};
use crate::refusals::Refusal;
use crate::taken::{At, Words, person, persons};
use crate::words::{AdminIds, Done, MemberIds, MemberUser, NewOwner, People};

/// Everybody in a group chat.
#[utoipa::path(
    get, path = "/groupchats/{id}/members", tag = "Members", operation_id = "listGroupchatMembers",
    params(("id" = String, Path, description = "UUID")),
    responses((status = 200, body = Vec<MemberUser>), Naming),
    security(("oauth" = ["read"]))
)]
pub async fn list(caller: Caller, At(id): At<String>) -> Result<Json<Vec<MemberUser>>, Refusal> {
    let full = full(&caller, &id).await?;
    let people = People::new(full.people);
    Ok(Json(full.members.iter().map(|member| people.member(member, &caller.actor)).collect()))
}

/// Adds people to a group chat.
#[utoipa::path(
    put, path = "/groupchats/{id}/members", tag = "Members", operation_id = "addGroupchatMembers",
    params(("id" = String, Path, description = "UUID")),
    request_body = MemberIds,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn add(
    caller: Caller,
    At(id): At<String>,
    Words(ids): Words<MemberIds>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (group(&id)?, named(&ids)?);
    caller
        .write(input, |tx, actor, (chat, members)| {
            Box::pin(flows::chats::add_members(tx, actor, *chat, members))
        })
        .await?;
    Ok(Json(Done {}))
}

/// Removes people from a group chat; removing oneself is leaving.
#[utoipa::path(
    delete, path = "/groupchats/{id}/members", tag = "Members", operation_id = "removeGroupchatMembers",
    params(("id" = String, Path, description = "UUID")),
    request_body = MemberIds,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn remove(
    caller: Caller,
    At(id): At<String>,
    Words(ids): Words<MemberIds>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    caller
        .write((group(&id)?, named(&ids)?), |tx, actor, (chat, members)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Receive).await?;
                let members = now_known_as(tx, actor.organisation, members).await?;
                messaging::remove_members(tx, &open, &members).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

fn named(ids: &MemberIds) -> Result<Vec<PersonId>, Error> {
    must_be_ids_of_ours(ids.aux_members)?;
    persons("members", &ids.members)
}

/// Refuses auxiliary ids instead of our own.
pub(crate) fn must_be_ids_of_ours(aux_members: Option<bool>) -> Result<(), Error> {
    if aux_members == Some(true) {
        return Err(Error::unsupported("aux_members_not_supported", "auxiliary ids are not taken yet"));
    }
    Ok(())
}

/// Hands a group chat to another member.
#[utoipa::path(
    put, path = "/groupchats/{id}/owner", tag = "Members", operation_id = "changeGroupchatOwner",
    params(("id" = String, Path, description = "UUID")),
    request_body = NewOwner,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn owner(
    caller: Caller,
    At(id): At<String>,
    Words(new): Words<NewOwner>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (group(&id)?, person("user_id", &new.user_id)?);
    caller
        .write(input, |tx, actor, (chat, person)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
                let person = now_known_as(tx, actor.organisation, &[*person]).await?[0];
                messaging::set_owner(tx, &open, person).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

/// Makes members admins.
#[utoipa::path(
    put, path = "/groupchats/{id}/admins", tag = "Members", operation_id = "addGroupchatAdmins",
    params(("id" = String, Path, description = "UUID")),
    request_body = AdminIds,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn add_admins(
    caller: Caller,
    At(id): At<String>,
    Words(ids): Words<AdminIds>,
) -> Result<Json<Done>, Refusal> {
    set_admins(&caller, &id, &ids, true).await
}

/// Makes admins members again.
#[utoipa::path(
    delete, path = "/groupchats/{id}/admins", tag = "Members", operation_id = "removeGroupchatAdmins",
    params(("id" = String, Path, description = "UUID")),
    request_body = AdminIds,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn remove_admins(
    caller: Caller,
    At(id): At<String>,
    Words(ids): Words<AdminIds>,
) -> Result<Json<Done>, Refusal> {
    set_admins(&caller, &id, &ids, false).await
}

async fn set_admins(
    caller: &Caller,
    id: &str,
    ids: &AdminIds,
    are_admins: bool,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (group(id)?, persons("admins", &ids.admins)?, are_admins);
    caller
        .write(input, |tx, actor, (chat, persons, are_admins)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
                let persons = now_known_as(tx, actor.organisation, persons).await?;
                messaging::set_admins(tx, &open, &persons, *are_admins).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

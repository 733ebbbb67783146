//! Who is in a group chat, and as what.

use axum::Json;
use door::Caller;
use flows::ChatRef;
use identity::invitations::now_known_as;
use kernel::{PersonId, Scope};
use messaging::Right;
use vault::AuxDigest;

use crate::groupchats::{full, must_match};
use crate::refusals::Refusal;
use crate::tags::{IfMatch, Tagged};
use crate::taken::{person, persons};
use crate::words::{AdminIds, Done, MemberIds, MemberUser, NewOwner, People};

pub(crate) async fn list(caller: &Caller, chat: ChatRef) -> Result<Tagged<Vec<MemberUser>>, Refusal> {
    let full = full(caller, chat).await?;
    let people = People::new(full.people, caller);
    Ok(Tagged(full.members.iter().map(|member| people.member(member)).collect()))
}

pub(crate) async fn add(caller: &Caller, chat: ChatRef, ids: &MemberIds) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (chat, named(caller, &ids.members, ids.aux_members).await?);
    caller
        .write(input, |tx, actor, (chat, members)| {
            Box::pin(flows::chats::add_members(tx, actor, *chat, members))
        })
        .await?;
    Ok(Json(Done {}))
}

pub(crate) async fn remove(caller: &Caller, chat: ChatRef, ids: &MemberIds) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (chat, named(caller, &ids.members, ids.aux_members).await?);
    caller
        .write(input, |tx, actor, (chat, members)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Receive).await?;
                let members = now_known_as(tx, actor.organisation, members).await?;
                flows::chats::remove_members(tx, &open, &members).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

/// The people of these ids: ours, or all of them the auxiliary ids of the caller's application.
pub(crate) async fn named(
    caller: &Caller,
    ids: &[String],
    aux_members: Option<bool>,
) -> Result<Vec<PersonId>, Refusal> {
    if aux_members != Some(true) {
        return Ok(persons("members", ids)?);
    }
    let aux_ids: Vec<AuxDigest> = ids.iter().map(|id| AuxDigest::of(id)).collect();
    Ok(flows::aux_ids::people_named(&caller.house, &caller.actor, &aux_ids).await?)
}

pub(crate) async fn owner(
    caller: &Caller,
    chat: ChatRef,
    asked: IfMatch,
    new: &NewOwner,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (chat, person("user_id", &new.user_id)?, asked);
    caller
        .write(input, |tx, actor, (chat, person, asked)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
                must_match(tx, &open, asked).await?;
                let person = now_known_as(tx, actor.organisation, &[*person]).await?[0];
                messaging::set_owner(tx, &open, person).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

pub(crate) async fn set_admins(
    caller: &Caller,
    chat: ChatRef,
    asked: IfMatch,
    (ids, are_admins): (&AdminIds, bool),
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (chat, persons("admins", &ids.admins)?, are_admins, asked);
    caller
        .write(input, |tx, actor, (chat, persons, are_admins, asked)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
                must_match(tx, &open, asked).await?;
                let persons = now_known_as(tx, actor.organisation, persons).await?;
                messaging::set_admins(tx, &open, &persons, *are_admins).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

//! Auxiliary ids: the same chats and people, by what the caller's application calls them (docs/dialects/kpn.md, auxiliary
//! ids). Everything that a chat can do stands below `/aux` as well; this file has what is only there, and what gives
//! such ids.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use door::Caller;
use kernel::{ChatId, Error, Kind, Page, Scope};
use messaging::ChatKind;
use vault::{AuxDigest, AuxId};

use crate::answers::{Asking, Changing, Naming};
use crate::avatars::Avatars;
use crate::conversations::word as conversation_word;
use crate::groupchats::{self as ours, word as group_word};
use crate::refusals::Refusal;
use crate::tags::Unconditional;
use crate::taken::{At, Pages, Words, named_person, parameter};
use crate::words::{AuxName, Conversation, Done, GroupChat, Made, NewGroupChat, SomeAuxName, User};

/// Chats of many by auxiliary ids.
pub mod groupchats {
    use flows::ChatRef;
    use vault::AuxDigest;

    use crate::refusals::Refusal;

    fn group(aux_id: &str) -> Result<ChatRef, Refusal> {
        Ok(ChatRef::AuxGroup(AuxDigest::of(aux_id)))
    }

    crate::group_routes::group_routes!(group, "AuxGroupchat");
}

/// Chats of two by auxiliary ids of the other one.
pub mod conversations {
    use flows::ChatRef;
    use vault::AuxDigest;

    use crate::refusals::Refusal;

    fn peer(aux_id: &str) -> Result<ChatRef, Refusal> {
        Ok(ChatRef::AuxDirect(AuxDigest::of(aux_id)))
    }

    crate::conversation_routes::conversation_routes!(peer, "AuxConversation");
}

/// The query of a list: a page, and one auxiliary id or any.
pub struct Asked {
    page: Page,
    aux_id: Option<AuxDigest>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Pages(page) = Pages::from_request_parts(parts, state).await?;
        let aux_id = parameter(parts.uri.query().unwrap_or_default(), "aux_id");
        Ok(Self { page, aux_id: aux_id.map(|aux_id| AuxDigest::of(&aux_id)) })
    }
}

/// The caller's group chats that have an auxiliary id, the latest first: of one such id all that it names.
#[utoipa::path(
    get, path = "/groupchats", tag = "Auxiliary ids", operation_id = "listAuxGroupchats",
    params(
        ("aux_id" = Option<String>, Query, description = "Only those of this auxiliary id"),
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "Chats a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<GroupChat>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn list_groups(caller: Caller, asked: Asked) -> Result<Json<Vec<GroupChat>>, Refusal> {
    let list = list(&caller, ChatKind::Group, asked).await?;
    Ok(Json(crate::conversations::words(list, &caller, group_word)))
}

/// The caller's conversations with people who have an auxiliary id, the latest first.
#[utoipa::path(
    get, path = "/conversations", tag = "Auxiliary ids", operation_id = "listAuxConversations",
    params(
        ("aux_id" = Option<String>, Query, description = "Only with the person of this auxiliary id"),
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "Conversations a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<Conversation>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn list_conversations(caller: Caller, asked: Asked) -> Result<Json<Vec<Conversation>>, Refusal> {
    let list = list(&caller, ChatKind::Direct, asked).await?;
    Ok(Json(crate::conversations::words(list, &caller, conversation_word)))
}

async fn list(caller: &Caller, kind: ChatKind, asked: Asked) -> Result<flows::ChatList, Refusal> {
    caller.must_have(Scope::Read)?;
    Ok(flows::aux_ids::list(&caller.house, &caller.actor, kind, asked.aux_id, asked.page).await?)
}

/// Begins a group chat that has an auxiliary id.
#[utoipa::path(
    post, path = "/groupchats", tag = "Auxiliary ids", operation_id = "createAuxGroupchat",
    request_body = NewGroupChat,
    responses((status = 201, body = Made), Naming),
    security(("oauth" = ["write"]))
)]
pub async fn begin(
    caller: Caller,
    Words(new): Words<NewGroupChat>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    caller.must_have(Scope::Write)?;
    if new.aux_id.is_none() && new.aux_members != Some(true) {
        return Err(Error::invalid("aux_id", "aux_id_is_empty", "an auxiliary id for the chat").into());
    }
    ours::begin_with(&caller, new).await
}

/// Somebody of the caller's own company, by their auxiliary id.
#[utoipa::path(
    get, path = "/users/{id}", tag = "Auxiliary ids", operation_id = "getAuxUser",
    params(("id" = String, Path, description = "Auxiliary id")),
    responses((status = 200, body = User), Naming),
    security(("oauth" = ["read"]))
)]
pub async fn user(caller: Caller, At(id): At<String>) -> Result<Json<User>, Refusal> {
    caller.must_have(Scope::Read)?;
    let person = caller.read(AuxDigest::of(&id), |tx, actor, aux_id| {
        Box::pin(async move {
            let found = identity::aux_ids::find(tx, actor, *aux_id).await?;
            let id = found.ok_or(Error::not_found(Kind::Person))?;
            identity::find_person(tx, actor, id).await
        })
    });
    let person = person.await?.ok_or(Error::not_found(Kind::Person))?;
    Ok(Json(User::of(&person, &Avatars::of(&caller))))
}

/// Gives somebody an auxiliary id, instead of the one that they had; who else had this one has none any more.
#[utoipa::path(
    put, path = "/users/{user_id}/aux", tag = "Auxiliary ids", operation_id = "nameUser",
    params(("user_id" = String, Path, description = "UUID")),
    request_body = AuxName,
    responses((status = 200, body = Done), Naming),
    security(("oauth" = ["write"]))
)]
pub async fn name_user(
    caller: Caller,
    At(id): At<String>,
    Words(name): Words<AuxName>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let (person, aux_id) = (named_person(&id)?, AuxId::new(name.aux_id)?);
    flows::aux_ids::name_person(&caller.house, &caller.actor, person, &aux_id).await?;
    Ok(Json(Done {}))
}

/// Takes somebody's auxiliary id away; one that they do not have is left alone.
#[utoipa::path(
    delete, path = "/users/{user_id}/aux", tag = "Auxiliary ids", operation_id = "forgetUserName",
    params(("user_id" = String, Path, description = "UUID")),
    request_body = SomeAuxName,
    responses((status = 200, body = Done), Naming),
    security(("oauth" = ["write"]))
)]
pub async fn forget_user(
    caller: Caller,
    At(id): At<String>,
    Words(name): Words<SomeAuxName>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let input = (named_person(&id)?, name.digest());
    caller
        .write(input, |tx, actor, (person, aux_id)| {
            Box::pin(flows::aux_ids::forget_person(tx, actor, *person, *aux_id))
        })
        .await?;
    Ok(Json(Done {}))
}

fn chat_of(id: &str) -> Result<ChatId, Error> {
    ChatId::from_uuid(id).ok_or(Error::not_found(Kind::GroupChat))
}

/// Gives a group chat an auxiliary id, instead of the one that it had. Others may have the same.
#[utoipa::path(
    put, path = "/groupchats/{id}/aux", tag = "Auxiliary ids", operation_id = "nameGroupchat",
    params(("id" = String, Path, description = "UUID")),
    request_body = AuxName,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn name_group(
    caller: Caller,
    At(id): At<String>,
    _: Unconditional,
    Words(name): Words<AuxName>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let (chat, aux_id) = (chat_of(&id)?, AuxId::new(name.aux_id)?);
    flows::aux_ids::name_group(&caller.house, &caller.actor, chat, &aux_id).await?;
    Ok(Json(Done {}))
}

/// Takes a group chat's auxiliary id away; one that it does not have is left alone.
#[utoipa::path(
    delete, path = "/groupchats/{id}/aux", tag = "Auxiliary ids", operation_id = "forgetGroupchatName",
    params(("id" = String, Path, description = "UUID")),
    request_body = SomeAuxName,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn forget_group(
    caller: Caller,
    At(id): At<String>,
    _: Unconditional,
    Words(name): Words<SomeAuxName>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    caller
        .write((chat_of(&id)?, name.digest()), |tx, actor, (chat, aux_id)| {
            Box::pin(flows::aux_ids::forget_group(tx, actor, *chat, *aux_id))
        })
        .await?;
    Ok(Json(Done {}))
}

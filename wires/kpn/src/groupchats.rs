//! Chats of many.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use flows::{ChatRef, FullChat};
use kernel::{ChatId, Error, Kind, Scope};
use messaging::{Chat, ChatKind, GroupDraft, Member, Right, Settings, SettingsChange};

use crate::answers::{Asking, Changing, Naming};
use crate::chat_routes::chat_routes;
use crate::conversations::{chats_of, close_chat};
use crate::members::must_be_ids_of_ours;
use crate::refusals::Refusal;
use crate::taken::{At, Pages, Words, persons};
use crate::words::{Done, Ending, GroupChat, GroupSettings, Made, NewGroupChat, NewSubject, People};

pub(crate) fn group_id(id: &str) -> Result<ChatId, Refusal> {
    Ok(ChatId::from_uuid(id).ok_or(Error::not_found(Kind::GroupChat))?)
}

pub(crate) fn group(id: &str) -> Result<ChatRef, Refusal> {
    group_id(id).map(ChatRef::Group)
}

/// The caller's group chats, the latest first.
#[utoipa::path(
    get, path = "/groupchats", tag = "Groupchats", operation_id = "listGroupchats",
    params(
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "Chats a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<GroupChat>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn list(caller: Caller, Pages(page): Pages) -> Result<Json<Vec<GroupChat>>, Refusal> {
    let word = |chat: &Chat, members: &[Member], people: &People| {
        GroupChat::of(chat, members, people, &caller.actor)
    };
    chats_of(&caller, ChatKind::Group, page, word).await
}

/// Begins a group chat.
#[utoipa::path(
    post, path = "/groupchats", tag = "Groupchats", operation_id = "createGroupchat",
    request_body = NewGroupChat,
    responses((status = 201, body = Made), Naming),
    security(("oauth" = ["write"]))
)]
pub async fn begin(
    caller: Caller,
    Words(new): Words<NewGroupChat>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    caller.must_have(Scope::Write)?;
    must_be_taken_yet(&new)?;
    if new.subject.trim().is_empty() {
        return Err(Error::invalid("subject", "subject_is_empty", "a group chat has a subject").into());
    }
    let settings = change(&new.settings.unwrap_or_default()).applied_to(Settings::default())?;
    let members = persons("members", &new.members)?;
    let draft = GroupDraft { subject: new.subject, settings, ..GroupDraft::default() };
    let id = flows::chats::begin_group(&caller.house, &caller.actor, draft, members).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.uuid() })))
}

/// Refuses what would be left out silently.
fn must_be_taken_yet(new: &NewGroupChat) -> Result<(), Error> {
    must_be_ids_of_ours(new.aux_members)?;
    if new.aux_id.is_some() {
        return Err(Error::unsupported("aux_id_not_supported", "auxiliary ids are not taken yet"));
    }
    if !new.invite_users.is_empty() {
        let why = "people cannot be invited this way yet";
        return Err(Error::unsupported("invite_users_not_supported", why));
    }
    Ok(())
}

/// A group chat.
#[utoipa::path(
    get, path = "/groupchats/{id}", tag = "Groupchats", operation_id = "getGroupchat",
    params(("id" = String, Path, description = "UUID")),
    responses((status = 200, body = GroupChat), Naming),
    security(("oauth" = ["read"]))
)]
pub async fn get(caller: Caller, At(id): At<String>) -> Result<Json<GroupChat>, Refusal> {
    let full = full(&caller, &id).await?;
    let people = People::new(full.people);
    Ok(Json(GroupChat::of(&full.chat, &full.members, &people, &caller.actor)))
}

pub(crate) async fn full(caller: &Caller, id: &str) -> Result<FullChat, Refusal> {
    caller.must_have(Scope::Read)?;
    let full =
        caller.read(group(id)?, |tx, actor, chat| Box::pin(flows::chats::full(tx, actor, *chat))).await?;
    Ok(full.ok_or(Error::not_found(Kind::GroupChat))?)
}

/// Gives a group chat another subject.
#[utoipa::path(
    put, path = "/groupchats/{id}", tag = "Groupchats", operation_id = "renameGroupchat",
    params(("id" = String, Path, description = "UUID")),
    request_body = NewSubject,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn rename(
    caller: Caller,
    At(id): At<String>,
    Words(new): Words<NewSubject>,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    flows::chats::rename(&caller.house, &caller.actor, group_id(&id)?, &new.subject).await?;
    Ok(Json(Done {}))
}

/// Closes a group chat: it can still be read.
#[utoipa::path(
    delete, path = "/groupchats/{id}", tag = "Groupchats", operation_id = "closeGroupchat",
    params(("id" = String, Path, description = "UUID")),
    request_body = Ending,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn close(
    caller: Caller,
    At(id): At<String>,
    Words(ending): Words<Ending>,
) -> Result<Json<Done>, Refusal> {
    close_chat(&caller, group(&id)?, &ending).await
}

/// Changes how a group chat behaves; what is left out stays as it is.
#[utoipa::path(
    put, path = "/groupchats/{id}/settings", tag = "Groupchats", operation_id = "changeGroupchatSettings",
    params(("id" = String, Path, description = "UUID")),
    request_body = GroupSettings,
    responses((status = 200, body = GroupSettings), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn settings(
    caller: Caller,
    At(id): At<String>,
    Words(new): Words<GroupSettings>,
) -> Result<Json<GroupSettings>, Refusal> {
    caller.must_have(Scope::Write)?;
    let settings = caller
        .write((group(&id)?, change(&new)), |tx, actor, (chat, change)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
                messaging::change_settings(tx, &open, *change).await
            })
        })
        .await?;
    Ok(Json(settings.into()))
}

fn change(settings: &GroupSettings) -> SettingsChange {
    SettingsChange {
        allow_contacts: settings.allow_contacts,
        members_can_invite: settings.members_can_invite,
        hybrid_messaging: settings.hybrid_messaging,
        auto_close_days: settings.auto_close_after,
        auto_expire_seconds: settings.auto_expire_after,
    }
}

chat_routes!(
    group, "Groupchat",
    messages: "/groupchats/{id}/messages",
    message: "/groupchats/{id}/messages/{message_id}",
    read: "/groupchats/{id}/read",
    attachments: "/groupchats/{id}/attachments",
    attachment: "/groupchats/{id}/attachments/{attachment_id}",
    content: "/groupchats/{id}/attachments/{attachment_id}/content",
    pdf: "/groupchats/{id}/pdf",
    pdf_content: "/groupchats/{id}/pdf/content",
    export: "/groupchats/{id}/export",
    export_content: "/groupchats/{id}/export/content",
);

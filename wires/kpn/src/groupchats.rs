//! Chats of many.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use flows::{ChatRef, FullChat};
use kernel::{ChatId, Error, Kind, Scope};
use messaging::{Chat, ChatKind, GroupDraft, Member, OpenChat, Right, Settings, SettingsChange};
use store::Tx;
use vault::AuxId;

use crate::answers::{Asking, Naming};
use crate::avatars::Avatars;
use crate::conversations::words;
use crate::group_routes::group_routes;
use crate::invitations::invited_to_group;
use crate::members::named;
use crate::refusals::Refusal;
use crate::tags::{IfMatch, Tagged, tag_of};
use crate::taken::{Pages, Words};
use crate::words::{Done, GroupChat, GroupSettings, Made, NewGroupChat, NewSubject, People};

fn group(id: &str) -> Result<ChatRef, Refusal> {
    let id = ChatId::from_uuid(id).ok_or(Error::not_found(Kind::GroupChat))?;
    Ok(ChatRef::Group(id))
}

group_routes!(group, "Groupchat");

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
    caller.must_have(Scope::Read)?;
    let list = flows::chats::list(&caller.house, &caller.actor, ChatKind::Group, page).await?;
    Ok(Json(words(list, &caller, word)))
}

/// A group in the words for it.
pub(crate) fn word(chat: &Chat, members: &[Member], people: &People, aux_id: Option<String>) -> GroupChat {
    GroupChat { aux_id, ..GroupChat::of(chat, members, people) }
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
    begin_with(&caller, new).await
}

/// Begins a group chat, of either route.
pub(crate) async fn begin_with(
    caller: &Caller,
    new: NewGroupChat,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    if new.subject.trim().is_empty() {
        return Err(Error::invalid("subject", "subject_is_empty", "a group chat has a subject").into());
    }
    let settings = change(&new.settings.unwrap_or_default()).applied_to(Settings::default())?;
    let (aux_id, send_email) = (new.aux_id.map(AuxId::new).transpose()?, new.send_email == Some(true));
    let members = named(caller, &new.members, new.aux_members).await?;
    let draft = GroupDraft { subject: new.subject, settings, aux_id, send_email, ..GroupDraft::default() };
    let invites = invited_to_group(&new.invite_users, new.send_email.unwrap_or(true))?;
    let (house, actor) = (&caller.house, &caller.actor);
    let id = flows::invitations::begin_group(house, actor, draft, members, &invites).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.uuid() })))
}

pub(crate) async fn show(caller: &Caller, chat: ChatRef) -> Result<Tagged<GroupChat>, Refusal> {
    let full = full(caller, chat).await?;
    Ok(Tagged(GroupChat::of_full(full, Avatars::of(caller))))
}

pub(crate) async fn full(caller: &Caller, chat: ChatRef) -> Result<FullChat, Refusal> {
    caller.must_have(Scope::Read)?;
    let full = caller.read(chat, |tx, actor, chat| Box::pin(flows::chats::full(tx, actor, *chat))).await?;
    Ok(full.ok_or(Error::not_found(Kind::GroupChat))?)
}

/// Passes when the chat is as the caller last read it, or they did not say; it stays so until the transaction ends.
pub(crate) async fn must_match(tx: &Tx, open: &OpenChat, asked: &IfMatch) -> Result<(), Error> {
    if asked.is_none() {
        return Ok(());
    }
    messaging::hold(tx, open).await?;
    let full = flows::chats::full(tx, open.actor(), ChatRef::Group(open.id())).await?;
    let full = full.ok_or(Error::not_found(Kind::GroupChat))?;
    asked.must_name(&tag_of(&GroupChat::of_full(full, asked.avatars.clone()))?)
}

pub(crate) async fn give_subject(
    caller: &Caller,
    chat: ChatRef,
    asked: IfMatch,
    new: &NewSubject,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let id = caller.read(chat, |tx, actor, chat| {
        Box::pin(async move { Ok(flows::chats::open(tx, actor, *chat, Right::Receive).await?.id()) })
    });
    let id = id.await?;
    let subject = flows::chats::sealed_subject(&caller.house, &caller.actor, id, &new.subject).await?;
    caller
        .write((id, subject, asked), |tx, actor, (id, subject, asked)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, ChatRef::Group(*id), Right::Manage).await?;
                must_match(tx, &open, asked).await?;
                messaging::rename(tx, &open, subject).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

pub(crate) async fn change_settings(
    caller: &Caller,
    chat: ChatRef,
    asked: IfMatch,
    new: &GroupSettings,
) -> Result<Json<GroupSettings>, Refusal> {
    caller.must_have(Scope::Write)?;
    let settings = caller
        .write((chat, change(new), asked), |tx, actor, (chat, change, asked)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
                must_match(tx, &open, asked).await?;
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

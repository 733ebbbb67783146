//! Chats of two. A conversation's id is the other person's id (docs/dialects/kpn.md, our readings).

use axum::Json;
use door::Caller;
use flows::ChatRef;
use kernel::{Error, Kind, Page, PersonId, Scope};
use messaging::{Chat, ChatKind, Member, Right};

use crate::answers::{Asking, Changing, Naming};
use crate::chat_routes::chat_routes;
use crate::refusals::Refusal;
use crate::taken::{At, Pages, Words};
use crate::words::{Conversation, Done, Ending, People};

fn peer(id: &str) -> Result<ChatRef, Refusal> {
    let person = PersonId::from_uuid(id).ok_or(Error::not_found(Kind::Conversation))?;
    Ok(ChatRef::Direct(person))
}

/// The caller's conversations, the latest first.
#[utoipa::path(
    get, path = "/conversations", tag = "Conversations", operation_id = "listConversations",
    params(
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "Conversations a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<Conversation>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn list(caller: Caller, Pages(page): Pages) -> Result<Json<Vec<Conversation>>, Refusal> {
    let word = |chat: &Chat, members: &[Member], people: &People| {
        Conversation::of(chat, members, people, &caller.actor)
    };
    chats_of(&caller, ChatKind::Direct, page, word).await
}

/// A conversation. One that has not begun yet is shown empty, when the caller may write to that person.
#[utoipa::path(
    get, path = "/conversations/{id}", tag = "Conversations", operation_id = "getConversation",
    params(("id" = String, Path, description = "UUID of the other person")),
    responses((status = 200, body = Conversation), Naming),
    security(("oauth" = ["read"]))
)]
pub async fn get(caller: Caller, At(id): At<String>) -> Result<Json<Conversation>, Refusal> {
    caller.must_have(Scope::Read)?;
    let chat = peer(&id)?;
    let full = caller.read(chat, |tx, actor, chat| Box::pin(flows::chats::full(tx, actor, *chat))).await?;
    let Some(full) = full else { return Ok(Json(Conversation::unbegun(id))) };
    let people = People::new(full.people);
    Ok(Json(Conversation::of(&full.chat, &full.members, &people, &caller.actor)))
}

/// Closes a conversation: it can still be read.
#[utoipa::path(
    delete, path = "/conversations/{id}", tag = "Conversations", operation_id = "closeConversation",
    params(("id" = String, Path, description = "UUID of the other person")),
    request_body = Ending,
    responses((status = 200, body = Done), Changing),
    security(("oauth" = ["write"]))
)]
pub async fn close(
    caller: Caller,
    At(id): At<String>,
    Words(ending): Words<Ending>,
) -> Result<Json<Done>, Refusal> {
    close_chat(&caller, peer(&id)?, &ending).await
}

chat_routes!(
    peer, "Conversation",
    messages: "/conversations/{id}/messages",
    message: "/conversations/{id}/messages/{message_id}",
    read: "/conversations/{id}/read",
    attachments: "/conversations/{id}/attachments",
    attachment: "/conversations/{id}/attachments/{attachment_id}",
    content: "/conversations/{id}/attachments/{attachment_id}/content",
    pdf: "/conversations/{id}/pdf",
    pdf_content: "/conversations/{id}/pdf/content",
    export: "/conversations/{id}/export",
    export_content: "/conversations/{id}/export/content",
);

/// The caller's chats of a kind, in the words for them.
pub(crate) async fn chats_of<T>(
    caller: &Caller,
    kind: ChatKind,
    page: Page,
    word: impl Fn(&Chat, &[Member], &People) -> T,
) -> Result<Json<Vec<T>>, Refusal> {
    caller.must_have(Scope::Read)?;
    let list = flows::chats::list(&caller.house, &caller.actor, kind, page).await?;
    let people = People::new(list.people);
    Ok(Json(list.chats.iter().map(|(chat, members)| word(chat, members, &people)).collect()))
}

/// Closes a chat of either kind. Deleting it for good is not taken yet.
pub(crate) async fn close_chat(
    caller: &Caller,
    chat: ChatRef,
    ending: &Ending,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    if ending.remove == Some(true) {
        return Err(
            Error::unsupported("remove_not_supported", "a chat can be closed, but not deleted yet").into()
        );
    }
    caller
        .write(chat, |tx, actor, chat| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
                messaging::close(tx, &open).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

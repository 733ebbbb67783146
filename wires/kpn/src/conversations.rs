//! Chats of two. A conversation's id is the other person's id (docs/dialects/kpn.md, our readings).

use axum::Json;
use door::Caller;
use flows::{ChatList, ChatRef};
use kernel::{Error, Kind, PersonId, Scope};
use messaging::{Chat, ChatKind, Member};

use crate::answers::Asking;
use crate::conversation_routes::conversation_routes;
use crate::refusals::Refusal;
use crate::tags::Tagged;
use crate::taken::Pages;
use crate::words::{Conversation, Done, Ending, People};

fn peer(id: &str) -> Result<ChatRef, Refusal> {
    let person = PersonId::from_uuid(id).ok_or(Error::not_found(Kind::Conversation))?;
    Ok(ChatRef::Direct(person))
}

conversation_routes!(peer, "Conversation");

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
    caller.must_have(Scope::Read)?;
    let list = flows::chats::list(&caller.house, &caller.actor, ChatKind::Direct, page).await?;
    Ok(Json(words(list, &caller, word)))
}

/// A chat of two in the words for it; it is named by its people.
pub(crate) fn word(chat: &Chat, members: &[Member], people: &People, _: Option<String>) -> Conversation {
    Conversation::of(chat, members, people)
}

/// Chats of a kind, in the words for them.
pub(crate) fn words<T>(
    list: ChatList,
    caller: &Caller,
    word: impl Fn(&Chat, &[Member], &People, Option<String>) -> T,
) -> Vec<T> {
    let (people, mut aux_ids) = (People::new(list.people, caller), list.aux_ids);
    let words = list.chats.iter();
    words.map(|(chat, members)| word(chat, members, &people, aux_ids.remove(&chat.id))).collect()
}

pub(crate) async fn show(caller: &Caller, chat: ChatRef) -> Result<Tagged<Conversation>, Refusal> {
    caller.must_have(Scope::Read)?;
    let shown = caller.read(chat, |tx, actor, chat| {
        Box::pin(async move {
            Ok(match flows::chats::full(tx, actor, *chat).await? {
                Some(full) => Ok(full),
                None => Err(flows::chats::unbegun(tx, actor, *chat).await?),
            })
        })
    });
    Ok(Tagged(match shown.await? {
        Ok(full) => {
            let people = People::new(full.people, caller);
            Conversation::of(&full.chat, &full.members, &people)
        }
        Err((peer, aux_id)) => Conversation::unbegun(peer.uuid(), aux_id),
    }))
}

/// Closes a chat of either kind, or removes a group for good.
pub(crate) async fn close_chat(
    caller: &Caller,
    chat: ChatRef,
    ending: &Ending,
) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let is_for_good = ending.remove == Some(true);
    if is_for_good && chat.kind() == Kind::Conversation {
        let why = "a conversation can be closed; neither of the two deletes it for the other";
        return Err(Error::unsupported("remove_not_supported", why).into());
    }
    let send_email = ending.send_email == Some(true);
    let end = caller.write((chat, is_for_good, send_email), |tx, actor, (chat, is_for_good, send_email)| {
        Box::pin(async move {
            match *is_for_good {
                true => flows::chats::remove(tx, actor, *chat, *send_email).await,
                false => flows::chats::close(tx, actor, *chat, *send_email).await,
            }
        })
    });
    end.await?;
    Ok(Json(Done {}))
}

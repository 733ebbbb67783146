//! The removal of a whole chat. With the answer it is gone for everybody; what was in it goes after that, some at a
//! time, by a job.

use audit::Deed;
use kernel::{ChatChange, ChatId, Error, MessageId, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};

use crate::access::OpenChat;
use crate::guests;
use crate::indexing;
use crate::line;
use crate::manage::must_be_group;
use crate::members::{take_turns, tell_everyone};
use crate::remains;
use crate::rows::{chats, members, messages};

/// The job that removes what was in a chat; its payload is a [`RemoveChat`].
pub const REMOVE_CHAT: &str = "messaging.remove_chat";

/// How long the job waits when a legal hold came meanwhile.
const HOLD_PAUSE_MS: i64 = 24 * 3_600 * 1_000;

/// Which chat [`REMOVE_CHAT`] removes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemoveChat {
    organisation: OrganisationId,
    chat: ChatId,
    /// Those that come after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<ChatId>,
}

/// Removes a group with all that is in it, for everybody, open or closed: by its owner and admins, when they are staff. A
/// proof of any right that members have will do.
///
/// # Errors
/// [`Error::NotAllowed`] to others; [`Error::Conflict`] while a legal hold on it, a message or a file of it stands, and
/// then nothing is removed; [`Error::Precondition`] for a chat of two, which neither takes from the other.
pub async fn remove(tx: &Tx, chat: &OpenChat) -> Result<()> {
    chat.must_be_member()?;
    must_be_group(chat)?;
    if !chat.may().remove_all() {
        let why = "Only its owner and admins on the staff may delete this chat.";
        return Err(Error::not_allowed("not_staff", why));
    }
    take_turns(tx, chat).await?;
    if is_held(tx, chat.tenant(), chat.key()).await? {
        return Err(Error::conflict("legal_hold", "A legal hold keeps this chat: it cannot be deleted."));
    }
    line::of(tx, chat, Deed::ChatRemoved, chat.key().as_bytes()).await?;
    let gone = args![chat.tenant(), chat.key(), tx.now_ms()];
    if tx.run(chats::MARK_REMOVED, &gone).await? == 0 {
        return Err(Error::not_found(chat.kind().kind()));
    }
    indexing::forget_subject(tx, chat.organisation(), chat.id()).await?;
    tell_everyone(tx, chat, ChatChange::Removed, &[]).await?;
    guests::end_soon(tx, chat.tenant(), chat.key()).await?;
    tx.run(members::DELETE_ALL, &args![chat.tenant(), chat.key()]).await?;
    leave_rest(tx, chat.organisation(), &[chat.id()]).await
}

/// Does the job [`REMOVE_CHAT`]: removes the next messages, and with the last the chat's own row.
///
/// # Errors
/// As [`Tx::all`].
pub async fn remove_some(tx: &Tx, job: &RemoveChat) -> Result<()> {
    let (organisation, chat) = (&job.organisation, &job.chat);
    if is_held(tx, organisation, chat).await? {
        return leave(tx, job, tx.now_ms() + HOLD_PAUSE_MS).await;
    }
    let limit = i64::try_from(remains::MESSAGES_PER_CALL_MAX).map_err(Error::bug)?;
    let some = args![organisation, chat, limit];
    let mut some = tx.all(messages::FIRST, &some, |row| row.get::<MessageId>(0)).await?;
    if some.is_empty() {
        // Messages that were moved to another chat left their words.
        if search::forget_place(tx, *organisation, chat).await? {
            return leave(tx, job, tx.now_ms()).await;
        }
        remains::of_chat(tx, organisation, chat).await?;
        tx.run(chats::DELETE_REMOVED, &args![organisation, chat]).await?;
        return leave_rest(tx, *organisation, &job.others).await;
    }
    some.truncate(remains::at_once(tx, organisation, &some).await?);
    remains::of_messages(tx, organisation, &some).await?;
    tx.run_of(messages::DELETE_ROWS, &some, &args![organisation]).await?;
    leave(tx, job, tx.now_ms()).await
}

/// Leaves the job for chats that are marked as removed already; one job for all of them.
pub(crate) async fn leave_rest(tx: &Tx, organisation: OrganisationId, chats: &[ChatId]) -> Result<()> {
    let Some((chat, others)) = chats.split_first() else { return Ok(()) };
    leave(tx, &RemoveChat { organisation, chat: *chat, others: others.to_vec() }, tx.now_ms()).await
}

async fn leave(tx: &Tx, job: &RemoveChat, due_ms: i64) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(Error::bug)?;
    let new = NewJob { name: REMOVE_CHAT, dedupe: Some(job.chat.hex()), payload, due_ms };
    jobs::enqueue(tx, &new).await
}

async fn is_held(tx: &Tx, organisation: &OrganisationId, chat: &ChatId) -> Result<bool> {
    Ok(tx.one(chats::IS_HELD, &args![organisation, chat], |row| row.get(0)).await?.unwrap_or_default())
}

//! Posting: the hot path. Door, place, row and line are the four statements of a message of text.

use audit::Deed;
use kernel::{Error, Event, MessageId, Result};
use store::{Tx, args};

use crate::access::{OpenChat, Right};
use crate::draft::{SealedDraft, SealedRequest};
use crate::files::{FileState, SealedFile, leave_check};
use crate::line;
use crate::members::members;
use crate::request::Request;
use crate::rows::{chats, files, messages};

/// A message that is in its chat once the transaction commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The message.
    pub id: MessageId,
    /// Its place in the chat.
    pub seq: i64,
    /// When it was posted.
    pub posted_ms: i64,
}

/// Posts a message. Asks for [`Right::Post`]. The author's own messages count as read without a receipt.
///
/// # Errors
/// [`Error::Precondition`] when the chat was closed since its door opened; [`Error::Invalid`] when it asks somebody
/// who is not in the chat; [`Error::NotAllowed`] when somebody who is no staff asks who people are.
pub async fn post(tx: &Tx, chat: &OpenChat, draft: &SealedDraft) -> Result<Posted> {
    chat.must_be_for(Right::Post)?;
    let (actor, posted_ms) = (chat.actor(), tx.now_ms());
    if let Some(request) = &draft.request {
        must_be_askable(tx, chat, &request.plain).await?;
    }
    let place = args![chat.tenant(), chat.key(), posted_ms];
    let seq = tx.one(chats::TAKE_PLACE, &place, |row| row.get::<i64>(0)).await?;
    let seq = seq.ok_or_else(|| chat.kind().is_closed())?;
    let row = args![
        &draft.id,
        chat.tenant(),
        chat.key(),
        seq,
        &actor.person,
        actor.acting_for.as_ref(),
        actor.client.as_ref(),
        posted_ms,
        &draft.body,
        draft.request.as_ref().map(|request| &request.payload)
    ];
    tx.run(messages::INSERT, &row).await?;
    let mut deeds = vec![(Deed::MessagePosted, draft.id.as_bytes())];
    deeds.extend(draft.request.as_ref().map(|request| (deed(request), draft.id.as_bytes())));
    for file in &draft.files {
        insert_file(tx, chat, draft.id, file, posted_ms).await?;
        deeds.push((Deed::FilePosted, file.id.as_bytes()));
    }
    if !draft.files.is_empty() && FileState::of_new(tx) == FileState::Waiting {
        leave_check(tx, chat.organisation()).await?;
    }
    line::of_each(tx, chat, &deeds).await?;
    tx.emit(Event::MessagePosted {
        organisation: chat.organisation(),
        chat: chat.id(),
        message: draft.id,
        seq,
        author: actor.person,
    });
    Ok(Posted { id: draft.id, seq, posted_ms })
}

const fn deed(request: &SealedRequest) -> Deed {
    match request.plain {
        Request::Question(_) => Deed::QuestionAsked,
        Request::Verification(_) => Deed::VerificationAsked,
    }
}

/// Passes for staff who may post: nobody else asks people who they are.
///
/// # Errors
/// [`Error::NotAllowed`] to others.
pub fn must_ask_who(chat: &OpenChat) -> Result<()> {
    if chat.may().verify() {
        return Ok(());
    }
    Err(Error::not_allowed("not_staff", "Only staff may ask who somebody is."))
}

/// Who is asked is in the chat, and only staff ask who somebody is.
async fn must_be_askable(tx: &Tx, chat: &OpenChat, request: &Request) -> Result<()> {
    if matches!(request, Request::Verification(_)) {
        must_ask_who(chat)?;
    }
    let (field, asked) = request.asked();
    if asked.is_empty() {
        return Ok(());
    }
    let there = members(tx, chat).await?;
    if asked.iter().all(|person| there.iter().any(|member| member.person == *person)) {
        return Ok(());
    }
    Err(Error::invalid(field, "not_a_member", "This person is not in the chat."))
}

async fn insert_file(
    tx: &Tx,
    chat: &OpenChat,
    message: MessageId,
    file: &SealedFile,
    made_ms: i64,
) -> Result<()> {
    let size = i64::try_from(file.size).map_err(kernel::Error::bug)?;
    let row = args![
        &file.id,
        chat.tenant(),
        chat.key(),
        &message,
        &file.blob_key,
        &file.data_key,
        &file.name,
        file.mime,
        size,
        FileState::of_new(tx).name(),
        made_ms
    ];
    tx.run(files::INSERT, &row).await.map(drop)
}

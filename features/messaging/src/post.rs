//! Posting: the hot path. Door, place, row and line are the four statements of a message of text.

use audit::Deed;
use kernel::{Event, MessageId, Result};
use store::{Tx, args};

use crate::access::{OpenChat, Right};
use crate::draft::SealedDraft;
use crate::files::SealedFile;
use crate::line;
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
/// [`kernel::Error::Precondition`] when the chat was closed since its door opened.
pub async fn post(tx: &Tx, chat: &OpenChat, draft: &SealedDraft) -> Result<Posted> {
    chat.must_be_for(Right::Post)?;
    let (actor, posted_ms) = (chat.actor(), tx.now_ms());
    let seq = tx.one(chats::TAKE_PLACE, &args![chat.key(), posted_ms], |row| row.get::<i64>(0)).await?;
    let seq = seq.ok_or_else(|| chat.kind().is_closed())?;
    let row = args![
        &draft.id,
        &actor.organisation,
        chat.key(),
        seq,
        &actor.person,
        actor.acting_for.as_ref(),
        actor.client.as_ref(),
        posted_ms,
        &draft.body
    ];
    tx.run(messages::INSERT, &row).await?;
    for file in &draft.files {
        insert_file(tx, chat, draft.id, file, posted_ms).await?;
    }
    line::of(tx, chat, Deed::MessagePosted, draft.id.as_bytes()).await?;
    tx.emit(Event::MessagePosted { chat: chat.id(), message: draft.id, seq, author: actor.person });
    Ok(Posted { id: draft.id, seq, posted_ms })
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
        &chat.actor().organisation,
        chat.key(),
        &message,
        &file.blob_key,
        &file.name,
        file.mime,
        size,
        made_ms
    ];
    tx.run(files::INSERT, &row).await?;
    line::of(tx, chat, Deed::FilePosted, file.id.as_bytes()).await
}

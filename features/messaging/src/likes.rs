//! Liking a message, and no longer liking it. Either twice is done once.

use audit::Deed;
use kernel::{Event, MessageChange, MessageId, Result};
use store::{Tx, args};

use crate::access::{OpenChat, Right};
use crate::line;
use crate::replies::hold_there;
use crate::rows::reactions as rows;

/// Notes that the actor likes a message. Asks for [`Right::Post`].
///
/// # Errors
/// [`kernel::Error::NotFound`] when it is not in this chat, or was deleted.
pub async fn like(tx: &Tx, chat: &OpenChat, message: MessageId) -> Result<()> {
    let seq = place(tx, chat, message).await?;
    let row = args![chat.tenant(), chat.key(), seq, &chat.actor().person, tx.now_ms()];
    let done = tx.run(rows::INSERT_LIKE, &row).await?;
    changed(tx, chat, message, done, (Deed::MessageLiked, MessageChange::Liked)).await
}

/// Notes that the actor no longer likes a message. Asks for [`Right::Post`].
///
/// # Errors
/// As [`like`].
pub async fn unlike(tx: &Tx, chat: &OpenChat, message: MessageId) -> Result<()> {
    let seq = place(tx, chat, message).await?;
    let row = args![chat.tenant(), chat.key(), seq, &chat.actor().person];
    let done = tx.run(rows::DELETE_LIKE, &row).await?;
    changed(tx, chat, message, done, (Deed::MessageUnliked, MessageChange::Unliked)).await
}

async fn place(tx: &Tx, chat: &OpenChat, message: MessageId) -> Result<i64> {
    chat.must_be_for(Right::Post)?;
    hold_there(tx, chat, message).await
}

async fn changed(
    tx: &Tx,
    chat: &OpenChat,
    message: MessageId,
    done: u64,
    (deed, change): (Deed, MessageChange),
) -> Result<()> {
    if done == 0 {
        return Ok(());
    }
    line::of(tx, chat, deed, message.as_bytes()).await?;
    let (organisation, by) = (chat.organisation(), chat.actor().person);
    tx.emit(Event::MessageChanged { organisation, chat: chat.id(), message, by, change });
    Ok(())
}

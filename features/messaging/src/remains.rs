//! Everything that hangs on a message or on a chat and goes with it. Whoever keeps something more about messages or
//! chats removes it here, besides what a foreign key takes along, and the link for guests, which ends sooner
//! (see [`crate::guests`]).

use kernel::{ChatId, MessageId, OrganisationId, Result};
use store::{Tx, args};

use crate::files::forget_files;
use crate::indexing;
use crate::rows::{members, pictures, reactions};

/// Messages that one call of [`of_messages`] takes: few enough for the statements of a transaction, if each has a few.
pub(crate) const MESSAGES_PER_CALL_MAX: usize = 50;

/// How many of at most [`MESSAGES_PER_CALL_MAX`] messages, from the first on, one transaction can take with all that
/// hangs on them: of those with many words few.
pub(crate) async fn at_once(tx: &Tx, organisation: &OrganisationId, messages: &[MessageId]) -> Result<usize> {
    search::forgettable(tx, *organisation, messages).await
}

/// What hangs on messages whose text goes: when they are deleted, when they expire, and when their chat is removed. Of
/// many it is asked first how many go [`at_once`].
pub(crate) async fn of_messages(
    tx: &Tx,
    organisation: &OrganisationId,
    messages: &[MessageId],
) -> Result<()> {
    forget_files(tx, organisation, messages).await?;
    for sql in [reactions::DELETE_LIKES, reactions::DELETE_ANSWERS] {
        tx.run_of(sql, messages, &args![organisation]).await?;
    }
    search::forget(tx, *organisation, messages).await
}

/// What hangs on a chat that is removed, once none of its messages is left.
pub(crate) async fn of_chat(tx: &Tx, organisation: &OrganisationId, chat: &ChatId) -> Result<()> {
    indexing::forget_chat(tx, *organisation, *chat).await?;
    tx.run(pictures::DELETE, &args![organisation, chat]).await?;
    tx.run(members::DELETE_ALL, &args![organisation, chat]).await.map(drop)
}

//! What reached whom, and what was read: two watermarks a member, which only rise.

use kernel::{Event, PersonId, Result};
use store::{Arg, Tx, args};

use crate::access::OpenChat;
use crate::members::members;
use crate::rows::members::{MARK_DELIVERED, MARK_READ};

/// How far a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whose.
    pub person: PersonId,
    /// Up to which place the chat reached a device of theirs.
    pub delivered_seq: i64,
    /// Up to which place they read it.
    pub read_seq: i64,
}

impl Receipt {
    /// Whether the message at this place reached them.
    #[must_use]
    pub const fn has_received(&self, seq: i64) -> bool {
        self.delivered_seq >= seq
    }

    /// Whether they read the message at this place.
    #[must_use]
    pub const fn has_read(&self, seq: i64) -> bool {
        self.read_seq >= seq
    }
}

/// The chat reached a device of the reader up to this place. A proof of any right will do; who is no member leaves
/// no receipt.
///
/// # Errors
/// What the store refuses.
pub async fn mark_delivered(tx: &Tx, chat: &OpenChat, seq: i64) -> Result<()> {
    let (person, seq) = (chat.actor().person, reached(chat, seq));
    raise(tx, chat, MARK_DELIVERED, &args![chat.tenant(), chat.key(), &person, seq]).await
}

/// The reader read the chat up to this place, so it reached them too. A proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn mark_read(tx: &Tx, chat: &OpenChat, seq: i64) -> Result<()> {
    let (person, seq) = (chat.actor().person, reached(chat, seq));
    raise(tx, chat, MARK_READ, &args![chat.tenant(), chat.key(), &person, seq, tx.now_ms()]).await
}

/// A place that is not there yet must not count as read once it is.
fn reached(chat: &OpenChat, seq: i64) -> i64 {
    seq.min(chat.last_seq())
}

async fn raise(tx: &Tx, chat: &OpenChat, sql: &'static str, row: &[Arg<'_>]) -> Result<()> {
    if tx.run(sql, row).await? > 0 {
        tx.emit(Event::ReceiptMoved { chat: chat.id(), person: chat.actor().person });
    }
    Ok(())
}

/// How far each member is. A proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn receipts(tx: &Tx, chat: &OpenChat) -> Result<Vec<Receipt>> {
    let members = members(tx, chat).await?.into_iter();
    Ok(members
        .map(|m| Receipt { person: m.person, delivered_seq: m.delivered_seq, read_seq: m.read_seq })
        .collect())
}

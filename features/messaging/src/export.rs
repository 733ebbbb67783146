//! A chat that somebody takes along: all of it, or what was written in a span of time, stretch by stretch.
//!
//! The door leaves one line when it begins, however many stretches follow. Each of them asks the door again, so that
//! who is sent out of the chat meanwhile gets no more of it.

use kernel::{Actor, ChatId, Result};
use store::{Tx, args};

use crate::access::{self, OpenChat, Right};
use crate::messages::{self, Gone, Message};
use crate::rows::messages as rows;

/// Places that one stretch covers.
pub const EXPORT_STRETCH: i64 = 100;

/// The proof that somebody began to take a chat along, and how much of it.
#[derive(Clone, Debug)]
pub struct Export {
    actor: Actor,
    chat: ChatId,
    from_seq: i64,
    until_seq: i64,
    /// The instants between which it was posted.
    span_ms: (i64, i64),
}

/// What stands at a place of a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A message.
    Said(Box<Message>),
    /// The mark of one that was deleted.
    Gone(Gone),
}

impl Export {
    /// Begins with what was posted between two instants in milliseconds since 1970, both included. Asks for
    /// [`Right::Export`].
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn begin(tx: &Tx, chat: &OpenChat, span_ms: (i64, i64)) -> Result<Self> {
        chat.must_be_for(Right::Export)?;
        let (from_seq, until_seq) = messages::places_between(tx, chat, span_ms).await?;
        Ok(Self { actor: chat.actor().clone(), chat: chat.id(), from_seq, until_seq, span_ms })
    }

    /// The first places of each stretch, in their order.
    pub fn stretches(&self) -> impl Iterator<Item = i64> + Send + use<> {
        let step = usize::try_from(EXPORT_STRETCH).unwrap_or(1);
        (self.from_seq..self.until_seq).step_by(step)
    }

    /// What stands at the places of a stretch, the oldest first.
    ///
    /// # Errors
    /// As [`access::open`], which is asked again.
    pub async fn stretch(&self, tx: &Tx, first: i64) -> Result<Vec<Entry>> {
        let chat = access::open(tx, &self.actor, self.chat, Right::ReadOne).await?;
        let end = first.saturating_add(EXPORT_STRETCH).min(self.until_seq);
        let args = args![chat.tenant(), chat.key(), first, end, EXPORT_STRETCH];
        let said = messages::found(tx, &chat, rows::BETWEEN, &args).await?;
        let gone = tx.all(rows::GONE_BETWEEN, &args, messages::gone_row).await?;
        let mut entries: Vec<Entry> = said
            .into_iter()
            .map(|message| Entry::Said(Box::new(message)))
            .chain(gone.into_iter().map(Entry::Gone))
            .collect();
        let (from_ms, until_ms) = self.span_ms;
        entries.retain(|entry| (from_ms..=until_ms).contains(&entry.posted_ms()));
        entries.sort_by_key(Entry::seq);
        Ok(entries)
    }
}

impl Entry {
    const fn posted_ms(&self) -> i64 {
        match self {
            Self::Said(message) => message.posted_ms,
            Self::Gone(gone) => gone.posted_ms,
        }
    }

    /// Its place in the chat.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        match self {
            Self::Said(message) => message.seq,
            Self::Gone(gone) => gone.seq,
        }
    }
}

//! What happened, told after the commit that made it true.

use serde::{Deserialize, Serialize};

use crate::{ChatId, MessageId, OrganisationId, PersonId, SessionId, TokenId};

/// Everything that may be told, as a closed list, to those of this process that asked the store for it: what is
/// remembered of people and keys is forgotten, and open pages are told. Who misses it loses nothing, since the row is
/// there; what must follow is a job. It carries ids only, never content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A message came into a chat.
    MessagePosted {
        /// The chat.
        chat: ChatId,
        /// The message.
        message: MessageId,
        /// Its place in the chat.
        seq: i64,
        /// Who wrote it.
        author: PersonId,
    },
    /// A message's text and files were taken out of a chat.
    MessageDeleted {
        /// The chat.
        chat: ChatId,
        /// The message.
        message: MessageId,
    },
    /// A chat began, or people came to it or left it, or its subject or state changed.
    ChatChanged {
        /// The chat.
        chat: ChatId,
        /// Who must know, those who left included.
        members: Vec<PersonId>,
    },
    /// Somebody received or read a chat up to a place.
    ReceiptMoved {
        /// The chat.
        chat: ChatId,
        /// Whose receipt.
        person: PersonId,
    },
    /// A token ended before its time.
    TokenRevoked {
        /// The token.
        token: TokenId,
    },
    /// A browser was signed out.
    SessionEnded {
        /// The session.
        session: SessionId,
    },
    /// A person's roles, teams or standing changed; nothing remembered of them holds any more.
    PersonChanged {
        /// The person.
        person: PersonId,
    },
    /// An organisation's settings or keys changed.
    OrganisationChanged {
        /// The organisation.
        organisation: OrganisationId,
    },
}

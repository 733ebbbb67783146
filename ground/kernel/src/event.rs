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
        /// Who owns the chat.
        organisation: OrganisationId,
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
        /// Who owns the chat.
        organisation: OrganisationId,
        /// The chat.
        chat: ChatId,
        /// The message.
        message: MessageId,
        /// Who took it out; `None` when its time was over.
        by: Option<PersonId>,
    },
    /// Something was done to a message that is there.
    MessageChanged {
        /// Who owns the chat.
        organisation: OrganisationId,
        /// The chat.
        chat: ChatId,
        /// The message.
        message: MessageId,
        /// Who did it.
        by: PersonId,
        /// What.
        change: MessageChange,
    },
    /// A chat began, or people came to it or left it, or its subject or state changed.
    ChatChanged {
        /// Who owns the chat.
        organisation: OrganisationId,
        /// The chat.
        chat: ChatId,
        /// What became of it.
        change: ChatChange,
        /// Who did it; `None` when its time was over.
        by: Option<PersonId>,
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

/// What became of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChatChange {
    /// It began.
    Began,
    /// These people came to it.
    Came(Vec<PersonId>),
    /// These people left it, or were removed.
    Went(Vec<PersonId>),
    /// Nothing can be written any more.
    Closed,
    /// It is gone for everybody, with all that was in it.
    Removed,
    /// Something else about it: its subject, settings, team or standings, or it was opened again.
    Other,
}

/// What was done to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageChange {
    /// Somebody likes it.
    Liked,
    /// Somebody no longer likes it.
    Unliked,
    /// Somebody answered the question that it asks.
    Answered,
    /// Somebody proved who they are, as it asked them to.
    VerificationAccepted,
    /// Somebody did not prove who they are.
    VerificationRejected,
    /// The scanner has looked at a file of it, whose author counts as who did it.
    FilesChecked,
}

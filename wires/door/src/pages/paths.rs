//! Where our own pages are that several wires lead to.

use kernel::{ChatId, PersonId};

/// The conversations of who has signed in: the page for those who are on their way nowhere.
pub const CHATS: &str = "/chats";

/// A group chat.
#[must_use]
pub fn group(chat: ChatId) -> String {
    format!("{CHATS}/{}", chat.uuid())
}

/// The conversation with somebody.
#[must_use]
pub fn conversation(person: PersonId) -> String {
    format!("{CHATS}/with/{}", person.uuid())
}

/// Somebody's picture, by its mark.
#[must_use]
pub fn picture(person: PersonId, mark: &str) -> String {
    format!("{}/picture?v={mark}", conversation(person))
}

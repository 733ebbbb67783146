//! Where our own pages are that several wires lead to.

use identity::protocol::form::encode;
use kernel::{ChatId, PersonId};

/// The conversations of who has signed in: the page for those who are on their way nowhere.
pub const CHATS: &str = "/chats";

/// What administrators look after: for others it is not there.
pub const ADMINISTRATION: &str = "/administration";

/// The page on which people sign in, from which they go on to a path of ours.
#[must_use]
pub fn sign_in(onward: &str) -> String {
    format!("/login?return={}", encode(onward))
}

/// Tells the sign-in page that a form came from somebody who was signed out, and that nothing was done with it.
pub const UNSENT: &str = "unsent";

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

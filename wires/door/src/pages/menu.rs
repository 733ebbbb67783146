//! The menu of somebody who has signed in.

use identity::Language;

use super::{Link, words};

/// Where in the house a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// The front page.
    Home,
    /// Conversations.
    Chats,
    /// A person's own account.
    Account,
}

/// The menu as it stands on a page of this corner.
#[must_use]
pub const fn menu(language: Language, corner: Corner) -> [Link<'static>; 3] {
    let words = words::of(language);
    [
        Link { path: "/", text: words.home, is_here: matches!(corner, Corner::Home) },
        Link { path: "/chats", text: words.chats, is_here: matches!(corner, Corner::Chats) },
        Link { path: "/account", text: words.account, is_here: matches!(corner, Corner::Account) },
    ]
}

//! The menu of somebody who has signed in.

use identity::Language;

use super::{Link, paths, words};

/// Where in the house a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// The front page.
    Home,
    /// Conversations.
    Chats,
    /// A person's own account.
    Account,
    /// None of these.
    Nowhere,
}

/// The menu as it stands on a page of this corner; `unread` conversations have something new, where that is known.
#[must_use]
pub const fn menu(language: Language, corner: Corner, unread: Option<u32>) -> [Link<'static>; 3] {
    let words = words::of(language);
    let (home, chats, account) =
        (matches!(corner, Corner::Home), matches!(corner, Corner::Chats), matches!(corner, Corner::Account));
    [
        Link { path: "/", text: words.home, is_here: home, unread: None },
        Link { path: paths::CHATS, text: words.chats, is_here: chats, unread },
        Link { path: "/account", text: words.account, is_here: account, unread: None },
    ]
}

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
    /// What administrators look after.
    Administration,
    /// None of these.
    Nowhere,
}

/// What the menu depends on besides where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// In how many of their conversations something is new.
    pub unread: u32,
    /// Whether they administer the organisation that they act in.
    pub administers: bool,
}

/// The menu as it stands on a page of this corner; what is new and what else there is shows where it is known who reads.
#[must_use]
pub fn menu(language: Language, corner: Corner, reader: Option<Reader>) -> Vec<Link<'static>> {
    let words = words::of(language);
    let link = |path, text, there| Link { path, text, is_here: corner == there, unread: None };
    let unread = reader.map(|reader| reader.unread);
    let mut menu = vec![
        link("/", words.home, Corner::Home),
        Link { unread, ..link(paths::CHATS, words.chats, Corner::Chats) },
        link("/account", words.account, Corner::Account),
    ];
    if reader.is_some_and(|reader| reader.administers) {
        menu.push(link(paths::ADMINISTRATION, words.administration, Corner::Administration));
    }
    menu
}

//! The menu.

use door::pages::Language;

pub struct Frame {
    pub home: &'static str,
    pub chats: &'static str,
    pub account: &'static str,
}

pub const fn frame(language: Language) -> &'static Frame {
    match language {
        Language::Nl => &Frame { home: "Start", chats: "Gesprekken", account: "Mijn account" },
        Language::En => &Frame { home: "Home", chats: "Conversations", account: "My account" },
        Language::De => &Frame { home: "Start", chats: "Gespräche", account: "Mein Konto" },
        Language::Fr => &Frame { home: "Accueil", chats: "Conversations", account: "Mon compte" },
    }
}

//! The words of the frame around every page.

use identity::Language;

/// The frame's words in one language.
pub(super) struct Words {
    pub skip: &'static str,
    pub unread: &'static str,
    pub languages: &'static str,
    pub menu: &'static str,
    pub leave: &'static str,
    pub said_by: &'static str,
    pub home: &'static str,
    pub chats: &'static str,
    pub account: &'static str,
    pub administration: &'static str,
}

pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Words = Words {
    skip: "Naar de inhoud",
    unread: "met nieuwe berichten",
    languages: "Taal",
    menu: "Menu",
    leave: "Uitloggen",
    said_by: "Veilig berichten uitwisselen in de zorg",
    home: "Start",
    chats: "Gesprekken",
    account: "Mijn account",
    administration: "Beheer",
};
const EN: Words = Words {
    skip: "Skip to the content",
    unread: "with new messages",
    languages: "Language",
    menu: "Menu",
    leave: "Sign out",
    said_by: "Secure messages in health care",
    home: "Home",
    chats: "Conversations",
    account: "My account",
    administration: "Administration",
};
const DE: Words = Words {
    skip: "Zum Inhalt",
    unread: "mit neuen Nachrichten",
    languages: "Sprache",
    menu: "Menü",
    leave: "Abmelden",
    said_by: "Sichere Nachrichten im Gesundheitswesen",
    home: "Start",
    chats: "Gespräche",
    account: "Mein Konto",
    administration: "Verwaltung",
};
const FR: Words = Words {
    skip: "Aller au contenu",
    unread: "avec de nouveaux messages",
    languages: "Langue",
    menu: "Menu",
    leave: "Déconnexion",
    said_by: "Messagerie sécurisée pour la santé",
    home: "Accueil",
    chats: "Conversations",
    account: "Mon compte",
    administration: "Administration",
};

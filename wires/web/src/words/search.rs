//! Looking for messages and people, and files that cannot be fetched.

use door::pages::Language;
use kernel::Error;
use search::Wanted;

pub struct Search {
    pub title: &'static str,
    pub lead: &'static str,
    pub field: &'static str,
    pub go: &'static str,
    pub none: &'static str,
    pub none_hint: &'static str,
    pub no_words: &'static str,
    pub too_much: &'static str,
    pub groups: &'static str,
    pub messages: &'static str,
    pub more: &'static str,
    pub in_chat_with: &'static str,
    pub in_group: &'static str,

    pub name: &'static str,
    pub find: &'static str,
    pub nobody_called: &'static str,
    /// Who was found is not offered again.
    pub chosen_already: &'static str,
    /// Beginnings are known from two letters on.
    pub name_short: &'static str,

    pub file_waits: &'static str,
    pub file_was_unsafe: &'static str,
}

impl Search {
    /// Why nobody was found by this beginning of a name.
    pub fn nobody(&self, typed: &str) -> &'static str {
        match Wanted::read(typed) {
            Err(Error::TooLarge { .. }) => self.too_much,
            _ if search::words(typed).any(|word| word.begins_no_name()) => self.name_short,
            _ => self.nobody_called,
        }
    }
}

pub const fn search(language: Language) -> &'static Search {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Search = Search {
    title: "Zoeken in uw gesprekken",
    lead: "Zoek naar hele woorden of getallen in berichten, namen van bestanden en onderwerpen van groepen.",
    field: "Zoekwoorden",
    go: "Zoeken",
    none: "Er is niets gevonden.",
    none_hint: "Probeer minder woorden, of een ander woord. Een nieuw bericht is na enkele seconden te vinden.",
    no_words: "Vul een woord of een getal in.",
    too_much: "Zoek met ten hoogste 8 woorden en 200 tekens.",
    groups: "Groepen",
    messages: "Berichten",
    more: "Meer tonen",
    in_chat_with: "Gesprek met {}",
    in_group: "Groep {}",
    name: "Naam",
    find: "Zoeken",
    nobody_called: "Er is niemand gevonden wiens naam zo begint.",
    chosen_already: "Wie zo heet, is al gekozen of doet al mee.",
    name_short: "Vul ten minste twee letters van elke naam in.",
    file_waits: "wordt op virussen gecontroleerd",
    file_was_unsafe: "verwijderd: onveilig",
};

const EN: Search = Search {
    title: "Search your conversations",
    lead: "Look for whole words or numbers in messages, names of files and subjects of groups.",
    field: "Words to look for",
    go: "Search",
    none: "Nothing was found.",
    none_hint: "Try fewer words, or another word. A new message can be found after a few seconds.",
    no_words: "Enter a word or a number.",
    too_much: "Search with 8 words and 200 characters at most.",
    groups: "Groups",
    messages: "Messages",
    more: "Show more",
    in_chat_with: "Conversation with {}",
    in_group: "Group {}",
    name: "Name",
    find: "Find",
    nobody_called: "Nobody was found whose name begins like this.",
    chosen_already: "Whoever is called like this is chosen already, or takes part already.",
    name_short: "Enter at least two letters of each name.",
    file_waits: "is being checked for viruses",
    file_was_unsafe: "removed: unsafe",
};

const DE: Search = Search {
    title: "In Ihren Gesprächen suchen",
    lead: "Suchen Sie nach ganzen Wörtern oder Zahlen in Nachrichten, Dateinamen und Betreffzeilen von Gruppen.",
    field: "Suchwörter",
    go: "Suchen",
    none: "Es wurde nichts gefunden.",
    none_hint: "Versuchen Sie es mit weniger oder anderen Wörtern. Eine neue Nachricht ist nach einigen Sekunden zu finden.",
    no_words: "Geben Sie ein Wort oder eine Zahl ein.",
    too_much: "Suchen Sie mit höchstens 8 Wörtern und 200 Zeichen.",
    groups: "Gruppen",
    messages: "Nachrichten",
    more: "Mehr anzeigen",
    in_chat_with: "Gespräch mit {}",
    in_group: "Gruppe {}",
    name: "Name",
    find: "Suchen",
    nobody_called: "Es wurde niemand gefunden, dessen Name so beginnt.",
    chosen_already: "Wer so heißt, ist schon ausgewählt oder schon dabei.",
    name_short: "Geben Sie von jedem Namen mindestens zwei Buchstaben ein.",
    file_waits: "wird auf Viren geprüft",
    file_was_unsafe: "entfernt: nicht sicher",
};

const FR: Search = Search {
    title: "Rechercher dans vos conversations",
    lead: "Recherchez des mots entiers ou des nombres dans les messages, les noms de fichiers et les sujets des groupes.",
    field: "Mots à rechercher",
    go: "Rechercher",
    none: "Rien n'a été trouvé.",
    none_hint: "Essayez moins de mots, ou un autre mot. Un nouveau message peut être trouvé après quelques secondes.",
    no_words: "Saisissez un mot ou un nombre.",
    too_much: "Recherchez avec 8 mots et 200 caractères au plus.",
    groups: "Groupes",
    messages: "Messages",
    more: "Afficher plus",
    in_chat_with: "Conversation avec {}",
    in_group: "Groupe {}",
    name: "Nom",
    find: "Rechercher",
    nobody_called: "Aucun nom ne commence ainsi.",
    chosen_already: "Les personnes de ce nom sont déjà choisies ou déjà présentes.",
    name_short: "Saisissez au moins deux lettres de chaque nom.",
    file_waits: "vérification antivirus en cours",
    file_was_unsafe: "supprimé\u{a0}: dangereux",
};

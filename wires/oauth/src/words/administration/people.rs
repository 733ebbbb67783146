//! What the list of people says.

use identity::Language;

/// The words, in one language.
pub(crate) struct People {
    pub find: &'static str,
    pub find_hint: &'static str,
    pub find_button: &'static str,
    pub find_unfit: &'static str,
    pub filter: &'static str,
    pub staff: &'static str,
    pub everybody: &'static str,
    pub out: &'static str,
    pub found: &'static str,
    pub none: &'static str,
    pub pending: &'static str,
    pub shut_out: &'static str,
}

/// Those of a language.
pub(crate) const fn people(language: Language) -> &'static People {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: People = People {
    find: "Naam",
    find_hint: "Het begin van een voornaam of achternaam.",
    find_button: "Zoeken",
    find_unfit: "Vul een naam in van ten hoogste acht woorden.",
    filter: "Wie u ziet",
    staff: "Medewerkers",
    everybody: "Iedereen",
    out: "Buitengesloten",
    found: "Gevonden",
    none: "Er is niemand gevonden.",
    pending: "Uitgenodigd",
    shut_out: "Buitengesloten",
};

const EN: People = People {
    find: "Name",
    find_hint: "The beginning of a first or last name.",
    find_button: "Search",
    find_unfit: "Enter a name of eight words at most.",
    filter: "Whom you see",
    staff: "Staff",
    everybody: "Everybody",
    out: "Shut out",
    found: "Found",
    none: "Nobody was found.",
    pending: "Invited",
    shut_out: "Shut out",
};

const DE: People = People {
    find: "Name",
    find_hint: "Der Anfang eines Vor- oder Nachnamens.",
    find_button: "Suchen",
    find_unfit: "Geben Sie einen Namen mit höchstens acht Wörtern ein.",
    filter: "Wen Sie sehen",
    staff: "Mitarbeitende",
    everybody: "Alle",
    out: "Gesperrt",
    found: "Gefunden",
    none: "Es wurde niemand gefunden.",
    pending: "Eingeladen",
    shut_out: "Gesperrt",
};

const FR: People = People {
    find: "Nom",
    find_hint: "Le début d'un prénom ou d'un nom.",
    find_button: "Rechercher",
    find_unfit: "Saisissez un nom de huit mots au plus.",
    filter: "Qui vous voyez",
    staff: "Personnel",
    everybody: "Tout le monde",
    out: "Accès bloqué",
    found: "Résultats",
    none: "Personne n'a été trouvé.",
    pending: "Invitation envoyée",
    shut_out: "Accès bloqué",
};

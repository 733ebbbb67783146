//! The link by which guests come to a group.

use door::pages::Language;

pub struct Guests {
    pub title: &'static str,
    pub lead: &'static str,
    pub how_long: &'static str,
    pub one_day: &'static str,
    /// Takes a number.
    pub days: &'static str,
    pub make: &'static str,
    pub link: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    /// Takes a day and a time of the day.
    pub ends: &'static str,
    pub came: &'static str,
    pub nobody: &'static str,
    pub again: &'static str,
    pub again_hint: &'static str,
    pub end: &'static str,
    pub end_hint: &'static str,
    pub closed_to_them: &'static str,
}

pub const fn guests(language: Language) -> &'static Guests {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Guests = Guests {
    title: "Gasten",
    lead: "Wie deze link heeft, kan zonder account in dit gesprek komen, het lezen en erin schrijven. Geef de link alleen aan wie erbij hoort.",
    how_long: "Hoelang werkt de link?",
    one_day: "1 dag",
    days: "{} dagen",
    make: "Link maken",
    link: "De link voor gasten",
    copy: "Link kopiëren",
    copied: "De link is gekopieerd.",
    ends: "De link werkt tot {}, {}.",
    came: "Met de link gekomen",
    nobody: "Er is nog niemand met de link gekomen.",
    again: "Een nieuwe link maken",
    again_hint: "De oude link werkt dan niet meer, en de gasten die er zijn, kunnen niet meer meelezen.",
    end: "De link beëindigen",
    end_hint: "De link werkt dan niet meer, en de gasten kunnen niet meer meelezen. Wat zij schreven, blijft staan.",
    closed_to_them: "Deze groep laat geen mensen van buiten toe. Zet dat hieronder aan om gasten te laten komen.",
};

const EN: Guests = Guests {
    title: "Guests",
    lead: "Whoever has this link can come into this conversation without an account, read it and write in it. Give it only to those who belong here.",
    how_long: "How long does the link work?",
    one_day: "1 day",
    days: "{} days",
    make: "Make a link",
    link: "The link for guests",
    copy: "Copy the link",
    copied: "The link is copied.",
    ends: "The link works until {}, {}.",
    came: "Who came by the link",
    nobody: "Nobody has come by the link yet.",
    again: "Make a new link",
    again_hint: "The old link then stops working, and the guests who are here can no longer read along.",
    end: "End the link",
    end_hint: "The link then stops working, and its guests can no longer read along. What they wrote stays.",
    closed_to_them: "This group takes nobody from outside. Allow it below to let guests come.",
};

const DE: Guests = Guests {
    title: "Gäste",
    lead: "Wer diesen Link hat, kann ohne Konto in dieses Gespräch kommen, es lesen und darin schreiben. Geben Sie ihn nur an Personen weiter, die dazugehören.",
    how_long: "Wie lange gilt der Link?",
    one_day: "1 Tag",
    days: "{} Tage",
    make: "Link erstellen",
    link: "Der Link für Gäste",
    copy: "Link kopieren",
    copied: "Der Link ist kopiert.",
    ends: "Der Link gilt bis {}, {}.",
    came: "Mit dem Link gekommen",
    nobody: "Mit dem Link ist noch niemand gekommen.",
    again: "Einen neuen Link erstellen",
    again_hint: "Der alte Link gilt dann nicht mehr, und die Gäste, die da sind, können nicht mehr mitlesen.",
    end: "Den Link beenden",
    end_hint: "Der Link gilt dann nicht mehr, und die Gäste können nicht mehr mitlesen. Was sie geschrieben haben, bleibt stehen.",
    closed_to_them: "Diese Gruppe lässt niemanden von außen zu. Erlauben Sie es unten, damit Gäste kommen können.",
};

const FR: Guests = Guests {
    title: "Invités",
    lead: "Toute personne qui a ce lien peut entrer sans compte dans cette conversation, la lire et y écrire. Ne le donnez qu'aux personnes concernées.",
    how_long: "Combien de temps le lien fonctionne-t-il\u{a0}?",
    one_day: "1 jour",
    days: "{} jours",
    make: "Créer un lien",
    link: "Le lien pour les invités",
    copy: "Copier le lien",
    copied: "Le lien est copié.",
    ends: "Le lien fonctionne jusqu'au {}, {}.",
    came: "Venus par le lien",
    nobody: "Personne n'est encore venu par ce lien.",
    again: "Créer un nouveau lien",
    again_hint: "L'ancien lien ne fonctionnera plus, et les invités présents ne pourront plus lire la conversation.",
    end: "Mettre fin au lien",
    end_hint: "Le lien ne fonctionnera plus, et les invités ne pourront plus lire la conversation. Ce qu'ils ont écrit reste.",
    closed_to_them: "Ce groupe n'accepte personne de l'extérieur. Autorisez-le ci-dessous pour que des invités puissent venir.",
};

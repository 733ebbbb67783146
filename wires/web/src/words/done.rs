//! What was done to a group just now.

use door::pages::Language;

pub struct Done {
    pub link: &'static str,
    pub links_ended: &'static str,
    pub owner: &'static str,
    pub admin: &'static str,
    pub no_admin: &'static str,
    pub renamed: &'static str,
    pub team: &'static str,
    pub openness: &'static str,
    pub times: &'static str,
    pub picture: &'static str,
    pub no_picture: &'static str,
    pub removed: &'static str,
    pub added: &'static str,
    pub to_link: &'static str,
}

pub const fn done(language: Language) -> &'static Done {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Done = Done {
    link: "De link voor gasten is gemaakt.",
    links_ended: "De link is beëindigd. De gasten kunnen niet meer meelezen.",
    owner: "De groep is overgedragen. U beheert haar nog wel mee.",
    admin: "Deze persoon beheert het gesprek nu mee.",
    no_admin: "Deze persoon beheert het gesprek niet meer mee.",
    renamed: "Het onderwerp is gewijzigd.",
    team: "Het team is gewijzigd.",
    openness: "Wie erbij mag, is gewijzigd.",
    times: "De tijden zijn gewijzigd.",
    picture: "De foto van de groep is gewijzigd.",
    no_picture: "De foto van de groep is verwijderd.",
    removed: "Deze persoon is uit de groep verwijderd.",
    added: "De mensen zijn toegevoegd.",
    to_link: "Naar de link",
};

const EN: Done = Done {
    link: "The link for guests is made.",
    links_ended: "The link is ended. Its guests can no longer read along.",
    owner: "The group is handed over. You still manage it.",
    admin: "This person now manages the conversation, too.",
    no_admin: "This person no longer manages the conversation.",
    renamed: "The subject is changed.",
    team: "The team is changed.",
    openness: "Who may come in is changed.",
    times: "The times are changed.",
    picture: "The picture of the group is changed.",
    no_picture: "The picture of the group is removed.",
    removed: "This person is removed from the group.",
    added: "The people are added.",
    to_link: "Go to the link",
};

const DE: Done = Done {
    link: "Der Link für Gäste ist erstellt.",
    links_ended: "Der Link ist beendet. Die Gäste können nicht mehr mitlesen.",
    owner: "Die Verantwortung ist übergeben. Sie verwalten die Gruppe weiterhin mit.",
    admin: "Diese Person verwaltet das Gespräch jetzt mit.",
    no_admin: "Diese Person verwaltet das Gespräch nicht mehr mit.",
    renamed: "Der Betreff ist geändert.",
    team: "Das Team ist geändert.",
    openness: "Wer dazukommen darf, ist geändert.",
    times: "Die Zeiten sind geändert.",
    picture: "Das Bild der Gruppe ist geändert.",
    no_picture: "Das Bild der Gruppe ist entfernt.",
    removed: "Diese Person ist aus der Gruppe entfernt.",
    added: "Die Personen sind hinzugefügt.",
    to_link: "Zum Link",
};

const FR: Done = Done {
    link: "Le lien pour les invités est créé.",
    links_ended: "Le lien a pris fin. Ses invités ne peuvent plus lire la conversation.",
    owner: "Le groupe est confié à cette personne. Vous le gérez encore avec elle.",
    admin: "Cette personne gère maintenant aussi la conversation.",
    no_admin: "Cette personne ne gère plus la conversation.",
    renamed: "Le sujet est changé.",
    team: "L'équipe est changée.",
    openness: "Qui peut venir est changé.",
    times: "Les durées sont changées.",
    picture: "La photo du groupe est changée.",
    no_picture: "La photo du groupe est supprimée.",
    removed: "Cette personne est retirée du groupe.",
    added: "Les personnes sont ajoutées.",
    to_link: "Aller au lien",
};

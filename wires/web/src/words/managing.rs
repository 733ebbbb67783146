//! Whose a group is, who manages it, who may come in, and its picture.

use door::pages::Language;

pub struct Managing {
    pub rights: &'static str,
    pub name_admin: &'static str,
    pub name_admin_hint: &'static str,
    pub end_admin: &'static str,
    pub hand_over: &'static str,
    /// Takes a name.
    pub hand_over_ask: &'static str,
    pub hand_over_hint: &'static str,
    pub hand_over_now: &'static str,
    pub keep_owner: &'static str,
    pub openness: &'static str,
    pub members_invite: &'static str,
    pub takes_contacts: &'static str,
    pub save_openness: &'static str,

    pub picture: &'static str,
    pub picture_lead: &'static str,
    pub picture_alt: &'static str,
    pub picture_remove: &'static str,
}

pub const fn managing(language: Language) -> &'static Managing {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Managing = Managing {
    rights: "Wat mag deze persoon?",
    name_admin: "Laat {} meebeheren",
    name_admin_hint: "{} kan dan het onderwerp wijzigen, mensen toevoegen en verwijderen, en het gesprek sluiten.",
    end_admin: "Laat {} niet meer meebeheren",
    hand_over: "{} eigenaar maken",
    hand_over_ask: "{} eigenaar maken?",
    hand_over_hint: "U beheert het gesprek dan nog wel, maar bent niet meer de eigenaar. Alleen {} kan dat terugdraaien.",
    hand_over_now: "Ja, overdragen",
    keep_owner: "Nee, terug",
    openness: "Wie erbij mag",
    members_invite: "Iedereen in de groep mag mensen toevoegen",
    takes_contacts: "Mensen van buiten en gasten mogen in de groep",
    save_openness: "Opslaan",
    picture: "Foto van de groep",
    picture_lead: "Iedereen in de groep ziet deze foto. Een foto hoeft niet.",
    picture_alt: "De foto zoals anderen die zien",
    picture_remove: "Foto verwijderen",
};

const EN: Managing = Managing {
    rights: "What may this person do?",
    name_admin: "Let {} manage it",
    name_admin_hint: "{} can then change the subject, add and remove people, and close the conversation.",
    end_admin: "Let {} no longer manage it",
    hand_over: "Make {} the owner",
    hand_over_ask: "Make {} the owner?",
    hand_over_hint: "You still manage the conversation then, but no longer own it. Only {} can undo this.",
    hand_over_now: "Yes, hand it over",
    keep_owner: "No, go back",
    openness: "Who may come in",
    members_invite: "Everybody in the group may add people",
    takes_contacts: "People from outside and guests may be in the group",
    save_openness: "Save",
    picture: "Picture of the group",
    picture_lead: "Everybody in the group sees it. A group need not have one.",
    picture_alt: "The picture as others see it",
    picture_remove: "Remove the picture",
};

const DE: Managing = Managing {
    rights: "Was darf diese Person?",
    name_admin: "{} mitverwalten lassen",
    name_admin_hint: "{} kann dann den Betreff ändern, Personen hinzufügen und entfernen und das Gespräch schließen.",
    end_admin: "{} nicht mehr mitverwalten lassen",
    hand_over: "Die Verantwortung an {} übergeben",
    hand_over_ask: "Die Verantwortung an {} übergeben?",
    hand_over_hint: "Sie verwalten das Gespräch dann weiterhin, sind aber nicht mehr verantwortlich. Nur {} kann das rückgängig machen.",
    hand_over_now: "Ja, übergeben",
    keep_owner: "Nein, zurück",
    openness: "Wer dazukommen darf",
    members_invite: "Alle in der Gruppe dürfen Personen hinzufügen",
    takes_contacts: "Personen von außen und Gäste dürfen in der Gruppe sein",
    save_openness: "Speichern",
    picture: "Bild der Gruppe",
    picture_lead: "Alle in der Gruppe sehen es. Eine Gruppe braucht keines zu haben.",
    picture_alt: "Das Bild, wie andere es sehen",
    picture_remove: "Bild entfernen",
};

const FR: Managing = Managing {
    rights: "Que peut faire cette personne\u{a0}?",
    name_admin: "Laisser {} gérer",
    name_admin_hint: "{} pourra alors changer le sujet, ajouter et retirer des personnes, et fermer la conversation.",
    end_admin: "Ne plus laisser {} gérer",
    hand_over: "Rendre {} responsable",
    hand_over_ask: "Rendre {} responsable\u{a0}?",
    hand_over_hint: "Vous gérerez encore la conversation, mais n'en serez plus responsable. Seule la personne suivante pourra revenir en arrière\u{a0}: {}.",
    hand_over_now: "Oui, confier le groupe",
    keep_owner: "Non, revenir",
    openness: "Qui peut venir",
    members_invite: "Tous les membres du groupe peuvent ajouter des personnes",
    takes_contacts: "Des personnes de l'extérieur et des invités peuvent faire partie du groupe",
    save_openness: "Enregistrer",
    picture: "Photo du groupe",
    picture_lead: "Tous les membres du groupe la voient. Elle n'est pas obligatoire.",
    picture_alt: "La photo telle que les autres la voient",
    picture_remove: "Supprimer la photo",
};

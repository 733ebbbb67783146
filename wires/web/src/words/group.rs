//! How long things stay in a group, and its removal.

use door::pages::Language;

pub struct Group {
    pub times: &'static str,
    pub expire: &'static str,
    pub expire_hint: &'static str,
    pub close: &'static str,
    pub close_hint: &'static str,
    /// Messages stay so long.
    pub for_ever: &'static str,
    /// A group closes by itself.
    pub never: &'static str,
    pub days: &'static str,
    pub save: &'static str,
    pub delete: &'static str,
    pub delete_title: &'static str,
    /// Takes the subject.
    pub delete_lead: &'static str,
    pub delete_now: &'static str,
    pub keep: &'static str,
}

pub const fn group(language: Language) -> &'static Group {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Group = Group {
    times: "Hoelang alles blijft",
    expire: "Berichten blijven",
    expire_hint: "Dit geldt ook voor berichten die er al zijn. Wat verdwenen is, komt niet terug.",
    close: "De groep sluit als er zo lang niets is geschreven",
    close_hint: "Een gesloten groep blijft te lezen.",
    for_ever: "Altijd",
    never: "Nooit",
    days: "{} dagen",
    save: "Tijden opslaan",
    delete: "Deze groep verwijderen",
    delete_title: "Deze groep verwijderen?",
    delete_lead: "Alle berichten en bestanden van “{}” verdwijnen, voor iedereen. Dit kan niet ongedaan worden gemaakt. Wilt u ze behouden, sluit de groep dan.",
    delete_now: "Ja, alles verwijderen",
    keep: "Nee, behouden",
};

const EN: Group = Group {
    times: "How long things stay",
    expire: "Messages stay",
    expire_hint: "This holds for messages that are there already, too. What has disappeared does not come back.",
    close: "The group closes when nothing was written for this long",
    close_hint: "A closed group can still be read.",
    for_ever: "For ever",
    never: "Never",
    days: "{} days",
    save: "Save the times",
    delete: "Delete this group",
    delete_title: "Delete this group?",
    delete_lead: "All messages and files of “{}” disappear, for everybody. This cannot be undone. To keep them, close the group instead.",
    delete_now: "Yes, delete everything",
    keep: "No, keep it",
};

const DE: Group = Group {
    times: "Wie lange alles bleibt",
    expire: "Nachrichten bleiben",
    expire_hint: "Das gilt auch für Nachrichten, die schon da sind. Was verschwunden ist, kommt nicht zurück.",
    close: "Die Gruppe schließt sich, wenn so lange nichts geschrieben wurde",
    close_hint: "Eine geschlossene Gruppe kann weiterhin gelesen werden.",
    for_ever: "Für immer",
    never: "Nie",
    days: "{} Tage",
    save: "Zeiten speichern",
    delete: "Diese Gruppe löschen",
    delete_title: "Diese Gruppe löschen?",
    delete_lead: "Alle Nachrichten und Dateien von „{}“ verschwinden, für alle. Das lässt sich nicht rückgängig machen. Wenn Sie sie behalten möchten, schließen Sie die Gruppe.",
    delete_now: "Ja, alles löschen",
    keep: "Nein, behalten",
};

const FR: Group = Group {
    times: "Combien de temps tout est gardé",
    expire: "Les messages restent",
    expire_hint: "Cela vaut aussi pour les messages déjà présents. Ce qui a disparu ne revient pas.",
    close: "Le groupe se ferme si rien n'est écrit pendant ce temps",
    close_hint: "Un groupe fermé reste lisible.",
    for_ever: "Toujours",
    never: "Jamais",
    days: "{} jours",
    save: "Enregistrer les durées",
    delete: "Supprimer ce groupe",
    delete_title: "Supprimer ce groupe\u{a0}?",
    delete_lead: "Tous les messages et fichiers de «\u{a0}{}\u{a0}» disparaissent, pour tout le monde. C'est définitif. Pour les garder, fermez plutôt le groupe.",
    delete_now: "Oui, tout supprimer",
    keep: "Non, le garder",
};

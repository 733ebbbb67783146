//! The inbox of the sandboxes.

use door::pages::Language;

pub struct Letters {
    pub title: &'static str,
    pub lead: &'static str,
    pub only_to: &'static str,
    pub show: &'static str,
    pub none: &'static str,
    pub to: &'static str,
    pub from: &'static str,
    pub when: &'static str,
    pub sms: &'static str,
    pub attachment: &'static str,
}

pub const fn letters(language: Language) -> &'static Letters {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Letters = Letters {
    title: "Post van de proefpraktijk",
    lead: "E-mails en sms'jes van een proefpraktijk worden niet verstuurd. Hier staan ze, de nieuwste eerst.",
    only_to: "Alleen aan dit adres of nummer",
    show: "Tonen",
    none: "Er is nog niets.",
    to: "Aan",
    from: "Namens",
    when: "Wanneer",
    sms: "Sms",
    attachment: "Bijlage:",
};

const EN: Letters = Letters {
    title: "Mail of the trial practice",
    lead: "E-mails and text messages of a trial practice are not sent. They are shown here, newest first.",
    only_to: "Only to this address or number",
    show: "Show",
    none: "There is nothing yet.",
    to: "To",
    from: "On behalf of",
    when: "When",
    sms: "Text message",
    attachment: "Attachment:",
};

const DE: Letters = Letters {
    title: "Post der Probepraxis",
    lead: "E-Mails und SMS einer Probepraxis werden nicht verschickt. Hier stehen sie, die neuesten zuerst.",
    only_to: "Nur an diese Adresse oder Nummer",
    show: "Anzeigen",
    none: "Es gibt noch nichts.",
    to: "An",
    from: "Im Namen von",
    when: "Wann",
    sms: "SMS",
    attachment: "Anlage:",
};

const FR: Letters = Letters {
    title: "Courrier du cabinet d'essai",
    lead: "Les e-mails et les SMS d'un cabinet d'essai ne sont pas envoyés. Les voici, les plus récents d'abord.",
    only_to: "Seulement à cette adresse ou à ce numéro",
    show: "Afficher",
    none: "Il n'y a encore rien.",
    to: "À",
    from: "Au nom de",
    when: "Quand",
    sms: "SMS",
    attachment: "Pièce jointe\u{a0}:",
};

//! Which part of a conversation is saved.

use door::pages::Language;

pub struct Saving {
    pub span: &'static str,
    pub hint: &'static str,
    pub from: &'static str,
    pub until: &'static str,
}

pub const fn saving(language: Language) -> &'static Saving {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Saving = Saving {
    span: "Alleen een deel bewaren",
    hint: "Laat beide leeg om alles te bewaren.",
    from: "Van",
    until: "Tot en met",
};

const EN: Saving = Saving {
    span: "Save a part only",
    hint: "Leave both empty to save everything.",
    from: "From",
    until: "Up to and including",
};

const DE: Saving = Saving {
    span: "Nur einen Teil speichern",
    hint: "Lassen Sie beide Felder leer, um alles zu speichern.",
    from: "Von",
    until: "Bis einschließlich",
};

const FR: Saving = Saving {
    span: "N'enregistrer qu'une partie",
    hint: "Laissez les deux champs vides pour tout enregistrer.",
    from: "Du",
    until: "Jusqu'au (inclus)",
};

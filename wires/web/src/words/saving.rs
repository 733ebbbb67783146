//! Which part of a conversation is downloaded.

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
    span: "Alleen een deel",
    hint: "Laat beide leeg om alles te downloaden.",
    from: "Van",
    until: "Tot en met",
};

const EN: Saving = Saving {
    span: "A part only",
    hint: "Leave both empty to download everything.",
    from: "From",
    until: "Up to and including",
};

const DE: Saving = Saving {
    span: "Nur einen Teil",
    hint: "Lassen Sie beide Felder leer, um alles herunterzuladen.",
    from: "Von",
    until: "Bis einschließlich",
};

const FR: Saving = Saving {
    span: "Une partie seulement",
    hint: "Laissez les deux champs vides pour tout télécharger.",
    from: "Du",
    until: "Jusqu'au (inclus)",
};

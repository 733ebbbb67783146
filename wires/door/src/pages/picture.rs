//! The form by which a picture is given or taken away: one's own, or that of a group.

use askama::Template;
use identity::Language;
use kernel::Error;

use super::forms::FIELD;

/// The name of the part of the form that brings the picture.
pub const PART: &str = "picture";

/// What the form says, whosever the picture is.
pub struct Words {
    choose: &'static str,
    hint: &'static str,
    save: &'static str,
    missing: &'static str,
    too_large: &'static str,
    unreadable: &'static str,
}

/// What a page says of whose picture it is.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// Where the page leads back to, and what that is called.
    pub back: (&'a str, &'a str),
    /// Its heading.
    pub title: &'a str,
    /// Who sees it.
    pub lead: &'a str,
    /// What the picture is, for who does not see it.
    pub alt: &'a str,
    /// What the button says that takes it away.
    pub remove: &'a str,
}

/// The page.
#[derive(Template)]
#[template(path = "picture.html")]
pub struct PictureForm<'a> {
    /// What the form says.
    pub words: &'static Words,
    /// What the page says.
    pub whose: Whose<'a>,
    /// The token of both forms.
    pub token: &'a str,
    /// Where a picture goes.
    pub action: &'a str,
    /// Where the wish goes that there be none.
    pub removal: &'a str,
    /// Where the picture is, when there is one.
    pub source: Option<String>,
    /// What is wrong with the one that was sent.
    pub error: Option<&'static str>,
}

impl Words {
    /// What is wrong with a picture that its sender can mend; `None` for what they cannot.
    #[must_use]
    pub fn mend(&self, error: &Error) -> Option<&'static str> {
        match error {
            Error::TooLarge { .. } => Some(self.too_large),
            Error::Unsupported { .. } => Some(self.unreadable),
            Error::Invalid { why, .. }
                if matches!(why.code, "file_is_empty" | "no_picture" | "one_picture") =>
            {
                Some(self.missing)
            }
            _ => None,
        }
    }
}

/// What the form says in a language.
#[must_use]
pub const fn words(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Words = Words {
    choose: "Kies een foto",
    hint: "JPEG, PNG, WebP of GIF, hoogstens 8 MB. Het midden wordt bewaard als klein vierkant. Waar en wanneer de foto is gemaakt, wordt niet bewaard.",
    save: "Deze foto gebruiken",
    missing: "Kies één foto.",
    too_large: "Deze foto is te groot. Kies er een van hoogstens 8 MB en 25 miljoen pixels.",
    unreadable: "Dit bestand is geen leesbare foto. Kies een JPEG, PNG, WebP of GIF.",
};

const EN: Words = Words {
    choose: "Choose a photo",
    hint: "JPEG, PNG, WebP or GIF, of 8 MB at most. Its middle is kept as a small square. Where and when it was taken is not kept.",
    save: "Use this photo",
    missing: "Choose one photo.",
    too_large: "This photo is too large. Choose one of at most 8 MB and 25 million pixels.",
    unreadable: "This file is no photo that can be read. Choose a JPEG, PNG, WebP or GIF.",
};

const DE: Words = Words {
    choose: "Ein Foto auswählen",
    hint: "JPEG, PNG, WebP oder GIF, höchstens 8 MB. Die Mitte wird als kleines Quadrat behalten. Wo und wann es aufgenommen wurde, wird nicht behalten.",
    save: "Dieses Foto verwenden",
    missing: "Wählen Sie ein Foto aus.",
    too_large: "Dieses Foto ist zu groß. Wählen Sie eines mit höchstens 8 MB und 25 Millionen Pixeln.",
    unreadable: "Diese Datei ist kein lesbares Foto. Wählen Sie JPEG, PNG, WebP oder GIF.",
};

const FR: Words = Words {
    choose: "Choisir une photo",
    hint: "JPEG, PNG, WebP ou GIF, 8 Mo au plus. Le milieu est gardé en petit carré. Le lieu et la date de la prise de vue ne sont pas gardés.",
    save: "Utiliser cette photo",
    missing: "Choisissez une photo.",
    too_large: "Cette photo est trop grande. Choisissez-en une de 8 Mo et 25 millions de pixels au plus.",
    unreadable: "Ce fichier n'est pas une photo lisible. Choisissez un JPEG, PNG, WebP ou GIF.",
};

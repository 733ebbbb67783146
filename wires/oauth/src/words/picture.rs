//! What the page of one's picture says.

use door::pages::Language;
use kernel::Error;

/// The words, in one language.
pub(crate) struct Words {
    pub account: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub yours: &'static str,
    pub choose: &'static str,
    pub hint: &'static str,
    pub save: &'static str,
    pub remove: &'static str,
    pub missing: &'static str,
    pub too_large: &'static str,
    pub unreadable: &'static str,
}

impl Words {
    /// What is wrong with a picture that its owner can mend; `None` for what they cannot.
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

const EN: Words = Words {
    account: "My account",
    title: "Your picture",
    lead: "Whoever may write to you sees it beside your name. You need not have one.",
    yours: "Your picture as others see it",
    choose: "Choose a photo",
    hint: "JPEG, PNG, WebP or GIF, of 8 MB at most. Its middle is kept as a small square. Where and when it was taken is not kept.",
    save: "Use this photo",
    remove: "Remove your picture",
    missing: "Choose one photo.",
    too_large: "This photo is too large. Choose one of at most 8 MB and 25 million pixels.",
    unreadable: "This file is no photo that can be read. Choose a JPEG, PNG, WebP or GIF.",
};

const NL: Words = Words {
    account: "Mijn account",
    title: "Uw foto",
    lead: "Wie u kan schrijven, ziet deze foto naast uw naam. Een foto hoeft niet.",
    yours: "Uw foto zoals anderen die zien",
    choose: "Kies een foto",
    hint: "JPEG, PNG, WebP of GIF, hoogstens 8 MB. Het midden wordt bewaard als klein vierkant. Waar en wanneer de foto is gemaakt, wordt niet bewaard.",
    save: "Deze foto gebruiken",
    remove: "Uw foto verwijderen",
    missing: "Kies één foto.",
    too_large: "Deze foto is te groot. Kies er een van hoogstens 8 MB en 25 miljoen pixels.",
    unreadable: "Dit bestand is geen leesbare foto. Kies een JPEG, PNG, WebP of GIF.",
};

const DE: Words = Words {
    account: "Mein Konto",
    title: "Ihr Bild",
    lead: "Wer Ihnen schreiben darf, sieht es neben Ihrem Namen. Sie brauchen keines zu haben.",
    yours: "Ihr Bild, wie andere es sehen",
    choose: "Ein Foto auswählen",
    hint: "JPEG, PNG, WebP oder GIF, höchstens 8 MB. Die Mitte wird als kleines Quadrat behalten. Wo und wann es aufgenommen wurde, wird nicht behalten.",
    save: "Dieses Foto verwenden",
    remove: "Ihr Bild entfernen",
    missing: "Wählen Sie ein Foto aus.",
    too_large: "Dieses Foto ist zu groß. Wählen Sie eines mit höchstens 8 MB und 25 Millionen Pixeln.",
    unreadable: "Diese Datei ist kein lesbares Foto. Wählen Sie JPEG, PNG, WebP oder GIF.",
};

const FR: Words = Words {
    account: "Mon compte",
    title: "Votre photo",
    lead: "Toute personne qui peut vous écrire la voit à côté de votre nom. Elle n'est pas obligatoire.",
    yours: "Votre photo telle que les autres la voient",
    choose: "Choisir une photo",
    hint: "JPEG, PNG, WebP ou GIF, 8 Mo au plus. Le milieu est gardé en petit carré. Le lieu et la date de la prise de vue ne sont pas gardés.",
    save: "Utiliser cette photo",
    remove: "Supprimer votre photo",
    missing: "Choisissez une photo.",
    too_large: "Cette photo est trop grande. Choisissez-en une de 8 Mo et 25 millions de pixels au plus.",
    unreadable: "Ce fichier n'est pas une photo lisible. Choisissez un JPEG, PNG, WebP ou GIF.",
};

/// Those of a language.
pub(crate) const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Nl => &NL,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

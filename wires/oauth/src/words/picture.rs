//! What the page of one's picture says besides its form.

use door::pages::Language;

/// The words, in one language.
pub(crate) struct Words {
    pub account: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub yours: &'static str,
    pub remove: &'static str,
}

/// Those of a language.
pub(crate) const fn words(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Words = Words {
    account: "Mijn account",
    title: "Uw foto",
    lead: "Wie u kan schrijven, ziet deze foto naast uw naam. Een foto hoeft niet.",
    yours: "Uw foto zoals anderen die zien",
    remove: "Uw foto verwijderen",
};

const EN: Words = Words {
    account: "My account",
    title: "Your picture",
    lead: "Whoever may write to you sees it beside your name. You need not have one.",
    yours: "Your picture as others see it",
    remove: "Remove your picture",
};

const DE: Words = Words {
    account: "Mein Konto",
    title: "Ihr Bild",
    lead: "Wer Ihnen schreiben darf, sieht es neben Ihrem Namen. Sie brauchen keines zu haben.",
    yours: "Ihr Bild, wie andere es sehen",
    remove: "Ihr Bild entfernen",
};

const FR: Words = Words {
    account: "Mon compte",
    title: "Votre photo",
    lead: "Toute personne qui peut vous écrire la voit à côté de votre nom. Elle n'est pas obligatoire.",
    yours: "Votre photo telle que les autres la voient",
    remove: "Supprimer votre photo",
};

//! What the page of one's picture says besides its form.

/// The words, in one language.
pub(crate) struct Words {
    pub account: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub yours: &'static str,
    pub remove: &'static str,
}

by_language! {
    /// Those of a language.
    words -> Words
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
    lead: "Everybody who can write to you sees this picture beside your name. You need not have one.",
    yours: "Your picture as others see it",
    remove: "Remove your picture",
};

const DE: Words = Words {
    account: "Mein Konto",
    title: "Ihr Bild",
    lead: "Wer Ihnen schreiben kann, sieht dieses Bild neben Ihrem Namen. Ein Bild ist nicht nötig.",
    yours: "Ihr Bild, wie andere es sehen",
    remove: "Ihr Bild entfernen",
};

const FR: Words = Words {
    account: "Mon compte",
    title: "Votre photo",
    lead: "Toute personne qui peut vous écrire voit cette photo à côté de votre nom. Une photo n'est pas obligatoire.",
    yours: "Votre photo telle que les autres la voient",
    remove: "Supprimer votre photo",
};

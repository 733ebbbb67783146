//! The words of the page where guests of a group come in.

use super::Said;

/// Every word of that page in one language.
pub(crate) struct GuestWords {
    pub title: &'static str,
    /// Goes after the organisation's name.
    pub lead: &'static str,
    pub terms: &'static str,
    pub each_term: [&'static str; 4],
    pub name: &'static str,
    pub name_help: &'static str,
    pub name_missing: &'static str,
    pub name_unfit: &'static str,
    pub begin: &'static str,
    /// Goes after the name of who has signed in.
    pub somebody: &'static str,
    pub unexpected: &'static str,
    pub closed: Said,
}

by_language! {
    /// Those of a language.
    of -> GuestWords
}

const EN: GuestWords = GuestWords {
    title: "Come in as a guest",
    lead: "lets you take part in one conversation.",
    terms: "Good to know",
    each_term: [
        "Everybody in the conversation sees the name that you give, and that you have come.",
        "You can read what was written there, and write yourself. You need no account.",
        "It ends when the link ends. The organisation keeps what you wrote.",
        "Do not write here in an emergency. Call the emergency number, or the practice.",
    ],
    name: "Your name",
    name_help: "So that the others know who you are.",
    name_missing: "Enter your name.",
    name_unfit: "This name cannot be used here. Use letters, and no more than 200.",
    begin: "Go to the conversation",
    somebody: "To come in as a guest, sign out first and open the link once more.",
    unexpected: "If you did not expect this, you need not do anything.",
    closed: (
        "This link does not work",
        "It may have expired, or too many people have used it. Ask the person who gave you the link for a new link.",
    ),
};

const NL: GuestWords = GuestWords {
    title: "Kom binnen als gast",
    lead: "laat u meedoen aan één gesprek.",
    terms: "Goed om te weten",
    each_term: [
        "Iedereen in het gesprek ziet de naam die u opgeeft, en dat u er bent.",
        "U kunt lezen wat er geschreven is, en zelf schrijven. U hebt geen account nodig.",
        "Het eindigt als de link eindigt. De organisatie bewaart wat u schreef.",
        "Schrijf hier niet bij spoed. Bel dan het alarmnummer of de praktijk.",
    ],
    name: "Uw naam",
    name_help: "Zodat de anderen weten wie u bent.",
    name_missing: "Vul uw naam in.",
    name_unfit: "Deze naam kan hier niet staan. Gebruik letters, en niet meer dan 200.",
    begin: "Naar het gesprek",
    somebody: "Log eerst uit om als gast binnen te komen, en open de link daarna opnieuw.",
    unexpected: "Verwacht u dit niet? Dan hoeft u niets te doen.",
    closed: (
        "Deze link werkt niet",
        "Misschien is de link verlopen, of hebben te veel mensen hem gebruikt. Vraag de persoon die u de link gaf om een nieuwe link.",
    ),
};

const DE: GuestWords = GuestWords {
    title: "Als Gast teilnehmen",
    lead: "lässt Sie an einem Gespräch teilnehmen.",
    terms: "Gut zu wissen",
    each_term: [
        "Alle im Gespräch sehen den Namen, den Sie angeben, und dass Sie da sind.",
        "Sie können lesen, was dort geschrieben wurde, und selbst schreiben. Sie brauchen kein Konto.",
        "Es endet, wenn der Link endet. Die Organisation bewahrt auf, was Sie geschrieben haben.",
        "Schreiben Sie hier nicht im Notfall. Rufen Sie dann den Notruf oder Ihre Praxis an.",
    ],
    name: "Ihr Name",
    name_help: "Damit die anderen wissen, wer Sie sind.",
    name_missing: "Geben Sie Ihren Namen ein.",
    name_unfit: "Dieser Name kann hier nicht stehen. Verwenden Sie Buchstaben, höchstens 200.",
    begin: "Zum Gespräch",
    somebody: "Um als Gast teilzunehmen, melden Sie sich zuerst ab und öffnen Sie den Link noch einmal.",
    unexpected: "Haben Sie das nicht erwartet? Dann brauchen Sie nichts zu tun.",
    closed: (
        "Dieser Link funktioniert nicht",
        "Vielleicht ist er abgelaufen, oder zu viele Personen haben ihn verwendet. Bitten Sie die Person, die Ihnen den Link gegeben hat, um einen neuen Link.",
    ),
};

const FR: GuestWords = GuestWords {
    title: "Entrer comme invité",
    lead: "vous permet de participer à une conversation.",
    terms: "Bon à savoir",
    each_term: [
        "Toutes les personnes de la conversation voient le nom que vous donnez et savent que vous êtes là.",
        "Vous pouvez lire ce qui y est écrit, et écrire vous-même. Vous n'avez pas besoin de compte.",
        "Cela se termine avec le lien. L'organisation conserve ce que vous avez écrit.",
        "N'écrivez pas ici en cas d'urgence. Appelez le numéro d'urgence ou le cabinet.",
    ],
    name: "Votre nom",
    name_help: "Pour que les autres sachent qui vous êtes.",
    name_missing: "Saisissez votre nom.",
    name_unfit: "Ce nom ne peut pas figurer ici. Utilisez des lettres, 200 au plus.",
    begin: "Aller à la conversation",
    somebody: "Pour entrer comme invité, déconnectez-vous d'abord, puis ouvrez le lien encore une fois.",
    unexpected: "Vous ne vous y attendiez pas\u{a0}? Vous n'avez rien à faire.",
    closed: (
        "Ce lien ne fonctionne pas",
        "Il a peut-être expiré, ou trop de personnes l'ont déjà utilisé. Demandez un nouveau lien à la personne qui vous l'a donné.",
    ),
};

//! In French.

use super::Words;

pub(in super::super) const WORDS: Words = Words {
    offer: [
        "Venir plus tôt chez {}\u{a0}?",
        "Chez {}, une heure plus proche s'est libérée pour votre rendez-vous.",
    ],
    now: "Votre rendez-vous est maintenant\u{a0}:",
    earlier: "Vous pouvez venir plus tôt\u{a0}:",
    first: "Cette heure est pour la première personne qui la choisit.",
    kept: "Nous vous gardons cette heure jusqu'au {}.",
    good_until: "Vous pouvez choisir jusqu'au {}.",
    to_confirm: "Le cabinet doit encore confirmer la nouvelle heure. Vous renoncez à votre heure actuelle dès que vous choisissez.",
    accept: "Voulez-vous venir plus tôt\u{a0}? Ouvrez ce lien et choisissez la nouvelle heure\u{a0}:",
    keep: "Voulez-vous garder votre rendez-vous tel qu'il est\u{a0}? Alors vous n'avez rien à faire. Vous pouvez aussi nous le dire\u{a0}:",
    end: "Vous ne voulez plus de ces e-mails\u{a0}? Arrêtez-les ici\u{a0}:",
    confirm: [
        "Confirmez votre adresse e-mail",
        "Quelqu'un souhaite recevoir un e-mail à cette adresse quand une heure plus proche se libère pour un rendez-vous chez {}.",
    ],
    confirm_lead: "Est-ce vous\u{a0}? Alors ouvrez ce lien dans les 14 jours\u{a0}:",
    not_asked: "Vous n'avez rien demandé\u{a0}? Alors vous n'avez rien à faire.",
    booked: ["Votre rendez-vous chez {}", "Votre rendez-vous chez {} est réservé."],
    requested: [
        "Votre demande chez {}",
        "Votre demande de rendez-vous chez {} est arrivée. Le cabinet doit encore confirmer le rendez-vous.",
    ],
    confirmed: ["Votre rendez-vous chez {} est confirmé", "Votre rendez-vous chez {} est confirmé."],
    moved: ["Votre rendez-vous chez {} est déplacé", "Votre rendez-vous chez {} a été déplacé."],
    moved_to_confirm: [
        "Votre rendez-vous chez {} est déplacé",
        "Votre rendez-vous chez {} a été déplacé. Le cabinet doit encore confirmer la nouvelle heure.",
    ],
    cancelled: ["Votre rendez-vous chez {} est annulé", "Ce rendez-vous chez {} n'aura pas lieu."],
    resettled: [
        "Votre rendez-vous chez {}",
        "Les règles de l'heure ont changé. Votre rendez-vous chez {} reste à l'heure qui vous a été dite. Reprenez le nouveau fichier d'agenda, pour que votre agenda soit juste.",
    ],
    when: "Quand\u{a0}:",
    before: "Avant, c'était\u{a0}:",
    place: "Où\u{a0}:",
    attached: "Le rendez-vous pour votre agenda est joint à cet e-mail.",
    no_answer: "Vous ne pouvez pas répondre à cet e-mail.",
    summary: "Rendez-vous",
    file: "rendez-vous.ics",
};

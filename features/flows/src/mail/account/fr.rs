//! In French.

use super::words::Words;

pub(super) const WORDS: Words = Words {
    password_changed: [
        "Votre mot de passe a été modifié",
        "Le mot de passe de votre compte chez {} a été modifié.",
    ],
    password_removed: [
        "Votre mot de passe a été supprimé",
        "Le mot de passe de votre compte chez {} a été supprimé. Désormais, vous vous connectez avec une clé d'accès.",
    ],
    passkey_added: [
        "Nouvelle clé d'accès",
        "Une clé d'accès a été ajoutée à votre compte chez {}. Elle permet de vous connecter sans mot de passe.",
    ],
    passkey_removed: [
        "Clé d'accès supprimée",
        "Une clé d'accès a été supprimée de votre compte chez {}. Vous ne pouvez plus vous connecter avec elle.",
    ],
    passkey_copied: [
        "Attention\u{a0}: une clé d'accès a été refusée",
        "Quelqu'un a essayé de se connecter chez {} avec une copie d'une de vos clés d'accès. Nous ne l'avons pas permis. \
         Supprimez cette clé d'accès et créez-en une nouvelle si besoin.",
    ],
    reset: [
        "Choisissez un nouveau mot de passe",
        "Quelqu'un a demandé un nouveau mot de passe pour votre compte chez {}. Était-ce vous\u{a0}? Alors ouvrez ce lien \
         dans la demi-heure. Le lien fonctionne une seule fois\u{a0}:",
    ],
    not_you: "Ce n'était pas vous\u{a0}? Alors connectez-vous, regardez votre compte et changez votre mot de passe\u{a0}:",
    not_asked: "Ce n'était pas vous\u{a0}? Alors vous n'avez rien à faire. Votre mot de passe reste le même.",
    no_answer: "Vous ne pouvez pas répondre à cet e-mail.",
    link: [
        "Connexion chez {}",
        "Vous avez demandé un lien pour vous connecter chez {}. Le lien fonctionne une seule fois, pendant un quart d'heure. Vous ne l'avez pas demandé\u{a0}? Alors vous n'avez rien à faire. Ne donnez ce lien à personne.",
        "Ouvrez ce lien pour vous connecter\u{a0}:",
    ],
    use_password: [
        "Connexion chez {}",
        "Quelqu'un a demandé un lien pour se connecter avec cette adresse. Vous travaillez chez {} ou ailleurs. C'est pourquoi vous vous connectez avec votre mot de passe, et non avec un lien.",
        "Connectez-vous ici\u{a0}:",
    ],
    factor_added: [
        "Votre compte est mieux protégé",
        "Une protection supplémentaire a été ajoutée à votre compte chez {}. Désormais, il vous faut aussi un code pour vous connecter. Ce n'était pas vous\u{a0}? Alors appelez votre soignant.",
        "Voir votre compte\u{a0}:",
    ],
    factor_removed: [
        "Une protection supplémentaire a été retirée",
        "Une protection supplémentaire a été retirée de votre compte chez {}. Ce n'était pas vous\u{a0}? Alors changez votre mot de passe et appelez votre soignant.",
        "Voir votre compte\u{a0}:",
    ],
    recovery_used: [
        "Un code de secours a été utilisé",
        "Un de vos codes de secours a servi à se connecter à votre compte chez {}. Ce n'était pas vous\u{a0}? Alors changez votre mot de passe et appelez votre soignant.",
        "Voir votre compte\u{a0}:",
    ],
    unanswered: "Il n'est pas possible de répondre à cet e-mail.",
};

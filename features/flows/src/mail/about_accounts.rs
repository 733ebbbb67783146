//! What letters say to somebody about their own account, in each language.

use identity::Language;
use identity::sign_in_links::Asker;
use outbound::letters::{Address, Content, Letter};

use crate::House;

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The link that they asked for to sign in.
    Link,
    /// They asked for one, and sign in by a password.
    UsePassword,
    /// They have a second factor from now on.
    FactorAdded,
    /// They have it no longer.
    FactorRemoved,
    /// One of their recovery codes was used.
    RecoveryUsed,
}

struct Words {
    link: [&'static str; 3],
    password: [&'static str; 3],
    added: [&'static str; 3],
    removed: [&'static str; 3],
    recovery: [&'static str; 3],
    no_answer: &'static str,
}

/// A letter to somebody in the name of an organisation, which leads on to this path of ours.
pub(crate) fn write(house: &House, asker: &Asker, about: About, onward: &str) -> Letter {
    let words = of(asker.recipient.language);
    let ([subject, sentence, lead], kind) = match about {
        About::Link => (words.link, "sign_in_link"),
        About::UsePassword => (words.password, "sign_in_link"),
        About::FactorAdded => (words.added, "second_factor"),
        About::FactorRemoved => (words.removed, "second_factor"),
        About::RecoveryUsed => (words.recovery, "second_factor"),
    };
    let name = &asker.organisation.name;
    let (subject, sentence) = (subject.replace("{}", name), sentence.replace("{}", name));
    let onward = format!("{}{onward}", house.settings.public_url);
    let text = format!("{sentence}\n\n{lead}\n{onward}\n\n{}\n", words.no_answer);
    let to = Address::Mail(asker.recipient.email.clone());
    let content = Content { to, subject, text, unsubscribe: None };
    Letter { organisation: asker.organisation.id, kind, person: Some(asker.person), content }
}

/// An SMS with a code.
pub(crate) fn sms(language: Language, name: &str, code: &str) -> String {
    match language {
        Language::Nl => format!("{name}: uw code is {code}. Hij werkt 5 minuten. Geef hem aan niemand."),
        Language::En => format!("{name}: your code is {code}. It works for 5 minutes. Give it to nobody."),
        Language::De => {
            format!("{name}: Ihr Code ist {code}. Er gilt 5 Minuten. Geben Sie ihn niemandem weiter.")
        }
        Language::Fr => {
            format!("{name}\u{a0}: votre code est {code}. Il est valable 5 minutes. Ne le donnez à personne.")
        }
    }
}

const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Words = Words {
    link: [
        "Inloggen bij {}",
        "U vroeg om een link om in te loggen bij {}. De link werkt één keer, en een kwartier lang. Hebt u er niet om gevraagd? Dan hoeft u niets te doen. Geef de link aan niemand.",
        "Open deze link om in te loggen:",
    ],
    password: [
        "Inloggen bij {}",
        "Iemand vroeg om een link om met dit adres in te loggen. U werkt bij {} of elders. Daarom logt u in met uw wachtwoord, en niet met een link.",
        "Log hier in:",
    ],
    added: [
        "Uw account is extra beveiligd",
        "Voor uw account bij {} is een extra beveiliging ingesteld. Vanaf nu hebt u bij het inloggen ook een code nodig. Hebt u dit niet zelf gedaan? Bel dan uw zorgverlener.",
        "Bekijk uw account:",
    ],
    removed: [
        "Een extra beveiliging is verwijderd",
        "Van uw account bij {} is een extra beveiliging verwijderd. Hebt u dit niet zelf gedaan? Verander dan uw wachtwoord en bel uw zorgverlener.",
        "Bekijk uw account:",
    ],
    recovery: [
        "Een herstelcode is gebruikt",
        "Met een van uw herstelcodes is ingelogd op uw account bij {}. Was u dat niet zelf? Verander dan uw wachtwoord en bel uw zorgverlener.",
        "Bekijk uw account:",
    ],
    no_answer: "Op deze e-mail kunt u niet antwoorden.",
};

const EN: Words = Words {
    link: [
        "Signing in at {}",
        "You asked for a link to sign in at {}. The link works once, and for a quarter of an hour. You did not ask for it? Then you need not do anything. Give the link to nobody.",
        "Open this link to sign in:",
    ],
    password: [
        "Signing in at {}",
        "Somebody asked for a link to sign in with this address. You work at {} or elsewhere. That is why you sign in with your password, and not with a link.",
        "Sign in here:",
    ],
    added: [
        "Your account has extra protection",
        "Extra protection was set up for your account at {}. From now on you also need a code to sign in. It was not you? Then call your care provider.",
        "See your account:",
    ],
    removed: [
        "Extra protection was removed",
        "Extra protection was removed from your account at {}. It was not you? Then change your password and call your care provider.",
        "See your account:",
    ],
    recovery: [
        "A recovery code was used",
        "One of your recovery codes was used to sign in to your account at {}. It was not you? Then change your password and call your care provider.",
        "See your account:",
    ],
    no_answer: "This e-mail cannot be answered.",
};

const DE: Words = Words {
    link: [
        "Anmelden bei {}",
        "Sie haben um einen Link gebeten, um sich bei {} anzumelden. Der Link funktioniert ein Mal, und eine Viertelstunde lang. Sie haben nicht darum gebeten? Dann brauchen Sie nichts zu tun. Geben Sie den Link niemandem weiter.",
        "Öffnen Sie diesen Link, um sich anzumelden:",
    ],
    password: [
        "Anmelden bei {}",
        "Jemand hat um einen Link gebeten, um sich mit dieser Adresse anzumelden. Sie arbeiten bei {} oder anderswo. Deshalb melden Sie sich mit Ihrem Passwort an, und nicht mit einem Link.",
        "Hier melden Sie sich an:",
    ],
    added: [
        "Ihr Konto ist zusätzlich geschützt",
        "Für Ihr Konto bei {} wurde ein zusätzlicher Schutz eingerichtet. Ab jetzt brauchen Sie zum Anmelden auch einen Code. Das waren nicht Sie? Dann rufen Sie Ihre Praxis oder Klinik an.",
        "Ihr Konto ansehen:",
    ],
    removed: [
        "Ein zusätzlicher Schutz wurde entfernt",
        "Von Ihrem Konto bei {} wurde ein zusätzlicher Schutz entfernt. Das waren nicht Sie? Dann ändern Sie Ihr Passwort und rufen Sie Ihre Praxis oder Klinik an.",
        "Ihr Konto ansehen:",
    ],
    recovery: [
        "Ein Wiederherstellungscode wurde benutzt",
        "Mit einem Ihrer Wiederherstellungscodes hat sich jemand bei Ihrem Konto bei {} angemeldet. Das waren nicht Sie? Dann ändern Sie Ihr Passwort und rufen Sie Ihre Praxis oder Klinik an.",
        "Ihr Konto ansehen:",
    ],
    no_answer: "Auf diese E-Mail kann nicht geantwortet werden.",
};

const FR: Words = Words {
    link: [
        "Connexion chez {}",
        "Vous avez demandé un lien pour vous connecter chez {}. Le lien fonctionne une seule fois, pendant un quart d'heure. Vous ne l'avez pas demandé\u{a0}? Alors vous n'avez rien à faire. Ne donnez ce lien à personne.",
        "Ouvrez ce lien pour vous connecter\u{a0}:",
    ],
    password: [
        "Connexion chez {}",
        "Quelqu'un a demandé un lien pour se connecter avec cette adresse. Vous travaillez chez {} ou ailleurs. C'est pourquoi vous vous connectez avec votre mot de passe, et non avec un lien.",
        "Connectez-vous ici\u{a0}:",
    ],
    added: [
        "Votre compte est mieux protégé",
        "Une protection supplémentaire a été ajoutée à votre compte chez {}. Désormais, il vous faut aussi un code pour vous connecter. Ce n'était pas vous\u{a0}? Alors appelez votre soignant.",
        "Voir votre compte\u{a0}:",
    ],
    removed: [
        "Une protection supplémentaire a été retirée",
        "Une protection supplémentaire a été retirée de votre compte chez {}. Ce n'était pas vous\u{a0}? Alors changez votre mot de passe et appelez votre soignant.",
        "Voir votre compte\u{a0}:",
    ],
    recovery: [
        "Un code de secours a été utilisé",
        "Un de vos codes de secours a servi à se connecter à votre compte chez {}. Ce n'était pas vous\u{a0}? Alors changez votre mot de passe et appelez votre soignant.",
        "Voir votre compte\u{a0}:",
    ],
    no_answer: "Il n'est pas possible de répondre à cet e-mail.",
};

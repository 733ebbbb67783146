//! What letters about somebody's own account say, in each language.

use identity::Language;

use super::account::News;

/// A subject and a text; `{}` is the organisation.
type Letter = [&'static str; 2];

/// The words, in one language.
pub(super) struct Words {
    password_changed: Letter,
    password_removed: Letter,
    passkey_added: Letter,
    passkey_removed: Letter,
    passkey_copied: Letter,
    /// Leads to the link.
    pub reset: Letter,
    /// Leads to the account.
    pub not_you: &'static str,
    pub not_asked: &'static str,
    pub no_answer: &'static str,
}

impl Words {
    pub const fn of(&self, news: News) -> Letter {
        match news {
            News::PasswordChanged => self.password_changed,
            News::PasswordRemoved => self.password_removed,
            News::PasskeyAdded => self.passkey_added,
            News::PasskeyRemoved => self.passkey_removed,
            News::PasskeyCopied => self.passkey_copied,
        }
    }
}

pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Words = Words {
    password_changed: ["Uw wachtwoord is gewijzigd", "Het wachtwoord van uw account bij {} is gewijzigd."],
    password_removed: [
        "Uw wachtwoord is verwijderd",
        "Het wachtwoord van uw account bij {} is verwijderd. U logt voortaan in met een toegangssleutel.",
    ],
    passkey_added: [
        "Nieuwe toegangssleutel",
        "Er is een toegangssleutel toegevoegd aan uw account bij {}. Daarmee kunt u inloggen zonder wachtwoord.",
    ],
    passkey_removed: [
        "Toegangssleutel verwijderd",
        "Er is een toegangssleutel verwijderd uit uw account bij {}. U kunt er niet meer mee inloggen.",
    ],
    passkey_copied: [
        "Let op: een toegangssleutel is geweigerd",
        "Iemand probeerde bij {} in te loggen met een kopie van een toegangssleutel van u. Wij hebben dat niet toegelaten. \
         Verwijder die toegangssleutel, en maak zo nodig een nieuwe.",
    ],
    reset: [
        "Kies een nieuw wachtwoord",
        "Iemand vroeg om een nieuw wachtwoord voor uw account bij {}. Was u dat? Open dan deze link binnen een half uur. \
         De link werkt één keer:",
    ],
    not_you: "Was u dit niet? Log dan in, kijk bij uw account en wijzig uw wachtwoord:",
    not_asked: "Was u dat niet? Dan hoeft u niets te doen. Uw wachtwoord blijft zoals het is.",
    no_answer: "Op deze e-mail kunt u niet antwoorden.",
};

const EN: Words = Words {
    password_changed: ["Your password was changed", "The password of your account at {} was changed."],
    password_removed: [
        "Your password was removed",
        "The password of your account at {} was removed. From now on you sign in with a passkey.",
    ],
    passkey_added: [
        "New passkey",
        "A passkey was added to your account at {}. It lets you sign in without a password.",
    ],
    passkey_removed: [
        "Passkey removed",
        "A passkey was removed from your account at {}. You can no longer sign in with it.",
    ],
    passkey_copied: [
        "Please note: a passkey was refused",
        "Somebody tried to sign in at {} with a copy of a passkey of yours. We did not let them in. Remove that passkey, \
         and make a new one if you need it.",
    ],
    reset: [
        "Choose a new password",
        "Somebody asked for a new password for your account at {}. Was it you? Then open this link within half an hour. \
         The link works once:",
    ],
    not_you: "Was this not you? Then sign in, look at your account and change your password:",
    not_asked: "Was it not you? Then you need not do anything. Your password stays as it is.",
    no_answer: "You cannot reply to this e-mail.",
};

const DE: Words = Words {
    password_changed: ["Ihr Passwort wurde geändert", "Das Passwort Ihres Kontos bei {} wurde geändert."],
    password_removed: [
        "Ihr Passwort wurde entfernt",
        "Das Passwort Ihres Kontos bei {} wurde entfernt. Sie melden sich ab jetzt mit einem Passkey an.",
    ],
    passkey_added: [
        "Neuer Passkey",
        "Zu Ihrem Konto bei {} wurde ein Passkey hinzugefügt. Damit können Sie sich ohne Passwort anmelden.",
    ],
    passkey_removed: [
        "Passkey entfernt",
        "Aus Ihrem Konto bei {} wurde ein Passkey entfernt. Sie können sich damit nicht mehr anmelden.",
    ],
    passkey_copied: [
        "Achtung: ein Passkey wurde abgelehnt",
        "Jemand hat versucht, sich bei {} mit einer Kopie eines Ihrer Passkeys anzumelden. Wir haben das nicht zugelassen. \
         Entfernen Sie diesen Passkey, und erstellen Sie bei Bedarf einen neuen.",
    ],
    reset: [
        "Wählen Sie ein neues Passwort",
        "Jemand hat ein neues Passwort für Ihr Konto bei {} angefordert. Waren Sie das? Dann öffnen Sie diesen Link \
         innerhalb einer halben Stunde. Der Link funktioniert ein Mal:",
    ],
    not_you: "Waren Sie das nicht? Dann melden Sie sich an, sehen Sie in Ihrem Konto nach und ändern Sie Ihr Passwort:",
    not_asked: "Waren Sie das nicht? Dann brauchen Sie nichts zu tun. Ihr Passwort bleibt, wie es ist.",
    no_answer: "Auf diese E-Mail können Sie nicht antworten.",
};

const FR: Words = Words {
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
};

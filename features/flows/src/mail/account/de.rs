//! In German.

use super::words::Words;

pub(super) const WORDS: Words = Words {
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
    link: [
        "Anmelden bei {}",
        "Sie haben um einen Link gebeten, um sich bei {} anzumelden. Der Link funktioniert ein Mal, und eine Viertelstunde lang. Sie haben nicht darum gebeten? Dann brauchen Sie nichts zu tun. Geben Sie den Link niemandem weiter.",
        "Öffnen Sie diesen Link, um sich anzumelden:",
    ],
    use_password: [
        "Anmelden bei {}",
        "Jemand hat um einen Link gebeten, um sich mit dieser Adresse anzumelden. Sie arbeiten bei {} oder anderswo. Deshalb melden Sie sich mit Ihrem Passwort an, und nicht mit einem Link.",
        "Hier melden Sie sich an:",
    ],
    factor_added: [
        "Ihr Konto ist zusätzlich geschützt",
        "Für Ihr Konto bei {} wurde ein zusätzlicher Schutz eingerichtet. Ab jetzt brauchen Sie zum Anmelden auch einen Code. Das waren nicht Sie? Dann rufen Sie Ihre Praxis oder Klinik an.",
        "Ihr Konto ansehen:",
    ],
    factor_removed: [
        "Ein zusätzlicher Schutz wurde entfernt",
        "Von Ihrem Konto bei {} wurde ein zusätzlicher Schutz entfernt. Das waren nicht Sie? Dann ändern Sie Ihr Passwort und rufen Sie Ihre Praxis oder Klinik an.",
        "Ihr Konto ansehen:",
    ],
    recovery_used: [
        "Ein Wiederherstellungscode wurde benutzt",
        "Mit einem Ihrer Wiederherstellungscodes hat sich jemand bei Ihrem Konto bei {} angemeldet. Das waren nicht Sie? Dann ändern Sie Ihr Passwort und rufen Sie Ihre Praxis oder Klinik an.",
        "Ihr Konto ansehen:",
    ],
    unanswered: "Auf diese E-Mail kann nicht geantwortet werden.",
};

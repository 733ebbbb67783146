//! In Dutch.

use super::words::Words;

pub(super) const WORDS: Words = Words {
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
    link: [
        "Inloggen bij {}",
        "U vroeg om een link om in te loggen bij {}. De link werkt één keer, en een kwartier lang. Hebt u er niet om gevraagd? Dan hoeft u niets te doen. Geef de link aan niemand.",
        "Open deze link om in te loggen:",
    ],
    use_password: [
        "Inloggen bij {}",
        "Iemand vroeg om een link om met dit adres in te loggen. U werkt bij {} of elders. Daarom logt u in met uw wachtwoord, en niet met een link.",
        "Log hier in:",
    ],
    factor_added: [
        "Uw account is extra beveiligd",
        "Voor uw account bij {} is een extra beveiliging ingesteld. Vanaf nu hebt u bij het inloggen ook een code nodig. Hebt u dit niet zelf gedaan? Bel dan uw zorgverlener.",
        "Bekijk uw account:",
    ],
    factor_removed: [
        "Een extra beveiliging is verwijderd",
        "Van uw account bij {} is een extra beveiliging verwijderd. Hebt u dit niet zelf gedaan? Verander dan uw wachtwoord en bel uw zorgverlener.",
        "Bekijk uw account:",
    ],
    recovery_used: [
        "Een herstelcode is gebruikt",
        "Met een van uw herstelcodes is ingelogd op uw account bij {}. Was u dat niet zelf? Verander dan uw wachtwoord en bel uw zorgverlener.",
        "Bekijk uw account:",
    ],
    unanswered: "Op deze e-mail kunt u niet antwoorden.",
};

//! What the account page says besides, in each language.

/// The words, in one language.
pub(crate) struct Words {
    /// The table of contents.
    pub on_this_page: &'static str,
    pub you: &'static str,
    pub ways_in: &'static str,
    pub change_password: &'static str,
    pub choose_password: &'static str,
    pub second_factor: &'static str,
    pub passkeys: &'static str,
    /// Goes before the time when an application last got a key.
    pub app_used: &'static str,
    /// What stands instead of the old password for who has none.
    pub first_password_lead: &'static str,
}

by_language! {
    /// Those of a language.
    of -> Words
}

const NL: Words = Words {
    on_this_page: "Op deze pagina",
    you: "Over u",
    ways_in: "Inloggen",
    change_password: "Wachtwoord wijzigen",
    choose_password: "Een wachtwoord kiezen",
    second_factor: "Extra beveiliging",
    passkeys: "Toegangssleutels",
    app_used: "laatst aangemeld",
    first_password_lead: "U hebt nu geen wachtwoord. Als u er een kiest, kunt u daar ook mee inloggen.",
};

const EN: Words = Words {
    on_this_page: "On this page",
    you: "About you",
    ways_in: "Signing in",
    change_password: "Change your password",
    choose_password: "Choose a password",
    second_factor: "Extra protection",
    passkeys: "Passkeys",
    app_used: "last signed in",
    first_password_lead: "You have no password now. Once you choose one, you can sign in with it, too.",
};

const DE: Words = Words {
    on_this_page: "Auf dieser Seite",
    you: "Über Sie",
    ways_in: "Anmeldung",
    change_password: "Passwort ändern",
    choose_password: "Ein Passwort wählen",
    second_factor: "Zusätzlicher Schutz",
    passkeys: "Passkeys",
    app_used: "zuletzt angemeldet",
    first_password_lead: "Sie haben jetzt kein Passwort. Wenn Sie eines wählen, können Sie sich auch damit anmelden.",
};

const FR: Words = Words {
    on_this_page: "Sur cette page",
    you: "À propos de vous",
    ways_in: "Connexion",
    change_password: "Modifier votre mot de passe",
    choose_password: "Choisir un mot de passe",
    second_factor: "Protection supplémentaire",
    passkeys: "Clés d'accès",
    app_used: "dernière connexion le",
    first_password_lead: "Vous n'avez pas de mot de passe pour l'instant. Si vous en choisissez un, vous pourrez aussi vous connecter avec.",
};

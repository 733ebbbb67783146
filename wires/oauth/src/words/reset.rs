//! What the pages say to who forgot their password, in each language.

use super::Said;

/// The words, in one language.
pub(crate) struct Words {
    /// On the sign-in page.
    pub forgotten: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub email: &'static str,
    pub ask: &'static str,
    pub help: &'static str,
    pub asked: Said,
    pub closed: Said,
    pub new_title: &'static str,
    pub save: &'static str,
    /// On the sign-in page, afterwards.
    pub done: &'static str,
}

by_language! {
    /// Those of a language.
    of -> Words
}

const NL: Words = Words {
    forgotten: "Wachtwoord vergeten?",
    title: "Wachtwoord vergeten",
    lead: "Vul het e-mailadres in waarmee u inlogt. We sturen u een e-mail met een link om een nieuw wachtwoord te kiezen.",
    email: "E-mailadres",
    ask: "Stuur mij een e-mail",
    help: "Hebt u geen e-mailadres bij ons? Vraag uw zorgverlener om hulp.",
    asked: (
        "Kijk in uw e-mail",
        "Als dit adres bij een account hoort, krijgt u binnen een paar minuten een e-mail. De link daarin werkt een half uur. Kijk ook bij de ongewenste e-mail.",
    ),
    closed: (
        "Deze link werkt niet meer",
        "De link is al gebruikt, of is ouder dan een half uur. U kunt een nieuwe aanvragen.",
    ),
    new_title: "Kies een nieuw wachtwoord",
    save: "Wachtwoord opslaan",
    done: "Uw wachtwoord is gewijzigd. Log nu in met uw nieuwe wachtwoord.",
};

const EN: Words = Words {
    forgotten: "Forgotten your password?",
    title: "Password forgotten",
    lead: "Enter the e-mail address that you sign in with. We send you an e-mail with a link to choose a new password.",
    email: "E-mail address",
    ask: "Send me an e-mail",
    help: "If we have no e-mail address of yours, ask your care provider for help.",
    asked: (
        "Check your e-mail",
        "If this address belongs to an account, you get an e-mail within a few minutes. The link in it works for half an hour. Look in your spam folder, too.",
    ),
    closed: (
        "This link no longer works",
        "The link has been used already, or is older than half an hour. You can ask for a new one.",
    ),
    new_title: "Choose a new password",
    save: "Save the password",
    done: "Your password has been changed. Now sign in with your new password.",
};

const DE: Words = Words {
    forgotten: "Passwort vergessen?",
    title: "Passwort vergessen",
    lead: "Geben Sie die E-Mail-Adresse ein, mit der Sie sich anmelden. Wir senden Ihnen eine E-Mail mit einem Link, um ein neues Passwort zu wählen.",
    email: "E-Mail-Adresse",
    ask: "E-Mail erhalten",
    help: "Haben wir keine E-Mail-Adresse von Ihnen? Bitten Sie Ihre Praxis oder Klinik um Hilfe.",
    asked: (
        "Sehen Sie in Ihr E-Mail-Postfach",
        "Wenn diese Adresse zu einem Konto gehört, bekommen Sie in wenigen Minuten eine E-Mail. Der Link darin funktioniert eine halbe Stunde. Sehen Sie auch im Spam-Ordner nach.",
    ),
    closed: (
        "Dieser Link funktioniert nicht mehr",
        "Der Link wurde schon verwendet oder ist älter als eine halbe Stunde. Sie können einen neuen anfordern.",
    ),
    new_title: "Wählen Sie ein neues Passwort",
    save: "Passwort speichern",
    done: "Ihr Passwort wurde geändert. Melden Sie sich jetzt mit Ihrem neuen Passwort an.",
};

const FR: Words = Words {
    forgotten: "Mot de passe oublié\u{a0}?",
    title: "Mot de passe oublié",
    lead: "Saisissez l'adresse e-mail avec laquelle vous vous connectez. Nous vous envoyons un e-mail avec un lien pour choisir un nouveau mot de passe.",
    email: "Adresse e-mail",
    ask: "Recevoir un lien",
    help: "Nous n'avons pas votre adresse e-mail\u{a0}? Demandez de l'aide à votre soignant.",
    asked: (
        "Consultez votre messagerie",
        "Si cette adresse appartient à un compte, vous recevrez un e-mail dans quelques minutes. Le lien qu'il contient fonctionne pendant une demi-heure. Regardez aussi dans les indésirables.",
    ),
    closed: (
        "Ce lien ne fonctionne plus",
        "Le lien a déjà été utilisé ou date de plus d'une demi-heure. Vous pouvez en demander un nouveau.",
    ),
    new_title: "Choisissez un nouveau mot de passe",
    save: "Enregistrer le mot de passe",
    done: "Votre mot de passe a été modifié. Connectez-vous maintenant avec votre nouveau mot de passe.",
};

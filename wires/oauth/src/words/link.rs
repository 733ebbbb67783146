//! What the pages say by which somebody signs in with a link.

use super::Said;

/// The words, in one language.
pub(crate) struct LinkWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub email: &'static str,
    pub email_missing: &'static str,
    pub ask: &'static str,
    pub sent: Said,
    pub sent_not: &'static str,
    pub ask_again: &'static str,
    /// `{}` is the application.
    pub here_only: &'static str,
    pub password: &'static str,
    pub open: &'static str,
    pub open_lead: &'static str,
    pub open_help: &'static str,
    /// `{}` is the application, in this and the next.
    pub open_elsewhere: &'static str,
    pub elsewhere: Said,
    pub to_chats: &'static str,
    pub closed_title: &'static str,
    pub closed: &'static str,
}

by_language! {
    /// Those of a language.
    of -> LinkWords
}

const NL: LinkWords = LinkWords {
    title: "Inloggen met een link",
    lead: "Vul uw e-mailadres in. We mailen u dan een link waarmee u één keer kunt inloggen.",
    email: "E-mailadres",
    email_missing: "Vul uw e-mailadres in.",
    ask: "Mail mij een link",
    sent: (
        "Kijk in uw e-mail",
        "Als we dit adres kennen, krijgt u binnen een paar minuten een e-mail. De link daarin werkt een kwartier.",
    ),
    sent_not: "Niets gekregen? Kijk ook bij de ongewenste e-mail.",
    ask_again: "Nog een link aanvragen",
    here_only: "Open de link op dit apparaat en in deze browser. Dan gaat u verder naar {}.",
    password: "Inloggen met een wachtwoord",
    open: "Inloggen",
    open_lead: "Deze link logt u in met dit adres:",
    open_help: "Is dit niet uw adres? Sluit dan deze pagina.",
    open_elsewhere: "U vroeg deze link aan in een andere browser, op weg naar {}. Wilt u daar verder? Open de link dan in die browser.",
    elsewhere: (
        "U bent ingelogd",
        "U was op weg naar {}. Open {} nu in deze browser. U hoeft niet opnieuw in te loggen.",
    ),
    to_chats: "Naar mijn gesprekken",
    closed_title: "Deze link werkt niet meer",
    closed: "Een link werkt één keer, en een kwartier lang. Vraag een nieuwe aan.",
};

const EN: LinkWords = LinkWords {
    title: "Sign in with a link",
    lead: "Enter your e-mail address. We then send you a link with which you can sign in once.",
    email: "E-mail address",
    email_missing: "Enter your e-mail address.",
    ask: "E-mail me a link",
    sent: (
        "Check your e-mail",
        "If we know this address, you get an e-mail within a few minutes. The link in it works for a quarter of an hour.",
    ),
    sent_not: "Has nothing come? Look in your spam folder, too.",
    ask_again: "Ask for another link",
    here_only: "Open the link on this device and in this browser. You then go on to {}.",
    password: "Sign in with a password",
    open: "Sign in",
    open_lead: "This link signs you in with this address:",
    open_help: "If this is not your address, close this page.",
    open_elsewhere: "You asked for this link in another browser, on your way to {}. Would you like to go on there? Then open the link in that browser.",
    elsewhere: (
        "You are signed in",
        "You were on your way to {}. Open {} in this browser now. You need not sign in again.",
    ),
    to_chats: "To my conversations",
    closed_title: "This link no longer works",
    closed: "A link works once, and for a quarter of an hour. Ask for a new one.",
};

const DE: LinkWords = LinkWords {
    title: "Mit einem Link anmelden",
    lead: "Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen dann einen Link, mit dem Sie sich einmal anmelden können.",
    email: "E-Mail-Adresse",
    email_missing: "Geben Sie Ihre E-Mail-Adresse ein.",
    ask: "Link per E-Mail erhalten",
    sent: (
        "Sehen Sie in Ihr E-Mail-Postfach",
        "Wenn wir diese Adresse kennen, bekommen Sie in wenigen Minuten eine E-Mail. Der Link darin gilt eine Viertelstunde.",
    ),
    sent_not: "Nichts bekommen? Sehen Sie auch im Spam-Ordner nach.",
    ask_again: "Noch einen Link anfordern",
    here_only: "Öffnen Sie den Link auf diesem Gerät und in diesem Browser. Dann geht es weiter zu {}.",
    password: "Mit einem Passwort anmelden",
    open: "Anmelden",
    open_lead: "Dieser Link meldet Sie mit dieser Adresse an:",
    open_help: "Ist das nicht Ihre Adresse? Dann schließen Sie diese Seite.",
    open_elsewhere: "Sie haben diesen Link in einem anderen Browser angefordert, auf dem Weg zu {}. Möchten Sie dort weitermachen? Dann öffnen Sie den Link in jenem Browser.",
    elsewhere: (
        "Sie sind angemeldet",
        "Sie waren auf dem Weg zu {}. Öffnen Sie {} jetzt in diesem Browser. Sie müssen sich nicht noch einmal anmelden.",
    ),
    to_chats: "Zu meinen Gesprächen",
    closed_title: "Dieser Link funktioniert nicht mehr",
    closed: "Ein Link funktioniert nur einmal, und nur eine Viertelstunde lang. Fordern Sie einen neuen an.",
};

const FR: LinkWords = LinkWords {
    title: "Se connecter avec un lien",
    lead: "Saisissez votre adresse e-mail. Nous vous enverrons un lien pour vous connecter une fois.",
    email: "Adresse e-mail",
    email_missing: "Saisissez votre adresse e-mail.",
    ask: "Recevoir un lien",
    sent: (
        "Consultez votre messagerie",
        "Si nous connaissons cette adresse, vous recevrez un e-mail dans quelques minutes. Le lien qu'il contient est valable un quart d'heure.",
    ),
    sent_not: "Rien reçu\u{a0}? Regardez aussi dans les indésirables.",
    ask_again: "Demander un autre lien",
    here_only: "Ouvrez le lien sur cet appareil et dans ce navigateur. Vous continuerez alors vers {}.",
    password: "Se connecter avec un mot de passe",
    open: "Se connecter",
    open_lead: "Ce lien vous connecte avec l'adresse\u{a0}:",
    open_help: "Ce n'est pas votre adresse\u{a0}? Fermez cette page.",
    open_elsewhere: "Vous avez demandé ce lien dans un autre navigateur, en allant vers {}. Vous voulez continuer là-bas\u{a0}? Ouvrez alors le lien dans cet autre navigateur.",
    elsewhere: (
        "Vous êtes connecté",
        "Vous alliez vers {}. Ouvrez {} maintenant dans ce navigateur. Vous n'aurez pas à vous connecter de nouveau.",
    ),
    to_chats: "Vers mes conversations",
    closed_title: "Ce lien ne fonctionne plus",
    closed: "Un lien fonctionne une seule fois, pendant un quart d'heure. Demandez-en un nouveau.",
};

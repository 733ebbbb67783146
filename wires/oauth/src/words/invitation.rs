//! The words of the page where people come who were asked in.

use super::Said;

/// Every word of that page in one language.
pub(crate) struct InvitationWords {
    pub title: &'static str,
    /// Goes after the organisation's name.
    pub lead: &'static str,
    pub terms: &'static str,
    pub each_term: [&'static str; 4],
    pub sign_up: &'static str,
    pub address: &'static str,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub name_missing: &'static str,
    pub name_unfit: &'static str,
    pub again: &'static str,
    pub language: &'static str,
    pub agreement: &'static str,
    pub begin: &'static str,
    pub has_account: &'static str,
    pub accept: &'static str,
    /// Goes after the name of who has signed in.
    pub somebody_else: &'static str,
    pub unexpected: &'static str,
    pub used: Said,
    pub closed: Said,
}

by_language! {
    /// Those of a language.
    of -> InvitationWords
}

const EN: InvitationWords = InvitationWords {
    title: "You are invited",
    lead: "would like to exchange messages with you securely.",
    terms: "Good to know",
    each_term: [
        "Your messages are read by you, by those who are in the conversation with you, and by the team that cares for it.",
        "The organisation keeps the messages. In your account you see who looked at your data.",
        "Do not write here in an emergency. Call the emergency number, or your practice.",
        "Keep your password to yourself. Nobody will ever ask you for it.",
    ],
    sign_up: "Create your account",
    address: "You sign in with",
    first_name: "First name",
    last_name: "Last name",
    name_missing: "Enter your last name.",
    name_unfit: "This name cannot be used here. Use letters, and no more than 200.",
    again: "Password once more",
    language: "Language",
    agreement: "By going on you agree to what it says under “Good to know”.",
    begin: "Create the account and go on",
    has_account: "You have an account already. Sign in, and you can accept the invitation.",
    accept: "Accept the invitation",
    somebody_else: "This invitation is for somebody else. Sign out, and open the link once more.",
    unexpected: "If you did not expect this invitation, you need not do anything.",
    used: (
        "This invitation has been accepted",
        "The link works only once. Sign in with the password that you chose. If it was not you, call the organisation.",
    ),
    closed: (
        "This link no longer works",
        "The link may be older than 14 days, or there is a newer one. Look for a later message, or ask the organisation to invite you again.",
    ),
};

const NL: InvitationWords = InvitationWords {
    title: "U bent uitgenodigd",
    lead: "wil veilig berichten met u uitwisselen.",
    terms: "Goed om te weten",
    each_term: [
        "Uw berichten worden gelezen door u, door wie in het gesprek zit, en door het team dat ervoor zorgt.",
        "De organisatie bewaart de berichten. In uw account ziet u wie uw gegevens heeft bekeken.",
        "Schrijf hier niet bij spoed. Bel dan het alarmnummer of uw praktijk.",
        "Houd uw wachtwoord voor uzelf. Niemand zal er ooit om vragen.",
    ],
    sign_up: "Maak uw account",
    address: "U logt in met",
    first_name: "Voornaam",
    last_name: "Achternaam",
    name_missing: "Vul uw achternaam in.",
    name_unfit: "Deze naam kan hier niet staan. Gebruik letters, en niet meer dan 200.",
    again: "Wachtwoord nog een keer",
    language: "Taal",
    agreement: "Als u verdergaat, stemt u in met wat er onder ‘Goed om te weten’ staat.",
    begin: "Account maken en verdergaan",
    has_account: "U hebt al een account. Log in, dan kunt u de uitnodiging aannemen.",
    accept: "De uitnodiging aannemen",
    somebody_else: "Deze uitnodiging is voor iemand anders. Log uit en open de link opnieuw.",
    unexpected: "Verwacht u deze uitnodiging niet? Dan hoeft u niets te doen.",
    used: (
        "Deze uitnodiging is al aangenomen",
        "De link werkt maar één keer. Log in met het wachtwoord dat u hebt gekozen. Was u het niet? Bel dan de organisatie.",
    ),
    closed: (
        "Deze link werkt niet meer",
        "De link is misschien ouder dan 14 dagen, of er is een nieuwere. Zoek een later bericht, of vraag de organisatie om u opnieuw uit te nodigen.",
    ),
};

const DE: InvitationWords = InvitationWords {
    title: "Sie sind eingeladen",
    lead: "möchte sicher Nachrichten mit Ihnen austauschen.",
    terms: "Gut zu wissen",
    each_term: [
        "Ihre Nachrichten lesen Sie selbst, alle, die am Gespräch teilnehmen, und das Team, das sich darum kümmert.",
        "Die Organisation bewahrt die Nachrichten auf. In Ihrem Konto sehen Sie, wer Ihre Daten angesehen hat.",
        "Schreiben Sie hier nicht im Notfall. Rufen Sie dann den Notruf oder Ihre Praxis an.",
        "Behalten Sie Ihr Passwort für sich. Niemand wird Sie je danach fragen.",
    ],
    sign_up: "Ihr Konto anlegen",
    address: "Sie melden sich an mit",
    first_name: "Vorname",
    last_name: "Nachname",
    name_missing: "Geben Sie Ihren Nachnamen ein.",
    name_unfit: "Dieser Name kann hier nicht stehen. Verwenden Sie Buchstaben, höchstens 200.",
    again: "Passwort noch einmal",
    language: "Sprache",
    agreement: "Wenn Sie fortfahren, stimmen Sie dem zu, was unter „Gut zu wissen“ steht.",
    begin: "Konto anlegen und weiter",
    has_account: "Sie haben schon ein Konto. Melden Sie sich an, dann können Sie die Einladung annehmen.",
    accept: "Die Einladung annehmen",
    somebody_else: "Diese Einladung ist für jemand anderen. Melden Sie sich ab und öffnen Sie den Link noch einmal.",
    unexpected: "Haben Sie diese Einladung nicht erwartet? Dann brauchen Sie nichts zu tun.",
    used: (
        "Diese Einladung wurde schon angenommen",
        "Der Link funktioniert nur einmal. Melden Sie sich mit dem Passwort an, das Sie gewählt haben. Waren Sie das nicht? Dann rufen Sie die Organisation an.",
    ),
    closed: (
        "Dieser Link funktioniert nicht mehr",
        "Der Link ist vielleicht älter als 14 Tage, oder es gibt einen neueren. Suchen Sie eine spätere Nachricht, oder bitten Sie die Organisation, Sie noch einmal einzuladen.",
    ),
};

const FR: InvitationWords = InvitationWords {
    title: "Vous êtes invité",
    lead: "souhaite échanger des messages avec vous en toute sécurité.",
    terms: "Bon à savoir",
    each_term: [
        "Vos messages sont lus par vous, par les personnes présentes dans la conversation et par l'équipe qui s'en occupe.",
        "L'organisation conserve les messages. Dans votre compte, vous voyez qui a consulté vos données.",
        "N'écrivez pas ici en cas d'urgence. Appelez le numéro d'urgence ou votre cabinet.",
        "Gardez votre mot de passe pour vous. Personne ne vous le demandera jamais.",
    ],
    sign_up: "Créer votre compte",
    address: "Vous vous connectez avec",
    first_name: "Prénom",
    last_name: "Nom",
    name_missing: "Saisissez votre nom.",
    name_unfit: "Ce nom ne peut pas figurer ici. Utilisez des lettres, 200 au plus.",
    again: "Mot de passe encore une fois",
    language: "Langue",
    agreement: "En continuant, vous acceptez ce qui figure sous «\u{a0}Bon à savoir\u{a0}».",
    begin: "Créer le compte et continuer",
    has_account: "Vous avez déjà un compte. Connectez-vous, et vous pourrez accepter l'invitation.",
    accept: "Accepter l'invitation",
    somebody_else: "Cette invitation est destinée à quelqu'un d'autre. Déconnectez-vous et ouvrez le lien encore une fois.",
    unexpected: "Vous n'attendiez pas cette invitation\u{a0}? Vous n'avez rien à faire.",
    used: (
        "Cette invitation a déjà été acceptée",
        "Le lien ne fonctionne qu'une fois. Connectez-vous avec le mot de passe que vous avez choisi. Ce n'était pas vous\u{a0}? Appelez l'organisation.",
    ),
    closed: (
        "Ce lien ne fonctionne plus",
        "Le lien a peut-être plus de 14 jours, ou il en existe un plus récent. Cherchez un message ultérieur, ou demandez à l'organisation de vous inviter de nouveau.",
    ),
};

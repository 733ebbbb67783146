//! The words about notices by mail, in each language.

use super::Said;

pub(crate) struct Notices {
    pub title: &'static str,
    pub lead: &'static str,
    pub wanted: &'static str,
    pub quiet: &'static str,
    pub from: &'static str,
    pub until: &'static str,
    pub save: &'static str,
    pub saved: &'static str,
    pub undeliverable: &'static str,
    pub unverified: &'static str,
    pub ask: &'static str,
    pub asked: &'static str,
    pub asked_before: &'static str,
    /// `{}` is the organisation.
    pub end: Said,
    pub end_button: &'static str,
    pub ended: Said,
    pub prove: Said,
    pub prove_button: &'static str,
    pub proven: Said,
}

by_language! {
    /// Those of a language.
    notices -> Notices
}

const NL: Notices = Notices {
    title: "Meldingen per e-mail",
    lead: "Als er een bericht op u wacht, krijgt u een e-mail. Daarin staat niet wat er in het bericht staat of van wie het komt.",
    wanted: "Stuur mij een e-mail als er een bericht op mij wacht",
    quiet: "Niet tussen deze tijden",
    from: "Van",
    until: "Tot",
    save: "Opslaan",
    saved: "Uw keuze is bewaard.",
    undeliverable: "E-mail op dit adres komt niet aan. Daarom sturen we u niets meer.",
    unverified: "We weten nog niet of e-mail op dit adres aankomt. Bevestig het om e-mail te krijgen.",
    ask: "Stuur mij een e-mail om dit adres te bevestigen",
    asked: "Er is een e-mail naar u onderweg. Open de link die erin staat.",
    asked_before: "We hebben u net al een e-mail gestuurd. Kijk ook bij de ongewenste e-mail, of probeer het over vijf minuten opnieuw.",
    end: ("E-mails uitzetten?", "U krijgt dan geen e-mail meer als er bij {} een bericht op u wacht."),
    end_button: "E-mails uitzetten",
    ended: (
        "E-mails staan uit",
        "U krijgt geen e-mail meer als er een bericht op u wacht. In uw account kunt u ze weer aanzetten.",
    ),
    prove: ("E-mailadres bevestigen?", "Hiermee laat u zien dat e-mail op dit adres bij u aankomt."),
    prove_button: "Bevestigen",
    proven: ("E-mailadres bevestigd", "Bedankt. E-mail op dit adres komt bij u aan."),
};

const EN: Notices = Notices {
    title: "Notices by e-mail",
    lead: "When a message is waiting for you, you get an e-mail. It does not say what the message is about or who it is from.",
    wanted: "Send me an e-mail when a message is waiting for me",
    quiet: "Not between these times",
    from: "From",
    until: "Until",
    save: "Save",
    saved: "Your choice has been saved.",
    undeliverable: "E-mail to this address does not arrive. That is why we send you nothing more.",
    unverified: "We do not yet know whether e-mail to this address arrives. Confirm it to get e-mails.",
    ask: "Send me an e-mail to confirm this address",
    asked: "An e-mail is on its way to you. Open the link in it.",
    asked_before: "We sent you an e-mail just now. Look in your spam folder too, or try again in five minutes.",
    end: (
        "Switch off e-mails?",
        "You will then no longer get an e-mail when a message is waiting for you at {}.",
    ),
    end_button: "Switch off e-mails",
    ended: (
        "E-mails are switched off",
        "You no longer get an e-mail when a message is waiting for you. You can switch them on again in your account.",
    ),
    prove: ("Confirm your e-mail address?", "This shows that e-mail to this address reaches you."),
    prove_button: "Confirm",
    proven: ("E-mail address confirmed", "Thank you. E-mail to this address reaches you."),
};

const DE: Notices = Notices {
    title: "Benachrichtigungen per E-Mail",
    lead: "Wenn eine Nachricht auf Sie wartet, bekommen Sie eine E-Mail. Darin steht nicht, worum es geht oder von wem sie kommt.",
    wanted: "E-Mail an mich, wenn eine Nachricht auf mich wartet",
    quiet: "Nicht zwischen diesen Zeiten",
    from: "Von",
    until: "Bis",
    save: "Speichern",
    saved: "Ihre Wahl wurde gespeichert.",
    undeliverable: "E-Mails an diese Adresse kommen nicht an. Deshalb schicken wir Ihnen nichts mehr.",
    unverified: "Wir wissen noch nicht, ob E-Mails an diese Adresse ankommen. Bestätigen Sie sie, um E-Mails zu bekommen.",
    ask: "E-Mail erhalten, um diese Adresse zu bestätigen",
    asked: "Eine E-Mail ist zu Ihnen unterwegs. Öffnen Sie den Link darin.",
    asked_before: "Wir haben Ihnen gerade eine E-Mail geschickt. Sehen Sie auch im Spam-Ordner nach, oder versuchen Sie es in fünf Minuten noch einmal.",
    end: (
        "E-Mails ausschalten?",
        "Sie bekommen dann keine E-Mail mehr, wenn bei {} eine Nachricht auf Sie wartet.",
    ),
    end_button: "E-Mails ausschalten",
    ended: (
        "E-Mails sind ausgeschaltet",
        "Sie bekommen keine E-Mail mehr, wenn eine Nachricht auf Sie wartet. In Ihrem Konto können Sie sie wieder einschalten.",
    ),
    prove: (
        "E-Mail-Adresse bestätigen?",
        "Damit zeigen Sie, dass E-Mails an diese Adresse bei Ihnen ankommen.",
    ),
    prove_button: "Bestätigen",
    proven: ("E-Mail-Adresse bestätigt", "Vielen Dank. E-Mails an diese Adresse kommen bei Ihnen an."),
};

const FR: Notices = Notices {
    title: "Notifications par e-mail",
    lead: "Quand un message vous attend, vous recevez un e-mail. Il ne dit ni de quoi il s'agit ni de qui il vient.",
    wanted: "M'envoyer un e-mail quand un message m'attend",
    quiet: "Pas entre ces heures",
    from: "De",
    until: "À",
    save: "Enregistrer",
    saved: "Votre choix a été enregistré.",
    undeliverable: "Les e-mails à cette adresse n'arrivent pas. Nous ne vous envoyons donc plus rien.",
    unverified: "Nous ne savons pas encore si les e-mails à cette adresse arrivent. Confirmez-la pour en recevoir.",
    ask: "M'envoyer un e-mail pour confirmer cette adresse",
    asked: "Un e-mail est en route. Ouvrez le lien qu'il contient.",
    asked_before: "Nous venons de vous envoyer un e-mail. Regardez aussi dans les indésirables, ou réessayez dans cinq minutes.",
    end: (
        "Désactiver les e-mails\u{a0}?",
        "Vous ne recevrez plus d'e-mail quand un message vous attendra chez {}.",
    ),
    end_button: "Désactiver les e-mails",
    ended: (
        "Les e-mails sont désactivés",
        "Vous ne recevez plus d'e-mail quand un message vous attend. Vous pouvez les réactiver dans votre compte.",
    ),
    prove: (
        "Confirmer votre adresse e-mail\u{a0}?",
        "Vous montrez ainsi que les e-mails à cette adresse vous parviennent.",
    ),
    prove_button: "Confirmer",
    proven: ("Adresse e-mail confirmée", "Merci. Les e-mails à cette adresse vous parviennent."),
};

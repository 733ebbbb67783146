//! The pages that the letters of the waiting list lead to.

use door::pages::Language;

/// A title and a sentence.
type Said = (&'static str, &'static str);

pub struct Earlier {
    /// `{}` is where the appointment is.
    pub choice: Said,
    /// The same where the practice has to say yes to the new time.
    pub choice_to_confirm: Said,
    pub accepted: Said,
    pub requested: Said,
    pub declined: Said,
    pub taken: Said,
    pub over: Said,
    /// The practice works on paper.
    pub on_paper: Said,
    /// The appointment was moved since.
    pub moved: Said,
    /// The appointment was cancelled since.
    pub cancelled: Said,
    /// The link itself has ended, and says nothing of the appointment.
    pub ended: Said,
    pub now: &'static str,
    /// The same while the practice has yet to say yes to it.
    pub asked_for: &'static str,
    pub earlier: &'static str,
    /// The same where it cannot be chosen just now.
    pub earlier_time: &'static str,
    pub accept: &'static str,
    pub keep: &'static str,
    pub nothing_happens: &'static str,
    pub stop: Said,
    pub stop_now: &'static str,
    pub stopped: Said,
    pub confirm: Said,
    pub confirm_now: &'static str,
    pub confirmed: Said,
}

pub const fn earlier(language: Language) -> &'static Earlier {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Earlier = Earlier {
    choice: ("Wilt u eerder komen?", "Bij {} is een eerdere tijd vrij voor uw afspraak."),
    choice_to_confirm: (
        "Wilt u eerder komen?",
        "Bij {} is een eerdere tijd vrij voor uw afspraak. De praktijk moet de nieuwe tijd nog bevestigen; \
         uw huidige tijd geeft u meteen op.",
    ),
    accepted: ("U komt eerder", "Uw afspraak bij {} is verzet naar de eerdere tijd."),
    requested: (
        "De praktijk bevestigt de eerdere tijd nog",
        "Uw afspraak bij {} is verzet naar de eerdere tijd. De praktijk moet die nog bevestigen.",
    ),
    declined: ("Uw afspraak blijft zoals die is", "U hebt de eerdere tijd bij {} niet gekozen."),
    taken: (
        "De eerdere tijd is al bezet",
        "Iemand anders was sneller bij {}. Uw afspraak is niet veranderd.",
    ),
    over: (
        "De eerdere tijd is niet meer te kiezen",
        "Deze link van {} werkt niet meer. Uw afspraak is hierdoor niet veranderd.",
    ),
    on_paper: (
        "Eerder komen kan nu even niet",
        "Bij {} kunnen afspraken op dit moment niet worden verzet. Uw afspraak blijft staan. \
         Wilt u eerder komen? Open deze link dan later nog een keer.",
    ),
    moved: (
        "Uw afspraak is daarna nog verzet",
        "Uw afspraak bij {} heeft nu een andere tijd. Twijfelt u over de tijd? Bel dan de praktijk.",
    ),
    cancelled: ("Uw afspraak is afgezegd", "Deze afspraak bij {} gaat niet door."),
    ended: (
        "Deze link werkt niet meer",
        "De tijd om te kiezen is voorbij. Door deze link verandert er niets aan uw afspraak.",
    ),
    now: "Uw afspraak is nu",
    asked_for: "U hebt gevraagd om",
    earlier: "U kunt eerder komen",
    earlier_time: "De eerdere tijd",
    accept: "Ja, ik kom op de eerdere tijd",
    keep: "Nee, ik houd mijn afspraak",
    nothing_happens: "Kiest u niets? Dan houdt u uw afspraak.",
    stop: (
        "E-mails stoppen?",
        "U krijgt dan geen e-mail meer als bij {} een eerdere tijd vrijkomt. Uw afspraak blijft staan.",
    ),
    stop_now: "E-mails stoppen",
    stopped: (
        "De e-mails zijn gestopt",
        "U krijgt geen e-mail meer over een eerdere tijd bij {}. Uw afspraak blijft staan.",
    ),
    confirm: (
        "E-mailadres bevestigen?",
        "U krijgt dan een e-mail op dit adres als bij {} een eerdere tijd vrijkomt voor de afspraak.",
    ),
    confirm_now: "Bevestigen",
    confirmed: ("E-mailadres bevestigd", "U krijgt een e-mail als bij {} een eerdere tijd vrijkomt."),
};

const EN: Earlier = Earlier {
    choice: ("Would you like to come earlier?", "At {} an earlier time is free for your appointment."),
    choice_to_confirm: (
        "Would you like to come earlier?",
        "At {} an earlier time is free for your appointment. The practice must confirm the new time; \
         your present time is given up at once.",
    ),
    accepted: ("You come earlier", "Your appointment at {} has moved to the earlier time."),
    requested: (
        "The practice has yet to confirm the earlier time",
        "Your appointment at {} has moved to the earlier time. The practice must still confirm it.",
    ),
    declined: ("Your appointment stays as it is", "You did not choose the earlier time at {}."),
    taken: (
        "The earlier time is already taken",
        "Somebody else was quicker at {}. Your appointment is unchanged.",
    ),
    over: (
        "The earlier time can no longer be chosen",
        "This link of {} no longer works. It has changed nothing about your appointment.",
    ),
    on_paper: (
        "You cannot come earlier just now",
        "At {} appointments cannot be moved at the moment. Your appointment stays. \
         Would you like to come earlier? Please open this link again later.",
    ),
    moved: (
        "Your appointment has been moved since",
        "Your appointment at {} has another time now. If you are not sure of it, please call the practice.",
    ),
    cancelled: ("Your appointment is cancelled", "This appointment at {} does not take place."),
    ended: (
        "This link no longer works",
        "The time to choose is over. This link changes nothing about your appointment.",
    ),
    now: "Your appointment is now",
    asked_for: "You have asked for",
    earlier: "You can come earlier",
    earlier_time: "The earlier time",
    accept: "Yes, I will come earlier",
    keep: "No, I keep my appointment",
    nothing_happens: "If you choose nothing, you keep your appointment.",
    stop: (
        "Stop the e-mails?",
        "You will then get no e-mail when an earlier time becomes free at {}. Your appointment stays.",
    ),
    stop_now: "Stop the e-mails",
    stopped: (
        "The e-mails are stopped",
        "You get no more e-mail about an earlier time at {}. Your appointment stays.",
    ),
    confirm: (
        "Confirm your e-mail address?",
        "You will then get an e-mail at this address when an earlier time for the appointment becomes free at {}.",
    ),
    confirm_now: "Confirm",
    confirmed: ("E-mail address confirmed", "You get an e-mail when an earlier time becomes free at {}."),
};

const DE: Earlier = Earlier {
    choice: ("Möchten Sie früher kommen?", "Bei {} ist für Ihren Termin eine frühere Zeit frei."),
    choice_to_confirm: (
        "Möchten Sie früher kommen?",
        "Bei {} ist für Ihren Termin eine frühere Zeit frei. Die Praxis muss die neue Zeit noch bestätigen; \
         Ihre jetzige Zeit geben Sie sofort auf.",
    ),
    accepted: ("Sie kommen früher", "Ihr Termin bei {} wurde auf die frühere Zeit verlegt."),
    requested: (
        "Die Praxis muss die frühere Zeit noch bestätigen",
        "Ihr Termin bei {} wurde auf die frühere Zeit verlegt. Die Praxis muss sie noch bestätigen.",
    ),
    declined: ("Ihr Termin bleibt, wie er ist", "Sie haben die frühere Zeit bei {} nicht gewählt."),
    taken: (
        "Die frühere Zeit ist schon vergeben",
        "Jemand anders war bei {} schneller. Ihr Termin ist unverändert.",
    ),
    over: (
        "Die frühere Zeit kann nicht mehr gewählt werden",
        "Dieser Link von {} gilt nicht mehr. An Ihrem Termin hat sich dadurch nichts geändert.",
    ),
    on_paper: (
        "Früher kommen ist gerade nicht möglich",
        "Bei {} können Termine im Moment nicht verlegt werden. Ihr Termin bleibt bestehen. \
         Möchten Sie früher kommen? Bitte öffnen Sie diesen Link später noch einmal.",
    ),
    moved: (
        "Ihr Termin wurde seitdem verlegt",
        "Ihr Termin bei {} ist jetzt zu einer anderen Zeit. Sind Sie unsicher? Bitte rufen Sie die Praxis an.",
    ),
    cancelled: ("Ihr Termin ist abgesagt", "Dieser Termin bei {} findet nicht statt."),
    ended: (
        "Dieser Link gilt nicht mehr",
        "Die Zeit zum Wählen ist vorbei. Durch diesen Link ändert sich an Ihrem Termin nichts.",
    ),
    now: "Ihr Termin ist jetzt",
    asked_for: "Angefragt ist",
    earlier: "Sie können früher kommen",
    earlier_time: "Die frühere Zeit",
    accept: "Ja, ich komme zur früheren Zeit",
    keep: "Nein, ich behalte meinen Termin",
    nothing_happens: "Sie wählen nichts? Dann behalten Sie Ihren Termin.",
    stop: (
        "E-Mails beenden?",
        "Sie bekommen dann keine E-Mail mehr, wenn bei {} eine frühere Zeit frei wird. Ihr Termin bleibt bestehen.",
    ),
    stop_now: "E-Mails beenden",
    stopped: (
        "Die E-Mails sind beendet",
        "Sie bekommen keine E-Mail mehr über eine frühere Zeit bei {}. Ihr Termin bleibt bestehen.",
    ),
    confirm: (
        "E-Mail-Adresse bestätigen?",
        "Sie bekommen dann eine E-Mail an diese Adresse, wenn bei {} eine frühere Zeit für den Termin frei wird.",
    ),
    confirm_now: "Bestätigen",
    confirmed: (
        "E-Mail-Adresse bestätigt",
        "Sie bekommen eine E-Mail, wenn bei {} eine frühere Zeit frei wird.",
    ),
};

const FR: Earlier = Earlier {
    choice: (
        "Voulez-vous venir plus tôt\u{a0}?",
        "Chez {}, une heure plus proche est libre pour votre rendez-vous.",
    ),
    choice_to_confirm: (
        "Voulez-vous venir plus tôt\u{a0}?",
        "Chez {}, une heure plus proche est libre pour votre rendez-vous. Le cabinet doit encore confirmer la \
         nouvelle heure\u{a0}; vous renoncez aussitôt à votre heure actuelle.",
    ),
    accepted: ("Vous venez plus tôt", "Votre rendez-vous chez {} a été déplacé à l'heure plus proche."),
    requested: (
        "Le cabinet doit encore confirmer l'heure plus proche",
        "Votre rendez-vous chez {} a été déplacé à l'heure plus proche. Le cabinet doit encore la confirmer.",
    ),
    declined: (
        "Votre rendez-vous reste tel qu'il est",
        "Vous n'avez pas choisi l'heure plus proche chez {}.",
    ),
    taken: (
        "L'heure plus proche est déjà prise",
        "Quelqu'un d'autre a été plus rapide chez {}. Votre rendez-vous n'a pas changé.",
    ),
    over: (
        "L'heure plus proche ne peut plus être choisie",
        "Ce lien de {} ne fonctionne plus. Il n'a rien changé à votre rendez-vous.",
    ),
    on_paper: (
        "Vous ne pouvez pas venir plus tôt pour l'instant",
        "Chez {}, les rendez-vous ne peuvent pas être déplacés pour l'instant. Votre rendez-vous est maintenu. \
         Voulez-vous venir plus tôt\u{a0}? Veuillez ouvrir ce lien de nouveau plus tard.",
    ),
    moved: (
        "Votre rendez-vous a été déplacé depuis",
        "Votre rendez-vous chez {} est maintenant à une autre heure. En cas de doute, veuillez appeler le cabinet.",
    ),
    cancelled: ("Votre rendez-vous est annulé", "Ce rendez-vous chez {} n'aura pas lieu."),
    ended: (
        "Ce lien ne fonctionne plus",
        "Le temps pour choisir est passé. Ce lien ne change rien à votre rendez-vous.",
    ),
    now: "Votre rendez-vous est maintenant",
    asked_for: "Vous avez demandé",
    earlier: "Vous pouvez venir plus tôt",
    earlier_time: "L'heure plus proche",
    accept: "Oui, je viens à l'heure plus proche",
    keep: "Non, je garde mon rendez-vous",
    nothing_happens: "Vous ne choisissez rien\u{a0}? Alors vous gardez votre rendez-vous.",
    stop: (
        "Arrêter les e-mails\u{a0}?",
        "Vous ne recevrez plus d'e-mail quand une heure plus proche se libère chez {}. Votre rendez-vous est maintenu.",
    ),
    stop_now: "Arrêter les e-mails",
    stopped: (
        "Les e-mails sont arrêtés",
        "Vous ne recevez plus d'e-mail sur une heure plus proche chez {}. Votre rendez-vous est maintenu.",
    ),
    confirm: (
        "Confirmer votre adresse e-mail\u{a0}?",
        "Vous recevrez alors un e-mail à cette adresse quand une heure plus proche se libère chez {} pour le rendez-vous.",
    ),
    confirm_now: "Confirmer",
    confirmed: (
        "Adresse e-mail confirmée",
        "Vous recevez un e-mail quand une heure plus proche se libère chez {}.",
    ),
};

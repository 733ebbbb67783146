//! What letters say, in each language. They tell nothing of a chat, of who wrote or of whom it is about: a screen that
//! shows a letter may be anybody's.

use identity::Language;

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Something waits unread.
    Unread,
    /// A conversation was begun with its reader.
    Began,
    /// A conversation of its reader was closed.
    Closed,
    /// Whether mail reaches its reader.
    Proof,
}

/// A subject and a text.
pub(super) struct Said {
    pub subject: String,
    pub text: String,
}

struct Words {
    unread: [&'static str; 2],
    began: [&'static str; 2],
    closed: [&'static str; 2],
    proof: [&'static str; 2],
    /// Leads to a message.
    read: &'static str,
    /// Leads to a conversation.
    see: &'static str,
    prove: &'static str,
    no_answer: &'static str,
    end: &'static str,
}

/// The words of a letter in the name of an organisation, with where to go on, and where to end such letters.
pub(super) fn say(
    language: Language,
    about: About,
    organisation: &str,
    onward: &str,
    end: Option<&str>,
) -> Said {
    let words = of(language);
    let ([subject, sentence], lead) = match about {
        About::Unread => (words.unread, words.read),
        About::Began => (words.began, words.see),
        About::Closed => (words.closed, words.see),
        About::Proof => (words.proof, words.prove),
    };
    let (subject, sentence) = (subject.replace("{}", organisation), sentence.replace("{}", organisation));
    let mut text = format!("{sentence}\n\n{lead}\n{onward}\n\n{}\n", words.no_answer);
    if let Some(end) = end {
        text.push_str(&format!("\n--\n{}\n{end}\n", words.end));
    }
    Said { subject, text }
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
    unread: ["Nieuw bericht bij {}", "U hebt een nieuw bericht bij {}."],
    began: ["Nieuw gesprek bij {}", "Er is een gesprek met u begonnen bij {}."],
    closed: ["Gesprek gesloten bij {}", "Een gesprek van u bij {} is gesloten."],
    proof: ["Bevestig uw e-mailadres", "U vroeg {} om weer e-mail te krijgen op dit adres."],
    read: "Log in om het te lezen:",
    see: "Log in om het gesprek te zien:",
    prove: "Open deze link binnen een dag om het te bevestigen:",
    no_answer: "Op deze e-mail kunt u niet antwoorden.",
    end: "Wilt u deze e-mails niet meer krijgen? Zet ze hier uit:",
};

const EN: Words = Words {
    unread: ["New message at {}", "You have a new message at {}."],
    began: ["New conversation at {}", "A conversation with you was started at {}."],
    closed: ["Conversation closed at {}", "A conversation of yours at {} was closed."],
    proof: ["Confirm your e-mail address", "You asked {} to send e-mail to this address again."],
    read: "Sign in to read it:",
    see: "Sign in to see the conversation:",
    prove: "Open this link within a day to confirm it:",
    no_answer: "You cannot reply to this e-mail.",
    end: "No longer want these e-mails? Switch them off here:",
};

const DE: Words = Words {
    unread: ["Neue Nachricht bei {}", "Sie haben eine neue Nachricht bei {}."],
    began: ["Neues Gespräch bei {}", "Bei {} wurde ein Gespräch mit Ihnen begonnen."],
    closed: ["Gespräch geschlossen bei {}", "Ein Gespräch von Ihnen bei {} wurde geschlossen."],
    proof: [
        "Bestätigen Sie Ihre E-Mail-Adresse",
        "Sie haben {} gebeten, wieder E-Mails an diese Adresse zu senden.",
    ],
    read: "Melden Sie sich an, um sie zu lesen:",
    see: "Melden Sie sich an, um das Gespräch zu sehen:",
    prove: "Öffnen Sie diesen Link innerhalb eines Tages, um sie zu bestätigen:",
    no_answer: "Auf diese E-Mail können Sie nicht antworten.",
    end: "Möchten Sie diese E-Mails nicht mehr erhalten? Schalten Sie sie hier aus:",
};

const FR: Words = Words {
    unread: ["Nouveau message chez {}", "Vous avez un nouveau message chez {}."],
    began: ["Nouvelle conversation chez {}", "Une conversation avec vous a été commencée chez {}."],
    closed: ["Conversation fermée chez {}", "Une de vos conversations chez {} a été fermée."],
    proof: [
        "Confirmez votre adresse e-mail",
        "Vous avez demandé à {} d'envoyer de nouveau des e-mails à cette adresse.",
    ],
    read: "Connectez-vous pour le lire\u{a0}:",
    see: "Connectez-vous pour voir la conversation\u{a0}:",
    prove: "Ouvrez ce lien dans la journée pour la confirmer\u{a0}:",
    no_answer: "Vous ne pouvez pas répondre à cet e-mail.",
    end: "Vous ne voulez plus de ces e-mails\u{a0}? Arrêtez-les ici\u{a0}:",
};

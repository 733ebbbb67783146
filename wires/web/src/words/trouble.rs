//! What went wrong, and what somebody can do about it.

use door::pages::Language;
use kernel::{Error, Kind};

use super::fill;

/// A page that only says something: its title and its sentence.
type Said = (&'static str, &'static str);

pub struct Trouble {
    pub back: &'static str,
    pub back_to_chat: &'static str,
    /// For who has an account besides.
    pub sign_in: &'static str,
    pub guest_ended: Said,
    pub guest_away: Said,
    pub sign_in_again: Said,
    pub not_found: Said,
    pub not_allowed: Said,
    pub stale_form: Said,
    pub does_not_fit: Said,
    pub too_large: Said,
    pub too_busy: Said,
    pub our_fault: Said,

    pub nothing_to_send: &'static str,
    pub text_too_long: &'static str,
    pub strange_characters: &'static str,
    pub closed_meanwhile: &'static str,
    pub taken_out: &'static str,
    pub no_longer_there: &'static str,
    pub closed_now: &'static str,
    pub subject_too_long: &'static str,
    pub subject_strange: &'static str,
    pub too_many_people: &'static str,
    pub unknown_person: &'static str,
    pub no_contacts: &'static str,
    pub no_contacts_now: &'static str,
    pub too_many_patients: &'static str,
    pub group_full: &'static str,
    pub document_too_long: &'static str,
    pub legal_hold: &'static str,
    pub not_an_admin: &'static str,
    pub owner_stays: &'static str,
    pub not_staff: &'static str,
    pub not_an_administrator: &'static str,
    pub days_unfit: &'static str,
    pub days_reversed: &'static str,
    pub not_a_member: &'static str,
    pub not_your_message: &'static str,
    pub not_asked: &'static str,
    pub already_answered: &'static str,
    pub nothing_chosen: &'static str,
    pub too_many_files: &'static str,
    pub file_too_large: &'static str,
    pub file_type: &'static str,
    pub file_contradicted: &'static str,
    pub file_infected: &'static str,
    pub file_empty: &'static str,
    pub file_waits: &'static str,
    pub file_was_unsafe: &'static str,
    /// Goes behind what is wrong with a file.
    pub choose_again: &'static str,
}

/// The visit of a guest is over.
pub const GUEST_ENDED: &str = "guest_ended";
/// A guest was away for too long, and can come back by the link.
pub const GUEST_AWAY: &str = "guest_away";

/// Whether it says to a browser that it was that of a guest.
pub fn is_of_guest(error: &Error) -> bool {
    matches!(error, Error::NotAllowed { why } if [GUEST_ENDED, GUEST_AWAY].contains(&why.code))
}

/// A group takes nobody who only visits the organisation.
const NO_CONTACTS: &str = "contacts_not_allowed";

fn is_closed(code: &str) -> bool {
    matches!(code, "conversation_is_closed" | "groupchat_is_closed")
}

impl Trouble {
    /// The page for an error: every kind has one.
    pub fn page_for(&self, error: &Error) -> Said {
        match error {
            Error::Unauthenticated => self.sign_in_again,
            Error::NotFound { .. } | Error::Gone { .. } => self.not_found,
            Error::NotAllowed { why } if why.code == "form_not_ours" => self.stale_form,
            Error::NotAllowed { why } if why.code == GUEST_ENDED => self.guest_ended,
            Error::NotAllowed { why } if why.code == GUEST_AWAY => self.guest_away,
            Error::NotAllowed { why } => {
                (self.not_allowed.0, self.told(why.code).unwrap_or(self.not_allowed.1))
            }
            Error::TooLarge { limit } if limit.name == "chat_patients" => {
                (self.does_not_fit.0, self.too_many_patients)
            }
            Error::TooLarge { limit } if limit.name == "document_pages" => {
                (self.does_not_fit.0, self.document_too_long)
            }
            Error::TooLarge { .. } => self.too_large,
            Error::Conflict { why } | Error::Precondition { why } => {
                (self.does_not_fit.0, self.told(why.code).unwrap_or(self.does_not_fit.1))
            }
            Error::Invalid { why, .. } => {
                (self.does_not_fit.0, self.told(why.code).unwrap_or(self.does_not_fit.1))
            }
            Error::Unsupported { .. } => self.does_not_fit,
            Error::LimitReached { .. } | Error::Unavailable { .. } => self.too_busy,
            Error::Bug { .. } => self.our_fault,
        }
    }

    /// Why something may not be, in a sentence of its own.
    fn told(&self, code: &str) -> Option<&'static str> {
        match code {
            "legal_hold" => Some(self.legal_hold),
            "not_an_admin" | "not_the_owner" => Some(self.not_an_admin),
            "owner_cannot_be_removed" => Some(self.owner_stays),
            NO_CONTACTS => Some(self.no_contacts_now),
            "not_staff" | "may_not_invite" => Some(self.not_staff),
            "not_an_administrator" => Some(self.not_an_administrator),
            "days_unfit" => Some(self.days_unfit),
            "days_reversed" => Some(self.days_reversed),
            "not_a_member" => Some(self.not_a_member),
            "not_your_message" => Some(self.not_your_message),
            "file_is_being_checked" => Some(self.file_waits),
            "file_was_unsafe" => Some(self.file_was_unsafe),
            code if is_closed(code) => Some(self.closed_now),
            "not_asked" => Some(self.not_asked),
            "already_answered" => Some(self.already_answered),
            "nothing_chosen" => Some(self.nothing_chosen),
            _ => None,
        }
    }

    /// Why a message was not sent, when its writer should have it back.
    pub fn unsent(&self, error: &Error, file: Option<&str>) -> Option<String> {
        match error {
            Error::Precondition { why } if is_closed(why.code) => Some(self.closed_meanwhile.to_owned()),
            Error::NotFound { what: Kind::GroupChat } => Some(self.taken_out.to_owned()),
            Error::NotFound { what: Kind::Conversation } => Some(self.no_longer_there.to_owned()),
            Error::NotAllowed { why } if why.code == "not_a_member" => Some(self.taken_out.to_owned()),
            _ => self.mendable(error, file),
        }
    }

    /// What is wrong with what somebody wrote or chose, when it is theirs to mend; `file` was at fault.
    pub fn mendable(&self, error: &Error, file: Option<&str>) -> Option<String> {
        let code = match error {
            Error::Invalid { why, .. } | Error::Unsupported { why } | Error::Precondition { why } => why.code,
            Error::NotAllowed { why } if why.code == NO_CONTACTS => why.code,
            Error::TooLarge { limit } => limit.name,
            _ => return None,
        };
        let about_file = |sentence: &str| {
            let name = file.unwrap_or_default();
            Some(format!("{} {}", fill(sentence, &[name]), self.choose_again))
        };
        match code {
            "body_is_empty" => Some(self.nothing_to_send.to_owned()),
            "message_chars" | "message_bytes" => Some(self.text_too_long.to_owned()),
            "body_has_control_characters" | "not_utf8" => Some(self.strange_characters.to_owned()),
            code if is_closed(code) => Some(self.closed_now.to_owned()),
            "subject_chars" => Some(self.subject_too_long.to_owned()),
            "subject_has_control_characters" => Some(self.subject_strange.to_owned()),
            "chat_patients" => Some(self.too_many_patients.to_owned()),
            "chat_members" => Some(self.group_full.to_owned()),
            "members_per_request" => Some(self.too_many_people.to_owned()),
            "user_not_found" => Some(self.unknown_person.to_owned()),
            NO_CONTACTS => Some(self.no_contacts.to_owned()),
            "files_per_message" => about_file(self.too_many_files),
            "file_bytes" => about_file(self.file_too_large),
            "file_type_not_allowed" => about_file(self.file_type),
            "file_type_contradicted" => about_file(self.file_contradicted),
            "file_infected" => about_file(self.file_infected),
            "file_is_empty" => about_file(self.file_empty),
            _ => None,
        }
    }
}

pub const fn trouble(language: Language) -> &'static Trouble {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Trouble = Trouble {
    back: "Naar mijn gesprekken",
    back_to_chat: "Terug naar het gesprek",
    sign_in: "Ik heb een account: inloggen",
    guest_ended: (
        "Uw toegang als gast is afgelopen",
        "U kunt dit gesprek niet meer lezen en er niet meer in schrijven. Wilt u er weer in? Vraag dan de persoon die u de link gaf om een nieuwe link.",
    ),
    guest_away: (
        "U was lang weg",
        "Open de link die u kreeg nog een keer om weer in het gesprek te komen. Gaat de link niet meer open? Vraag dan de persoon die u de link gaf om een nieuwe link.",
    ),
    sign_in_again: ("U bent uitgelogd", "Log opnieuw in om verder te gaan."),
    not_found: ("Niet gevonden", "Wat u zoekt, is er niet of niet meer."),
    not_allowed: ("Dat mag niet", "U hebt hier geen toegang toe."),
    stale_form: (
        "Deze pagina is verlopen",
        "De pagina stond te lang open. Ga terug, laad haar opnieuw en probeer het nog een keer.",
    ),
    does_not_fit: ("Dat lukt niet", "Er is intussen iets veranderd. Ga terug en probeer het opnieuw."),
    too_large: ("Dat is te groot", "Wat u wilde versturen, is te groot. Stuur het in delen."),
    too_busy: ("Even geduld", "Het is nu erg druk. Probeer het zo opnieuw."),
    our_fault: ("Er ging iets mis", "Dat ligt aan ons, niet aan u. Probeer het later opnieuw."),
    nothing_to_send: "Schrijf een bericht of kies een bestand.",
    text_too_long: "Dit bericht heeft meer dan 50.000 tekens. Stuur het in delen.",
    strange_characters: "In dit bericht staan tekens die niet verstuurd kunnen worden. Typ het opnieuw.",
    closed_meanwhile: "Dit gesprek is intussen gesloten. Uw bericht is niet verstuurd.",
    taken_out: "U doet niet meer mee aan deze groep. Uw bericht is niet verstuurd; u kunt het hier kopiëren.",
    no_longer_there: "Aan deze persoon kunt u niet meer schrijven. Uw bericht is niet verstuurd; u kunt het hier kopiëren.",
    closed_now: "Dit gesprek is gesloten. Er kan niets meer aan veranderen.",
    subject_too_long: "Het onderwerp heeft meer dan 200 tekens. Maak het korter.",
    subject_strange: "In het onderwerp staan tekens die niet kunnen. Typ het opnieuw.",
    too_many_people: "U kunt 500 mensen tegelijk kiezen.",
    unknown_person: "Een van deze mensen is er niet meer. Kies opnieuw.",
    no_contacts: "Mensen van buiten mogen niet in deze groep. Kies iemand anders.",
    no_contacts_now: "Mensen van buiten mogen niet in deze groep. Wie de groep beheert, kan dat op de pagina van de groep aanzetten.",
    too_many_patients: "In een groep kunnen niet meer dan 100 patiënten zijn geweest. Begin een nieuwe groep.",
    group_full: "Een groep heeft plaats voor 1.000 mensen. Kies minder mensen.",
    document_too_long: "Dit gesprek is te lang voor één pdf. Ga terug en download het in delen: kies bij Downloaden een begin- en een einddatum.",
    legal_hold: "Dit moet wettelijk bewaard blijven en kan nu niet verwijderd worden.",
    not_an_admin: "Alleen de eigenaar en wie dit gesprek beheert, kan dat doen.",
    owner_stays: "De eigenaar van dit gesprek kan niet verwijderd worden, maar kan zelf weggaan of het gesprek overdragen.",
    not_staff: "Alleen wie hier werkt, kan dat doen.",
    not_an_administrator: "Alleen een beheerder kan dat doen.",
    days_unfit: "Deze dag is niet te lezen. Ga terug en schrijf een dag als 2026-01-31.",
    days_reversed: "De eerste dag komt na de laatste. Ga terug en kies de dagen opnieuw.",
    not_a_member: "Alleen deelnemers aan dit gesprek kunnen dat doen.",
    not_your_message: "Dit bericht kan alleen verwijderd worden door wie het schreef, en in een groep door de eigenaar en wie die beheert.",
    not_asked: "Deze vraag is aan iemand anders gesteld.",
    already_answered: "U hebt hier al op geantwoord. Dat antwoord blijft staan.",
    nothing_chosen: "U hebt nog niets gekozen. Ga terug en kies een antwoord.",
    too_many_files: "{}: u kunt 20 bestanden tegelijk versturen.",
    file_too_large: "{} is groter dan 25 MB.",
    file_type: "{} kan niet verstuurd worden. Dat kan wel met foto's, video's, PDF, Word, Excel en gewone tekst.",
    file_contradicted: "{} is niet het soort bestand dat de naam zegt.",
    file_infected: "{} is schadelijk en is niet verstuurd.",
    file_empty: "{} is leeg.",
    file_waits: "Dit bestand wordt nog op virussen gecontroleerd. Probeer het zo nog eens.",
    file_was_unsafe: "Dit bestand was onveilig en is verwijderd.",
    choose_again: "Er is nog niets verstuurd. Kies uw bestanden opnieuw.",
};
const EN: Trouble = Trouble {
    back: "Go to my conversations",
    back_to_chat: "Back to the conversation",
    sign_in: "I have an account: sign in",
    guest_ended: (
        "Your access as a guest has ended",
        "You can no longer read this conversation or write in it. To come in again, ask the person who gave you the link for a new link.",
    ),
    guest_away: (
        "You were away for long",
        "Open the link that you were given once more to come into the conversation again. If it no longer opens, ask the person who gave you the link for a new link.",
    ),
    sign_in_again: ("You have been signed out", "Sign in again to go on."),
    not_found: ("Not found", "What you are looking for is not there, or no longer."),
    not_allowed: ("Not allowed", "You have no access to this."),
    stale_form: (
        "This page has expired",
        "The page was open for too long. Go back, reload it and try once more.",
    ),
    does_not_fit: ("That does not work", "Something has changed meanwhile. Go back and try again."),
    too_large: ("That is too large", "What you wanted to send is too large. Send it in parts."),
    too_busy: ("One moment, please", "It is very busy now. Try again in a moment."),
    our_fault: ("Something went wrong", "This is our fault, not yours. Please try again later."),
    nothing_to_send: "Write a message, or choose a file.",
    text_too_long: "This message has more than 50,000 characters. Send it in parts.",
    strange_characters: "This message holds characters that cannot be sent. Please type it again.",
    closed_meanwhile: "This conversation has been closed meanwhile. Your message was not sent.",
    taken_out: "You are no longer in this group. Your message was not sent; you can copy it here.",
    no_longer_there: "You can no longer write to this person. Your message was not sent; you can copy it here.",
    closed_now: "This conversation is closed. Nothing in it can be changed.",
    subject_too_long: "The subject has more than 200 characters. Make it shorter.",
    subject_strange: "The subject holds characters that it cannot have. Please type it again.",
    too_many_people: "You can choose 500 people at once.",
    unknown_person: "One of these people is no longer there. Choose again.",
    no_contacts: "People from outside may not be in this group. Choose somebody else.",
    no_contacts_now: "People from outside may not be in this group. Whoever manages it can allow it on the page of the group.",
    too_many_patients: "A group cannot have had more than 100 patients in it. Begin a new group.",
    group_full: "A group has room for 1,000 people. Choose fewer.",
    document_too_long: "This conversation is too long for one PDF. Go back and download it in parts: choose a first and a last date under Download.",
    legal_hold: "The law requires this to be kept for now: it cannot be deleted.",
    not_an_admin: "Only the owner and those who manage this conversation can do that.",
    owner_stays: "The owner of this conversation cannot be removed, but can leave it or hand it over.",
    not_staff: "Only people who work here can do that.",
    not_an_administrator: "Only an administrator can do that.",
    days_unfit: "This day cannot be read. Go back and write a day like 2026-01-31.",
    days_reversed: "The first day is after the last. Go back and choose the days again.",
    not_a_member: "Only those who are in this conversation can do that.",
    not_your_message: "Only who wrote this message can delete it, and in a group its owner and those who manage it.",
    not_asked: "This question was put to somebody else.",
    already_answered: "You have answered this already. Your answer stands.",
    nothing_chosen: "You have not chosen anything yet. Go back and choose an answer.",
    too_many_files: "{}: you can send 20 files at once.",
    file_too_large: "{} is larger than 25 MB.",
    file_type: "{} cannot be sent. You can send photos, videos, PDF, Word, Excel and plain text.",
    file_contradicted: "{} is not the kind of file that its name says.",
    file_infected: "{} is harmful and was not sent.",
    file_empty: "{} is empty.",
    file_waits: "This file is still being checked for viruses. Please try again in a moment.",
    file_was_unsafe: "This file was unsafe and has been removed.",
    choose_again: "Nothing was sent yet. Choose your files again.",
};
const DE: Trouble = Trouble {
    back: "Zu meinen Gesprächen",
    back_to_chat: "Zurück zum Gespräch",
    sign_in: "Ich habe ein Konto: anmelden",
    guest_ended: (
        "Ihr Zugang als Gast ist beendet",
        "Sie können dieses Gespräch nicht mehr lesen und nicht mehr darin schreiben. Möchten Sie wieder hinein, dann bitten Sie die Person, die Ihnen den Link gegeben hat, um einen neuen Link.",
    ),
    guest_away: (
        "Sie waren lange weg",
        "Öffnen Sie den Link, den Sie bekommen haben, noch einmal, um wieder in das Gespräch zu kommen. Öffnet er sich nicht mehr, dann bitten Sie die Person, die Ihnen den Link gegeben hat, um einen neuen Link.",
    ),
    sign_in_again: ("Sie wurden abgemeldet", "Melden Sie sich wieder an, um fortzufahren."),
    not_found: ("Nicht gefunden", "Was Sie suchen, gibt es nicht oder nicht mehr."),
    not_allowed: ("Nicht erlaubt", "Sie haben hierauf keinen Zugriff."),
    stale_form: (
        "Diese Seite ist abgelaufen",
        "Die Seite war zu lange geöffnet. Gehen Sie zurück, laden Sie sie neu und versuchen Sie es noch einmal.",
    ),
    does_not_fit: (
        "Das geht nicht",
        "Inzwischen hat sich etwas geändert. Gehen Sie zurück und versuchen Sie es noch einmal.",
    ),
    too_large: ("Das ist zu groß", "Was Sie senden wollten, ist zu groß. Senden Sie es in Teilen."),
    too_busy: ("Einen Moment bitte", "Im Moment ist viel los. Versuchen Sie es gleich noch einmal."),
    our_fault: (
        "Etwas ist schiefgegangen",
        "Das liegt an uns, nicht an Ihnen. Bitte versuchen Sie es später noch einmal.",
    ),
    nothing_to_send: "Schreiben Sie eine Nachricht oder wählen Sie eine Datei aus.",
    text_too_long: "Diese Nachricht hat mehr als 50.000 Zeichen. Senden Sie sie in Teilen.",
    strange_characters: "Diese Nachricht enthält Zeichen, die nicht gesendet werden können. Bitte tippen Sie sie neu.",
    closed_meanwhile: "Dieses Gespräch wurde inzwischen geschlossen. Ihre Nachricht wurde nicht gesendet.",
    taken_out: "Sie sind nicht mehr in dieser Gruppe. Ihre Nachricht wurde nicht gesendet; Sie können sie hier kopieren.",
    no_longer_there: "Dieser Person können Sie nicht mehr schreiben. Ihre Nachricht wurde nicht gesendet; Sie können sie hier kopieren.",
    closed_now: "Dieses Gespräch ist geschlossen. Daran lässt sich nichts mehr ändern.",
    subject_too_long: "Der Betreff hat mehr als 200 Zeichen. Kürzen Sie ihn.",
    subject_strange: "Der Betreff enthält Zeichen, die nicht möglich sind. Bitte tippen Sie ihn neu.",
    too_many_people: "Sie können 500 Personen auf einmal auswählen.",
    unknown_person: "Eine dieser Personen gibt es nicht mehr. Wählen Sie noch einmal.",
    no_contacts: "Personen von außen dürfen nicht in dieser Gruppe sein. Wählen Sie jemand anderen.",
    no_contacts_now: "Personen von außen dürfen nicht in dieser Gruppe sein. Wer sie verwaltet, kann es auf der Seite der Gruppe erlauben.",
    too_many_patients: "In einer Gruppe dürfen nicht mehr als 100 Patientinnen und Patienten gewesen sein. Beginnen Sie eine neue Gruppe.",
    group_full: "Eine Gruppe hat Platz für 1.000 Personen. Wählen Sie weniger.",
    document_too_long: "Dieses Gespräch ist zu lang für ein PDF. Gehen Sie zurück und laden Sie es in Teilen herunter: Wählen Sie unter Herunterladen ein erstes und ein letztes Datum.",
    legal_hold: "Das muss vorerst gesetzlich aufbewahrt werden und kann nicht gelöscht werden.",
    not_an_admin: "Das kann nur, wer für das Gespräch verantwortlich ist oder es verwaltet.",
    owner_stays: "Wer für das Gespräch verantwortlich ist, kann nicht entfernt werden, aber selbst gehen oder es übergeben.",
    not_staff: "Das können nur Personen, die hier arbeiten.",
    not_an_administrator: "Das kann nur die Verwaltung tun.",
    days_unfit: "Dieser Tag ist nicht lesbar. Gehen Sie zurück und schreiben Sie einen Tag wie 2026-01-31.",
    days_reversed: "Der erste Tag liegt nach dem letzten. Gehen Sie zurück und wählen Sie die Tage neu.",
    not_a_member: "Das kann nur, wer bei diesem Gespräch dabei ist.",
    not_your_message: "Diese Nachricht kann nur löschen, wer sie geschrieben hat, und in einer Gruppe, wer für sie verantwortlich ist oder sie verwaltet.",
    not_asked: "Diese Frage wurde jemand anderem gestellt.",
    already_answered: "Sie haben hierauf schon geantwortet. Ihre Antwort bleibt stehen.",
    nothing_chosen: "Sie haben noch nichts gewählt. Gehen Sie zurück und wählen Sie eine Antwort.",
    too_many_files: "{}: Sie können 20 Dateien auf einmal senden.",
    file_too_large: "{} ist größer als 25 MB.",
    file_type: "{} kann nicht gesendet werden. Möglich sind Fotos, Videos, PDF, Word, Excel und einfacher Text.",
    file_contradicted: "{} ist nicht die Art von Datei, die der Name angibt.",
    file_infected: "{} ist schädlich und wurde nicht gesendet.",
    file_empty: "{} ist leer.",
    file_waits: "Diese Datei wird noch auf Viren geprüft. Bitte versuchen Sie es gleich noch einmal.",
    file_was_unsafe: "Diese Datei war nicht sicher und wurde entfernt.",
    choose_again: "Es wurde noch nichts gesendet. Wählen Sie Ihre Dateien noch einmal aus.",
};
const FR: Trouble = Trouble {
    back: "Voir mes conversations",
    back_to_chat: "Retour à la conversation",
    sign_in: "J'ai un compte\u{a0}: me connecter",
    guest_ended: (
        "Votre accès comme invité a pris fin",
        "Vous ne pouvez plus lire cette conversation ni y écrire. Pour y revenir, demandez un nouveau lien à la personne qui vous a donné le lien.",
    ),
    guest_away: (
        "Vous vous êtes absenté longtemps",
        "Ouvrez encore une fois le lien que vous avez reçu pour revenir dans la conversation. S'il ne s'ouvre plus, demandez un nouveau lien à la personne qui vous a donné le lien.",
    ),
    sign_in_again: ("Vous avez été déconnecté", "Reconnectez-vous pour continuer."),
    not_found: ("Introuvable", "Ce que vous cherchez n'existe pas ou plus."),
    not_allowed: ("Accès refusé", "Vous n'avez pas accès à cette page."),
    stale_form: (
        "Cette page a expiré",
        "La page est restée ouverte trop longtemps. Revenez en arrière, rechargez-la et réessayez.",
    ),
    does_not_fit: (
        "Cela ne fonctionne pas",
        "Quelque chose a changé entre-temps. Revenez en arrière et réessayez.",
    ),
    too_large: (
        "C'est trop volumineux",
        "Ce que vous vouliez envoyer est trop volumineux. Envoyez-le en plusieurs fois.",
    ),
    too_busy: ("Un instant", "Il y a beaucoup de monde. Réessayez dans un moment."),
    our_fault: (
        "Un problème est survenu",
        "C'est de notre faute, pas de la vôtre. Veuillez réessayer plus tard.",
    ),
    nothing_to_send: "Écrivez un message ou choisissez un fichier.",
    text_too_long: "Ce message compte plus de 50 000 caractères. Envoyez-le en plusieurs fois.",
    strange_characters: "Ce message contient des caractères qui ne peuvent pas être envoyés. Veuillez le retaper.",
    closed_meanwhile: "Cette conversation a été fermée entre-temps. Votre message n'a pas été envoyé.",
    taken_out: "Vous ne faites plus partie de ce groupe. Votre message n'a pas été envoyé\u{a0}; vous pouvez le copier ici.",
    no_longer_there: "Vous ne pouvez plus écrire à cette personne. Votre message n'a pas été envoyé\u{a0}; vous pouvez le copier ici.",
    closed_now: "Cette conversation est fermée. Plus rien ne peut y être changé.",
    subject_too_long: "Le sujet compte plus de 200 caractères. Raccourcissez-le.",
    subject_strange: "Le sujet contient des caractères impossibles. Veuillez le retaper.",
    too_many_people: "Vous pouvez choisir 500 personnes à la fois.",
    unknown_person: "Une de ces personnes n'est plus là. Choisissez à nouveau.",
    no_contacts: "Les personnes de l'extérieur ne peuvent pas faire partie de ce groupe. Choisissez quelqu'un d'autre.",
    no_contacts_now: "Les personnes de l'extérieur ne peuvent pas faire partie de ce groupe. Qui le gère peut l'autoriser sur la page du groupe.",
    too_many_patients: "Un groupe ne peut pas avoir compté plus de 100 patients. Commencez un nouveau groupe.",
    group_full: "Un groupe peut compter 1\u{a0}000 personnes. Choisissez-en moins.",
    document_too_long: "Cette conversation est trop longue pour un seul PDF. Revenez en arrière et téléchargez-la en plusieurs parties\u{a0}: choisissez une première et une dernière date sous Télécharger.",
    legal_hold: "La loi impose de le conserver pour l'instant\u{a0}: cela ne peut pas être supprimé.",
    not_an_admin: "Seuls le responsable et ceux qui gèrent cette conversation peuvent le faire.",
    owner_stays: "Le responsable de cette conversation ne peut pas être retiré\u{a0}; il peut la quitter ou la confier à quelqu'un d'autre.",
    not_staff: "Seules les personnes qui travaillent ici peuvent le faire.",
    not_an_administrator: "Seul un administrateur peut faire cela.",
    days_unfit: "Ce jour n'est pas lisible. Revenez en arrière et écrivez un jour comme 2026-01-31.",
    days_reversed: "Le premier jour est après le dernier. Revenez en arrière et choisissez à nouveau les jours.",
    not_a_member: "Seuls les participants à cette conversation peuvent le faire.",
    not_your_message: "Seule la personne qui a écrit ce message peut le supprimer, et dans un groupe le responsable et ceux qui le gèrent.",
    not_asked: "Cette question est posée à quelqu'un d'autre.",
    already_answered: "Vous y avez déjà répondu. Votre réponse est définitive.",
    nothing_chosen: "Vous n'avez encore rien choisi. Revenez en arrière et choisissez une réponse.",
    too_many_files: "{}\u{a0}: vous pouvez envoyer 20 fichiers à la fois.",
    file_too_large: "{} dépasse 25 Mo.",
    file_type: "{} ne peut pas être envoyé. Vous pouvez envoyer des photos, des vidéos, des PDF, Word, Excel et du texte simple.",
    file_contradicted: "{} n'est pas le type de fichier que son nom indique.",
    file_infected: "{} est dangereux et n'a pas été envoyé.",
    file_empty: "{} est vide.",
    file_waits: "Ce fichier est en cours de vérification antivirus. Réessayez dans un instant.",
    file_was_unsafe: "Ce fichier était dangereux et a été supprimé.",
    choose_again: "Rien n'a encore été envoyé. Choisissez à nouveau vos fichiers.",
};

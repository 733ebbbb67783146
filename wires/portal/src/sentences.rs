//! What patients are told when something is not done: a sentence for each code, in the four languages.

use axum::http::StatusCode;
use identity::Language;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It must be there.
    Missing,
    /// It does not fit.
    Unfit,
}

type Sentences = [&'static str; 4];

/// By code: in Dutch, English, German and French.
const SENTENCES: [(&str, Sentences); 31] = [
    (
        "availability_taken",
        [
            "Deze tijd is zojuist door iemand anders gekozen. Kiest u alstublieft een andere tijd.",
            "This time has just been taken. Please choose another one.",
            "Dieser Zeitpunkt wurde soeben vergeben. Bitte wählen Sie einen anderen.",
            "Cet horaire vient d'être pris. Veuillez en choisir un autre.",
        ],
    ),
    (
        "availability_expired",
        [
            "U hebt te lang gewacht. Kiest u alstublieft opnieuw een tijd.",
            "This offer has expired. Please choose a time again.",
            "Dieses Angebot ist abgelaufen. Bitte wählen Sie erneut einen Zeitpunkt.",
            "Cette proposition a expiré. Veuillez choisir de nouveau un horaire.",
        ],
    ),
    (
        "availability_invalid",
        [
            "Deze tijd kan zo niet worden geboekt. Kiest u alstublieft opnieuw een tijd.",
            "This time cannot be booked like this. Please choose a time again.",
            "Dieser Zeitpunkt kann so nicht gebucht werden. Bitte wählen Sie erneut einen aus.",
            "Cet horaire ne peut pas être réservé ainsi. Veuillez en choisir un de nouveau.",
        ],
    ),
    (
        "insurance_not_accepted",
        [
            "Dit kan met uw verzekering niet worden geboekt.",
            "This cannot be booked with your insurance.",
            "Dies kann mit Ihrer Versicherung nicht gebucht werden.",
            "Ceci ne peut pas être réservé avec votre assurance.",
        ],
    ),
    (
        "age_not_accepted",
        [
            "Dit is niet voor uw leeftijd. Belt u alstublieft de praktijk.",
            "This is not for your age. Please call the practice.",
            "Dies ist nicht für Ihr Alter vorgesehen. Bitte rufen Sie die Praxis an.",
            "Ceci n'est pas prévu pour votre âge. Veuillez appeler le cabinet.",
        ],
    ),
    (
        "patient_blocked",
        [
            "U kunt hier niet zelf boeken. Belt u alstublieft de praktijk.",
            "You cannot book here yourself. Please call the practice.",
            "Sie können hier nicht selbst buchen. Bitte rufen Sie die Praxis an.",
            "Vous ne pouvez pas réserver ici vous-même. Veuillez appeler le cabinet.",
        ],
    ),
    (
        "not_a_patient",
        [
            "Hier boeken alleen patiënten van deze praktijk. Belt u alstublieft de praktijk.",
            "Only patients of this practice can book here. Please call the practice.",
            "Hier können nur Patientinnen und Patienten dieser Praxis buchen. Bitte rufen Sie die Praxis an.",
            "Seuls les patients de ce cabinet peuvent réserver ici. Veuillez appeler le cabinet.",
        ],
    ),
    (
        "cancellation_window_passed",
        [
            "U kunt deze afspraak niet meer zelf afzeggen. Belt u alstublieft de praktijk.",
            "You can no longer cancel this appointment yourself. Please call the practice.",
            "Sie können diesen Termin nicht mehr selbst absagen. Bitte rufen Sie die Praxis an.",
            "Vous ne pouvez plus annuler ce rendez-vous vous-même. Veuillez appeler le cabinet.",
        ],
    ),
    (
        "reschedule_window_passed",
        [
            "U kunt deze afspraak niet meer zelf verzetten. Belt u alstublieft de praktijk.",
            "You can no longer move this appointment yourself. Please call the practice.",
            "Sie können diesen Termin nicht mehr selbst verschieben. Bitte rufen Sie die Praxis an.",
            "Vous ne pouvez plus déplacer ce rendez-vous vous-même. Veuillez appeler le cabinet.",
        ],
    ),
    (
        "reschedules_used_up",
        [
            "U hebt deze afspraak al zo vaak verzet als mogelijk is. Belt u alstublieft de praktijk.",
            "You have moved this appointment as often as you may. Please call the practice.",
            "Sie haben diesen Termin so oft verschoben, wie es möglich ist. Bitte rufen Sie die Praxis an.",
            "Vous avez déplacé ce rendez-vous autant de fois que possible. Veuillez appeler le cabinet.",
        ],
    ),
    (
        "already_cancelled",
        [
            "Deze afspraak is al afgezegd.",
            "This appointment has been cancelled already.",
            "Dieser Termin ist bereits abgesagt.",
            "Ce rendez-vous est déjà annulé.",
        ],
    ),
    (
        "not_upcoming",
        [
            "Deze afspraak is voorbij of afgezegd.",
            "This appointment is over or cancelled.",
            "Dieser Termin ist vorbei oder abgesagt.",
            "Ce rendez-vous est passé ou annulé.",
        ],
    ),
    (
        "asap_not_enabled",
        [
            "Voor deze afspraak is er geen wachtlijst.",
            "There is no waiting list for this appointment.",
            "Für diesen Termin gibt es keine Warteliste.",
            "Il n'y a pas de liste d'attente pour ce rendez-vous.",
        ],
    ),
    (
        "asap_not_subscribed",
        [
            "Deze afspraak staat niet op de wachtlijst.",
            "This appointment is not on the waiting list.",
            "Dieser Termin steht nicht auf der Warteliste.",
            "Ce rendez-vous n'est pas sur la liste d'attente.",
        ],
    ),
    (
        "required_profile_fields_missing",
        [
            "De praktijk heeft nog gegevens van u nodig voordat u kunt boeken.",
            "The practice needs more of your details before you can book.",
            "Die Praxis benötigt noch Angaben von Ihnen, bevor Sie buchen können.",
            "Le cabinet a besoin d'autres informations avant que vous puissiez réserver.",
        ],
    ),
    (
        "comment_form_invalid",
        [
            "Niet alle vragen van de praktijk zijn goed beantwoord.",
            "Not every question of the practice has a fitting answer.",
            "Nicht alle Fragen der Praxis sind passend beantwortet.",
            "Toutes les questions du cabinet n'ont pas de réponse adaptée.",
        ],
    ),
    (
        "mandate_without_booking",
        [
            "U mag voor deze persoon geen afspraken maken.",
            "You may not book appointments for this person.",
            "Sie dürfen für diese Person keine Termine buchen.",
            "Vous ne pouvez pas prendre de rendez-vous pour cette personne.",
        ],
    ),
    (
        "not_a_video_visit",
        [
            "Deze afspraak is geen videoconsult.",
            "This appointment is not a video consultation.",
            "Dieser Termin ist keine Videosprechstunde.",
            "Ce rendez-vous n'est pas une téléconsultation.",
        ],
    ),
    (
        "video_not_open",
        [
            "Dit videoconsult is nu niet geopend.",
            "This video consultation is not open now.",
            "Diese Videosprechstunde ist jetzt nicht geöffnet.",
            "Cette téléconsultation n'est pas ouverte en ce moment.",
        ],
    ),
    (
        "downtime",
        [
            "De praktijk werkt even op papier. Belt u alstublieft, of probeert u het later.",
            "The practice is working on paper for now. Please call, or try again later.",
            "Die Praxis arbeitet zurzeit auf Papier. Bitte rufen Sie an oder versuchen Sie es später.",
            "Le cabinet travaille actuellement sur papier. Veuillez appeler ou réessayer plus tard.",
        ],
    ),
    (
        "not_found",
        [
            "Dit is hier niet te vinden.",
            "There is no such thing here.",
            "Dies ist hier nicht zu finden.",
            "Ceci est introuvable ici.",
        ],
    ),
    (
        "invalid_token",
        [
            "U bent niet meer aangemeld. Meldt u zich alstublieft opnieuw aan.",
            "You are no longer signed in. Please sign in again.",
            "Sie sind nicht mehr angemeldet. Bitte melden Sie sich erneut an.",
            "Vous n'êtes plus connecté. Veuillez vous reconnecter.",
        ],
    ),
    (
        "insufficient_scope",
        [
            "Deze app mag dit niet voor u doen.",
            "This application may not do this for you.",
            "Diese Anwendung darf dies nicht für Sie tun.",
            "Cette application ne peut pas faire cela pour vous.",
        ],
    ),
    (
        "method_not_allowed",
        [
            "Dit kan hier zo niet.",
            "This cannot be done here like this.",
            "Dies geht hier so nicht.",
            "Ceci n'est pas possible ici de cette façon.",
        ],
    ),
    (
        "rate_limited",
        [
            "Dit waren te veel verzoeken. Wacht u alstublieft even.",
            "That was too much at once. Please wait a moment.",
            "Das waren zu viele Anfragen. Bitte warten Sie einen Moment.",
            "C'était trop de demandes. Veuillez patienter un instant.",
        ],
    ),
    ("too_large", ["Dit is te lang.", "This is too long.", "Dies ist zu lang.", "Ceci est trop long."]),
    (
        "range_reversed",
        [
            "De laatste dag ligt voor de eerste.",
            "The last day is before the first.",
            "Der letzte Tag liegt vor dem ersten.",
            "Le dernier jour précède le premier.",
        ],
    ),
    (
        "range_too_long",
        [
            "Dit zijn te veel dagen tegelijk.",
            "These are too many days at once.",
            "Das sind zu viele Tage auf einmal.",
            "Cela fait trop de jours à la fois.",
        ],
    ),
    (
        "time_without_offset",
        [
            "Bij een tijdstip hoort de afstand tot UTC.",
            "A time needs its offset from UTC.",
            "Eine Zeit braucht ihren Abstand zu UTC.",
            "Une heure doit indiquer son décalage par rapport à UTC.",
        ],
    ),
    (
        "internal_error",
        [
            "Er is bij ons iets misgegaan.",
            "Something went wrong on our side.",
            "Bei uns ist etwas schiefgegangen.",
            "Un problème est survenu de notre côté.",
        ],
    ),
    (
        "service_unavailable",
        [
            "Dit gaat nu even niet. Probeert u het alstublieft zo weer.",
            "This is not possible right now. Please try again shortly.",
            "Dies geht gerade nicht. Bitte versuchen Sie es gleich noch einmal.",
            "Ce n'est pas possible pour le moment. Veuillez réessayer bientôt.",
        ],
    ),
];
/// For every other code.
const UNFIT: Sentences =
    ["Dit past zo niet.", "This does not fit.", "Dies passt so nicht.", "Ceci ne convient pas."];
const FORBIDDEN: Sentences = [
    "U mag dit niet doen.",
    "You may not do this.",
    "Sie dürfen dies nicht tun.",
    "Vous ne pouvez pas faire cela.",
];

const MISSING_FIELD: Sentences = ["ontbreekt", "is missing", "fehlt", "manque"];
const UNFIT_FIELD: Sentences = ["is ongeldig", "is invalid", "ist ungültig", "n'est pas valide"];

const fn place(language: Language) -> usize {
    match language {
        Language::Nl => 0,
        Language::En => 1,
        Language::De => 2,
        Language::Fr => 3,
    }
}

/// The sentence for a code.
pub(crate) fn of(code: &str, status: StatusCode, language: Language) -> &'static str {
    let known = SENTENCES.iter().find(|(known, _)| *known == code).map(|(_, sentences)| sentences);
    let other = if status == StatusCode::FORBIDDEN { &FORBIDDEN } else { &UNFIT };
    known.unwrap_or(other)[place(language)]
}

/// What is said of a field.
pub(crate) const fn of_field(fault: Fault, language: Language) -> &'static str {
    match fault {
        Fault::Missing => MISSING_FIELD[place(language)],
        Fault::Unfit => UNFIT_FIELD[place(language)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_four_sentences_of_its_own() {
        for (code, sentences) in SENTENCES {
            for (at, one) in sentences.iter().enumerate() {
                assert!(one.ends_with('.') && one.len() > 10, "{code}: {one}");
                assert!(!sentences[at + 1..].contains(one), "{code} is said twice the same");
                assert!(![" :", " ;", " !", " ?"].iter().any(|mark| one.contains(mark)), "{code}: {one}");
            }
        }
        let unknown = of("some_code", StatusCode::UNPROCESSABLE_ENTITY, Language::De);
        assert_eq!(unknown, "Dies passt so nicht.");
    }
}

//! Where the link of a video visit leads.

use door::pages::Language;

pub struct Video {
    pub title: &'static str,
    /// `{}` is where the visit is.
    pub once: &'static str,
    pub join: &'static str,
    /// Another browser used the link.
    pub used: &'static str,
    /// The link leads nowhere, or nowhere any more.
    pub nowhere: &'static str,
    pub known: &'static str,
    pub place: &'static str,
    pub time: &'static str,
    pub joining: &'static str,
    /// The room itself comes later, and nobody is to wait for it in vain.
    pub no_room: &'static str,
}

pub const fn video(language: Language) -> &'static Video {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Video = Video {
    title: "Videoconsult",
    once: "U neemt deel aan uw videoconsult bij {}. Deze link werkt alleen in de browser waarin u hem gebruikt.",
    join: "Deelnemen",
    used: "Deze link is al in een andere browser gebruikt. Open uw afspraak opnieuw voor een nieuwe link.",
    nowhere: "Deze link werkt niet. Hebt u een videoconsult? Open uw afspraak dan opnieuw voor een nieuwe link, of bel de praktijk.",
    known: "Uw videoconsult is bij ons bekend.",
    place: "Bij",
    time: "Wanneer",
    joining: "U kunt deelnemen",
    no_room: "De videokamer zelf is op deze server nog niet te openen. Neemt u voor het gesprek contact op met de praktijk.",
};
const EN: Video = Video {
    title: "Video consultation",
    once: "You are about to join your video consultation at {}. This link works only in the browser in which you use it.",
    join: "Join",
    used: "This link was already used in another browser. Please open your appointment again for a new link.",
    nowhere: "This link does not work. Do you have a video consultation? Please open your appointment again for a new link, or call the practice.",
    known: "We know of your video consultation.",
    place: "At",
    time: "When",
    joining: "You can join",
    no_room: "The video room itself cannot be opened on this server yet. Please contact the practice for the conversation.",
};
const DE: Video = Video {
    title: "Videosprechstunde",
    once: "Sie nehmen an Ihrer Videosprechstunde bei {} teil. Dieser Link gilt nur in dem Browser, in dem Sie ihn verwenden.",
    join: "Teilnehmen",
    used: "Dieser Link wurde schon in einem anderen Browser verwendet. Bitte öffnen Sie Ihren Termin erneut, um einen neuen Link zu erhalten.",
    nowhere: "Dieser Link gilt nicht. Haben Sie eine Videosprechstunde? Bitte öffnen Sie Ihren Termin erneut, um einen neuen Link zu erhalten, oder rufen Sie die Praxis an.",
    known: "Ihre Videosprechstunde ist uns bekannt.",
    place: "Bei",
    time: "Wann",
    joining: "Sie können teilnehmen",
    no_room: "Der Videoraum selbst lässt sich auf diesem Server noch nicht öffnen. Bitte wenden Sie sich für das Gespräch an die Praxis.",
};
const FR: Video = Video {
    title: "Téléconsultation",
    once: "Vous allez participer à votre téléconsultation chez {}. Ce lien ne fonctionne que dans le navigateur où vous l'utilisez.",
    join: "Participer",
    used: "Ce lien a déjà été utilisé dans un autre navigateur. Veuillez rouvrir votre rendez-vous pour obtenir un nouveau lien.",
    nowhere: "Ce lien ne fonctionne pas. Avez-vous une téléconsultation\u{a0}? Veuillez rouvrir votre rendez-vous pour obtenir un nouveau lien, ou appeler le cabinet.",
    known: "Votre téléconsultation nous est connue.",
    place: "Chez",
    time: "Quand",
    joining: "Vous pouvez participer",
    no_room: "La salle de téléconsultation elle-même ne peut pas encore être ouverte sur ce serveur. Veuillez contacter le cabinet pour l'entretien.",
};

//! Where the link of a video visit leads.

use door::pages::Language;

pub struct Video {
    pub title: &'static str,
    pub known: &'static str,
    pub place: &'static str,
    pub time: &'static str,
    pub joining: &'static str,
    pub is_open: &'static str,
    pub is_early: &'static str,
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
    known: "Uw videoconsult is bij ons bekend.",
    place: "Bij",
    time: "Wanneer",
    joining: "U kunt deelnemen",
    is_open: "U kunt nu deelnemen.",
    is_early: "U bent nog te vroeg. Opent u deze pagina later opnieuw.",
    no_room: "De videokamer zelf is op deze server nog niet te openen. Neemt u voor het gesprek contact op met de praktijk.",
};
const EN: Video = Video {
    title: "Video consultation",
    known: "We know of your video consultation.",
    place: "At",
    time: "When",
    joining: "You can join",
    is_open: "You can join now.",
    is_early: "You are too early. Please open this page again later.",
    no_room: "The video room itself cannot be opened on this server yet. Please contact the practice for the conversation.",
};
const DE: Video = Video {
    title: "Videosprechstunde",
    known: "Ihre Videosprechstunde ist uns bekannt.",
    place: "Bei",
    time: "Wann",
    joining: "Sie können teilnehmen",
    is_open: "Sie können jetzt teilnehmen.",
    is_early: "Sie sind zu früh. Bitte öffnen Sie diese Seite später noch einmal.",
    no_room: "Der Videoraum selbst lässt sich auf diesem Server noch nicht öffnen. Bitte wenden Sie sich für das Gespräch an die Praxis.",
};
const FR: Video = Video {
    title: "Téléconsultation",
    known: "Votre téléconsultation nous est connue.",
    place: "Chez",
    time: "Quand",
    joining: "Vous pouvez participer",
    is_open: "Vous pouvez participer maintenant.",
    is_early: "Vous êtes en avance. Veuillez rouvrir cette page plus tard.",
    no_room: "La salle de téléconsultation elle-même ne peut pas encore être ouverte sur ce serveur. Veuillez contacter le cabinet pour l'entretien.",
};

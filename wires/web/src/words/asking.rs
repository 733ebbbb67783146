//! What messages ask of their readers, likes, and whom a text speaks to.

use std::collections::BTreeMap;

use door::pages::{Language, date_in_figures};

pub struct Asking {
    pub like: &'static str,
    pub likes_one: &'static str,
    pub likes: &'static str,
    /// Takes a name and a time.
    pub of_message: &'static str,
    /// Takes a time.
    pub of_own_message: &'static str,
    pub everybody: &'static str,
    /// Who is spoken to, and neither is in the chat nor wrote in it.
    pub outsider: &'static str,
    pub choose_one: &'static str,
    pub choose_several: &'static str,
    pub options: &'static str,
    pub answer: &'static str,
    pub answers: &'static str,
    pub your_answer: &'static str,
    pub asks_you: &'static str,
    pub asks_other: &'static str,
    pub you_proved: &'static str,
    pub other_proved: &'static str,
    pub you_refused: &'static str,
    pub other_refused: &'static str,
    pub go_and_prove: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub birthdate: &'static str,

    pub title: &'static str,
    pub lead: &'static str,
    pub is_sandbox: &'static str,
    pub details: &'static str,
    pub accept: &'static str,
    pub reject: &'static str,
}

pub const fn asking(language: Language) -> &'static Asking {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

/// The order in which people say who they are.
const IN_ORDER: [&str; 3] = ["given_name", "family_name", "birthdate"];

impl Asking {
    /// Attributes by what they are called, in the order in which people say who they are.
    pub fn attributes(&self, language: Language, all: &BTreeMap<String, String>) -> Vec<(String, String)> {
        let place = |name: &str| IN_ORDER.iter().position(|one| *one == name).unwrap_or(IN_ORDER.len());
        let mut all: Vec<(&String, &String)> = all.iter().collect();
        all.sort_by_key(|(name, _)| place(name));
        let said = |name: &str, value: &str| match name {
            "birthdate" => date_in_figures(language, value),
            _ => value.to_owned(),
        };
        all.into_iter().map(|(name, value)| (self.attribute(name).to_owned(), said(name, value))).collect()
    }

    /// What an attribute is called; one that no page knows is shown by its own name.
    fn attribute<'a>(&'a self, name: &'a str) -> &'a str {
        match name {
            "given_name" => self.given_name,
            "family_name" => self.family_name,
            "birthdate" => self.birthdate,
            other => other,
        }
    }
}

const NL: Asking = Asking {
    like: "Vind ik leuk",
    likes_one: "keer leuk gevonden",
    likes: "keer leuk gevonden",
    of_message: "bericht van {}, {}",
    of_own_message: "uw bericht, {}",
    everybody: "iedereen",
    outsider: "iemand buiten dit gesprek",
    choose_one: "Kies er één",
    choose_several: "Kies er één of meer",
    options: "Mogelijke antwoorden",
    answer: "Antwoorden",
    answers: "Antwoorden",
    your_answer: "uw antwoord",
    asks_you: "U wordt gevraagd om via {} te laten zien wie u bent.",
    asks_other: "{} is gevraagd om via {} te laten zien wie hij of zij is.",
    you_proved: "U hebt via {} laten zien wie u bent.",
    other_proved: "{} heeft via {} laten zien wie hij of zij is.",
    you_refused: "U hebt niet laten zien wie u bent.",
    other_refused: "{} heeft niet laten zien wie hij of zij is.",
    go_and_prove: "Laten zien wie u bent",
    given_name: "Voornaam",
    family_name: "Achternaam",
    birthdate: "Geboortedatum",
    title: "Laten zien wie u bent",
    lead: "{} vraagt u om te laten zien wie u bent.",
    is_sandbox: "Dit is om te oefenen: er wordt niemand echt iets gevraagd. U kiest zelf hoe het afloopt.",
    details: "Deze gegevens worden doorgegeven",
    accept: "Gegevens doorgeven",
    reject: "Niet doorgeven",
};
const EN: Asking = Asking {
    like: "Like",
    likes_one: "like",
    likes: "likes",
    of_message: "message from {}, {}",
    of_own_message: "your message, {}",
    everybody: "everybody",
    outsider: "somebody outside this conversation",
    choose_one: "Choose one",
    choose_several: "Choose one or more",
    options: "Possible answers",
    answer: "Answer",
    answers: "Answers",
    your_answer: "your answer",
    asks_you: "You are asked to prove who you are, through {}.",
    asks_other: "{} is asked to prove who they are, through {}.",
    you_proved: "You proved who you are, through {}.",
    other_proved: "{} proved who they are, through {}.",
    you_refused: "You did not prove who you are.",
    other_refused: "{} did not prove who they are.",
    go_and_prove: "Prove who you are",
    given_name: "First name",
    family_name: "Last name",
    birthdate: "Date of birth",
    title: "Prove who you are",
    lead: "{} asks you to prove who you are.",
    is_sandbox: "This is for practice: nobody is really asked anything. You choose how it ends.",
    details: "These details are passed on",
    accept: "Pass the details on",
    reject: "Do not pass them on",
};
const DE: Asking = Asking {
    like: "Gefällt mir",
    likes_one: "Mal „Gefällt mir“",
    likes: "Mal „Gefällt mir“",
    of_message: "Nachricht von {}, {}",
    of_own_message: "Ihre Nachricht, {}",
    everybody: "alle",
    outsider: "jemand außerhalb dieses Gesprächs",
    choose_one: "Wählen Sie eine Antwort",
    choose_several: "Wählen Sie eine oder mehrere Antworten",
    options: "Mögliche Antworten",
    answer: "Antworten",
    answers: "Antworten",
    your_answer: "Ihre Antwort",
    asks_you: "Sie werden gebeten, über {} nachzuweisen, wer Sie sind.",
    asks_other: "{} wird gebeten, die eigene Identität über {} nachzuweisen.",
    you_proved: "Sie haben über {} nachgewiesen, wer Sie sind.",
    other_proved: "{} hat die eigene Identität über {} nachgewiesen.",
    you_refused: "Sie haben nicht nachgewiesen, wer Sie sind.",
    other_refused: "{} hat die eigene Identität nicht nachgewiesen.",
    go_and_prove: "Identität nachweisen",
    given_name: "Vorname",
    family_name: "Nachname",
    birthdate: "Geburtsdatum",
    title: "Nachweisen, wer Sie sind",
    lead: "{} bittet Sie nachzuweisen, wer Sie sind.",
    is_sandbox: "Das ist eine Übung: Es wird niemand wirklich gefragt. Sie bestimmen, wie es ausgeht.",
    details: "Diese Angaben werden weitergegeben",
    accept: "Angaben weitergeben",
    reject: "Nicht weitergeben",
};
const FR: Asking = Asking {
    like: "J'aime",
    likes_one: "mention «\u{a0}J'aime\u{a0}»",
    likes: "mentions «\u{a0}J'aime\u{a0}»",
    of_message: "message de {}, {}",
    of_own_message: "votre message, {}",
    everybody: "tout le monde",
    outsider: "une personne hors de cette conversation",
    choose_one: "Choisissez une réponse",
    choose_several: "Choisissez une ou plusieurs réponses",
    options: "Réponses possibles",
    answer: "Répondre",
    answers: "Réponses",
    your_answer: "votre réponse",
    asks_you: "On vous demande de prouver qui vous êtes, par {}.",
    asks_other: "On a demandé à {} de prouver son identité, par {}.",
    you_proved: "Vous avez prouvé qui vous êtes, par {}.",
    other_proved: "{} a prouvé son identité, par {}.",
    you_refused: "Vous n'avez pas prouvé qui vous êtes.",
    other_refused: "{} n'a pas prouvé son identité.",
    go_and_prove: "Prouver qui vous êtes",
    given_name: "Prénom",
    family_name: "Nom",
    birthdate: "Date de naissance",
    title: "Prouver qui vous êtes",
    lead: "{} vous demande de prouver qui vous êtes.",
    is_sandbox: "Ceci est un exercice\u{a0}: rien n'est réellement demandé à personne. C'est vous qui choisissez l'issue.",
    details: "Ces informations sont transmises",
    accept: "Transmettre les informations",
    reject: "Ne pas les transmettre",
};

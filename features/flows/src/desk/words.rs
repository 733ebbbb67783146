//! What the list of a day says around the appointments, in the four languages.

use identity::Language;
use jiff::civil::{Date, Weekday};

/// The words of a list.
pub struct Words {
    /// Above it, with the day.
    pub title: &'static str,
    /// When it was read.
    pub as_of: &'static str,
    /// That what is changed meanwhile stands on paper alone.
    pub down: &'static str,
    /// That there is nothing.
    pub nothing: &'static str,
    /// Before the day on which a patient was born.
    pub born: &'static str,
    /// In the place of a name that the reader may not know.
    pub taken: &'static str,
    /// That an appointment stands beside another.
    pub overbooked: &'static str,
    /// That nobody has said yes to it yet.
    pub pending: &'static str,
    /// Above lines for those who come without an appointment.
    pub walk_ins: &'static str,
    /// Before a page's number.
    pub page: &'static str,
    /// The days of the week, Monday first.
    weekdays: [&'static str; 7],
    /// As `jiff` writes a date.
    date: &'static str,
}

/// The words in a language.
#[must_use]
pub const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

impl Words {
    /// A day with its day of the week.
    #[must_use]
    pub fn day(&self, date: Date) -> String {
        let place = match date.weekday() {
            Weekday::Monday => 0,
            Weekday::Tuesday => 1,
            Weekday::Wednesday => 2,
            Weekday::Thursday => 3,
            Weekday::Friday => 4,
            Weekday::Saturday => 5,
            Weekday::Sunday => 6,
        };
        format!("{} {}", self.weekdays[place], self.date(date))
    }

    /// A day.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        date.strftime(self.date).to_string()
    }
}

const NL: Words = Words {
    title: "Afspraken op {}",
    as_of: "Stand van {}, {} ({})",
    down: "De praktijk werkt op papier. Wat verandert, schrijft u op deze lijst.",
    nothing: "Er zijn geen afspraken.",
    born: "geboren {}",
    taken: "bezet",
    overbooked: "DUBBEL GEPLAND",
    pending: "NOG NIET BEVESTIGD",
    walk_ins: "Zonder afspraak gekomen",
    page: "Pagina",
    weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    date: "%d-%m-%Y",
};

const EN: Words = Words {
    title: "Appointments on {}",
    as_of: "As of {}, {} ({})",
    down: "The practice works on paper. Write down on this list whatever changes.",
    nothing: "There are no appointments.",
    born: "born {}",
    taken: "taken",
    overbooked: "OVERBOOKED",
    pending: "NOT YET CONFIRMED",
    walk_ins: "Came without an appointment",
    page: "Page",
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    date: "%d/%m/%Y",
};

const DE: Words = Words {
    title: "Termine am {}",
    as_of: "Stand vom {}, {} ({})",
    down: "Die Praxis arbeitet auf Papier. Bitte schreiben Sie jede Änderung auf diese Liste.",
    nothing: "Es gibt keine Termine.",
    born: "geboren {}",
    taken: "belegt",
    overbooked: "DOPPELT BELEGT",
    pending: "NOCH NICHT BESTÄTIGT",
    walk_ins: "Ohne Termin gekommen",
    page: "Seite",
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    date: "%d.%m.%Y",
};

const FR: Words = Words {
    title: "Rendez-vous du {}",
    as_of: "État du {}, {} ({})",
    down: "Le cabinet travaille sur papier. Notez tout changement sur cette liste.",
    nothing: "Il n'y a pas de rendez-vous.",
    born: "naissance {}",
    taken: "occupé",
    overbooked: "EN SURNOMBRE",
    pending: "PAS ENCORE CONFIRMÉ",
    walk_ins: "Venus sans rendez-vous",
    page: "Page",
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    date: "%d/%m/%Y",
};

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_named_as_people_say_it() {
        let (monday, sunday) = (date(2026, 11, 30), date(2026, 12, 6));
        assert_eq!(NL.day(monday), "maandag 30-11-2026");
        assert_eq!(EN.day(sunday), "Sunday 06/12/2026");
        assert_eq!(DE.day(sunday), "Sonntag 06.12.2026");
        assert_eq!(FR.day(monday), "lundi 30/11/2026");
    }
}

//! Days as each language says them.

use jiff::civil::Date;

use crate::Language;

/// The words for days in one language.
#[derive(Debug)]
pub struct Dates {
    /// Today, where a line begins with it.
    pub today: &'static str,
    /// Yesterday.
    pub yesterday: &'static str,
    language: Language,
    /// From Monday.
    weekdays: [&'static str; 7],
    months: [&'static str; 12],
}

impl Dates {
    /// With weekday and year.
    #[must_use]
    pub fn whole(&self, date: Date) -> String {
        let weekday = self.weekdays[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)];
        let comma = if self.language == Language::De { "," } else { "" };
        format!("{weekday}{comma} {} {}", self.short(date), date.year())
    }

    /// Day and month.
    #[must_use]
    pub fn short(&self, date: Date) -> String {
        let month = self.months[usize::try_from(date.month() - 1).unwrap_or(0)];
        match (self.language, date.day()) {
            (Language::De, day) => format!("{day}. {month}"),
            (Language::Fr, 1) => format!("1er {month}"),
            (_, day) => format!("{day} {month}"),
        }
    }
}

/// Those of a language.
#[must_use]
pub const fn of(language: Language) -> &'static Dates {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

const NL: Dates = Dates {
    today: "Vandaag",
    yesterday: "Gisteren",
    language: Language::Nl,
    weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
};
const EN: Dates = Dates {
    today: "Today",
    yesterday: "Yesterday",
    language: Language::En,
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};
const DE: Dates = Dates {
    today: "Heute",
    yesterday: "Gestern",
    language: Language::De,
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
};
const FR: Dates = Dates {
    today: "Aujourd'hui",
    yesterday: "Hier",
    language: Language::Fr,
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
};

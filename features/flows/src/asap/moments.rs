//! When an appointment is, as each language says it, by the clocks of its place.

use identity::Language;
use jiff::Zoned;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;

/// A day and a time of the day, with the place whose clocks show it: `maandag 30 november 2026 om 9:00 uur (tijd in
/// Amsterdam)`.
#[must_use]
pub fn moment(language: Language, time_zone: &str, ms: i64) -> String {
    let zone = booking::calendar::zone(time_zone).unwrap_or(TimeZone::UTC);
    let at = instant_of_ms(ms).to_zoned(zone);
    let (day, time) = (day(language, &at), format!("{}:{:02}", at.hour(), at.minute()));
    let place = time_zone.rsplit('/').next().unwrap_or(time_zone).replace('_', " ");
    match language {
        Language::Nl => format!("{day} om {time} uur (tijd in {place})"),
        Language::En => format!("{day} at {time} ({place} time)"),
        Language::De => format!("{day}, um {time} Uhr (Ortszeit {place})"),
        Language::Fr => format!("{day} à {time} (heure locale\u{a0}: {place})"),
    }
}

fn day(language: Language, at: &Zoned) -> String {
    let (weekdays, months) = match language {
        Language::Nl => (NL_DAYS, NL_MONTHS),
        Language::En => (EN_DAYS, EN_MONTHS),
        Language::De => (DE_DAYS, DE_MONTHS),
        Language::Fr => (FR_DAYS, FR_MONTHS),
    };
    let named = |names: &[&'static str], number: i8| {
        usize::try_from(number).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
    };
    let weekday = named(&weekdays, at.weekday().to_monday_zero_offset());
    let month = named(&months, at.month() - 1);
    let (day, year) = (at.day(), at.year());
    match language {
        Language::De => format!("{weekday}, {day}. {month} {year}"),
        Language::Fr if day == 1 => format!("{weekday} 1er {month} {year}"),
        Language::Nl | Language::En | Language::Fr => format!("{weekday} {day} {month} {year}"),
    }
}

const NL_DAYS: [&str; 7] = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"];
const EN_DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DE_DAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const FR_DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const NL_MONTHS: [&str; 12] = [
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
];
const EN_MONTHS: [&str; 12] = [
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
];
const DE_MONTHS: [&str; 12] = [
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
];
const FR_MONTHS: [&str; 12] = [
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
];

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, zone: &str, instant: &str) -> String {
        moment(language, zone, instant.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_time_is_said_by_the_clocks_of_its_place_and_names_it() {
        let instant = "2026-12-01T08:05:00Z";
        for (language, expected) in [
            (Language::Nl, "dinsdag 1 december 2026 om 9:05 uur (tijd in Amsterdam)"),
            (Language::En, "Tuesday 1 December 2026 at 9:05 (Amsterdam time)"),
            (Language::De, "Dienstag, 1. Dezember 2026, um 9:05 Uhr (Ortszeit Amsterdam)"),
            (Language::Fr, "mardi 1er décembre 2026 à 9:05 (heure locale\u{a0}: Amsterdam)"),
        ] {
            assert_eq!(said(language, "Europe/Amsterdam", instant), expected);
        }
        let there = said(Language::En, "America/St_Johns", "2026-07-01T02:00:00Z");
        assert_eq!(there, "Tuesday 30 June 2026 at 23:30 (St Johns time)");
    }
}

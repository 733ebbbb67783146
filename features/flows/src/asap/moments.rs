//! When an appointment is, as each language says it, by the clocks of its place.

use identity::{Language, dates};
use kernel::Result;
use kernel::clock::instant_of_ms;

/// A day and a time of the day, with the place whose clocks show it: `maandag 30 november 2026 om 9:00 uur (tijd in
/// Amsterdam)`.
///
/// # Errors
/// As [`booking::calendar::zone`]: nobody is told another hour than that of their place.
pub fn moment(language: Language, time_zone: &str, ms: i64) -> Result<String> {
    let zone = booking::calendar::zone(time_zone)?;
    let at = instant_of_ms(ms).to_zoned(zone);
    let (day, time) = (dates::of(language).whole(at.date()), format!("{}:{:02}", at.hour(), at.minute()));
    let place = time_zone.rsplit('/').next().unwrap_or(time_zone).replace('_', " ");
    Ok(match language {
        Language::Nl => format!("{day} om {time} uur (tijd in {place})"),
        Language::En => format!("{day} at {time} ({place} time)"),
        Language::De => format!("{day}, um {time} Uhr (Ortszeit {place})"),
        Language::Fr => format!("{day} à {time} (heure locale\u{a0}: {place})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, zone: &str, instant: &str) -> String {
        moment(language, zone, instant.parse::<jiff::Timestamp>().unwrap().as_millisecond()).unwrap()
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

    #[test]
    fn by_clocks_that_nobody_knows_no_time_is_said() {
        assert!(moment(Language::En, "Nowhere/AtAll", 0).is_err());
    }
}

//! Times, days, sizes and numbers as they are said in each language.

use identity::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::Clock;

use identity::dates;

/// Speaks of time in one language, at the clocks of one organisation.
#[derive(Clone, Debug)]
pub struct Spoken {
    language: Language,
    zone: TimeZone,
    today: Date,
}

impl Spoken {
    /// As of now.
    #[must_use]
    pub fn new(language: Language, zone: &TimeZone, clock: &Clock) -> Self {
        let today = clock.now().to_zoned(zone.clone()).date();
        Self { language, zone: zone.clone(), today }
    }

    /// Hours and minutes: `14:05`.
    #[must_use]
    pub fn time(&self, ms: i64) -> String {
        let at = self.at(ms);
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// The day, as a heading above what was said on it.
    #[must_use]
    pub fn day(&self, date: Date) -> String {
        let words = dates::of(self.language);
        match self.days_ago(date) {
            0 => words.today.to_owned(),
            1 => words.yesterday.to_owned(),
            _ => words.whole(date),
        }
    }

    /// When something was last active: the time today, or else the day.
    #[must_use]
    pub fn since(&self, ms: i64) -> String {
        let (date, words) = (self.date(ms), dates::of(self.language));
        match self.days_ago(date) {
            0 => self.time(ms),
            1 => words.yesterday.to_owned(),
            _ if date.year() == self.today.year() => words.short(date),
            _ => words.whole(date),
        }
    }

    /// The day on which an instant falls.
    #[must_use]
    pub fn date(&self, ms: i64) -> Date {
        Self::date_in(&self.zone, ms)
    }

    /// The day on which an instant falls in a time zone.
    #[must_use]
    pub fn date_in(zone: &TimeZone, ms: i64) -> Date {
        instant(ms).to_zoned(zone.clone()).date()
    }

    /// The instant for machines (HTML `datetime`).
    #[must_use]
    pub fn machine(ms: i64) -> String {
        instant(ms).to_string()
    }

    fn at(&self, ms: i64) -> jiff::Zoned {
        instant(ms).to_zoned(self.zone.clone())
    }

    fn days_ago(&self, date: Date) -> i32 {
        self.today.since(date).map_or(i32::MAX, |span| span.get_days())
    }
}

fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

/// A day as forms and cards write it, from how the interfaces do (`1980-01-31`); what is no day stays as it is.
#[must_use]
pub fn date_in_figures(language: Language, iso: &str) -> String {
    let Ok(date) = iso.parse::<Date>() else { return iso.to_owned() };
    let joint = match language {
        Language::Nl => '-',
        Language::De => '.',
        Language::En | Language::Fr => '/',
    };
    format!("{:02}{joint}{:02}{joint}{:04}", date.day(), date.month(), date.year())
}

/// A length in bytes for people: `870 kB`, `1.2 MB`.
#[must_use]
pub fn size(language: Language, bytes: u64) -> String {
    let (comma, [byte, kilo, mega]) = match language {
        Language::En => ('.', ["bytes", "kB", "MB"]),
        Language::Nl => (',', ["bytes", "kB", "MB"]),
        Language::De => (',', ["Bytes", "kB", "MB"]),
        Language::Fr => (',', ["octets", "ko", "Mo"]),
    };
    let one = byte.trim_end_matches('s');
    match bytes {
        1 => format!("1 {one}"),
        0..1_000 => format!("{bytes} {byte}"),
        1_000..1_000_000 => format!("{} {kilo}", bytes.div_ceil(1_000)),
        _ => {
            let tenths = bytes.div_ceil(100_000);
            format!("{}{comma}{} {mega}", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(language: Language) -> Spoken {
        let clock = Clock::set_to("2026-03-02T23:30:00Z".parse().expect("an instant"));
        Spoken::new(language, &TimeZone::get("Europe/Amsterdam").expect("a zone"), &clock)
    }

    fn ms(instant: &str) -> i64 {
        instant.parse::<Timestamp>().expect("an instant").as_millisecond()
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_organisation_and_not_of_the_server() {
        let spoken = spoken(Language::En);
        assert_eq!(spoken.since(ms("2026-03-02T23:05:00Z")), "00:05", "it is the third already");
        assert_eq!(spoken.since(ms("2026-03-02T22:05:00Z")), "Yesterday");
        assert_eq!(spoken.day(spoken.date(ms("2026-03-02T23:05:00Z"))), "Today");
    }

    #[test]
    fn days_are_said_as_each_language_says_them() {
        let day = ms("2025-12-01T12:00:00Z");
        for (language, expected) in [
            (Language::Nl, "maandag 1 december 2025"),
            (Language::En, "Monday 1 December 2025"),
            (Language::De, "Montag, 1. Dezember 2025"),
            (Language::Fr, "lundi 1er décembre 2025"),
        ] {
            assert_eq!(spoken(language).since(day), expected);
        }
        assert_eq!(spoken(Language::De).since(ms("2026-01-15T12:00:00Z")), "15. Januar");
    }

    #[test]
    fn a_date_of_birth_is_written_as_on_a_card() {
        for (language, expected) in [
            (Language::Nl, "31-01-1980"),
            (Language::En, "31/01/1980"),
            (Language::De, "31.01.1980"),
            (Language::Fr, "31/01/1980"),
        ] {
            assert_eq!(date_in_figures(language, "1980-01-31"), expected);
        }
        assert_eq!(date_in_figures(Language::Nl, "in 1980"), "in 1980", "what is no day is left alone");
    }

    #[test]
    fn sizes_are_rounded_up_and_written_with_the_languages_own_comma() {
        assert_eq!(size(Language::En, 999), "999 bytes");
        assert_eq!(size(Language::En, 1), "1 byte");
        assert_eq!(size(Language::Fr, 1), "1 octet");
        assert_eq!(size(Language::Fr, 1_001), "2 ko");
        assert_eq!(size(Language::Nl, 1_234_567), "1,3 MB");
    }
}

//! The four languages that people are spoken to in.

/// A language of the house.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Nederlands.
    Nl,
    /// English, which is also for those who ask for none that we have.
    #[default]
    En,
    /// Deutsch.
    De,
    /// Français.
    Fr,
}

impl Language {
    /// Every language, in the order in which a choice of them is shown.
    pub const ALL: [Self; 4] = [Self::Nl, Self::En, Self::De, Self::Fr];

    /// Its code (ISO 639-1).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// Its name in itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
        }
    }

    /// The language that a tag such as `nl`, `de-AT` or `fr_BE` asks for.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The first of a space-separated list of tags that we speak (`ui_locales`, OpenID Connect core 3.1.2.1).
    #[must_use]
    pub fn of_locales(list: &str) -> Option<Self> {
        list.split_ascii_whitespace().find_map(Self::of_tag)
    }

    /// What an `Accept-Language` header wants most of what we speak (RFC 9110 section 12.5.4).
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let wishes = header.split(',').take(32).filter_map(|wish| {
            let mut parts = wish.split(';');
            let language = Self::of_tag(parts.next()?)?;
            let weight =
                parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            (weight > 0.0).then_some((language, weight))
        });
        // The earlier wish wins among equals, so this is no `max_by`.
        wishes.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_wish_that_we_speak_wins_and_the_earlier_among_equals() {
        assert_eq!(Language::accepted("nl-NL,nl;q=0.9,en;q=0.8"), Some(Language::Nl));
        assert_eq!(Language::accepted("es, de;q=0.3, fr;q=0.7"), Some(Language::Fr));
        assert_eq!(Language::accepted("de, fr"), Some(Language::De));
        assert_eq!(Language::accepted("nl;q=0, *"), None);
        assert_eq!(Language::accepted(";;;,,q=,\u{1F600}"), None);
        assert_eq!(Language::of_locales("es fr-CA nl"), Some(Language::Fr));
    }
}

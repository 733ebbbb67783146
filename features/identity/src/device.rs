//! What kind of browser somebody uses, as far as its owner needs to know it again in a list. No version, model or
//! address is kept: what is here fits too many to tell one person from another.

/// A kind of browser on a kind of system; neither is known of most programs that are no browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    browser: &'static str,
    system: &'static str,
}

/// A word of a `User-Agent` header, and the name of what has it. Of several the first counts, since browsers also say
/// what they are like: an Edge is like Chrome, and Chrome is like Safari.
type Marks = [(&'static str, &'static str)];

const BROWSERS: &Marks = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: &Marks = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];
/// Bytes of the header that are looked at.
const HEADER_BYTES_MAX: usize = 512;

impl Device {
    /// What a `User-Agent` header (RFC 9110 section 10.1.5) says.
    #[must_use]
    pub fn of_user_agent(header: &str) -> Self {
        let header = &header.as_bytes()[..header.len().min(HEADER_BYTES_MAX)];
        let found = |marks: &Marks| {
            let has = |word: &str| header.windows(word.len()).any(|part| part == word.as_bytes());
            marks.iter().find(|(word, _)| has(word)).map_or("", |(_, name)| *name)
        };
        Self { browser: found(BROWSERS), system: found(SYSTEMS) }
    }

    /// What is kept under these two names; a name that is in no list is none.
    pub(crate) fn named(browser: &str, system: &str) -> Self {
        let known =
            |marks: &Marks, name| marks.iter().find(|(_, one)| *one == name).map_or("", |(_, one)| *one);
        Self { browser: known(BROWSERS, browser), system: known(SYSTEMS, system) }
    }

    pub(crate) const fn browser_name(self) -> &'static str {
        self.browser
    }

    pub(crate) const fn system_name(self) -> &'static str {
        self.system
    }

    /// The browser's name, which is the same in every language.
    #[must_use]
    pub fn browser(self) -> Option<&'static str> {
        Some(self.browser).filter(|name| !name.is_empty())
    }

    /// The system's name, which is the same in every language.
    #[must_use]
    pub fn system(self) -> Option<&'static str> {
        Some(self.system).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_from_those_that_it_says_it_is_like_and_what_is_none_is_not_guessed_at() {
        for (header, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
                "Firefox",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1",
                "Chrome",
                "iPad",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/141.0.0.0 Safari/537.36", "Chrome", "ChromeOS"),
            ("curl/8.14.1", "", ""),
            ("", "", ""),
            ("\u{1F600} Firefox/", "Firefox", ""),
        ] {
            let device = Device::of_user_agent(header);
            assert_eq!((device.browser, device.system), (browser, system), "{header}");
            assert_eq!(Device::named(browser, system), device, "as it is kept");
        }
        let long = format!("{}Firefox/144.0", "x".repeat(100_000));
        assert_eq!(Device::of_user_agent(&long), Device::default());
        assert_eq!(Device::named("Firefox 144.0.1", "<b>"), Device::default(), "nothing but what is listed");
    }
}

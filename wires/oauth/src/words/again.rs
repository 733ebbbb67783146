//! For how long to wait before the next try, in each language.

/// The words, in one language.
pub(crate) struct Again {
    a_second: &'static str,
    a_minute: &'static str,
    /// Goes before a number.
    before: &'static str,
    /// Goes after a number of seconds.
    seconds: &'static str,
    /// Goes after a number of minutes.
    minutes: &'static str,
}

impl Again {
    /// Why, and in how long it may be tried again: in seconds up to a minute, and then in minutes that have passed by then.
    pub fn after(&self, why: &str, seconds: u64) -> String {
        match (seconds, seconds.div_ceil(60)) {
            (1, _) => format!("{why} {}", self.a_second),
            (..60, _) => format!("{why} {} {seconds} {}", self.before, self.seconds),
            (60, _) => format!("{why} {}", self.a_minute),
            (_, minutes) => format!("{why} {} {minutes} {}", self.before, self.minutes),
        }
    }
}

pub(super) const NL: Again = Again {
    a_second: "Probeer het over een seconde opnieuw.",
    a_minute: "Probeer het over een minuut opnieuw.",
    before: "Probeer het over",
    seconds: "seconden opnieuw.",
    minutes: "minuten opnieuw.",
};

pub(super) const EN: Again = Again {
    a_second: "Try again in a second.",
    a_minute: "Try again in a minute.",
    before: "Try again in",
    seconds: "seconds.",
    minutes: "minutes.",
};

pub(super) const DE: Again = Again {
    a_second: "Versuchen Sie es in einer Sekunde noch einmal.",
    a_minute: "Versuchen Sie es in einer Minute noch einmal.",
    before: "Versuchen Sie es in",
    seconds: "Sekunden noch einmal.",
    minutes: "Minuten noch einmal.",
};

pub(super) const FR: Again = Again {
    a_second: "Réessayez dans une seconde.",
    a_minute: "Réessayez dans une minute.",
    before: "Réessayez dans",
    seconds: "secondes.",
    minutes: "minutes.",
};

//! How many calls a token may make in a stretch of time, counted in windows that begin on the second.

use kernel::{Clock, Error, Limit, Result};

use crate::tally::Tally;

/// Counts calls.
#[derive(Clone)]
pub struct Quota {
    /// Calls that one window allows; 0 allows any number.
    pub limit: u32,
    /// What the limit is called.
    name: &'static str,
    tally: Tally,
}

/// Where a caller stands in the window of now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Calls that a window allows.
    pub limit: u32,
    /// Calls made in this window, this one included.
    pub used: u32,
    /// When the next window begins, in seconds since 1970.
    pub resets_at_s: i64,
}

impl Quota {
    /// A quota of `limit` a second, of what this name says.
    #[must_use]
    pub fn per_second(clock: Clock, name: &'static str, limit: u32) -> Self {
        Self { limit, name, tally: Tally::new(clock, 1) }
    }

    /// A quota of `limit` a minute, of what this name says.
    #[must_use]
    pub fn per_minute(clock: Clock, name: &'static str, limit: u32) -> Self {
        Self { limit, name, tally: Tally::new(clock, 60) }
    }

    /// Counts one call for the key.
    ///
    /// # Errors
    /// [`Error::LimitReached`] beyond the limit, beside where the caller stands.
    pub fn count(&self, key: &[u8; 32]) -> (Standing, Result<()>) {
        let used = self.tally.add(key, 1);
        let is_over = self.limit > 0 && used > self.limit;
        let verdict = if is_over { Err(self.reached()) } else { Ok(()) };
        (Standing { used, ..self.untouched() }, verdict)
    }

    /// Passes while the key has not reached the limit; counts nothing.
    ///
    /// # Errors
    /// [`Error::LimitReached`] from the limit on.
    pub fn check(&self, key: &[u8; 32]) -> Result<()> {
        let is_reached = self.limit > 0 && self.tally.sum(key) >= self.limit;
        if is_reached { Err(self.reached()) } else { Ok(()) }
    }

    /// Where the key stands without counting.
    #[must_use]
    pub fn untouched(&self) -> Standing {
        Standing { limit: self.limit, used: 0, resets_at_s: self.tally.resets_at_s() }
    }

    fn reached(&self) -> Error {
        let limit = Limit::new(self.name, u64::from(self.limit));
        Error::LimitReached { limit, retry_after: Some(self.tally.wait()) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn the_thirty_first_call_of_a_second_is_refused_and_the_next_second_is_free() {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let quota = Quota::per_second(clock.clone(), "calls_per_second", 30);
        for used in 1..=30 {
            let (standing, verdict) = quota.count(&[1; 32]);
            assert!(verdict.is_ok());
            assert_eq!(standing.used, used);
        }
        assert!(matches!(quota.count(&[1; 32]).1, Err(Error::LimitReached { .. })));
        assert!(quota.count(&[2; 32]).1.is_ok(), "another token has a quota of its own");
        clock.pass(SignedDuration::from_secs(1));
        assert!(quota.count(&[1; 32]).1.is_ok());
    }

    #[test]
    fn a_quota_of_a_minute_is_free_again_with_the_next_one() {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let quota = Quota::per_minute(clock.clone(), "events_per_minute", 2);
        let count = || quota.count(&[1; 32]).1;
        assert!(count().is_ok() && count().is_ok());
        clock.pass(SignedDuration::from_secs(59));
        let Err(Error::LimitReached { limit, .. }) = count() else { panic!("over") };
        assert_eq!(limit, Limit::new("events_per_minute", 2));
        clock.pass(SignedDuration::from_secs(1));
        assert!(count().is_ok());
    }
}

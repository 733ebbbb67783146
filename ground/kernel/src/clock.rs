//! Where time comes from: the system, or a test that sets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Clones of a set clock share its hands.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is told to [`pass`](Self::pass).
    #[must_use]
    pub fn set_to(instant: Timestamp) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(instant.as_microsecond()))))
    }

    /// Moves a set clock on.
    ///
    /// # Panics
    /// On the system's clock: only tests own their time.
    pub fn pass(&self, time: SignedDuration) {
        let Source::Set(hands) = &self.0 else { panic!("the system's clock cannot be moved") };
        let us = i64::try_from(time.as_micros()).expect("a span that a test can wait for");
        hands.fetch_add(us, Ordering::SeqCst);
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
            Source::System => Timestamp::now().as_microsecond(),
            Source::Set(hands) => hands.load(Ordering::SeqCst),
        }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now_us().div_euclid(1_000)
    }

    /// The instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        instant_of_us(self.now_us())
    }
}

/// The instant of stored milliseconds; the nearest end of time for what no calendar reaches.
#[must_use]
pub fn instant_of_ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The instant of stored microseconds; the nearest end of time for what no calendar reaches.
#[must_use]
pub fn instant_of_us(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(if us < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

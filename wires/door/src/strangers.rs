//! Those who come with a token or a client that nobody knows: each address may try so often a second, and no more
//! work is done for it then.

use std::net::IpAddr;

use kernel::{Clock, Result};

use crate::Quota;
use crate::address::octets;

/// Failures a second that one address is allowed. A hospital behind one address has as many people who mistype.
const FAILURES_PER_SECOND: u32 = 100;

/// Counts the failures of each address.
#[derive(Clone)]
pub struct Strangers(Quota);

impl Strangers {
    /// Nobody has failed yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self(Quota::per_second(clock, "failures_per_second", FAILURES_PER_SECOND))
    }

    /// Passes while the address has not failed too often within this second.
    ///
    /// # Errors
    /// [`kernel::Error::LimitReached`] with the time to wait.
    pub fn may_try(&self, address: Option<IpAddr>) -> Result<()> {
        self.0.check(&key(address))
    }

    /// Counts a failure.
    pub fn note_failure(&self, address: Option<IpAddr>) {
        // Whether this one was too many is asked before the next.
        drop(self.0.count(&key(address)));
    }
}

fn key(address: Option<IpAddr>) -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(&octets(address));
    key
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn an_address_that_fails_too_often_waits_and_its_neighbours_do_not() {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let strangers = Strangers::new(clock.clone());
        let (one, other) = (Some([192, 0, 2, 1].into()), Some([192, 0, 2, 2].into()));
        for _ in 0..FAILURES_PER_SECOND {
            strangers.may_try(one).expect("not too often yet");
            strangers.note_failure(one);
        }
        strangers.may_try(one).expect_err("too often");
        strangers.may_try(other).expect("another address");
        clock.pass(SignedDuration::from_secs(1));
        strangers.may_try(one).expect("the next second");
    }
}

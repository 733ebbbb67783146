//! The desk where passwords are checked: a few at a time, since each takes 19 MiB of memory, and not too often.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Error, Limit, Result, Rng};
use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};

use crate::persons::PASSWORD_CHARS_MAX;
use crate::throttle::{Throttle, Try, Whence};
use crate::workshop::{NOBODYS, Workshop};

/// Checks and hashes passwords. Clones share one pool and one memory of failures.
#[derive(Clone)]
pub struct Desk {
    clock: Clock,
    rng: Rng,
    inner: Arc<Inner>,
}

struct Inner {
    workshop: Workshop,
    throttle: Mutex<Throttle>,
}

/// One try of one account, which counts as failed until it succeeded.
#[derive(Debug)]
#[must_use = "tell the desk how it went"]
pub struct Admitted(Try);

impl Desk {
    /// A desk with a pool of its own.
    #[must_use]
    pub fn new(clock: Clock, rng: Rng) -> Self {
        let inner = Inner { workshop: Workshop::new(), throttle: Mutex::default() };
        Self { clock, rng, inner: Arc::new(inner) }
    }

    /// Whether the account of this blind hash may be tried from here now. `device` is the hash of what the browser
    /// was given on an earlier visit: one that has succeeded before is not held up by the failures of others.
    ///
    /// # Errors
    /// [`Error::LimitReached`] with the time to wait.
    pub fn admit(
        &self,
        account: [u8; 32],
        address: Option<IpAddr>,
        device: Option<[u8; 32]>,
    ) -> Result<Admitted> {
        let whence = Whence::of(address, device);
        let begun = self.inner.throttle.lock().begin(account, whence, self.clock.now_ms());
        begun.map(Admitted).map_err(|wait_ms| Error::LimitReached {
            limit: Limit::new("sign_in_tries", 0),
            retry_after: Some(Duration::from_millis(u64::try_from(wait_ms).unwrap_or_default())),
        })
    }

    /// Whether the password is that of the hash; with `None`, for an account that there is not, it takes the
    /// same time to say no. The throttle learns how it went.
    pub async fn verify(
        &self,
        tried: Admitted,
        password: &SecretString,
        hash: Option<&SecretString>,
    ) -> Result<bool> {
        let exists = hash.is_some();
        let hash = hash.cloned().unwrap_or_else(|| SecretString::from(NOBODYS));
        // No password that we took is longer, so that nobody makes us hash megabytes.
        let is_too_long = password.expose_secret().chars().count() > PASSWORD_CHARS_MAX;
        let password = if is_too_long { SecretString::default() } else { password.clone() };
        let fits = self.inner.workshop.verify(password, hash).await?;
        let mut throttle = self.inner.throttle.lock();
        if fits && exists {
            throttle.succeed(&tried.0);
        } else {
            throttle.fail(&tried.0, self.clock.now_ms());
        }
        Ok(fits && exists)
    }

    /// The Argon2id hash to keep of a password, as a PHC string.
    pub async fn hash(&self, password: &SecretString) -> Result<String> {
        self.inner.workshop.hash(password.clone(), self.rng.bytes::<16>()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Desk {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        Desk::new(clock, Rng::seeded(5))
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let desk = desk();
        let password = SecretString::from("correct horse");
        let hash = SecretString::from(desk.hash(&password).await.expect("a hash"));
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let admit = || desk.admit([1; 32], None, None).expect("admitted");
        assert!(desk.verify(admit(), &password, Some(&hash)).await.expect("an answer"));
        assert!(!desk.verify(admit(), &SecretString::from("wrong"), Some(&hash)).await.expect("an answer"));
        assert!(!desk.verify(admit(), &password, None).await.expect("an answer"), "nobody's password");
        let garbage = SecretString::from("no hash");
        assert!(!desk.verify(admit(), &password, Some(&garbage)).await.expect("an answer"));
    }
}

//! The desk where passwords are checked: a few at a time, since each takes 19 MiB of memory, and not too often.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{Clock, Error, Limit, Result, Rng};
use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::persons::PASSWORD_CHARS_MAX;
use crate::throttle::{Throttle, Try, Whence};

/// Passwords that are worked on at once.
const AT_ONCE: usize = 2;
/// Passwords that wait for their turn; who comes after that is asked to come back.
const WAITING_MAX: usize = 1_000;
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Checks and hashes passwords. Clones share one pool and one memory of failures.
#[derive(Clone)]
pub struct Desk {
    clock: Clock,
    rng: Rng,
    inner: Arc<Inner>,
}

struct Inner {
    turns: Semaphore,
    waiting: AtomicUsize,
    throttle: Mutex<Throttle>,
    /// What a password is compared with when there is no such account: the same work, and always wrong.
    dummy: SecretString,
}

/// One try of one account, which counts as failed until it succeeded.
#[derive(Debug)]
#[must_use = "tell the desk how it went"]
pub struct Admitted(Try);

impl Desk {
    /// A desk with a pool of its own.
    pub fn new(clock: Clock, rng: Rng) -> Result<Self> {
        let nobody = SecretString::from(kernel::RequestId::new(&clock, &rng).hex());
        let dummy = SecretString::from(hash_now(&nobody, &rng.bytes())?);
        let (turns, waiting, throttle) = (Semaphore::new(AT_ONCE), AtomicUsize::new(0), Mutex::default());
        Ok(Self { clock, rng, inner: Arc::new(Inner { turns, waiting, throttle, dummy }) })
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
        let hash = hash.unwrap_or(&self.inner.dummy).clone();
        let password = password.clone();
        let fits = self.in_turn(move || verify_now(&password, &hash)).await?;
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
        let (password, salt) = (password.clone(), self.rng.bytes::<16>());
        self.in_turn(move || hash_now(&password, &salt)).await?
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _waiting = Waiting::at(&self.inner.waiting)?;
        let _turn = self.inner.turns.acquire().await.map_err(Error::bug)?;
        tokio::task::spawn_blocking(work).await.map_err(Error::bug)
    }
}

/// A place in the queue, given back when the caller goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn at(queue: &'a AtomicUsize) -> Result<Self> {
        let place = Self(queue);
        if queue.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            let limit = Limit::new("sign_in_queue", WAITING_MAX as u64);
            return Err(Error::LimitReached { limit, retry_after: Some(Duration::from_secs(10)) });
        }
        Ok(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| Error::bug(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &SecretString, salt: &[u8; 16]) -> Result<String> {
    let hash = argon2()?.hash_password_with_salt(password.expose_secret().as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|e| Error::bug(e.to_string()))
}

fn verify_now(password: &SecretString, hash: &SecretString) -> bool {
    let password = password.expose_secret();
    // No password that we took is longer, so that nobody makes us hash megabytes.
    let password = if password.chars().count() > PASSWORD_CHARS_MAX { "" } else { password };
    let Ok(hash) = PasswordHash::new(hash.expose_secret()) else { return false };
    argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Desk {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        Desk::new(clock, Rng::seeded(5)).expect("a desk")
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

    #[tokio::test]
    async fn a_caller_that_goes_away_gives_its_place_back() {
        let desk = desk();
        let password = SecretString::from("correct horse");
        for _ in 0..WAITING_MAX + 5 {
            let hashing = desk.hash(&password);
            drop(hashing);
        }
        let _ = tokio::time::timeout(Duration::from_millis(1), desk.hash(&password)).await;
        assert_eq!(desk.inner.waiting.load(Ordering::Relaxed), 0);
    }
}

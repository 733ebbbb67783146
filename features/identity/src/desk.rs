//! The desk where passwords are checked: a few at a time, since each takes 19 MiB of memory, and not too often.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Error, Limit, PersonId, Result, Rng};
use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};

use crate::persons::PASSWORD_CHARS_MAX;
use crate::sign_in::{Account, Recalled};
use crate::throttle::{Hashed, Knock, Memo, Throttle, Try};
use crate::workshop::{NOBODYS, WAITING_MAX, Workshop};

/// Tries of one network that may be under way on trust alone ([`Desk::trust`]): part of the queue, so that who knows
/// many accounts of a hospital, and sits in its waiting room, cannot fill it.
const TRUSTED_MAX: usize = WAITING_MAX / 4;

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
    /// Tries that are under way on trust, by network.
    trusted: Mutex<HashMap<Hashed, usize>>,
}

/// A try that is under way on trust; its place is free once this is dropped.
#[must_use = "it holds a place while the try is under way"]
pub struct Trusted {
    inner: Arc<Inner>,
    network: Hashed,
}

impl Drop for Trusted {
    fn drop(&mut self) {
        let mut trusted = self.inner.trusted.lock();
        if let Some(count) = trusted.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                trusted.remove(&self.network);
            }
        }
    }
}

/// One try of one account, which counts as failed until it succeeded.
#[derive(Debug)]
#[must_use = "tell the desk how it went"]
pub struct Admitted(Try);

/// How a try ended, with what the database is to remember of it ([`crate::sign_in::remember`]).
#[derive(Clone, Debug)]
#[must_use = "the database is to remember it"]
pub enum Verdict {
    /// The password is that of the account.
    Right(Box<Proven>),
    /// It is not, or there is no such account.
    Wrong(Memo),
}

/// Somebody whose password was right. The try counts as failed until they are let in ([`Desk::let_in`]).
#[derive(Clone, Debug)]
#[must_use = "tell the desk whether they got in"]
pub struct Proven {
    tried: Try,
    account: Account,
    memo: Memo,
}

impl Proven {
    /// Who.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.account.person
    }

    /// The account as it was when its password was checked ([`crate::sign_in::confirm`]).
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// What the database is to remember in the transaction that begins their session.
    #[must_use]
    pub const fn memo(&self) -> &Memo {
        &self.memo
    }
}

impl Desk {
    /// A desk with a pool of its own.
    #[must_use]
    pub fn new(clock: Clock, rng: Rng) -> Self {
        let inner =
            Inner { workshop: Workshop::new(), throttle: Mutex::default(), trusted: Mutex::default() };
        Self { clock, rng, inner: Arc::new(inner) }
    }

    /// A place for somebody whose account was reached before from where they are, while few enough of their network
    /// are under way so. `None` for everybody else: who may be anybody is to be counted before the work is done.
    #[must_use]
    pub fn trust(&self, knock: &Knock, recalled: &Recalled) -> Option<Trusted> {
        if !self.inner.throttle.lock().knows(knock, &recalled.remembered) {
            return None;
        }
        let mut trusted = self.inner.trusted.lock();
        let count = trusted.entry(knock.network).or_default();
        if *count >= TRUSTED_MAX {
            return None;
        }
        *count += 1;
        Some(Trusted { inner: self.inner.clone(), network: knock.network })
    }

    /// Whether somebody may try now, by what is remembered of the account and of where they are. A browser that has
    /// succeeded before is not held up by the failures of others.
    ///
    /// # Errors
    /// [`Error::LimitReached`] with the time to wait.
    pub fn admit(&self, knock: &Knock, recalled: &Recalled) -> Result<Admitted> {
        let begun = self.inner.throttle.lock().begin(*knock, recalled.remembered, self.clock.now_ms());
        begun.map(Admitted).map_err(|wait_ms| Error::LimitReached {
            limit: Limit::new("sign_in_tries", 0),
            retry_after: Some(Duration::from_millis(u64::try_from(wait_ms).unwrap_or_default())),
        })
    }

    /// Whether the password is that of the account; with `None`, for an account that there is not, it takes the
    /// same time to say no. What was wrong counts as failed; what was right, once it is known what came of it.
    pub async fn verify(
        &self,
        tried: Admitted,
        password: &SecretString,
        account: Option<&Account>,
    ) -> Result<Verdict> {
        let hash = account.map_or_else(|| SecretString::from(NOBODYS), |account| account.hash.clone());
        // No password that we took is longer, so that nobody makes us hash megabytes.
        let is_too_long = password.expose_secret().chars().count() > PASSWORD_CHARS_MAX;
        let password = if is_too_long { SecretString::default() } else { password.clone() };
        let fits = self.inner.workshop.verify(password, hash).await?;
        let (Admitted(tried), now_ms) = (tried, self.clock.now_ms());
        Ok(match account.filter(|_| fits).cloned() {
            Some(account) => {
                let memo = tried.success(account.person, now_ms);
                Verdict::Right(Box::new(Proven { tried, account, memo }))
            }
            None => Verdict::Wrong(self.inner.throttle.lock().fail(&tried, now_ms)),
        })
    }

    /// They proved who they are by something else than a password, which was checked elsewhere. The try counts as failed
    /// until they are let in.
    #[must_use = "tell the desk whether they got in"]
    pub fn prove(&self, Admitted(tried): Admitted, person: PersonId) -> Proven {
        let memo = tried.success(person, self.clock.now_ms());
        Proven { tried, account: Account { person, hash: SecretString::default() }, memo }
    }

    /// They did not: a failure like a wrong password.
    #[must_use = "the database is to remember it"]
    pub fn refuse(&self, Admitted(tried): &Admitted) -> Memo {
        self.inner.throttle.lock().fail(tried, self.clock.now_ms())
    }

    /// Their session has begun: what they mistyped is forgiven, and where they are is known from now on.
    pub fn let_in(&self, proven: &Proven) {
        self.inner.throttle.lock().succeed(&proven.tried);
    }

    /// They must prove themselves once more before they are in.
    pub fn half_way(&self, proven: &Proven) {
        self.inner.throttle.lock().forgive(&proven.tried);
    }

    /// What the database is to remember of a try that was no password, should it lead in.
    #[must_use]
    pub fn memo_of(&self, tried: &Admitted, person: PersonId) -> Memo {
        tried.0.success(person, self.clock.now_ms())
    }

    /// A try that was no password led in.
    pub fn passed(&self, tried: &Admitted) {
        self.inner.throttle.lock().succeed(&tried.0);
    }

    /// A try that was no password led nowhere.
    #[must_use = "the database is to remember it"]
    pub fn failed(&self, tried: &Admitted) -> Memo {
        self.inner.throttle.lock().fail(&tried.0, self.clock.now_ms())
    }

    /// What somebody asked for that is counted, and no guess: nobody else waits for it.
    #[must_use = "the database is to remember it"]
    pub fn counted(&self, tried: &Admitted) -> Memo {
        self.inner.throttle.lock().counted(&tried.0)
    }

    /// They belong nowhere: a failure like any other.
    #[must_use = "the database is to remember it"]
    pub fn turn_away(&self, proven: &Proven) -> Memo {
        self.inner.throttle.lock().fail(&proven.tried, self.clock.now_ms())
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

    #[test]
    fn those_of_one_network_who_are_trusted_leave_room_in_the_queue_for_everybody_else() {
        let desk = desk();
        let person = PersonId::from_bytes([1; 12]);
        let knock = |network| Knock { account: [1; 32], network: [network; 32], device: None };
        let trust = |network| desk.trust(&knock(network), &Recalled::default());
        assert!(trust(2).is_none(), "a stranger");
        for network in [2, 3] {
            let Admitted(tried) = desk.admit(&knock(network), &Recalled::default()).expect("admitted");
            let memo = tried.success(person, 0);
            let account = Account { person, hash: SecretString::default() };
            desk.let_in(&Proven { tried, account, memo });
        }
        let mut under_way: Vec<Trusted> = std::iter::from_fn(|| trust(2)).collect();
        assert_eq!(under_way.len(), WAITING_MAX / 4);
        assert!(trust(3).is_some(), "another network");
        under_way.pop();
        assert!(trust(2).is_some(), "a place that was given back");
        drop(under_way);
        assert!(desk.inner.trusted.lock().is_empty(), "nothing is kept of who is done");
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let desk = desk();
        let password = SecretString::from("correct horse");
        let hash = SecretString::from(desk.hash(&password).await.expect("a hash"));
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let person = PersonId::from_bytes([1; 12]);
        let fits = async |password: &str, hash: Option<&SecretString>| {
            let knock = Knock { account: [1; 32], network: [2; 32], device: None };
            let admitted = desk.admit(&knock, &Recalled::default()).expect("admitted");
            let account = hash.map(|hash| Account { person, hash: hash.clone() });
            let verdict = desk.verify(admitted, &SecretString::from(password), account.as_ref()).await;
            matches!(verdict.expect("an answer"), Verdict::Right(_))
        };
        assert!(fits("correct horse", Some(&hash)).await);
        assert!(!fits("wrong", Some(&hash)).await);
        assert!(!fits("correct horse", None).await, "nobody's password");
        assert!(!fits("correct horse", Some(&SecretString::from("no hash"))).await);
    }
}

//! Where Argon2id is worked out: a few at a time, in memory that is kept for the next one. Memory of this size that
//! is given back and asked for again, from changing threads, piles up in the C library's heaps.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use kernel::{Error, Limit, Result};
use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;

/// Passwords that are worked on at once: one a core, and no more than these have memory for.
const AT_ONCE_MAX: usize = 8;
/// Passwords that wait for their turn; who comes after that is asked to come back.
pub(crate) const WAITING_MAX: usize = 1_000;
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;

/// A hash that no password has, of the usual cost: what a password is compared with when there is no account.
pub(crate) const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ\
    $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password to work on, in the memory of the thread that takes it.
type Job = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// The workshop. It is given its passwords, and takes its time.
pub(crate) struct Workshop {
    jobs: Sender<Job>,
    waiting: AtomicUsize,
}

impl Workshop {
    pub fn new() -> Self {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let at_once = thread::available_parallelism().map_or(1, NonZero::get).min(AT_ONCE_MAX);
        for _ in 0..at_once {
            let queue = queue.clone();
            // Where no thread starts at all, nobody has the queue, and who brings a password is told.
            drop(thread::Builder::new().name("argon2".to_owned()).spawn(move || work_at(&queue)));
        }
        Self { jobs, waiting: AtomicUsize::new(0) }
    }

    /// The hash to keep, as a PHC string.
    pub async fn hash(&self, password: SecretString, salt: [u8; 16]) -> Result<String> {
        self.in_turn(move |memory| hash_now(&password, &salt, memory)).await?
    }

    /// Whether a password has this hash.
    pub async fn verify(&self, password: SecretString, hash: SecretString) -> Result<bool> {
        self.in_turn(move |memory| verify_now(&password, &hash, memory).unwrap_or(false)).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T> {
        let _waiting = Waiting::at(&self.waiting)?;
        let (answer, told) = oneshot::channel();
        let job = move |memory: &mut Vec<Block>| {
            // Nobody works for a caller who hung up before it was their turn.
            if !answer.is_closed() {
                answer.send(work(memory)).ok();
            }
        };
        self.jobs.send(Box::new(job)).map_err(|_| Error::bug("no thread works out passwords"))?;
        told.await.map_err(Error::bug)
    }
}

/// Takes one after the other until the workshop is gone. Threads of their own go on to the next without a word to anybody;
/// by way of the runtime, a core would rest between two.
fn work_at(queue: &Mutex<Receiver<Job>>) {
    let mut memory = Vec::new();
    loop {
        let next = queue.lock().recv();
        let Ok(job) = next else { return };
        // A job that panics tells its caller by the answer that never comes.
        drop(catch_unwind(AssertUnwindSafe(|| job(&mut memory))));
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

fn work_out(
    params: &Params,
    password: &SecretString,
    salt: &[u8],
    out: &mut [u8],
    memory: &mut Vec<Block>,
) -> Result<()> {
    memory.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let password = password.expose_secret().as_bytes();
    argon2.hash_password_into_with_memory(password, salt, out, memory).map_err(|e| Error::bug(e.to_string()))
}

fn hash_now(password: &SecretString, salt: &[u8; 16], memory: &mut Vec<Block>) -> Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES));
    let params = params.map_err(|e| Error::bug(e.to_string()))?;
    let mut out = [0; HASH_BYTES];
    work_out(&params, password, salt, &mut out, memory)?;
    let parts = || -> argon2::password_hash::phc::Result<_> { Ok((Salt::new(salt)?, Output::new(&out)?)) };
    let (salt, output) = parts().map_err(|e| Error::bug(e.to_string()))?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|e| Error::bug(e.to_string()))?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// `None` for a hash that is not one of Argon2id.
fn verify_now(password: &SecretString, hash: &SecretString, memory: &mut Vec<Block>) -> Option<bool> {
    let hash = PasswordHash::new(hash.expose_secret()).ok()?;
    let (params, salt, expected) = (Params::try_from(&hash).ok()?, hash.salt.as_ref()?, hash.hash.as_ref()?);
    if hash.algorithm != Algorithm::Argon2id.ident() {
        return None;
    }
    let mut out = vec![0; expected.len()];
    work_out(&params, password, salt.as_ref(), &mut out, memory).ok()?;
    Some(vault::same(&out, expected.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobodys_hash_costs_as_much_as_anybodys_and_fits_nothing() {
        let workshop = Workshop::new();
        let made = workshop.hash(SecretString::from("correct horse"), [7; 16]).await.expect("a hash");
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(&made), cost(NOBODYS));
        assert_eq!(made.len(), NOBODYS.len());
        for password in ["", "correct horse", "nobody's salt"] {
            let fits = workshop.verify(SecretString::from(password), SecretString::from(NOBODYS)).await;
            assert!(!fits.expect("an answer"));
        }
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_gives_its_place_back() {
        let workshop = Workshop::new();
        let password = SecretString::from("correct horse");
        for _ in 0..WAITING_MAX + 5 {
            drop(workshop.hash(password.clone(), [7; 16]));
        }
        let _ = tokio::time::timeout(Duration::from_millis(1), workshop.hash(password, [7; 16])).await;
        assert_eq!(workshop.waiting.load(Ordering::Relaxed), 0);
    }
}

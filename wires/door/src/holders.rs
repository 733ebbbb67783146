//! Whose count a request for a page goes to: that of who has signed in, and else that of its address. So those who come
//! without a name cannot use up what is there for colleagues behind the same address.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::request::Parts;
use kernel::{Clock, PersonId, Result};
use parking_lot::Mutex;

use crate::pages::Cookies;
use crate::{Door, Work};

/// How long it is remembered whose session it is. Nothing but a count rests on it, so that it may outlive the session.
const LIFE_MS: i64 = 60 * 60 * 1_000;
/// Sessions that are remembered; beyond it the old ones are thrown out.
const ENTRIES_MAX: usize = 50_000;

/// Of each session, when it was looked up and whose it was.
type Entries = HashMap<[u8; 32], (i64, PersonId)>;

/// Whose sessions those are that were seen of late, by the hash of their secrets.
#[derive(Clone)]
pub struct Holders {
    clock: Clock,
    entries: Arc<Mutex<Entries>>,
}

impl Holders {
    /// None was seen yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, entries: Arc::default() }
    }

    fn find(&self, hash: &[u8; 32]) -> Option<PersonId> {
        let now = self.clock.now_ms();
        let entries = self.entries.lock();
        entries.get(hash).filter(|(at, _)| now - at < LIFE_MS).map(|(_, person)| *person)
    }

    fn keep(&self, hash: [u8; 32], person: PersonId) {
        let now = self.clock.now_ms();
        let mut entries = self.entries.lock();
        if entries.len() >= ENTRIES_MAX {
            entries.retain(|_, (at, _)| now - *at < LIFE_MS);
        }
        if entries.len() < ENTRIES_MAX {
            entries.insert(hash, (now, person));
        }
    }
}

impl Door {
    /// Counts a request for a page.
    ///
    /// # Errors
    /// [`kernel::Error::LimitReached`] with the time to wait, and those of [`store::Db::read`].
    pub async fn count_visit(&self, parts: &Parts) -> Result<()> {
        match self.holder(parts).await? {
            Some(person) => self.rates.account(Work::Request, person),
            None => self.rates.address(Work::Request, self.address(parts)),
        }
    }

    /// Whose session a request brings. For an address that has asked too often, no more is looked up that is not
    /// remembered: made-up sessions are no way to more work.
    async fn holder(&self, parts: &Parts) -> Result<Option<PersonId>> {
        let cookies = Cookies::at(&self.house.settings.public_url);
        let Some(hash) = cookies.session_hash(&parts.headers) else { return Ok(None) };
        if let Some(person) = self.holders.find(&hash) {
            return Ok(Some(person));
        }
        if self.rates.may(Work::Request, self.address(parts)).is_err() {
            return Ok(None);
        }
        let read = self.house.db.read(hash, |tx, hash| Box::pin(identity::recognise_session(tx, hash)));
        let person = read.await?.map(|who| who.person);
        if let Some(person) = person {
            self.holders.keep(hash, person);
        }
        Ok(person)
    }
}

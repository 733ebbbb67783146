//! Remembers for at most a second whom a token stands for, so that not every request asks the database.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use identity::Recognised;
use kernel::{Clock, Event};
use parking_lot::Mutex;

/// How long an answer holds on a node that did not make the change itself.
const LIFE_MS: i64 = 1_000;
/// Entries that are kept; beyond it the old ones are thrown out.
const ENTRIES_MAX: usize = 50_000;

type Entries = HashMap<[u8; 32], (i64, Arc<Recognised>)>;

/// What is remembered, by the hash of the token.
#[derive(Clone)]
pub struct Remembered {
    clock: Clock,
    entries: Arc<Mutex<Entries>>,
    /// How often something was forgotten.
    changes: Arc<AtomicU64>,
}

impl Remembered {
    /// Nothing yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, entries: Arc::default(), changes: Arc::default() }
    }

    /// Whom the token stood for less than a second ago.
    #[must_use]
    pub fn find(&self, hash: &[u8; 32]) -> Option<Arc<Recognised>> {
        let now = self.clock.now_ms();
        let entries = self.entries.lock();
        let (at, who) = entries.get(hash)?;
        let holds = now - at < LIFE_MS && now < who.ends_ms;
        holds.then(|| who.clone())
    }

    /// How often something was forgotten so far: to be asked before the database is.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Keeps an answer of the database's, as of the instant when it was asked, unless something was forgotten in
    /// between: then the answer may be older than what was forgotten.
    pub fn keep(&self, hash: [u8; 32], (asked_ms, changes): (i64, u64), who: Arc<Recognised>) {
        let mut entries = self.entries.lock();
        if changes != self.changes() {
            return;
        }
        if entries.len() >= ENTRIES_MAX {
            entries.retain(|_, (at, _)| asked_ms - *at < LIFE_MS);
        }
        if entries.len() < ENTRIES_MAX {
            entries.insert(hash, (asked_ms, who));
        }
    }

    /// Forgets at once what a commit of this node has changed.
    pub fn observe(&self, events: &[Event]) {
        for event in events {
            match event {
                Event::TokenRevoked { token } => self.forget(|who| who.token == Some(*token)),
                Event::SessionEnded { session } => self.forget(|who| who.session == Some(*session)),
                Event::PersonChanged { person } => self.forget(|who| who.person == *person),
                Event::OrganisationChanged { organisation } => {
                    self.forget(|who| who.organisation == *organisation);
                }
                Event::MessagePosted { .. }
                | Event::MessageDeleted { .. }
                | Event::MessageChanged { .. }
                | Event::ChatChanged { .. }
                | Event::ReceiptMoved { .. } => {}
            }
        }
    }

    fn forget(&self, is_stale: impl Fn(&Recognised) -> bool) {
        let mut entries = self.entries.lock();
        self.changes.fetch_add(1, Ordering::SeqCst);
        entries.retain(|_, (_, who)| !is_stale(who));
    }
}

//! Permits for each of many, of which those that nobody holds or waits for are forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

/// So many permits for each key.
#[derive(Debug)]
pub(crate) struct Keyed<K> {
    permits: usize,
    known: Mutex<HashMap<K, Weak<Semaphore>>>,
}

impl<K: Eq + Hash> Keyed<K> {
    pub fn new(permits: usize) -> Self {
        Self { permits, known: Mutex::default() }
    }

    /// Those of a key, which is known for as long as somebody has them.
    pub fn of(&self, key: K) -> Arc<Semaphore> {
        let mut known = self.known.lock();
        known.retain(|_, permits| permits.strong_count() > 0);
        if let Some(permits) = known.get(&key).and_then(Weak::upgrade) {
            return permits;
        }
        let permits = Arc::new(Semaphore::new(self.permits));
        known.insert(key, Arc::downgrade(&permits));
        permits
    }

    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.known.lock().len()
    }
}

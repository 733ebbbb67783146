//! What a transaction carries besides its connection: the clock, chance, and the tools lent to the store.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use kernel::{Clock, Event, Rng};
use parking_lot::RwLock;
use tokio::sync::Notify;

use crate::turns::Turns;

type Lent = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;
pub(crate) type Observer = Arc<dyn Fn(&[Event]) + Send + Sync>;

/// The tools of one store; each transaction has the ones that were lent when it began.
pub(crate) struct Toolbox {
    pub clock: Clock,
    pub rng: Rng,
    lent: RwLock<Arc<Lent>>,
    observers: RwLock<Vec<Observer>>,
    /// Those who are told in an order that no commit overtakes.
    pub turns: Arc<Turns>,
    /// Rung when a committed transaction left a job.
    pub jobs_left: Notify,
}

impl Toolbox {
    pub fn new(clock: Clock, rng: Rng) -> Arc<Self> {
        let (lent, observers, turns) = (RwLock::default(), RwLock::default(), Arc::default());
        Arc::new(Self { clock, rng, lent, observers, turns, jobs_left: Notify::new() })
    }

    pub fn lend<T: Send + Sync + 'static>(&self, tool: T) {
        let mut lent = self.lent.write();
        let mut wider = (**lent).clone();
        wider.insert(TypeId::of::<T>(), Arc::new(tool));
        *lent = Arc::new(wider);
    }

    pub fn lent(&self) -> Arc<Lent> {
        self.lent.read().clone()
    }

    pub fn observe(&self, observer: Observer) {
        self.observers.write().push(observer);
    }

    /// Tells what a commit made true, at once.
    pub fn tell(&self, events: &[Event]) {
        call_each(&self.observers.read(), events);
    }
}

/// Calls each observer. One that panics must not take the others, or the writer, with it.
pub(crate) fn call_each(observers: &[Observer], events: &[Event]) {
    if events.is_empty() {
        return;
    }
    for observer in observers {
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| observer(events))).is_err() {
            tracing::error!("an observer of committed events panicked");
        }
    }
}

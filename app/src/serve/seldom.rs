//! What an operator hears of once a minute, however often it happens.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::time::{Duration, Instant};

const TELL_EVERY: Duration = Duration::from_secs(60);

/// When something was last told. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Seldom(Arc<Mutex<Option<Instant>>>);

impl Seldom {
    /// Whether it is to be told now; not again for a minute.
    pub fn is_to_be_told(&self, now: Instant) -> bool {
        let mut told = self.0.lock();
        let is_due = told.is_none_or(|at| now.duration_since(at) >= TELL_EVERY);
        if is_due {
            *told = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_hears_of_it_once_a_minute() {
        let (seldom, begun) = (Seldom::default(), Instant::now());
        let told = |second: &u64| seldom.clone().is_to_be_told(begun + Duration::from_secs(*second));
        assert_eq!((0..120).filter(told).collect::<Vec<_>>(), [0, 60]);
    }
}

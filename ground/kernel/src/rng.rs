//! Where chance comes from: the system, or a seed that makes a test repeat.

use std::sync::Arc;

use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng};

/// Gives random bytes fit for secrets. Clones of a seeded one share its state.
#[derive(Clone, Debug)]
pub struct Rng(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Seeded(Arc<Mutex<StdRng>>),
}

impl Rng {
    /// The system's chance, through a generator of this thread that is reseeded from it.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// Chance that repeats, for tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// Fills the bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
            Source::System => rand::rng().fill_bytes(bytes),
            Source::Seeded(rng) => rng.lock().fill_bytes(bytes),
        }
    }

    /// As many random bytes as asked for.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

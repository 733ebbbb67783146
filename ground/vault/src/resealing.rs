//! Sealing anew, with the current key, what an older key sealed.

use store::Statement;

use crate::ring::{KeyRing, Place};

/// What a look through rows found that an older key sealed, and the changes that put the same under the current key.
#[derive(Debug)]
pub struct Resealing<'r> {
    ring: &'r KeyRing,
    updates: Vec<Statement>,
    damaged: u64,
}

impl<'r> Resealing<'r> {
    /// Nothing was looked at yet.
    #[must_use]
    pub const fn new(ring: &'r KeyRing) -> Self {
        Self { ring, updates: Vec::new(), damaged: 0 }
    }

    /// Looks at a sealed value. When the current key did not seal it, `update` makes the statement that replaces it
    /// by what it is given; that statement must ask for the value that was looked at, so that it never undoes a
    /// change that came between. What does not open stays as it is, and is counted.
    pub fn look(&mut self, place: Place<'_>, sealed: &[u8], update: impl FnOnce(&[u8]) -> Statement) {
        if self.ring.is_current(sealed) {
            return;
        }
        match self.ring.open(place, sealed) {
            Ok(plain) => self.updates.push(update(&self.ring.seal(place, &plain))),
            Err(error) => {
                tracing::error!(?error, "a value cannot be sealed anew");
                self.damaged += 1;
            }
        }
    }

    /// The changes, and how many values stay under an older key because they do not open.
    #[must_use]
    pub fn finish(self) -> (Vec<Statement>, u64) {
        (self.updates, self.damaged)
    }
}

//! Sealing anew, with the current key, what an older key sealed.

use store::Statement;

use crate::ring::{KeyRing, Place};

/// What a look through rows found that an older key sealed, and the changes that put the same under the current key.
#[derive(Debug)]
pub struct Resealing<'r> {
    ring: &'r KeyRing,
    updates: Vec<Statement>,
    found: usize,
}

impl<'r> Resealing<'r> {
    /// Nothing was looked at yet.
    #[must_use]
    pub const fn new(ring: &'r KeyRing) -> Self {
        Self { ring, updates: Vec::new(), found: 0 }
    }

    /// Looks at a sealed value. When the current key did not seal it, `update` makes the statement that replaces it
    /// by what it is given; that statement must ask for the value that was looked at, so that it never undoes a
    /// change that came between. What does not open stays as it is, and a line in the log says which it is.
    pub fn look(&mut self, place: Place<'_>, sealed: &[u8], update: impl FnOnce(&[u8]) -> Statement) {
        if self.ring.is_current(sealed) {
            return;
        }
        self.found += 1;
        match self.ring.open(place, sealed) {
            Ok(plain) => self.updates.push(update(&self.ring.seal(place, &plain))),
            Err(error) => {
                let row = kernel::id::hex(place.row);
                tracing::error!(row, ?error, "a value does not open, so it stays under its older key");
            }
        }
    }

    /// The changes, and how many values were under an older key; these are more when some do not open.
    #[must_use]
    pub fn finish(self) -> (Vec<Statement>, usize) {
        (self.updates, self.found)
    }
}

//! How many pictures are taken in at once.

use std::collections::BTreeMap;

use kernel::{Error, PersonId, Result};
use parking_lot::Mutex;

use crate::{easel, opened, square};

/// Pictures that may be on their way in: each is whole in memory.
const SEATS: usize = 32;
/// Of these, how many of one person: somebody whose pictures come in slowly keeps nobody else's out.
const SEATS_PER_PERSON: usize = 2;
static TAKEN: Mutex<BTreeMap<PersonId, usize>> = Mutex::new(BTreeMap::new());

/// A place for one picture on its way in. It is free again once this is dropped.
#[derive(Debug)]
#[must_use = "it holds a place while the picture comes in"]
pub struct Seat(PersonId);

/// Takes a place for somebody's picture, before any of it is read.
///
/// # Errors
/// [`Error::Unavailable`] when there is none.
pub fn take_seat(person: PersonId) -> Result<Seat> {
    let mut taken = TAKEN.lock();
    let own = taken.get(&person).copied().unwrap_or_default();
    if own >= SEATS_PER_PERSON || taken.values().sum::<usize>() >= SEATS {
        return Err(Error::unavailable("too many pictures come in at once"));
    }
    taken.insert(person, own + 1);
    Ok(Seat(person))
}

impl Seat {
    /// As [`square`](crate::square), at the easel, when it is this picture's turn.
    ///
    /// # Errors
    /// As [`square`](crate::square).
    pub async fn square(self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let turn = easel::turn().await?;
        // The place goes with the work, which goes on when who asked has hung up.
        let drawing = turn.draw(move || {
            let _seat = self;
            square::square(&bytes)
        });
        // A decoder that panics has not read the picture.
        drawing.await?.unwrap_or_else(|| Err(opened::unreadable()))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = TAKEN.lock();
        match taken.get_mut(&self.0) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.remove(&self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_so_many_places_that_others_find_none() {
        let person = |n: u8| PersonId::from_bytes([n; 12]);
        let own: Vec<Seat> = (0..SEATS_PER_PERSON).map(|_| take_seat(person(1)).expect("a place")).collect();
        assert!(take_seat(person(1)).is_err());
        let others: Vec<Seat> =
            (0..15).flat_map(|n| [n + 2; 2]).map(|n| take_seat(person(n)).expect("a place")).collect();
        assert!(take_seat(person(99)).is_err(), "there are 32");
        drop(own);
        assert!(take_seat(person(99)).is_ok());
        drop(others);
        assert!(TAKEN.lock().is_empty(), "nothing is kept");
    }
}

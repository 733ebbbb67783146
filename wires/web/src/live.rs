//! What was committed, told to the pages that are open now. Losing a word of it loses nothing: the row is there, and
//! a page asks for what it misses.

use std::collections::HashMap;
use std::sync::Arc;

use flows::House;
use kernel::{Error, Event, Limit, PersonId, Result};
use parking_lot::Mutex;
use tokio::sync::broadcast::{self, Receiver, Sender};

/// Words that a slow page may lag behind before it is told to look at everything.
const LAG_MAX: usize = 1_024;
/// Pages that listen at once.
const PAGES_MAX: u32 = 5_000;
/// Pages of one person that listen at once.
const PAGES_OF_ONE_MAX: u32 = 16;

/// Commits, as they happen.
#[derive(Clone)]
pub struct Live {
    events: Sender<Arc<[Event]>>,
    seats: Arc<Mutex<Seats>>,
}

#[derive(Default)]
struct Seats {
    taken: u32,
    by_person: HashMap<PersonId, u32>,
}

/// A page's right to listen, given back when the page is gone.
pub struct Seat {
    person: PersonId,
    seats: Arc<Mutex<Seats>>,
}

impl Live {
    /// Listens to a house.
    pub fn of(house: &House) -> Self {
        let (events, _) = broadcast::channel(LAG_MAX);
        let teller = events.clone();
        house.db.observe(move |committed| {
            if teller.receiver_count() > 0 {
                // Nobody may listen any more by now, and then there is nobody to tell.
                drop(teller.send(committed.into()));
            }
        });
        Self { events, seats: Arc::default() }
    }

    /// Everything that is committed from now on.
    ///
    /// # Errors
    /// [`Error::LimitReached`] when too many pages listen.
    pub fn listen(&self, person: PersonId) -> Result<(Receiver<Arc<[Event]>>, Seat)> {
        let mut seats = self.seats.lock();
        let of_one = seats.by_person.get(&person).copied().unwrap_or_default();
        if seats.taken >= PAGES_MAX || of_one >= PAGES_OF_ONE_MAX {
            let limit = Limit::new("open_pages", u64::from(PAGES_OF_ONE_MAX));
            return Err(Error::LimitReached { limit, retry_after: None });
        }
        seats.taken += 1;
        seats.by_person.insert(person, of_one + 1);
        drop(seats);
        Ok((self.events.subscribe(), Seat { person, seats: self.seats.clone() }))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.seats.lock();
        seats.taken = seats.taken.saturating_sub(1);
        let left = seats.by_person.get(&self.person).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            seats.by_person.remove(&self.person);
        } else {
            seats.by_person.insert(self.person, left);
        }
    }
}

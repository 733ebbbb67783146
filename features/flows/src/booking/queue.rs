//! Who changes what is booked waits in this process before they take a connection of the database: hundreds who want one
//! popular time take turns, and must not keep every connection from who signs in or writes a message meanwhile.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Error, OrganisationId, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::keyed::Keyed;

/// Changes of one organisation that are under way at once.
const OF_ONE: usize = 4;
/// Those of all: the store has sixteen connections that write.
const OF_ALL: usize = 10;
/// Who has waited longer is told to come back.
const PATIENCE: Duration = Duration::from_secs(20);

/// The queues of all organisations.
#[derive(Debug)]
pub(crate) struct Queue {
    of_one: Keyed<OrganisationId>,
    of_all: Arc<Semaphore>,
}

/// Somebody's turn, for as long as it is kept.
#[derive(Debug)]
pub(crate) struct Turn {
    _of_all: OwnedSemaphorePermit,
    _of_one: OwnedSemaphorePermit,
}

impl Queue {
    pub fn new() -> Self {
        Self { of_one: Keyed::new(OF_ONE), of_all: Arc::new(Semaphore::new(OF_ALL)) }
    }

    /// Waits for a turn: first for one among those of the same organisation, so that a crowd there waits among itself.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when that takes too long.
    pub async fn turn(&self, organisation: OrganisationId) -> Result<Turn> {
        let of_one = self.of_one.of(organisation);
        let both = async {
            let of_one = of_one.acquire_owned().await.map_err(Error::unavailable)?;
            let of_all = self.of_all.clone().acquire_owned().await.map_err(Error::unavailable)?;
            Ok(Turn { _of_all: of_all, _of_one: of_one })
        };
        timeout(PATIENCE, both).await.map_err(|_| Error::unavailable("too many change what is booked"))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_crowd_at_one_practice_leaves_room_for_another() {
        let (linde, eik) = (OrganisationId::from_bytes([1; 12]), OrganisationId::from_bytes([2; 12]));
        let queue = Queue::new();
        let mut crowd = Vec::new();
        for _ in 0..OF_ONE {
            crowd.push(queue.turn(linde).await.expect("a turn"));
        }
        let late = queue.turn(linde).await;
        assert!(matches!(late, Err(Error::Unavailable { .. })), "it comes back later");
        queue.turn(eik).await.expect("nobody waits there");
        crowd.pop();
        queue.turn(linde).await.expect("somebody was done");
        drop(crowd);
        assert_eq!(queue.of_all.available_permits(), OF_ALL);
        queue.turn(eik).await.expect("a turn");
        assert_eq!(queue.of_one.count(), 1, "who has no queue is forgotten");
    }
}

//! Where documents lie that are printed and not yet taken: only so many bytes together, so that who takes theirs slowly
//! costs memory that is counted, and keeps nobody from the presses.

use std::time::Duration;

use kernel::limits::DOCUMENT_BYTES_WAITING_MAX;
use kernel::{Error, Result};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// How long a document waits for room, with its place at the press.
const PATIENCE: Duration = Duration::from_secs(10);
const UNIT_BYTES: usize = 1 << 10;
const UNITS: usize = DOCUMENT_BYTES_WAITING_MAX / UNIT_BYTES;

static SHELF: Shelf = Shelf(Semaphore::const_new(UNITS));

/// Room for one document, until it was handed over.
#[derive(Debug)]
pub struct Room(#[expect(dead_code, reason = "it is held, and given back")] SemaphorePermit<'static>);

/// Waits for room for a document of so many bytes.
///
/// # Errors
/// [`Error::Unavailable`] when there is none for too long.
pub(crate) async fn room(bytes: usize) -> Result<Room> {
    SHELF.room(bytes).await
}

struct Shelf(Semaphore);

impl Shelf {
    /// A document that is larger than all the room waits until it is the only one.
    async fn room(&'static self, bytes: usize) -> Result<Room> {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES).min(UNITS)).map_err(Error::bug)?;
        let free = timeout(PATIENCE, self.0.acquire_many(units)).await;
        free.map_err(|_| Error::unavailable("too many documents wait to be taken"))?
            .map(Room)
            .map_err(Error::bug)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const MOST: usize = DOCUMENT_BYTES_WAITING_MAX;

    #[tokio::test(start_paused = true)]
    async fn documents_lie_side_by_side_until_the_room_is_full_and_then_wait_for_a_while() {
        static SHELF: Shelf = Shelf(Semaphore::const_new(UNITS));
        let (small, large) = (SHELF.room(1).await.unwrap(), SHELF.room(MOST - UNIT_BYTES).await.unwrap());
        let begun = Instant::now();
        let refused = SHELF.room(1).await.unwrap_err();
        assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
        assert!(begun.elapsed() >= PATIENCE);
        let (larger, ()) = tokio::join!(SHELF.room(MOST * 2), async { drop((small, large)) });
        drop(larger.expect("it is the only one"));
    }
}

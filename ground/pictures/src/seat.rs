//! How many pictures are taken in, and read, at once.

use kernel::{Error, Result};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::square;

/// Pictures that may be on their way in: each is whole in memory.
const SEATS: usize = 32;
static WAITING_ROOM: Semaphore = Semaphore::const_new(SEATS);
/// Pictures that are read at once: each may take some hundred megabytes for a moment.
static EASELS: Semaphore = Semaphore::const_new(2);

/// A place for one picture on its way in. It is free again once this is dropped.
#[derive(Debug)]
#[must_use = "it holds a place while the picture comes in"]
pub struct Seat(SemaphorePermit<'static>);

/// Takes a place, before any of the picture is read.
///
/// # Errors
/// [`Error::Unavailable`] when there is none.
pub fn take_seat() -> Result<Seat> {
    let seat = WAITING_ROOM.try_acquire();
    seat.map(Seat).map_err(|_| Error::unavailable("too many pictures come in at once"))
}

impl Seat {
    /// As [`square`](crate::square), on a thread of its own, when it is this picture's turn.
    ///
    /// # Errors
    /// As [`square`](crate::square).
    pub async fn square(self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let easel = EASELS.acquire().await.map_err(Error::bug)?;
        // Both places go with the work, which goes on when who asked has hung up.
        let seat = self.0;
        let drawing = tokio::task::spawn_blocking(move || {
            let _places = (easel, seat);
            square::square(&bytes)
        });
        // A decoder that panics has not read the picture.
        drawing.await.unwrap_or_else(|_| Err(square::unreadable()))
    }
}

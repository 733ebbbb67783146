//! Where pictures are opened and made small: one at a time in the whole process, always by the same thread. Opening
//! takes much memory, and an allocator keeps some of what a thread gave back.

use std::sync::{LazyLock, mpsc};

use kernel::{Error, Result};
use paper::{Picture, PictureSize};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

/// A picture as it came, how large it is to be, and who waits for it.
type Negative = (Vec<u8>, PictureSize, oneshot::Sender<Option<Picture>>);

static TURNS: Semaphore = Semaphore::const_new(1);
static ROOM: LazyLock<mpsc::Sender<Negative>> = LazyLock::new(open);

/// The right to hold a picture as it came; nobody else holds one meanwhile.
pub(crate) struct Turn(#[expect(dead_code, reason = "it is held, and given back")] SemaphorePermit<'static>);

/// Waits for one's turn.
pub(crate) async fn turn() -> Result<Turn> {
    Ok(Turn(TURNS.acquire().await.map_err(Error::bug)?))
}

impl Turn {
    /// Makes a picture ready to be printed; `None` when it is none that can be.
    pub async fn develop(self, bytes: Vec<u8>, size: PictureSize) -> Result<Option<Picture>> {
        let (ready, wait) = oneshot::channel();
        ROOM.send((bytes, size, ready)).map_err(|_| Error::bug("nobody opens pictures"))?;
        // A decoder that a picture brings down takes nobody else with it.
        Ok(wait.await.unwrap_or(None))
    }
}

fn open() -> mpsc::Sender<Negative> {
    let (brought, negatives) = mpsc::channel::<Negative>();
    let work = move || {
        for (bytes, size, ready) in negatives {
            let read = std::panic::catch_unwind(|| Picture::read(&bytes, size));
            drop(bytes);
            // Whoever asked may be gone.
            let _ = ready.send(read.unwrap_or(None));
        }
    };
    // Where no thread can be had, the first picture says so.
    drop(std::thread::Builder::new().name("darkroom".to_owned()).spawn(work));
    brought
}

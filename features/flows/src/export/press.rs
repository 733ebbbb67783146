//! Where documents are printed: on a thread for work that keeps a processor busy, a few at a time.

use std::time::Duration;

use kernel::limits::{DOCUMENT_PAGES_MAX, DOCUMENT_PICTURE_BYTES_MAX, DOCUMENTS_AT_ONCE};
use kernel::{Error, Result};
use paper::{About, Paper, Picture, Spoiled};
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio::task::{JoinHandle, spawn_blocking};

/// How long somebody waits for a press, after their turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pieces that wait for the press; whoever brings more waits with them.
const PIECES: usize = 4;

/// Dots of a picture's longer side, so that it can be studied, and so that it is known again.
const SIDE: u32 = 900;
const SIDE_SMALL: u32 = 420;

static PRESSES: Semaphore = Semaphore::const_new(DOCUMENTS_AT_ONCE);

/// The right to print a document. Its reader has no say in how long it is held.
pub(crate) type Place = SemaphorePermit<'static>;

/// Waits for a press.
///
/// # Errors
/// [`Error::Unavailable`] when none is free for too long.
pub(crate) async fn place() -> Result<Place> {
    let free = tokio::time::timeout(PATIENCE, PRESSES.acquire()).await;
    free.map_err(|_| Error::unavailable("too many documents are being printed"))?.map_err(Error::bug)
}

type Piece = Box<dyn FnOnce(&mut Paper) -> Result<(), Spoiled> + Send>;

enum Order {
    Print(Piece),
    Finish,
}

/// A document that is being printed. When it is dropped before it is finished, the press stops.
pub(crate) struct Press {
    orders: mpsc::Sender<Order>,
    printed: JoinHandle<Result<Vec<u8>>>,
    picture_bytes: usize,
}

impl Press {
    /// Puts an empty document on the press.
    pub fn start(about: About) -> Self {
        let (orders, taken) = mpsc::channel(PIECES);
        Self { orders, printed: spawn_blocking(move || print(about, taken)), picture_bytes: 0 }
    }

    /// Adds a piece.
    pub async fn add(&self, piece: impl FnOnce(&mut Paper) + Send + 'static) -> Result<()> {
        let piece = |paper: &mut Paper| {
            piece(paper);
            Ok(())
        };
        self.order(Box::new(piece)).await
    }

    async fn order(&self, piece: Piece) -> Result<()> {
        // Where the press stopped, finishing says why.
        self.orders.send(Order::Print(piece)).await.map_err(|_| Error::unavailable("the press stopped"))
    }

    /// How long the longer side of a picture may be for which there is still room, in dots; `None` when there is none.
    pub fn room_for_a_picture(&self) -> Option<u32> {
        match self.picture_bytes {
            spent if spent >= DOCUMENT_PICTURE_BYTES_MAX => None,
            spent if spent >= DOCUMENT_PICTURE_BYTES_MAX / 2 => Some(SIDE_SMALL),
            _ => Some(SIDE),
        }
    }

    /// Shows a picture.
    pub async fn show(&mut self, picture: Picture) -> Result<()> {
        self.picture_bytes += picture.bytes();
        self.order(Box::new(move |paper| paper.show(picture, 0.0))).await
    }

    /// The document, whole.
    pub async fn finish(self, brought: Result<()>) -> Result<Vec<u8>> {
        if brought.is_ok() {
            let _ = self.orders.send(Order::Finish).await;
        }
        drop(self.orders);
        match (self.printed.await.map_err(Error::bug)?, brought) {
            (Err(why), _) if !is_abandoned(&why) => Err(why),
            (_, Err(why)) => Err(why),
            (printed, Ok(())) => printed,
        }
    }
}

const ABANDONED: &str = "the document was not finished";

fn is_abandoned(error: &Error) -> bool {
    matches!(error, Error::Unavailable { .. })
}

fn print(about: About, mut orders: mpsc::Receiver<Order>) -> Result<Vec<u8>> {
    let mut paper = Paper::new(about);
    while let Some(order) = orders.blocking_recv() {
        match order {
            Order::Print(piece) => piece(&mut paper).map_err(Error::bug)?,
            Order::Finish => return paper.finish().map_err(Error::bug),
        }
        if paper.pages() > DOCUMENT_PAGES_MAX {
            return Err(Error::too_large("document_pages", DOCUMENT_PAGES_MAX as u64));
        }
    }
    Err(Error::unavailable(ABANDONED))
}

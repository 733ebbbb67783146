//! Where documents are printed: on a thread for work that keeps a processor busy, a few at a time.

use std::time::Duration;

use kernel::limits::{DOCUMENT_PAGES_MAX, DOCUMENT_PICTURE_BYTES_MAX, DOCUMENTS_AT_ONCE};
use kernel::{Error, Result};
use paper::{About, Paper, Picture, PictureSize, Spoiled};
use tokio::sync::{Semaphore, SemaphorePermit, mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};

/// How long somebody waits for a press.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pieces that wait for the press; whoever brings more waits with them.
const PIECES: usize = 4;

static PRESSES: Semaphore = Semaphore::const_new(DOCUMENTS_AT_ONCE);
/// Pictures are fetched and opened one at a time, however many documents are being printed: each takes much memory.
static PICTURES: Semaphore = Semaphore::const_new(1);

/// The right to hold a document in memory, from its first page until it was handed over.
pub(crate) type Place = SemaphorePermit<'static>;

/// Waits for a press.
///
/// # Errors
/// [`Error::Unavailable`] when none is free for too long.
pub(crate) async fn place() -> Result<Place> {
    let free = tokio::time::timeout(PATIENCE, PRESSES.acquire()).await;
    free.map_err(|_| Error::unavailable("too many documents are being printed"))?.map_err(Error::bug)
}

/// Waits for the turn to fetch a picture and have it printed.
pub(crate) async fn turn() -> Result<Place> {
    PICTURES.acquire().await.map_err(Error::bug)
}

/// What lies on the press.
pub(crate) struct Sheet {
    pub paper: Paper,
    picture_bytes: usize,
}

impl Sheet {
    /// Shows a picture in the size that there is room for; `false` when it is none that can be shown, or when there is
    /// no room left.
    pub fn show(&mut self, bytes: &[u8], indent: f32) -> Result<bool, Spoiled> {
        let size = match self.picture_bytes {
            spent if spent >= DOCUMENT_PICTURE_BYTES_MAX => return Ok(false),
            spent if spent >= DOCUMENT_PICTURE_BYTES_MAX / 2 => PictureSize::Small,
            _ => PictureSize::Full,
        };
        let Some(picture) = Picture::read(bytes, size) else { return Ok(false) };
        self.picture_bytes += picture.bytes();
        self.paper.show(picture, indent).map(|()| true)
    }
}

type Piece = Box<dyn FnOnce(&mut Sheet) -> Result<(), Spoiled> + Send>;

enum Order {
    Print(Piece),
    Finish,
}

/// A document that is being printed. When it is dropped before it is finished, the press stops.
pub(crate) struct Press {
    orders: mpsc::Sender<Order>,
    printed: JoinHandle<Result<Vec<u8>>>,
}

impl Press {
    /// Puts an empty document on the press.
    pub fn start(about: About) -> Self {
        let (orders, taken) = mpsc::channel(PIECES);
        Self { orders, printed: spawn_blocking(move || print(about, taken)) }
    }

    /// Adds a piece.
    pub async fn add(
        &self,
        piece: impl FnOnce(&mut Sheet) -> Result<(), Spoiled> + Send + 'static,
    ) -> Result<()> {
        // Where the press stopped, finishing says why.
        self.orders.send(Order::Print(Box::new(piece))).await.map_err(|_| stopped())
    }

    /// Adds a piece that is large, and waits until it was printed: no second one is held meanwhile.
    pub async fn add_large(
        &self,
        piece: impl FnOnce(&mut Sheet) -> Result<(), Spoiled> + Send + 'static,
    ) -> Result<()> {
        let (done, wait) = oneshot::channel();
        self.add(move |sheet| {
            let printed = piece(sheet);
            // Whoever asked may be gone.
            let _ = done.send(());
            printed
        })
        .await?;
        wait.await.map_err(|_| stopped())
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

fn stopped() -> Error {
    Error::unavailable("the press stopped")
}

fn is_abandoned(error: &Error) -> bool {
    matches!(error, Error::Unavailable { .. })
}

fn print(about: About, mut orders: mpsc::Receiver<Order>) -> Result<Vec<u8>> {
    let mut sheet = Sheet { paper: Paper::new(about), picture_bytes: 0 };
    while let Some(order) = orders.blocking_recv() {
        match order {
            Order::Print(piece) => piece(&mut sheet).map_err(Error::bug)?,
            Order::Finish => return sheet.paper.finish().map_err(Error::bug),
        }
        if sheet.paper.pages() > DOCUMENT_PAGES_MAX {
            return Err(Error::too_large("document_pages", DOCUMENT_PAGES_MAX as u64));
        }
    }
    Err(Error::unavailable(ABANDONED))
}

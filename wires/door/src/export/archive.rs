//! What belongs into the archive of a chat, brought stretch by stretch and frame by frame.

use std::time::Duration;

use axum::body::Bytes;
use flows::export::Taken;
use futures_util::{Stream, TryStreamExt as _, stream};
use kernel::limits::EXPORTS_AT_ONCE;
use kernel::{Error, Result};
use messaging::{Entry, FileRow};
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};

use super::words::{Head, MessageEntry, PersonEntry, path};
use super::zipping::{self, Part};

/// How long somebody waits until another archive is done.
const PATIENCE: Duration = Duration::from_secs(30);
/// Parts and gulps that wait for who takes them.
const WAITING: usize = 4;

static PLACES: Semaphore = Semaphore::const_new(EXPORTS_AT_ONCE);

type Place = SemaphorePermit<'static>;

/// Waits until an archive may be written.
///
/// # Errors
/// [`Error::Unavailable`] when none may for too long.
pub async fn place() -> Result<Place> {
    let free = tokio::time::timeout(PATIENCE, PLACES.acquire()).await;
    free.map_err(|_| Error::unavailable("too many chats are taken along"))?.map_err(Error::bug)
}

/// The archive's bytes. What goes wrong on the way is its last item, so that nobody takes a part for the whole; who
/// stops taking them stops the work.
pub fn stream(mut taken: Taken, place: Place) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let (out, bytes) = mpsc::channel(WAITING);
    let (parts, brought) = mpsc::channel(WAITING);
    let told = out.clone();
    let thread = tokio::task::spawn_blocking(move || zipping::write(brought, out));
    tokio::spawn(async move {
        let all = bring(&mut taken, &parts).await;
        drop(parts);
        // The thread hands on what it still holds first, so that an error comes behind it.
        let written = thread.await.map_err(Error::bug).flatten();
        if let Err(error) = written.and(all) {
            let _ = told.send(Err(error)).await;
        }
        drop((taken, place));
    });
    stream::unfold(bytes, |mut bytes| async move { bytes.recv().await.map(|next| (next, bytes)) })
}

async fn bring(taken: &mut Taken, parts: &mpsc::Sender<Part>) -> Result<()> {
    let begin = Part::Begin { path: "chat.json".to_owned(), made_ms: taken.asked_ms, is_text: true };
    send(parts, begin).await?;
    bring_messages(taken, parts).await?;
    for first in taken.stretches() {
        for entry in taken.stretch(first).await? {
            let Entry::Said(message) = entry else { continue };
            let files = message.files.iter().enumerate();
            for (number, file) in files.filter(|(_, file)| file.state.is_released()) {
                let begin = Part::Begin {
                    path: path(message.seq, number, &file.name),
                    made_ms: file.made_ms,
                    is_text: file.mime.starts_with("text/"),
                };
                bring_file(taken, parts, begin, file).await?;
            }
        }
    }
    send(parts, Part::Finish).await
}

async fn bring_messages(taken: &mut Taken, parts: &mpsc::Sender<Part>) -> Result<()> {
    let mut text = json(&Head::of(taken))?;
    // The object goes on with what is not known yet.
    text.pop();
    text.extend_from_slice(b",\n\"messages\":[");
    let mut between = "\n";
    for first in taken.stretches() {
        for entry in taken.stretch(first).await? {
            text.extend_from_slice(between.as_bytes());
            text.extend(json(&MessageEntry::of(&entry, &taken.receipts))?);
            between = ",\n";
            if text.len() > 64 << 10 {
                send(parts, Part::Bytes(std::mem::take(&mut text).into())).await?;
            }
        }
    }
    let people: Vec<PersonEntry> = taken.people().into_iter().map(PersonEntry::from).collect();
    text.extend_from_slice(b"],\n\"people\":");
    text.extend(json(&people)?);
    text.extend_from_slice(b"}\n");
    send(parts, Part::Bytes(text.into())).await
}

/// A file whose bytes went meanwhile is left out: its message was deleted.
async fn bring_file(taken: &Taken, parts: &mpsc::Sender<Part>, begin: Part, file: &FileRow) -> Result<()> {
    let house = taken.house();
    let ring = house.vault.ring_of(&house.db, taken.organisation.id).await?;
    let frames = match messaging::files::send(&house.blobs, &ring, file).await {
        Err(Error::NotFound { .. }) => return Ok(()),
        other => other?,
    };
    send(parts, begin).await?;
    let mut frames = std::pin::pin!(frames);
    while let Some(frame) = frames.try_next().await? {
        send(parts, Part::Bytes(frame)).await?;
    }
    Ok(())
}

fn json(words: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(words).map_err(Error::bug)
}

async fn send(parts: &mpsc::Sender<Part>, part: Part) -> Result<()> {
    parts.send(part).await.map_err(|_| Error::unavailable("the archive was cut off"))
}

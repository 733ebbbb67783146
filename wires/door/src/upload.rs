//! Forms with files (multipart/form-data, RFC 7578), read as a stream: never more than a little of one is in memory.

mod file_name;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use flows::ChatRef;
use futures_util::{Stream, stream};
use kernel::limits::{DRAIN_BYTES_MAX, JSON_BODY_BYTES_MAX};
use kernel::{Error, Result};
use messaging::files::{self, FileDraft};
use messaging::{NewFile, Right};
use tokio::time::timeout;

use crate::Caller;
use crate::body::{DRAIN_WITHIN, half_sent};

/// Bytes that are taken in before the reader of the form gets its turn.
const GULP_BYTES: usize = 256 << 10;
/// Bytes that may come without anything of the form in them: beyond it, it is no form but an attack on memory.
const UNREAD_BYTES_MAX: usize = 1 << 20;

/// Bytes of a part's header that names its file. Names are some hundred bytes long.
const DISPOSITION_BYTES_MAX: usize = 4 << 10;

/// A form on its way in.
pub struct Upload {
    form: Multipart,
    unread: Arc<AtomicUsize>,
}

/// One part of a form.
pub struct Part<'a> {
    field: Field<'a>,
    /// What it says its file is called; `None` where it is no file.
    file_name: Option<String>,
    unread: Arc<AtomicUsize>,
}

impl Upload {
    /// Begins to read a form.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the body is none.
    pub async fn open(request: Request) -> Result<Self> {
        let unread = Arc::new(AtomicUsize::new(0));
        let (parts, body) = request.into_parts();
        let gulps = Gulps { body: body.into_data_stream(), unread: unread.clone(), has_paused: false };
        let mut request = Request::from_parts(parts, Body::from_stream(gulps));
        // Each file has a limit of its own.
        DefaultBodyLimit::disable().apply(&mut request);
        let form = Multipart::from_request(request, &()).await;
        let form =
            form.map_err(|_| Error::invalid("body", "not_multipart", "files come as multipart/form-data"))?;
        Ok(Self { form, unread })
    }

    /// The next part; `None` after the last.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the body ends early or is malformed, or a part says too much of itself.
    pub async fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        let field = self.form.next_field().await.map_err(broken)?;
        self.unread.store(0, Ordering::Relaxed);
        let Some(field) = field else { return Ok(None) };
        let disposition = field.headers().get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes);
        if disposition.is_some_and(|said| said.len() > DISPOSITION_BYTES_MAX) {
            return Err(Error::invalid("body", "file_name_length", "the header of a part is too long"));
        }
        let file_name = disposition.and_then(|said| file_name::file_name(&String::from_utf8_lossy(said)));
        Ok(Some(Part { field, file_name, unread: self.unread.clone() }))
    }

    /// Reads and throws away the rest, up to 32 MB and ten seconds: a client that still sends must be listened to, or
    /// it never hears the answer.
    pub async fn drain(mut self) {
        let mut length = 0;
        let reading = async {
            while let Ok(Some(mut part)) = self.next_part().await {
                while let Ok(Some(chunk)) = part.chunk().await {
                    length += chunk.len();
                    if length > DRAIN_BYTES_MAX {
                        return;
                    }
                }
            }
        };
        // However it ends, nothing more is read.
        drop(timeout(DRAIN_WITHIN, reading).await);
    }
}

impl Part<'_> {
    /// Its name in the form.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// The name of its file; empty when it has none.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.file_name.as_deref().unwrap_or_default()
    }

    /// Passes over a part that nobody asked for, as over an unknown field; but a file may not be lost without a word.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is a file.
    pub fn pass(self) -> Result<()> {
        match self.file_name {
            None => Ok(()),
            Some(_) => Err(Error::invalid("body", "unknown_part", "a file in a part that is not asked for")),
        }
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the body ends early or is malformed.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = self.field.chunk().await.map_err(broken)?;
        self.unread.store(0, Ordering::Relaxed);
        Ok(chunk)
    }

    /// The whole part as text.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond a megabyte, [`Error::Invalid`] when it is not UTF-8.
    pub async fn text(mut self) -> Result<String> {
        let mut text = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            text.extend_from_slice(&chunk);
            if text.len() > JSON_BODY_BYTES_MAX {
                return Err(Error::too_large("message_bytes", JSON_BODY_BYTES_MAX as u64));
            }
        }
        String::from_utf8(text).map_err(|_| Error::invalid("message", "not_utf8", "text is UTF-8"))
    }

    /// Takes the part in as a file of the caller's organisation, sealed while it streams.
    ///
    /// # Errors
    /// As [`files::receive`].
    pub async fn keep(self, caller: &Caller) -> Result<NewFile> {
        let mime = self.field.content_type().map(str::to_owned);
        let said = FileDraft { name: self.file_name().to_owned(), mime };
        let house = &caller.house;
        let ring = house.vault.ring_of(&house.db, caller.actor.organisation).await?;
        let bytes =
            stream::try_unfold(
                self,
                |mut part| async move { Ok(part.chunk().await?.map(|chunk| (chunk, part))) },
            );
        files::receive(&house.blobs, &ring, (&house.clock, &house.rng), &said, bytes).await
    }
}

/// Passes when the caller may post here: who may not must not fill the disk either.
///
/// # Errors
/// As [`flows::chats::find`].
pub async fn may_post(caller: &Caller, chat: ChatRef) -> Result<()> {
    caller
        .read(chat, |tx, actor, chat| {
            Box::pin(async move { flows::chats::find(tx, actor, *chat, Right::Post).await.map(drop) })
        })
        .await
}

/// Takes received files off the disk again, since their message was refused. A commit whose fate is not known may
/// name them: then the sweep decides.
pub async fn discard(caller: &Caller, received: &[NewFile], why: &Error) {
    if matches!(why, Error::Unavailable { .. }) {
        return;
    }
    for file in received {
        if let Err(error) = files::discard(&caller.house.blobs, file).await {
            tracing::warn!(?error, "a refused file stays for the sweep");
        }
    }
}

fn broken(_: MultipartError) -> Error {
    half_sent()
}

/// A body that pauses after each gulp until the form's reader has looked at it, since that reader takes in all that
/// is there before it looks, and that ends when the reader finds nothing of a form for too long.
struct Gulps {
    body: BodyDataStream,
    unread: Arc<AtomicUsize>,
    has_paused: bool,
}

impl Stream for Gulps {
    type Item = std::result::Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let unread = self.unread.load(Ordering::Relaxed);
        if unread >= UNREAD_BYTES_MAX {
            return Poll::Ready(Some(Err(axum::Error::new("nothing of a form for too long"))));
        }
        if unread >= GULP_BYTES && !self.has_paused {
            self.has_paused = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.has_paused = false;
        let polled = Pin::new(&mut self.body).poll_next(context);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            self.unread.fetch_add(chunk.len(), Ordering::Relaxed);
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::pending;
    use std::time::Duration;

    use axum::http::header::CONTENT_TYPE;
    use tokio::time::Instant;

    use super::*;

    /// A form whose body is this start, then as many kilobytes of `a` as asked for, all there at once, then this
    /// end; and how much of it was taken in.
    fn form(start: &str, kilobytes: usize, end: &str) -> (Request, Arc<AtomicUsize>) {
        let taken = Arc::new(AtomicUsize::new(0));
        let (count, filler) = (taken.clone(), Bytes::from(vec![b'a'; 16 << 10]));
        let chunks = std::iter::once(Bytes::from(start.to_owned()))
            .chain(std::iter::repeat_n(filler, kilobytes / 16))
            .chain(std::iter::once(Bytes::from(end.to_owned())));
        let chunks = chunks.map(move |chunk| {
            count.fetch_add(chunk.len(), Ordering::Relaxed);
            Ok::<_, std::io::Error>(chunk)
        });
        let body = Body::from_stream(stream::iter(chunks));
        let request = Request::builder().header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        (request.body(body).expect("a request"), taken)
    }

    #[tokio::test]
    async fn what_holds_nothing_of_a_form_is_not_gathered_in_memory() {
        let endless_header = "--x\r\nContent-Disposition: form-data; name=\"";
        for start in ["", "no form at all ", endless_header] {
            let (request, taken) = form(start, 64 << 10, "");
            let mut upload = Upload::open(request).await.expect("a form so far");
            assert!(matches!(upload.next_part().await, Err(Error::Invalid { .. })), "{start}");
            assert!(taken.load(Ordering::Relaxed) < 2 * UNREAD_BYTES_MAX, "{start}");
        }
    }

    #[tokio::test]
    async fn a_long_part_streams_through_gulp_by_gulp() {
        let start = "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\n";
        let (request, taken) = form(start, 20 << 10, "\r\n--x--\r\n");
        let mut upload = Upload::open(request).await.expect("a form");
        let mut part = upload.next_part().await.expect("whole").expect("a part");
        let mut length = 0;
        while let Some(chunk) = part.chunk().await.expect("whole") {
            length += chunk.len();
            assert!(taken.load(Ordering::Relaxed) < length + UNREAD_BYTES_MAX, "no more than a gulp ahead");
        }
        assert_eq!(length, 20 << 20);
    }

    #[tokio::test(start_paused = true)]
    async fn the_rest_of_a_refused_form_that_drips_is_left_after_ten_seconds() {
        let start = "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\n";
        let drips = stream::unfold(Some(start), |start| async move {
            if start.is_none() {
                timeout(Duration::from_secs(1), pending::<()>()).await.unwrap_err();
            }
            Some((Ok::<_, Infallible>(Bytes::from_static(start.unwrap_or("a drop").as_bytes())), None))
        });
        let request = Request::builder().header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        let request = request.body(Body::from_stream(drips)).expect("a request");
        let begun = Instant::now();
        Upload::open(request).await.expect("a form").drain().await;
        assert_eq!(begun.elapsed(), DRAIN_WITHIN);
    }
}

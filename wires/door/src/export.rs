//! A chat on its way out as a document, or as an archive of data and files. Both name the chat and are saved, never
//! shown in place.

mod archive;
pub mod words;
mod zipping;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::response::Response;
use flows::ChatRef;
use flows::export::{Document, Span};
use futures_util::{Stream, stream};
use identity::Language;
use kernel::limits::{DOCUMENT_BYTES_PER_SECOND, DOCUMENT_TAKEN_WITHIN_SECONDS};
use kernel::{Clock, Error, Result};

use crate::Caller;
use crate::download::{Described, Stands, while_it_stands};

pub use words::ChatFile;

/// Bytes of a document that are handed over at once.
const CHUNK_BYTES: usize = 64 << 10;

/// The chat as a PDF, in the language of the page that it is asked from, or else in that of the caller's account.
///
/// # Errors
/// As [`flows::export::document`].
pub async fn pdf(
    caller: &Caller,
    chat: ChatRef,
    span: Span,
    language: Option<Language>,
    stands: impl Stands,
) -> Result<Response> {
    let document = flows::export::document(&caller.house, &caller.actor, chat, span, language).await?;
    let name = messaging::files::safe_name(&format!("{}.pdf", document.title));
    let size = u64::try_from(document.bytes.len()).ok();
    let described = Described { name: &name, mime: "application/pdf", size };
    let Document { bytes, held, .. } = document;
    respond(caller, &described, stands, in_chunks(bytes.into(), held, caller.house.clock.clone()))
}

/// The chat as an archive: `chat.json` and its files.
///
/// # Errors
/// As [`flows::export::turn`] and [`flows::export::begin`]; [`Error::Unavailable`] when too many are being taken along.
pub async fn archive(caller: &Caller, chat: ChatRef, span: Span, stands: impl Stands) -> Result<Response> {
    let turn = flows::export::turn(&caller.house, &caller.actor, chat).await?;
    let place = archive::place().await?;
    let taken = flows::export::begin(&caller.house, &caller.actor, turn, chat, span).await?;
    let described = Described { name: "chat.zip", mime: "application/zip", size: None };
    respond(caller, &described, stands, archive::stream(taken, place))
}

fn respond(
    caller: &Caller,
    described: &Described<'_>,
    stands: impl Stands,
    bytes: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Result<Response> {
    let bytes = while_it_stands(caller.house.clock.clone(), stands, bytes);
    let mut response = Response::new(Body::from_stream(bytes));
    let headers: &mut HeaderMap = response.headers_mut();
    described.onto(headers)?;
    Ok(response)
}

/// The document's room is free again once its last byte was taken, and another turn of its reader's is. Who is slower
/// than a document may be taken loses the rest of it, so that a few who hardly take anything do not keep all the room.
fn in_chunks(
    bytes: Bytes,
    held: impl Send + 'static,
    clock: Clock,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let taken_by_ms = clock.now_ms() + taken_within_ms(bytes.len());
    stream::try_unfold((bytes, held), move |(mut rest, held)| {
        let is_late = clock.now_ms() > taken_by_ms;
        async move {
            if rest.is_empty() {
                return Ok(None);
            }
            if is_late {
                return Err(Error::unavailable("a document was taken too slowly"));
            }
            let chunk = rest.split_to(rest.len().min(CHUNK_BYTES));
            Ok(Some((chunk, (rest, held))))
        }
    })
}

/// How long a document of so many bytes may be on its way to its reader.
fn taken_within_ms(bytes: usize) -> i64 {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    (DOCUMENT_TAKEN_WITHIN_SECONDS + bytes / DOCUMENT_BYTES_PER_SECOND) * 1_000
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;

    use futures_util::{StreamExt as _, TryStreamExt as _};
    use jiff::SignedDuration;

    use super::*;

    /// So much that its reader has three minutes.
    const BYTES: usize = 60 * (32 << 10);

    fn clock() -> Clock {
        Clock::set_to("2026-03-02T08:00:00Z".parse().unwrap())
    }

    #[tokio::test]
    async fn a_document_that_is_taken_slowly_comes_whole_and_its_room_is_free_then() {
        let (clock, room) = (clock(), Arc::new(()));
        let mut chunks = pin!(in_chunks(vec![7; BYTES].into(), room.clone(), clock.clone()));
        let (mut taken, step) = (0, SignedDuration::from_secs(6));
        while let Some(chunk) = chunks.try_next().await.unwrap() {
            assert_eq!(Arc::strong_count(&room), 2);
            taken += chunk.len();
            clock.pass(step);
        }
        assert_eq!((taken, Arc::strong_count(&room)), (BYTES, 1));
    }

    #[tokio::test]
    async fn who_takes_a_document_too_slowly_loses_the_rest_and_the_room_is_free() {
        let (clock, room) = (clock(), Arc::new(()));
        let mut chunks = pin!(in_chunks(vec![7; BYTES].into(), room.clone(), clock.clone()));
        assert_eq!(chunks.next().await.unwrap().unwrap().len(), CHUNK_BYTES);
        clock.pass(SignedDuration::from_secs(180));
        assert!(chunks.next().await.unwrap().is_ok(), "just in time");
        clock.pass(SignedDuration::from_secs(1));
        let cut = chunks.next().await.unwrap().unwrap_err();
        assert!(matches!(cut, Error::Unavailable { .. }), "{cut:?}");
        assert!(chunks.next().await.is_none());
        assert_eq!(Arc::strong_count(&room), 1);
    }
}

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
use kernel::{Error, Result};
use messaging::Right;

use crate::Caller;
use crate::download::{Described, Stands, while_it_stands};

pub use words::ChatFile;

/// Bytes of a document that are handed over at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Whether the caller may take this chat along at all: what is asked before they are told where it is.
///
/// # Errors
/// As [`flows::chats::open`].
pub async fn may_take(caller: &Caller, chat: ChatRef) -> Result<ChatRef> {
    let asked = caller.read(chat, |tx, actor, chat| {
        Box::pin(async move {
            flows::chats::open(tx, actor, *chat, Right::ReadOne).await.map(|open| ChatRef::of(&open))
        })
    });
    asked.await
}

/// The chat as a PDF.
///
/// # Errors
/// As [`flows::export::document`].
pub async fn pdf(caller: &Caller, chat: ChatRef, span: Span, stands: impl Stands) -> Result<Response> {
    let document = flows::export::document(&caller.house, &caller.actor, chat, span).await?;
    let name = messaging::files::safe_name(&format!("{}.pdf", document.title));
    let size = u64::try_from(document.bytes.len()).ok();
    let described = Described { name: &name, mime: "application/pdf", size };
    respond(caller, &described, stands, in_chunks(document))
}

/// The chat as an archive: `chat.json` and its files.
///
/// # Errors
/// As [`flows::export::begin`]; [`Error::Unavailable`] when too many are being taken along.
pub async fn archive(caller: &Caller, chat: ChatRef, span: Span, stands: impl Stands) -> Result<Response> {
    let place = archive::place().await?;
    let taken = flows::export::begin(&caller.house, &caller.actor, chat, span).await?;
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

/// The document's place at the press is free again once its last byte was taken.
fn in_chunks(document: Document) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let Document { bytes, place, .. } = document;
    stream::unfold((Bytes::from(bytes), place), |(mut rest, place)| async move {
        if rest.is_empty() {
            return None;
        }
        let chunk = rest.split_to(rest.len().min(CHUNK_BYTES));
        Some((Ok::<_, Error>(chunk), (rest, place)))
    })
}

//! A chat on its way out as a document, or as an archive of data and files. Both name the chat and are saved, never
//! shown in place.

mod archive;
mod handing;
pub mod words;
mod zipping;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::response::Response;
use flows::ChatRef;
use flows::export::{Document, Span};
use futures_util::{Stream, stream};
use identity::Language;
use kernel::Result;

use crate::Caller;
use crate::download::{Described, Stands, while_it_stands};
use handing::in_time;

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
    // The document's room is free again once its last chunk waits to be taken, and another turn of its reader's is.
    respond(caller, &described, stands, in_time(in_chunks(bytes.into()), held))
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
    respond(caller, &described, stands, in_time(archive::stream(taken, place), ()))
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

/// Each chunk is a copy, so that one that waits at a slow reader's does not keep the whole document.
fn in_chunks(mut rest: Bytes) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    stream::iter(std::iter::from_fn(move || {
        (!rest.is_empty()).then(|| Ok(Bytes::copy_from_slice(&rest.split_to(rest.len().min(CHUNK_BYTES)))))
    }))
}

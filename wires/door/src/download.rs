//! A file on its way out of a chat: never shown in place, and only for as long as who asked may have it.

use std::future::Future;
use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, Stream, StreamExt, stream};
use identity::protocol::form::encode;
use kernel::{Clock, Error, Result};
use messaging::FileRow;

use crate::Caller;

/// How long a download goes on before it is asked again whether the caller stands.
const LOOK_EVERY_MS: i64 = 1_000;

/// The bytes of a file that a door gave the caller. They break off within a second after `stands` says no.
///
/// # Errors
/// [`Error::Unavailable`] when the disk or the store refuses.
pub async fn answer(caller: &Caller, row: &FileRow, stands: impl Stands) -> Result<Response> {
    let house = &caller.house;
    let ring = house.vault.ring_of(&house.db, caller.actor.organisation).await?;
    let bytes = messaging::files::send(&house.blobs, &ring, row).await?;
    let bytes = while_it_stands(house.clock.clone(), stands, bytes);
    let mut response = Response::new(Body::from_stream(bytes));
    Described { name: &row.name, mime: &row.mime, size: Some(row.size) }.onto(response.headers_mut())?;
    Ok(response)
}

/// What the headers of a download say of it.
pub(crate) struct Described<'a> {
    /// What it is to be saved as.
    pub name: &'a str,
    /// What it is.
    pub mime: &'a str,
    /// Its length in bytes, where that is known.
    pub size: Option<u64>,
}

impl Described<'_> {
    /// The name goes as RFC 8187 writes it, below RFC 6266.
    pub(crate) fn onto(&self, headers: &mut HeaderMap) -> Result<()> {
        let name = format!("attachment; filename*=UTF-8''{}", encode(self.name));
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(self.mime).map_err(Error::bug)?);
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::bug)?);
        if let Some(size) = self.size {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
        }
        protect(headers);
        Ok(())
    }
}

fn protect(headers: &mut HeaderMap) {
    for (header, value) in [
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "private, no-store"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(header, HeaderValue::from_static(value));
    }
}

/// Asks whether who downloads something may still have it.
pub trait Stands: Send + 'static {
    /// An error when they may not.
    fn ask(&self) -> BoxFuture<'static, Result<()>>;
}

impl<S, F> Stands for S
where
    S: Fn() -> F + Send + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    fn ask(&self) -> BoxFuture<'static, Result<()>> {
        self().boxed()
    }
}

/// The same bytes, cut off within a second after `stands` says no.
pub(crate) fn while_it_stands(
    clock: Clock,
    stands: impl Stands,
    bytes: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send {
    let asked_ms = clock.now_ms();
    let state = (clock, stands, Box::pin(bytes), asked_ms);
    stream::try_unfold(state, |(clock, stands, mut bytes, mut asked_ms)| async move {
        let now_ms = clock.now_ms();
        if now_ms - asked_ms >= LOOK_EVERY_MS {
            asked_ms = now_ms;
            stands.ask().await.map_err(cut)?;
        }
        match bytes.next().await {
            Some(chunk) => Ok(Some((chunk.map_err(cut)?, (clock, stands, bytes, asked_ms)))),
            None => Ok(None),
        }
    })
}

fn cut(error: Error) -> io::Error {
    tracing::warn!(?error, "a download was cut off");
    io::Error::other("cut off")
}

//! Bodies that come too slowly end, so that nobody can hold a connection with a byte now and then.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use futures_util::{StreamExt as _, stream};
use tokio::time::timeout;

/// A client that sends nothing of its body for so long is let go.
const NEXT_WITHIN: Duration = Duration::from_secs(30);

/// The body, failing when its sender falls silent.
pub fn impatient(body: Body) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let chunks = stream::unfold(Some(body.into_data_stream()), async |chunks| {
        let mut chunks = chunks?;
        match timeout(NEXT_WITHIN, chunks.next()).await {
            Ok(Some(chunk)) => Some((chunk, Some(chunks))),
            Ok(None) => None,
            Err(_) => Some((Err(silent()), None)),
        }
    });
    Body::from_stream(chunks)
}

fn silent() -> axum::Error {
    axum::Error::new(std::io::Error::new(std::io::ErrorKind::TimedOut, "the body came too slowly"))
}

//! Request bodies: read up to a limit, and drained a while beyond it so that the client hears the refusal.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use futures_util::StreamExt;
use kernel::limits::DRAIN_BYTES_MAX;
use kernel::{Error, Result};
use tokio::time::timeout;

/// How long a body that is refused unseen is read on. Its connection is not worth more.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// The whole body, when it is not longer than `most` bytes.
///
/// A client that still sends when the answer comes sees a broken pipe and never reads the answer, so what is too
/// long is read on and thrown away, up to 32 MB.
///
/// # Errors
/// [`Error::TooLarge`] beyond `most`; [`Error::Invalid`] when the client stopped half-way.
pub async fn whole(body: Body, most: usize) -> Result<Bytes> {
    let mut stream = body.into_data_stream();
    let mut first: Option<Bytes> = None;
    let mut rest = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| half_sent())?;
        length += chunk.len();
        if length > most {
            drain(&mut stream, length).await;
            return Err(Error::too_large("request_body_bytes", u64::try_from(most).unwrap_or(u64::MAX)));
        }
        match &first {
            None => first = Some(chunk),
            Some(start) => {
                if rest.is_empty() {
                    rest.extend_from_slice(start);
                }
                rest.extend_from_slice(&chunk);
            }
        }
    }
    Ok(if rest.is_empty() { first.unwrap_or_default() } else { rest.into() })
}

/// Reads and throws away a body that is refused unseen, up to 32 MB and ten seconds. A client that waits to be told to send it
/// (RFC 9110 section 10.1.1) hears the refusal instead.
pub async fn refuse(headers: &HeaderMap, body: Body) {
    if !headers.contains_key(EXPECT) {
        drop(timeout(DRAIN_WITHIN, drain(&mut body.into_data_stream(), 0)).await);
    }
}

/// Reads and throws away what is left of a refused body.
pub async fn drain(
    stream: &mut (impl futures_util::Stream<Item = Result<Bytes, axum::Error>> + Unpin),
    read: usize,
) {
    let mut length = read;
    while length <= DRAIN_BYTES_MAX {
        match stream.next().await {
            Some(Ok(chunk)) => length += chunk.len(),
            _ => return,
        }
    }
}

/// The body ended before its announced end.
#[must_use]
pub fn half_sent() -> Error {
    Error::invalid("body", "body_incomplete", "the request body ended early")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::pending;

    use futures_util::stream;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_refused_body_that_drips_is_left_after_ten_seconds_and_one_that_ends_at_once() {
        let drips = stream::unfold((), |()| async {
            timeout(Duration::from_secs(1), pending::<()>()).await.unwrap_err();
            Some((Ok::<_, Infallible>(Bytes::from_static(&[b'a'; 1_024])), ()))
        });
        let begun = Instant::now();
        refuse(&HeaderMap::new(), Body::from_stream(drips)).await;
        assert_eq!(begun.elapsed(), DRAIN_WITHIN);
        refuse(&HeaderMap::new(), Body::from("a whole body")).await;
        assert_eq!(begun.elapsed(), DRAIN_WITHIN);
    }
}

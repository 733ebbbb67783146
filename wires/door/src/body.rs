//! Request bodies: read up to a limit, and drained a while beyond it so that the client hears the refusal.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use futures_util::StreamExt;
use kernel::limits::DRAIN_BYTES_MAX;
use kernel::{Error, Result};
use tokio::time::timeout;

/// How long a body that is refused is read on. Its connection is not worth more.
pub const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// The whole body, when it is not longer than `most` bytes.
///
/// A client that still sends when the answer comes sees a broken pipe and never reads the answer, so what is too
/// long is read on and thrown away, up to 32 MB and ten seconds.
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
            drain(stream, length).await;
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

/// Reads and throws away a body that is refused unseen, up to 32 MB and ten seconds. A client that waits to be told to
/// send it (RFC 9110 section 10.1.1) hears the refusal instead.
pub async fn refuse(headers: &HeaderMap, body: Body) {
    if !headers.contains_key(EXPECT) {
        drain(body.into_data_stream(), 0).await;
    }
}

/// Reads and throws away what is left of a refused body.
async fn drain(mut stream: BodyDataStream, read: usize) {
    let mut length = read;
    let reading = async {
        while let Some(Ok(chunk)) = stream.next().await {
            length += chunk.len();
            if length > DRAIN_BYTES_MAX {
                return;
            }
        }
    };
    // However it ends, nothing more is read.
    drop(timeout(DRAIN_WITHIN, reading).await);
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

    /// A kilobyte a second, without end.
    fn drips() -> Body {
        let drips = stream::unfold((), |()| async {
            timeout(Duration::from_secs(1), pending::<()>()).await.unwrap_err();
            Some((Ok::<_, Infallible>(Bytes::from_static(&[b'a'; 1_024])), ()))
        });
        Body::from_stream(drips)
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_body_that_drips_is_left_after_ten_seconds_and_one_that_ends_at_once() {
        let begun = Instant::now();
        refuse(&HeaderMap::new(), drips()).await;
        assert_eq!(begun.elapsed(), DRAIN_WITHIN);
        refuse(&HeaderMap::new(), Body::from("a whole body")).await;
        assert_eq!(begun.elapsed(), DRAIN_WITHIN);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_grows_too_long_drop_by_drop_is_left_ten_seconds_later() {
        let begun = Instant::now();
        let refused = whole(drips(), 3 * 1_024).await;
        assert!(matches!(refused, Err(Error::TooLarge { .. })));
        assert_eq!(begun.elapsed(), Duration::from_secs(4) + DRAIN_WITHIN);
    }
}

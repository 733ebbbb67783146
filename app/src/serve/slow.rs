//! Bodies that come too slowly end, so that nobody can hold a connection with a byte now and then.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout};

/// A client that sends nothing of its body for so long is let go.
const NEXT_WITHIN: Duration = Duration::from_secs(30);
/// So long a body may be waited for, whatever comes of it; from then on each second must be paid for.
const WAIT_FREE: Duration = Duration::from_secs(30);
/// What has to come for a second of waiting.
const BYTES_PER_SECOND: u64 = 1_024;

/// The body, failing when its sender falls silent or only drips.
pub fn impatient(body: Body) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let sender = Sender { chunks: body.into_data_stream(), come: 0, waited: Duration::ZERO };
    Body::from_stream(stream::unfold(Some(sender), async |sender| {
        let mut sender = sender?;
        match sender.next().await {
            Some(Ok(chunk)) => Some((Ok(chunk), Some(sender))),
            Some(Err(error)) => Some((Err(error), None)),
            None => None,
        }
    }))
}

struct Sender {
    chunks: BodyDataStream,
    /// Bytes that have come.
    come: u64,
    /// How long they were waited for. The time in which nobody asked for more is not the sender's.
    waited: Duration,
}

impl Sender {
    async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        let paid = WAIT_FREE + Duration::from_secs(self.come / BYTES_PER_SECOND);
        let patience = NEXT_WITHIN.min(paid.saturating_sub(self.waited));
        let asked = Instant::now();
        let chunk = timeout(patience, self.chunks.next()).await.unwrap_or_else(|_| Some(Err(too_slow())));
        self.waited += asked.elapsed();
        if let Some(Ok(chunk)) = &chunk {
            self.come += chunk.len() as u64;
        }
        chunk
    }
}

fn too_slow() -> axum::Error {
    axum::Error::new(std::io::Error::new(std::io::ErrorKind::TimedOut, "the body came too slowly"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of so many chunks of this size, one each so many seconds; how many of them came through, and whether
    /// it came to its end.
    async fn send(chunks: usize, size: usize, every_s: u64) -> (usize, bool) {
        let chunks = stream::unfold(0, move |sent| async move {
            timeout(Duration::from_secs(every_s), std::future::pending::<()>()).await.unwrap_err();
            (sent < chunks).then(|| (Ok::<_, std::io::Error>(Bytes::from(vec![b'a'; size])), sent + 1))
        });
        let mut body = impatient(Body::from_stream(chunks)).into_data_stream();
        let mut come = 0;
        loop {
            match body.next().await {
                Some(Ok(_)) => come += 1,
                Some(Err(_)) => return (come, false),
                None => return (come, true),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_does_not_hold_a_place_for_ever() {
        assert_eq!(send(1_000, 1, 29).await, (1, false));
        let (come, is_whole) = send(1_000, 512, 1).await;
        assert!((50..70).contains(&come) && !is_whole, "half the rate buys as much again: {come}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_link_that_goes_on_is_waited_for_and_one_that_falls_silent_is_not() {
        assert_eq!(send(1_000, 20 << 10, 20).await, (1_000, true), "for more than five hours");
        assert_eq!(send(10, 10 << 20, 31).await, (0, false));
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_in_which_nobody_reads_does_not_count_against_the_sender() {
        let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(b"a"))).take(50);
        let mut body = impatient(Body::from_stream(chunks)).into_data_stream();
        let mut come = 0;
        while let Some(chunk) = body.next().await {
            chunk.expect("it was there all the time");
            come += 1;
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        assert_eq!(come, 50);
    }
}

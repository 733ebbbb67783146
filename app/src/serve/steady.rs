//! A connection whose other side must take what it is sent: it need not be quick, but it may neither stand still nor take
//! a byte now and then.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, timeout};

/// A client that takes nothing of its answer for so long is let go; so is one that makes us wait for so long beyond what
/// it pays for.
pub(super) const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// What has to be taken for a second of waiting. More than [`TAKEN_WITHIN`] is not saved up by who was quick before.
const BYTES_PER_SECOND: u64 = 1_024;

/// A stream whose writes fail when they stand still, or come to little.
pub struct Steady<S, H = ()> {
    stream: S,
    /// What is held while the stream is open, also by a websocket that outlives the connection's HTTP.
    _held: H,
    /// For how long the other side may still make us wait.
    patience: Duration,
    /// Since when, and until when, a write waits; nothing that waits to be sent is not a stand-still.
    waiting: Option<(Instant, BoxFuture<'static, ()>)>,
}

impl<S, H> Steady<S, H> {
    /// The stream, with patience, and what is to be given back when it is closed.
    pub fn new(stream: S, held: H) -> Self {
        Self { stream, _held: held, patience: TAKEN_WITHIN, waiting: None }
    }

    /// What came of writing so many bytes, or of flushing.
    fn watched(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(taken) = &polled {
            if let Some((since, _)) = self.waiting.take() {
                self.patience = self.patience.saturating_sub(since.elapsed());
            }
            let taken = u64::try_from(*taken.as_ref().unwrap_or(&0)).unwrap_or_default();
            let paid = Duration::from_micros(taken.saturating_mul(1_000_000) / BYTES_PER_SECOND);
            self.patience = self.patience.saturating_add(paid).min(TAKEN_WITHIN);
            return polled;
        }
        let patience = self.patience;
        let begin = || {
            let end = timeout(patience, std::future::pending::<()>()).map(drop).boxed();
            (Instant::now(), end)
        };
        let (_, end) = self.waiting.get_or_insert_with(begin);
        end.poll_unpin(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    fn watched_end(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<()>>,
    ) -> Poll<io::Result<()>> {
        self.watched(context, polled.map_ok(|()| 0)).map_ok(drop)
    }
}

impl<S: AsyncRead + Unpin, H: Unpin> AsyncRead for Steady<S, H> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin, H: Unpin> AsyncWrite for Steady<S, H> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.watched(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.watched_end(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watched_end(context, polled)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::advance;

    use super::*;

    const ANSWER: [u8; 10_000] = [b'a'; 10_000];

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_an_answer_is_let_go() {
        let (ours, mut theirs) = duplex(64);
        let (mut ours, begun) = (Steady::new(ours, ()), Instant::now());
        let refused = ours.write_all(&ANSWER).await.expect_err("nobody takes it");
        assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= TAKEN_WITHIN);
        drop(ours);
        let mut taken = Vec::new();
        theirs.read_to_end(&mut taken).await.unwrap();
        assert_eq!(taken.len(), 64, "what was underway");
    }

    /// Takes so many bytes every so many seconds, until all is taken or nothing more comes; what was taken, and whether
    /// all of it could be written.
    async fn take(size: usize, every_s: u64) -> (usize, bool) {
        let (ours, mut theirs) = duplex(size);
        let mut ours = Steady::new(ours, ());
        let writing = tokio::spawn(async move { ours.write_all(&ANSWER).await.is_ok() });
        let mut taken = 0;
        loop {
            timeout(Duration::from_secs(every_s), std::future::pending::<()>()).await.unwrap_err();
            let mut some = vec![0; size];
            match theirs.read(&mut some).await.unwrap() {
                0 => return (taken, writing.await.unwrap()),
                length => taken += length,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_link_gets_it_all_and_a_byte_now_and_then_is_not_enough() {
        assert_eq!(take(1_024, 1).await, (ANSWER.len(), true));
        let (taken, is_whole) = take(64, 1).await;
        assert!(
            (1_900..2_300).contains(&taken) && !is_whole,
            "a sixteenth of the rate for 32 seconds: {taken}"
        );
        let (taken, is_whole) = take(64, 20).await;
        assert!(taken <= 192 && !is_whole, "{taken}");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_no_stand_still_and_what_was_taken_at_once_buys_no_more_time() {
        let (ours, mut theirs) = duplex(64);
        let mut ours = Steady::new(ours, ());
        let mut taken = vec![0; ANSWER.len()];
        let (written, read) = tokio::join!(ours.write_all(&ANSWER), theirs.read_exact(&mut taken));
        assert!(written.is_ok() && read.is_ok());
        advance(TAKEN_WITHIN * 100).await;
        ours.write_all(b"and a word later").await.expect("nothing waited to be sent");
        let begun = Instant::now();
        ours.write_all(&ANSWER).await.expect_err("nobody takes it");
        assert!((TAKEN_WITHIN..TAKEN_WITHIN * 2).contains(&begun.elapsed()));
    }
}

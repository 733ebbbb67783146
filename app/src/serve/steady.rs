//! A connection whose other side must take what it is sent: it need not be quick, but it may not stand still.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;

/// A client that takes nothing of its answer for so long is let go.
pub(super) const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// A stream whose writes fail when they stand still.
pub struct Steady<S, H = ()> {
    stream: S,
    /// What is held while the stream is open, also by a websocket that outlives the connection's HTTP.
    _held: H,
    /// Runs from the first write that nothing was taken of; nothing that waits to be sent is not a stand-still.
    patience: Option<BoxFuture<'static, ()>>,
}

impl<S, H> Steady<S, H> {
    /// The stream, with patience, and what is to be given back when it is closed.
    pub fn new(stream: S, held: H) -> Self {
        Self { stream, _held: held, patience: None }
    }

    fn watched<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.patience = None;
            return polled;
        }
        let begin = || timeout(TAKEN_WITHIN, std::future::pending::<()>()).map(drop).boxed();
        let patience = self.patience.get_or_insert_with(begin);
        patience.poll_unpin(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
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
        self.watched(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watched(context, polled)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::{Instant, advance};

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

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_little_now_and_then_gets_it_all_and_silence_is_no_stand_still() {
        let (ours, mut theirs) = duplex(64);
        let mut ours = Steady::new(ours, ());
        let writing = tokio::spawn(async move {
            ours.write_all(&ANSWER).await?;
            advance(TAKEN_WITHIN * 100).await;
            ours.write_all(b"and a word later").await
        });
        let mut taken = Vec::<u8>::new();
        while taken.len() < ANSWER.len() + 16 {
            let wait = timeout(Duration::from_secs(20), std::future::pending::<()>());
            wait.await.unwrap_err();
            let mut some = [0; 64];
            let length = theirs.read(&mut some).await.unwrap();
            assert!(length > 0, "cut off after {} bytes", taken.len());
            taken.extend(&some[..length]);
        }
        writing.await.unwrap().expect("all was taken");
    }
}

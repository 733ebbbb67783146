//! How a transaction's body is run: alone in its failures, and waiting for nothing but its transaction.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;
use kernel::{Error, Result};
use parking_lot::Mutex;

use crate::Tx;

thread_local! {
    static IN_A_BODY: Cell<bool> = const { Cell::new(false) };
}

/// Refuses a second transaction from inside a body: the outer could fail while the inner commits.
pub(crate) fn refuse_nesting() -> Result<()> {
    if IN_A_BODY.get() { Err(Error::bug("a transaction inside the body of another")) } else { Ok(()) }
}

/// What a transaction is begun for. Whoever carries it out knows neither what goes in nor what comes out, so that the
/// machinery of a transaction is in the program once, and not once for each body.
pub(crate) trait AnyBody: Send + Sync {
    /// Begins the body, which may be done more than once.
    fn begin<'c>(&'c self, tx: &'c Tx) -> BoxFuture<'c, Result<()>>;
}

/// A body with what goes in, and a place for what comes out.
pub(crate) struct Whole<I, T, B> {
    input: I,
    body: B,
    answer: Mutex<Option<T>>,
}

impl<I, T, B> Whole<I, T, B>
where
    B: for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>>,
{
    pub fn new(input: I, body: B) -> Self {
        Self { input, body, answer: Mutex::default() }
    }

    /// What the body answered, once it was carried out.
    pub fn answer(&self) -> Result<T> {
        self.answer.lock().take().ok_or_else(|| Error::bug("a body without an answer"))
    }
}

impl<I, T, B> AnyBody for Whole<I, T, B>
where
    I: Send + Sync,
    T: Send,
    B: for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync,
{
    fn begin<'c>(&'c self, tx: &'c Tx) -> BoxFuture<'c, Result<()>> {
        Box::pin(Kept { state: (self.body)(tx, &self.input), answer: &self.answer })
    }
}

/// A body whose answer is put in its place.
struct Kept<'c, T> {
    state: BoxFuture<'c, Result<T>>,
    answer: &'c Mutex<Option<T>>,
}

impl<T> Future for Kept<'_, T> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.state.as_mut().poll(context);
        polled.map_ok(|answer| *self.answer.lock() = Some(answer))
    }
}

/// A body under way. A panic, and waiting for anything but the transaction, become its error.
pub(crate) struct Body<'c> {
    tx: &'c Tx,
    state: BoxFuture<'c, Result<()>>,
}

impl<'c> Body<'c> {
    pub fn new(tx: &'c Tx, body: &'c dyn AnyBody) -> Result<Self> {
        let state = marked(|| body.begin(tx))?;
        Ok(Self { tx, state })
    }

    /// Runs the body to its end on this thread. On SQLite each `.await` in it is ready at once.
    pub fn finish_now(mut self) -> Result<()> {
        match Pin::new(&mut self).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => Err(Error::bug("a body of SQLite that waits for its transaction")),
        }
    }
}

impl Future for Body<'_> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = marked(|| self.state.as_mut().poll(context));
        match polled {
            Err(panicked) => Poll::Ready(Err(panicked)),
            Ok(Poll::Pending) if self.tx.is_waiting() => Poll::Pending,
            Ok(Poll::Pending) => {
                Poll::Ready(Err(Error::bug("a body that waits for something else than its transaction")))
            }
            Ok(Poll::Ready(Ok(()))) if self.tx.is_poisoned() => {
                Poll::Ready(Err(Error::bug("a body that succeeds although a statement of it failed")))
            }
            Ok(Poll::Ready(answer)) => Poll::Ready(answer),
        }
    }
}

/// Runs a piece of a body with the mark set, and turns a panic into an error.
fn marked<T>(piece: impl FnOnce() -> T) -> Result<T> {
    let before = IN_A_BODY.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(piece));
    IN_A_BODY.set(before);
    outcome.map_err(|_| Error::bug("a body that panicked"))
}

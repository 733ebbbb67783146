//! How a transaction's body is run: alone in its failures, and waiting for nothing but its transaction.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;
use kernel::{Error, Result};

use crate::Tx;

thread_local! {
    static IN_A_BODY: Cell<bool> = const { Cell::new(false) };
}

/// Refuses a second transaction from inside a body: the outer could fail while the inner commits.
pub(crate) fn refuse_nesting() -> Result<()> {
    if IN_A_BODY.get() { Err(Error::bug("a transaction inside the body of another")) } else { Ok(()) }
}

/// A body under way. A panic, and waiting for anything but the transaction, become its error.
pub(crate) struct Body<'c, T> {
    tx: &'c Tx,
    state: BoxFuture<'c, Result<T>>,
}

impl<'c, T> Body<'c, T> {
    pub fn new<I>(
        tx: &'c Tx,
        input: &'c I,
        body: &impl Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>>,
    ) -> Result<Self> {
        let state = marked(|| body(tx, input))?;
        Ok(Self { tx, state })
    }

    /// Runs the body to its end on this thread. On SQLite each `.await` in it is ready at once.
    pub fn finish_now(mut self) -> Result<T> {
        match Pin::new(&mut self).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => Err(Error::bug("a body of SQLite that waits for its transaction")),
        }
    }
}

impl<T> Future for Body<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = marked(|| self.state.as_mut().poll(context));
        match polled {
            Err(panicked) => Poll::Ready(Err(panicked)),
            Ok(Poll::Pending) if self.tx.is_waiting() => Poll::Pending,
            Ok(Poll::Pending) => {
                Poll::Ready(Err(Error::bug("a body that waits for something else than its transaction")))
            }
            Ok(Poll::Ready(Ok(_))) if self.tx.is_poisoned() => {
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

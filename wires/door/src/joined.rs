//! A request that comes again while the first is still at work joins it, instead of being done twice.
//!
//! The messenger's clients repeat a request that took too long, and most have no idempotency key (docs/dialects/kpn.md,
//! what its clients do).

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Bytes of an answer; the longest are a page of the longest messages.
const ANSWER_BYTES_MAX: usize = 16 << 20;

type Underway = watch::Receiver<Option<Arc<Finished>>>;

struct Finished {
    status: StatusCode,
    headers: HeaderMap,
    /// What a refusal leaves for the layers outside: its body is still to be written there.
    extensions: Extensions,
    body: Bytes,
}

/// The requests under way, by what makes them the same.
#[derive(Clone, Default)]
pub struct Joined(Arc<Mutex<HashMap<[u8; 32], Underway>>>);

/// Whether a request is the first of its kind.
enum Turn {
    Begins(Begun),
    Joins(Underway),
}

impl Joined {
    /// The answer to the request of this key: of the one under way, or of `work`, which is then done to its end
    /// even when its caller hangs up. `None` when the work broke off, and nobody knows how far it came.
    pub async fn answer(
        &self,
        key: [u8; 32],
        work: impl Future<Output = Response> + Send + 'static,
    ) -> Option<Response> {
        let finished = match self.join_or_begin(key, work) {
            Turn::Begins(begun) => begun.await,
            Turn::Joins(mut underway) => {
                underway.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone())
            }
        };
        finished.map(|finished| finished.response())
    }

    fn join_or_begin(&self, key: [u8; 32], work: impl Future<Output = Response> + Send + 'static) -> Turn {
        let mut all = self.0.lock();
        if let Some(underway) = all.get(&key) {
            return Turn::Joins(underway.clone());
        }
        let (tell, underway) = watch::channel(None);
        all.insert(key, underway);
        let place = Place { all: self.clone(), key };
        let work = AssertUnwindSafe(async move { Finished::gather(work.await).await });
        let work = work.catch_unwind().map(|finished| finished.ok().flatten());
        let work = Some(Work { work: work.boxed(), place, tell });
        Turn::Begins(Begun { work, is_with_its_caller: true })
    }
}

/// A request that is being done. Its caller does it, since another task would have to be woken for it; when the
/// caller hangs up, a task takes over.
struct Begun {
    work: Option<Work>,
    /// A task that took over has nobody to hand on to: it is dropped only when the whole server ends.
    is_with_its_caller: bool,
}

struct Work {
    work: BoxFuture<'static, Option<Finished>>,
    place: Place,
    tell: watch::Sender<Option<Arc<Finished>>>,
}

impl Future for Begun {
    type Output = Option<Arc<Finished>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(begun) = &mut self.work else { return Poll::Ready(None) };
        let Poll::Ready(finished) = begun.work.poll_unpin(context) else { return Poll::Pending };
        let finished = finished.map(Arc::new);
        if let Some(Work { place, tell, .. }) = self.work.take() {
            // Whoever comes from now on makes a request of their own.
            drop(place);
            if finished.is_some() {
                tell.send_replace(finished.clone());
            }
        }
        Poll::Ready(finished)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let work = self.work.take().filter(|_| self.is_with_its_caller);
        if let (Some(work), Ok(runtime)) = (work, Handle::try_current()) {
            drop(runtime.spawn(Self { work: Some(work), is_with_its_caller: false }));
        }
    }
}

/// Frees its key when the work ends, also by a panic.
struct Place {
    all: Joined,
    key: [u8; 32],
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.0.lock().remove(&self.key);
    }
}

impl Finished {
    /// The whole answer; `None` for one that should never have come here, since it is too long to be gathered.
    async fn gather(response: Response) -> Option<Self> {
        let (parts, body) = response.into_parts();
        let Ok(body) = axum::body::to_bytes(body, ANSWER_BYTES_MAX).await else {
            tracing::error!(status = %parts.status, "an answer is too long to be gathered, or broke off");
            return None;
        };
        Some(Self { status: parts.status, headers: parts.headers, extensions: parts.extensions, body })
    }

    fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        response.extensions_mut().clone_from(&self.extensions);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_a_refusal_leaves_for_the_layers_outside_gets_there() {
        let mut refused = Response::new(Body::empty());
        refused.extensions_mut().insert("the reason");
        let answer = Joined::default().answer([2; 32], async move { refused }).await;
        assert_eq!(answer.expect("an answer").extensions().get(), Some(&"the reason"));
    }

    #[tokio::test]
    async fn work_whose_caller_hangs_up_is_done_to_its_end() {
        let joined = Joined::default();
        let (open, gate) = tokio::sync::oneshot::channel::<()>();
        let (done, end) = tokio::sync::oneshot::channel();
        let work = async move {
            gate.await.expect("opened");
            done.send(()).expect("somebody waits");
            Response::new(Body::empty())
        };
        let caller = joined.clone();
        let caller = tokio::spawn(async move { caller.answer([4; 32], work).await });
        tokio::task::yield_now().await;
        caller.abort();
        assert!(caller.await.is_err_and(|error| error.is_cancelled()));
        open.send(()).expect("the work still waits");
        end.await.expect("it was done");
    }

    #[tokio::test]
    async fn an_answer_without_end_is_not_gathered() {
        let chunk = Bytes::from(vec![0; 1 << 20]);
        let endless = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
        let work = async { Response::new(Body::from_stream(endless)) };
        assert!(Joined::default().answer([5; 32], work).await.is_none());
    }

    #[tokio::test]
    async fn work_that_breaks_off_has_no_answer_and_leaves_its_place_free() {
        let joined = Joined::default();
        assert!(joined.answer([3; 32], async { panic!("a defect of ours") }).await.is_none());
        assert!(joined.0.lock().is_empty());
    }

    #[tokio::test]
    async fn the_same_request_under_way_is_done_once_and_answered_twice() {
        let joined = Joined::default();
        let count = Arc::new(AtomicUsize::new(0));
        let (open, gate) = tokio::sync::oneshot::channel::<()>();
        let counted = count.clone();
        let first = joined.answer([1; 32], async move {
            gate.await.expect("opened");
            counted.fetch_add(1, Ordering::SeqCst);
            Response::new(Body::from("done"))
        });
        let counted = count.clone();
        let again = joined.answer([1; 32], async move {
            counted.fetch_add(1, Ordering::SeqCst);
            Response::new(Body::from("again"))
        });
        let opener = async { open.send(()).expect("somebody waits") };
        let (first, again, ()) = tokio::join!(first, again, opener);
        assert_eq!(count.load(Ordering::SeqCst), 1);
        for response in [first, again].map(|answer| answer.expect("an answer")) {
            let body = axum::body::to_bytes(response.into_body(), 100).await.expect("a body");
            assert_eq!(body, "done");
        }
        assert!(joined.0.lock().is_empty());
    }
}

//! A request that comes again while the first is still at work joins it, instead of being done twice.
//!
//! The messenger's clients repeat a request that took too long, and have no idempotency key (messenger.md 5.5).

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use parking_lot::Mutex;
use tokio::sync::watch;

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

impl Joined {
    /// The answer to the request of this key: of the one under way, or of `work`, which is then done to its end
    /// even when its caller hangs up. `None` when the work broke off, and nobody knows how far it came.
    pub async fn answer(
        &self,
        key: [u8; 32],
        work: impl Future<Output = Response> + Send + 'static,
    ) -> Option<Response> {
        let mut underway = self.join_or_begin(key, work);
        let finished = underway.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
        finished.map(|finished| finished.response())
    }

    fn join_or_begin(
        &self,
        key: [u8; 32],
        work: impl Future<Output = Response> + Send + 'static,
    ) -> Underway {
        let mut all = self.0.lock();
        if let Some(underway) = all.get(&key) {
            return underway.clone();
        }
        let (tell, underway) = watch::channel(None);
        all.insert(key, underway.clone());
        let place = Place { all: self.clone(), key };
        tokio::spawn(async move {
            let finished = Finished::gather(work.await).await;
            // Whoever comes from now on makes a request of their own.
            drop(place);
            tell.send_replace(Some(Arc::new(finished)));
        });
        underway
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
    async fn gather(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        Self { status: parts.status, headers: parts.headers, extensions: parts.extensions, body }
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

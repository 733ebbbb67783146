//! How jobs are worked on: how long, by whom, and what becomes of those that are not done.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use kernel::Error;
use store::jobs::{self, NewJob, Worker};
use testkit::{Ground, bedside_test};

const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Leaves so many jobs of this name, due after this time.
async fn leave(ground: &Ground, name: &'static str, count: usize, after: SignedDuration) {
    let left = ground.db.write((name, count, after), |tx, (name, count, after)| {
        Box::pin(async move {
            let due_ms = tx.now_ms() + i64::try_from(after.as_millis()).expect("not for ever");
            for _ in 0..*count {
                let job = NewJob { name, dedupe: None, payload: serde_json::json!({}), due_ms };
                jobs::enqueue(tx, &job).await?;
            }
            Ok(())
        })
    });
    left.await.expect("left");
}

async fn parked(ground: &Ground) -> i64 {
    let parked = ground.db.read((), |tx, ()| Box::pin(jobs::count_parked(tx)));
    parked.await.expect("a count")
}

#[bedside_test]
async fn a_job_that_waits_for_longer_than_its_patience_may_fail_and_is_done_all_the_same(ground: Ground) {
    let tries = Arc::new(AtomicUsize::new(0));
    let worker = Worker::new(ground.db.clone(), tries.clone()).on("test.far_off", A_MONTH, |tries, _| {
        Box::pin(async move {
            let is_first = tries.fetch_add(1, Ordering::SeqCst) == 0;
            if is_first { Err(Error::unavailable("just now")) } else { Ok(()) }
        })
    });
    leave(&ground, "test.far_off", 1, A_MONTH + A_MONTH).await;
    assert_eq!(worker.do_due().await.expect("claimed"), 0, "not yet");
    // Nobody was at work when it came due, either.
    ground.clock.pass(A_MONTH * 4);
    assert_eq!((worker.do_due().await.expect("claimed"), parked(&ground).await), (1, 0));
    ground.clock.pass(SignedDuration::from_secs(2));
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

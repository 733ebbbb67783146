//! How jobs are worked on: how long, by whom, and what becomes of those that are not done.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use kernel::{Error, Result};
use store::jobs::{self, NewJob, Worker};
use store::{Place, args};
use testkit::{Ground, bedside_test};
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{block_in_place, yield_now};

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

#[bedside_test]
async fn who_looks_for_jobs_walks_the_indexes_of_those_that_are_due(ground: Ground) {
    let claim = store::ALL_SQL.concat().into_iter().find(|sql| sql.contains("left_behind")).expect("a claim");
    if !matches!(ground.place, Place::File(_)) {
        return; // PostgreSQL walks no index of a table that is empty.
    }
    let sql: &'static str = format!("EXPLAIN QUERY PLAN {claim}").leak();
    let plan = ground.db.read((), move |tx, ()| {
        Box::pin(async move {
            tx.all(sql, &args![0_i64, 0_i64, 1_i64, "inward"], |row| row.get::<String>(3)).await
        })
    });
    let plan = plan.await.expect("a plan").join("\n");
    assert!(plan.contains("INDEX jobs_due (lane=? AND due_ms<?)"), "{plan}");
    assert!(plan.contains("INDEX jobs_leased (lane=? AND lease_until_ms<?)"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE FOR ORDER"), "{plan}");
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

#[bedside_test]
async fn of_jobs_that_wait_behind_slow_ones_each_is_done_by_one_worker(ground: Ground) {
    let (slow, quick) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let other = Worker::new(ground.db.clone(), quick.clone()).on("test.slow", A_MONTH, |quick, _| {
        Box::pin(async move {
            quick.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    });
    let house = (ground.clone(), Arc::new(other), slow.clone());
    let worker =
        Worker::new(ground.db.clone(), house).on("test.slow", A_MONTH, |(ground, other, slow), _| {
            Box::pin(async move {
                slow.fetch_add(1, Ordering::SeqCst);
                ground.clock.pass(SignedDuration::from_secs(200));
                other.do_due().await.map(drop)
            })
        });
    leave(&ground, "test.slow", 4, SignedDuration::ZERO).await;
    assert_eq!(worker.do_due().await.expect("claimed"), 4);
    // While the second was done, the leases of those behind it ran out, and the other took them.
    assert_eq!((slow.load(Ordering::SeqCst), quick.load(Ordering::SeqCst)), (2, 2));
}

#[bedside_test]
async fn a_job_that_hangs_is_given_up_for_now_and_the_others_are_done(ground: Ground) {
    let others = Arc::new(AtomicUsize::new(0));
    let counting = |others: Arc<AtomicUsize>, _| -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            others.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    };
    let hanging = |_, _| -> BoxFuture<'static, Result<()>> { Box::pin(pending()) };
    let worker = |hangs: bool| {
        let worker = Worker::new(ground.db.clone(), others.clone()).on("test.other", A_MONTH, counting);
        let worker = worker.each_within(Duration::from_millis(500));
        if hangs {
            worker.on("test.hangs", A_MONTH, hanging)
        } else {
            worker.on("test.hangs", A_MONTH, counting)
        }
    };
    leave(&ground, "test.hangs", 1, SignedDuration::ZERO).await;
    leave(&ground, "test.other", 2, SignedDuration::ZERO).await;
    assert_eq!(worker(true).do_due().await.expect("claimed"), 3);
    assert_eq!((others.load(Ordering::SeqCst), parked(&ground).await), (2, 0));
    ground.clock.pass(SignedDuration::from_secs(5));
    let delay_ms = ground.db.read((), |tx, ()| Box::pin(jobs::delay_ms(tx))).await.expect("a delay");
    assert_eq!(delay_ms, 4_000, "it was to be tried again after a second");
    assert_eq!(worker(false).do_due().await.expect("claimed"), 1);
    assert_eq!(others.load(Ordering::SeqCst), 3);
    let delay_ms = ground.db.read((), |tx, ()| Box::pin(jobs::delay_ms(tx))).await.expect("a delay");
    assert_eq!(delay_ms, 0);
}

/// Where a job of a test waits until it may go on.
#[derive(Default)]
struct Gate {
    reached: Notify,
    open: Notify,
    hangs: Notify,
    cut: Notify,
    passed: AtomicUsize,
}

fn at_the_gate(ground: &Ground, gate: &Arc<Gate>) -> Worker<Arc<Gate>> {
    Worker::new(ground.db.clone(), gate.clone()).on("test.gate", A_MONTH, |gate, _| {
        Box::pin(async move {
            gate.reached.notify_one();
            gate.open.notified().await;
            gate.passed.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    })
}

/// Who finds all gates open.
async fn done_by_the_next(ground: &Ground) -> usize {
    let next = Worker::new(ground.db.clone(), ());
    next.on("test.gate", A_MONTH, |(), _| Box::pin(async { Ok(()) })).do_due().await.expect("claimed")
}

#[bedside_test]
async fn a_worker_that_stops_ends_the_job_in_hand_and_puts_the_others_back(ground: Ground) {
    let gate = Arc::new(Gate::default());
    let worker = at_the_gate(&ground, &gate);
    leave(&ground, "test.gate", 3, SignedDuration::ZERO).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let visitor = async {
        gate.reached.notified().await;
        drop(stop);
        gate.open.notify_one();
    };
    tokio::join!(worker.work(async { drop(stopped.await) }, Duration::MAX), visitor);
    assert_eq!(gate.passed.load(Ordering::SeqCst), 1);
    assert_eq!(done_by_the_next(&ground).await, 2, "no lease is waited for");
}

/// Says so when it goes.
struct Tells(Arc<Gate>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.cut.notify_one();
    }
}

#[bedside_test]
async fn a_stop_gives_more_time_to_a_job_that_waits_for_somebody_outside(ground: Ground) {
    let gate = Arc::new(Gate::default());
    let worker = Worker::new(ground.db.clone(), gate.clone())
        .draining_outward(Duration::MAX)
        .on("test.hangs", A_MONTH, |gate, _| {
            Box::pin(async move {
                gate.hangs.notify_one();
                let _tells = Tells(gate);
                pending().await
            })
        })
        .on("outbound.gate", A_MONTH, |gate, _| {
            Box::pin(async move {
                gate.reached.notify_one();
                gate.open.notified().await;
                gate.passed.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
        });
    leave(&ground, "test.hangs", 1, SignedDuration::ZERO).await;
    leave(&ground, "outbound.gate", 2, SignedDuration::ZERO).await;
    let both_begun = async {
        gate.hangs.notified().await;
        gate.reached.notified().await;
    };
    let outside = async {
        // Its own time would be over once that of the other is.
        gate.cut.notified().await;
        gate.open.notify_one();
    };
    tokio::join!(worker.work(both_begun, Duration::ZERO), outside);
    assert_eq!(gate.passed.load(Ordering::SeqCst), 1, "it was done");
    let next = Worker::new(ground.db.clone(), ())
        .on("test.hangs", A_MONTH, |(), _| Box::pin(async { Ok(()) }))
        .on("outbound.gate", A_MONTH, |(), _| Box::pin(async { Ok(()) }));
    assert_eq!(next.do_due().await.expect("claimed"), 2, "what was cut off, and what was not begun");
}

#[bedside_test]
async fn a_job_that_cannot_be_cut_off_is_nobody_elses_until_it_ends_and_then_it_is_done(ground: Ground) {
    let gate = Arc::new(Gate::default());
    let worker = Worker::new(ground.db.clone(), gate.clone()).on("test.gate", A_MONTH, |gate, _| {
        Box::pin(async move {
            gate.reached.notify_one();
            // Nothing is cut off in the middle of a step.
            block_in_place(|| Handle::current().block_on(gate.open.notified()));
            gate.passed.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    });
    leave(&ground, "test.gate", 1, SignedDuration::ZERO).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let visitor = async {
        gate.reached.notified().await;
        drop(stop);
        // Who would not wait for the end of the step has gone on after these.
        for _ in 0..10_000 {
            yield_now().await;
        }
        let for_another = done_by_the_next(&ground).await;
        gate.open.notify_one();
        for_another
    };
    let ((), for_another) = tokio::join!(worker.work(async { drop(stopped.await) }, Duration::ZERO), visitor);
    assert_eq!((for_another, gate.passed.load(Ordering::SeqCst)), (0, 1));
    assert_eq!(done_by_the_next(&ground).await, 0, "it came to its end");
}

#[bedside_test]
async fn a_job_that_does_not_end_in_the_time_of_the_stop_is_put_back(ground: Ground) {
    let gate = Arc::new(Gate::default());
    let worker = at_the_gate(&ground, &gate);
    leave(&ground, "test.gate", 2, SignedDuration::ZERO).await;
    worker.work(gate.reached.notified(), Duration::ZERO).await;
    assert_eq!(gate.passed.load(Ordering::SeqCst), 0);
    assert_eq!(done_by_the_next(&ground).await, 2);
}

#[bedside_test]
async fn a_job_ends_with_the_worker_who_does_it(ground: Ground) {
    let (begun, mut heard) = mpsc::channel::<()>(1);
    let worker = Worker::new(ground.db.clone(), begun).on("test.endless", A_MONTH, |begun, _| {
        Box::pin(async move {
            begun.send(()).await.map_err(Error::bug)?;
            pending().await
        })
    });
    leave(&ground, "test.endless", 1, SignedDuration::ZERO).await;
    let working = tokio::spawn(async move { worker.do_due().await });
    heard.recv().await.expect("it has begun");
    working.abort();
    let left = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await;
    assert_eq!(left.expect("nobody does it any more"), None);
    // Whoever works next finds it once its lease is over.
    ground.clock.pass(SignedDuration::from_mins(6));
    let other = Worker::new(ground.db.clone(), ());
    let other = other.on("test.endless", A_MONTH, |(), _| Box::pin(async { Ok(()) }));
    assert_eq!(other.do_due().await.expect("claimed"), 1);
}

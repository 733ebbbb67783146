//! What the store promises, on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{BoxFuture, join_all};
use jiff::SignedDuration;
use kernel::{Error, Event, PersonId, Result};
use store::jobs::{self, NewJob, Worker};
use store::{Place, STATEMENTS_MAX, Statement, Tx, args};
use testkit::{Ground, bedside_test};

#[path = "store/crowded.rs"]
mod crowded;
#[path = "store/full_disk.rs"]
mod full_disk;
#[path = "store/in_order.rs"]
mod in_order;
#[path = "store/interleaved.rs"]
mod interleaved;
#[path = "store/parked.rs"]
mod parked;
#[path = "store/round_trips.rs"]
mod round_trips;
#[path = "store/tls.rs"]
mod tls;
#[path = "store/working.rs"]
mod working;

const INSERT: &str = "INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $3)";
const COUNT: &str = "SELECT COUNT(*) FROM leases WHERE name = $1";
const COUNT_ALL: &str = "SELECT COUNT(*) FROM leases";

async fn insert(tx: &Tx, name: &str) -> Result<u64> {
    tx.run(INSERT, &args![name, b"holder", 1_i64]).await
}

fn count<'c>(tx: &'c Tx, name: &'c String) -> BoxFuture<'c, Result<i64>> {
    Box::pin(async move { Ok(tx.one(COUNT, &args![name], |row| row.get(0)).await?.unwrap_or_default()) })
}

async fn stored(ground: &Ground, name: &str) -> bool {
    ground.db.read(name.to_owned(), count).await.expect("a count") == 1
}

#[bedside_test]
async fn what_is_acknowledged_is_there_and_what_is_refused_is_not(ground: Ground) {
    let kept = ground.db.write((), |tx, ()| Box::pin(async move { insert(tx, "kept").await }));
    assert_eq!(kept.await.expect("stored"), 1);
    let refused = ground.db.write((), |tx, ()| {
        Box::pin(async move {
            insert(tx, "refused").await?;
            Err::<(), _>(Error::conflict("no", "the body says no"))
        })
    });
    assert!(matches!(refused.await, Err(Error::Conflict { .. })));
    assert!(stored(&ground, "kept").await);
    assert!(!stored(&ground, "refused").await);
}

#[bedside_test]
async fn whoever_asks_for_more_than_a_transaction_may_run_is_told_and_nothing_is_kept(ground: Ground) {
    for (most, keeps) in [(STATEMENTS_MAX, true), (STATEMENTS_MAX + 1, false)] {
        let asked = ground.db.write(most, |tx, most| {
            Box::pin(async move {
                for number in 0..*most {
                    let inserted = insert(tx, &format!("{number} of {most}")).await;
                    assert_eq!(tx.has_overrun(), inserted.is_err(), "{inserted:?}");
                    inserted?;
                }
                Ok(())
            })
        });
        assert_eq!(asked.await.is_ok(), keeps);
        assert_eq!(stored(&ground, &format!("0 of {most}")).await, keeps);
    }
}

#[bedside_test]
async fn a_list_of_any_length_is_one_statement_for_every_64(ground: Ground) {
    const THOSE: &str =
        concat!("SELECT holder FROM leases WHERE until_ms = $65 AND holder IN ", store::in_list!());
    const NEW: &str = concat!(
        "INSERT INTO leases (name, holder, until_ms)
         SELECT $65, new_ones.holder, $66 FROM (SELECT holder FROM leases WHERE FALSE ",
        store::union_list!(),
        ") new_ones WHERE TRUE ON CONFLICT (name) DO NOTHING RETURNING holder"
    );
    let ids: Vec<PersonId> = (0..200).map(|_| PersonId::new(&ground.clock, &ground.rng)).collect();
    let told = ground.db.write(ids, |tx, ids| {
        Box::pin(async move {
            let none = tx.all_of(THOSE, &ids[..0], &args![1_i64], |row| row.get::<PersonId>(0)).await?;
            assert!(none.is_empty(), "nothing is asked of an empty list");
            for id in &ids[..150] {
                tx.run(INSERT, &args![&id.to_string(), id, 1_i64]).await?;
            }
            let new =
                tx.all_of(NEW, &ids[150..151], &args!["new", 1_i64], |row| row.get::<PersonId>(0)).await?;
            assert_eq!(new, ids[150..151], "a list that is filled up names each once");
            let found = tx.all_of(THOSE, ids, &args![1_i64], |row| row.get::<PersonId>(0)).await?;
            Ok((found.into_iter().collect::<std::collections::BTreeSet<_>>(), ids[..151].to_vec()))
        })
    });
    let (found, expected) = told.await.expect("rows");
    assert_eq!(found, expected.into_iter().collect());
}

#[bedside_test]
async fn a_body_that_goes_on_after_an_error_is_refused(ground: Ground) {
    let poisoned = ground.db.write((), |tx, ()| {
        Box::pin(async move {
            insert(tx, "first").await?;
            let twice = insert(tx, "first").await;
            assert!(twice.is_err(), "the name is a primary key");
            let after = insert(tx, "second").await;
            assert!(after.is_err(), "both engines refuse a statement after an error");
            Ok(())
        })
    });
    assert!(matches!(poisoned.await, Err(Error::Bug { .. })));
    assert!(!stored(&ground, "first").await);
}

#[bedside_test]
async fn a_transaction_inside_a_body_is_refused_before_it_begins(ground: Ground) {
    let db = ground.db.clone();
    let outer = ground.db.write(db, |tx, db| {
        Box::pin(async move {
            insert(tx, "outer").await?;
            db.write((), |tx, ()| Box::pin(async move { insert(tx, "inner").await })).await
        })
    });
    assert!(matches!(outer.await, Err(Error::Bug { .. })));
    let db = ground.db.clone();
    let reading = ground.db.read(db, |_, db| Box::pin(db.read("x".to_owned(), count)));
    assert!(matches!(reading.await, Err(Error::Bug { .. })));
    assert!(!stored(&ground, "outer").await);
    assert!(!stored(&ground, "inner").await);
}

#[bedside_test]
async fn a_body_that_waits_for_something_else_fails_alone(ground: Ground) {
    let waits = ground.db.write((), |tx, ()| {
        Box::pin(async move {
            insert(tx, "waits").await?;
            tokio::task::yield_now().await;
            Ok(())
        })
    });
    let neighbour = ground.db.write((), |tx, ()| Box::pin(async move { insert(tx, "neighbour").await }));
    let (waits, neighbour) = tokio::join!(waits, neighbour);
    assert!(matches!(waits, Err(Error::Bug { .. })));
    assert!(neighbour.is_ok());
    assert!(!stored(&ground, "waits").await);
    assert!(stored(&ground, "neighbour").await);
}

#[bedside_test]
async fn a_body_may_not_run_for_ever(ground: Ground) {
    let endless = ground.db.write((), |tx, ()| {
        Box::pin(async move {
            for n in 0_i64.. {
                tx.run(INSERT, &args![&n.to_string(), b"h", n]).await?;
            }
            Ok(())
        })
    });
    assert!(matches!(endless.await, Err(Error::Bug { .. })));
    let all = ground
        .db
        .read((), |tx, ()| Box::pin(async move { tx.one(COUNT_ALL, &[], |r| r.get::<i64>(0)).await }));
    assert_eq!(all.await.expect("a count"), Some(0));
}

#[bedside_test]
async fn reading_cannot_write(ground: Ground) {
    let sneaky = ground.db.read((), |tx, ()| Box::pin(async move { insert(tx, "sneaky").await }));
    assert!(sneaky.await.is_err());
    assert!(!stored(&ground, "sneaky").await);
}

#[bedside_test]
async fn a_snapshot_sees_one_state(ground: Ground) {
    ground.db.write((), |tx, ()| Box::pin(async move { insert(tx, "a").await })).await.expect("stored");
    let seen = ground.db.snapshot((), |tx, ()| {
        Box::pin(async move {
            let name = "a".to_owned();
            Ok((count(tx, &name).await?, count(tx, &name).await?))
        })
    });
    assert_eq!(seen.await.expect("a snapshot"), (1, 1));
    let long = ground.db.read_long("a".to_owned(), count).await.expect("a long read");
    assert_eq!(long, 1);
}

#[bedside_test]
async fn events_are_told_after_the_commit_and_never_for_a_refusal(ground: Ground) {
    let told = Arc::new(AtomicUsize::new(0));
    let ears = told.clone();
    ground.db.observe(move |events| {
        ears.fetch_add(events.len(), Ordering::SeqCst);
    });
    let person = PersonId::new(&ground.clock, &ground.rng);
    let kept = ground.db.write(person, |tx, person| {
        Box::pin(async move {
            tx.emit(Event::PersonChanged { person: *person });
            Ok(())
        })
    });
    kept.await.expect("stored");
    assert_eq!(told.load(Ordering::SeqCst), 1, "told before the answer");
    let refused = ground.db.write(person, |tx, person| {
        Box::pin(async move {
            tx.emit(Event::PersonChanged { person: *person });
            Err::<(), _>(Error::Unauthenticated)
        })
    });
    refused.await.expect_err("refused");
    assert_eq!(told.load(Ordering::SeqCst), 1);
}

#[bedside_test]
async fn a_statement_alone_is_stored_or_refused_by_itself(ground: Ground) {
    let alone = |name: &str| Statement::new(INSERT, &args![name, b"holder", 1_i64]);
    assert_eq!(ground.db.run_alone(alone("alone")).await.expect("stored"), 1);
    assert!(stored(&ground, "alone").await);
    ground.db.run_alone(alone("alone")).await.expect_err("the name is a primary key");
    const TAKE: &str = "DELETE FROM leases WHERE name = $1 RETURNING name, until_ms";
    let taken = ground.db.all_alone(Statement::new(TAKE, &args!["alone"]), |row| row.get::<i64>(1));
    assert_eq!(taken.await.expect("taken"), [1]);
    assert!(!stored(&ground, "alone").await);
    let inside = ground.db.write(ground.db.clone(), |tx, db| {
        Box::pin(async move {
            insert(tx, "outer").await?;
            db.run_alone(Statement::new(INSERT, &args!["inner", b"holder", 1_i64])).await
        })
    });
    assert!(matches!(inside.await, Err(Error::Bug { .. })), "it would commit although the outer may fail");
    assert!(!stored(&ground, "inner").await);
}

#[bedside_test]
async fn a_contended_counter_gives_each_number_once(ground: Ground) {
    const BUMP: &str = "UPDATE leases SET until_ms = until_ms + 1 WHERE name = $1 RETURNING until_ms";
    ground.db.write((), |tx, ()| Box::pin(async move { insert(tx, "counter").await })).await.expect("stored");
    let bump = || {
        ground.db.write((), |tx, ()| {
            Box::pin(async move { tx.one(BUMP, &args!["counter"], |row| row.get::<i64>(0)).await })
        })
    };
    let numbers = join_all((0..100).map(|_| bump())).await;
    let mut numbers: Vec<_> = numbers.into_iter().map(|n| n.expect("a number").expect("a row")).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (2..=101).collect::<Vec<_>>());
}

#[bedside_test]
async fn jobs_are_done_once_and_retried_when_they_fail(ground: Ground) {
    let tries = Arc::new(AtomicUsize::new(0));
    let worker = Worker::new(ground.db.clone(), tries.clone()).on(
        "test.flaky",
        SignedDuration::from_hours(1),
        |tries, _| {
            Box::pin(async move {
                if tries.fetch_add(1, Ordering::SeqCst) == 0 {
                    Err(Error::unavailable("not yet"))
                } else {
                    Ok(())
                }
            })
        },
    );
    let leave = || {
        ground.db.write((), |tx, ()| {
            let now = tx.now_ms();
            Box::pin(async move {
                let job = NewJob {
                    name: "test.flaky",
                    dedupe: Some("one".to_owned()),
                    payload: serde_json::json!({}),
                    due_ms: now,
                };
                jobs::enqueue(tx, &job).await
            })
        })
    };
    leave().await.expect("left");
    leave().await.expect("left again, which is the same job");
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    assert_eq!(worker.do_due().await.expect("claimed"), 0, "it pauses after a failure");
    ground.clock.pass(SignedDuration::from_secs(2));
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    assert_eq!(tries.load(Ordering::SeqCst), 2);
    assert_eq!(worker.do_due().await.expect("claimed"), 0, "done is done");
}

#[bedside_test]
async fn a_job_that_is_hopeless_or_that_nobody_knows_is_parked_and_counted(ground: Ground) {
    let worker =
        Worker::new(ground.db.clone(), ()).on("test.hopeless", SignedDuration::from_mins(1), |(), _| {
            Box::pin(async { Err(Error::unavailable("never")) })
        });
    let leave = ground.db.write((), |tx, ()| {
        Box::pin(async move {
            for name in ["test.hopeless", "test.of_nobody"] {
                let due_ms = tx.now_ms();
                jobs::enqueue(tx, &NewJob { name, dedupe: None, payload: serde_json::json!({}), due_ms })
                    .await?;
            }
            Ok(())
        })
    });
    leave.await.expect("left");
    let counts = || {
        ground.db.read((), |tx, ()| {
            Box::pin(async move { Ok((jobs::count_open(tx).await?, jobs::count_parked(tx).await?)) })
        })
    };
    assert_eq!(counts().await.expect("counts"), (2, 0));
    assert_eq!(worker.do_due().await.expect("claimed"), 2);
    assert_eq!(counts().await.expect("counts"), (2, 1), "nobody knows it");
    ground.clock.pass(SignedDuration::from_mins(2));
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    assert_eq!(counts().await.expect("counts"), (2, 2), "its time is over");
    ground.clock.pass(SignedDuration::from_hours(2));
    assert_eq!(worker.do_due().await.expect("claimed"), 0, "nobody tries it any more");
    assert_eq!(ground.forget_parked_jobs().await, 2);
}

#[bedside_test]
async fn a_job_goes_to_one_worker_only(ground: Ground) {
    let done = Arc::new(AtomicUsize::new(0));
    let worker = || {
        Worker::new(ground.db.clone(), done.clone()).on(
            "test.count",
            SignedDuration::from_hours(1),
            |done, _| {
                Box::pin(async move {
                    done.fetch_add(1, Ordering::SeqCst);
                    Ok(())
                })
            },
        )
    };
    ground
        .db
        .write((), |tx, ()| {
            Box::pin(async move {
                for _ in 0..40 {
                    let due_ms = tx.now_ms();
                    let job =
                        NewJob { name: "test.count", dedupe: None, payload: serde_json::json!({}), due_ms };
                    jobs::enqueue(tx, &job).await?;
                }
                Ok(())
            })
        })
        .await
        .expect("left");
    let workers: Vec<_> = (0..4).map(|_| worker()).collect();
    for _ in 0..4 {
        join_all(workers.iter().map(Worker::do_due)).await;
    }
    assert_eq!(done.load(Ordering::SeqCst), 40);
}

#[bedside_test]
async fn every_statement_of_the_store_is_understood(ground: Ground) {
    ground.db.check_statements(&store::ALL_SQL.concat()).await.expect("understood");
    if matches!(ground.place, Place::Url(_)) {
        ground.db.check_statements(&store::POSTGRES_SQL.concat()).await.expect("understood by PostgreSQL");
    }
}

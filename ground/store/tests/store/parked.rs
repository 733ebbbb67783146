//! What an operator sees of jobs, and the second chance of those that were given up.

use jiff::SignedDuration;
use kernel::{Error, JobId, Result};
use store::jobs::{self, JobNote, NewJob, Worker};
use testkit::{Ground, bedside_test};

const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

async fn leave(ground: &Ground, name: &'static str) {
    let left = ground.db.write(name, |tx, name| {
        Box::pin(async move {
            let (dedupe, due_ms) = (Some("one".to_owned()), tx.now_ms());
            jobs::enqueue(tx, &NewJob { name, dedupe, payload: serde_json::json!({}), due_ms }).await
        })
    });
    left.await.expect("left");
}

async fn all(ground: &Ground) -> Vec<JobNote> {
    ground.db.read((), |tx, ()| Box::pin(jobs::list(tx, 100))).await.expect("jobs")
}

async fn parked(ground: &Ground) -> Vec<JobNote> {
    ground.db.read((), |tx, ()| Box::pin(jobs::parked(tx, 100))).await.expect("jobs")
}

async fn unpark(ground: &Ground, id: JobId) -> Result<()> {
    ground.db.write(id, |tx, id| Box::pin(jobs::unpark(tx, *id))).await
}

/// Whose jobs all fail so.
fn failing(ground: &Ground, failure: fn() -> Error) -> Worker<()> {
    let worker = Worker::new(ground.db.clone(), ());
    worker.on("test.hopeless", PATIENCE, move |(), _| Box::pin(async move { Err(failure()) }))
}

/// Has the job fail until it is parked, and says what is shown of it then.
async fn given_up(ground: &Ground, failure: fn() -> Error) -> JobNote {
    leave(ground, "test.hopeless").await;
    let worker = failing(ground, failure);
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    assert!(parked(ground).await.is_empty());
    ground.clock.pass(PATIENCE * 2);
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    parked(ground).await.pop().expect("a parked job")
}

#[bedside_test]
async fn a_job_is_shown_with_its_tries_and_with_why_it_failed_and_nothing_of_what_it_is_about(
    ground: Ground,
) {
    let begun = ground.clock.now_ms();
    let job = given_up(&ground, || Error::unavailable("Bram de Boer <bram@elders.test>")).await;
    assert_eq!((&*job.name, &*job.lane, &*job.state), ("test.hopeless", "inward", "parked"));
    assert_eq!(
        (job.attempts, job.first_tried_ms, job.last_tried_ms),
        (2, Some(begun), Some(begun + 120_000))
    );
    assert_eq!(job.last_error.as_deref(), Some("something that it needs is not there; see the log"));
    assert_eq!(all(&ground).await, [job]);
    assert_eq!(ground.forget_parked_jobs().await, 1);
    type Failure = (fn() -> Error, &'static str);
    let failures: [Failure; 4] = [
        (|| Error::bug("Bram de Boer"), "something went wrong inside; see the log"),
        (|| Error::invalid("name", "name_unfit", "Bram de Boer is no name."), "refused: name_unfit"),
        (|| Error::not_found(kernel::Kind::Person), "there is no such user"),
        (|| Error::too_large("pages", 12), "refused: pages of 12"),
    ];
    for (failure, words) in failures {
        assert_eq!(given_up(&ground, failure).await.last_error.as_deref(), Some(words));
        assert_eq!(ground.forget_parked_jobs().await, 1);
    }
}

#[bedside_test]
async fn a_parked_job_gets_a_second_chance_as_long_as_the_first(ground: Ground) {
    let job = given_up(&ground, || Error::unavailable("not yet")).await;
    // Another of its name and key has come meanwhile.
    leave(&ground, "test.hopeless").await;
    unpark(&ground, job.id).await.expect("it was parked");
    let worker = failing(&ground, || Error::unavailable("not yet"));
    assert_eq!(worker.do_due().await.expect("claimed"), 2, "at once");
    assert!(parked(&ground).await.is_empty(), "its patience began anew");
    let tried = all(&ground).await.into_iter().find(|one| one.id == job.id).expect("it is left");
    assert_eq!((tried.attempts, tried.first_tried_ms), (3, tried.last_tried_ms));
    ground.clock.pass(SignedDuration::from_hours(1));
    let mended = Worker::new(ground.db.clone(), ());
    let mended = mended.on("test.hopeless", PATIENCE, |(), _| Box::pin(async { Ok(()) }));
    assert_eq!(mended.do_due().await.expect("claimed"), 2);
    assert_eq!(all(&ground).await, []);
}

#[bedside_test]
async fn only_what_is_parked_is_tried_again(ground: Ground) {
    leave(&ground, "test.hopeless").await;
    let [waiting] = &*all(&ground).await else { panic!("one job") };
    let code = async |id| match unpark(&ground, id).await.expect_err("it is not parked") {
        Error::Precondition { why } | Error::Invalid { why, .. } => why.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(waiting.id).await, "job_not_parked");
    assert_eq!(code(JobId::new(&ground.clock, &ground.rng)).await, "job_unknown");
    let house = (ground.clone(), waiting.id);
    let worker = Worker::new(ground.db.clone(), house).on("test.hopeless", PATIENCE, |(ground, id), _| {
        Box::pin(async move {
            unpark(&ground, id).await.expect_err("it is in hand");
            Ok(())
        })
    });
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    assert_eq!(code(waiting.id).await, "job_unknown", "it is done");
    leave(&ground, "test.of_nobody").await;
    assert_eq!(worker.do_due().await.expect("claimed"), 1);
    let [unknown] = &*parked(&ground).await else { panic!("one parked job") };
    assert_eq!(unknown.last_error.as_deref(), Some("nobody knows this job"));
    assert_eq!(ground.forget_parked_jobs().await, 1);
}

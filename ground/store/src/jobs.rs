//! Durable work: written in the transaction that causes it, done after its commit, at least once.

pub(crate) mod upkeep;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use kernel::{Error, JobId, Result};
use serde_json::Value;
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinError, JoinHandle};

use crate::{Arg, Db, Row, Statement, Tx, args};

pub use upkeep::{JobNote, count_open, count_parked, delay_ms, list, parked, unpark};

/// How long a worker may hold a job before another may take it.
const LEASE_MS: i64 = 5 * 60 * 1_000;
/// How long one job may take: less than the lease, so that nobody else has it before it ends here.
const JOB_WITHIN: Duration = Duration::from_mins(4);
/// Jobs that one worker takes at a time.
const CLAIM_MAX: i64 = 16;
/// The longest pause between two looks for due jobs.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

const INSERT: &str = "INSERT INTO jobs (id, name, dedupe, payload, state, due_ms, attempts, lane)
    VALUES ($1, $2, $3, $4, 'waiting', $5, 0, $6)
    ON CONFLICT (name, dedupe) WHERE state = 'waiting' AND dedupe IS NOT NULL DO NOTHING";
/// As [`INSERT`], but one that waits for later comes forward.
const HASTEN: &str = "INSERT INTO jobs (id, name, dedupe, payload, state, due_ms, attempts, lane)
    VALUES ($1, $2, $3, $4, 'waiting', $5, 0, $6)
    ON CONFLICT (name, dedupe) WHERE state = 'waiting' AND dedupe IS NOT NULL
        DO UPDATE SET due_ms = excluded.due_ms WHERE excluded.due_ms < jobs.due_ms";
/// Those whose holder is gone beside those that are due: each look walks an index of its own.
const CLAIM: &str = "UPDATE jobs SET state = 'running', lease_until_ms = $2, attempts = attempts + 1,
        first_tried_ms = COALESCE(first_tried_ms, $1), last_tried_ms = $1
    WHERE id IN (
            SELECT id FROM (SELECT id FROM jobs WHERE state = 'waiting' AND lane = $4 AND due_ms <= $1
                ORDER BY due_ms, id LIMIT $3) AS due
            UNION ALL
            SELECT id FROM (SELECT id FROM jobs WHERE state = 'running' AND lane = $4 AND lease_until_ms < $1
                ORDER BY lease_until_ms, id LIMIT $3) AS left_behind)
        AND (state = 'waiting' OR lease_until_ms < $1)
    RETURNING id, name, payload, attempts, first_tried_ms";
/// Those before it took long: unless another worker has it by now, it is held for as long again.
const PROLONG: &str =
    "UPDATE jobs SET lease_until_ms = $3 WHERE id = $1 AND attempts = $2 AND state = 'running'";
const FINISH: &str = "DELETE FROM jobs WHERE id = $1 AND attempts = $2";
const RETRY: &str =
    "UPDATE jobs SET state = 'waiting', lease_until_ms = NULL, dedupe = NULL, last_error = $3,
        due_ms = $4
    WHERE id = $1 AND attempts = $2";
/// One that was taken and not done comes back at once.
const PUT_BACK: &str = "UPDATE jobs SET state = 'waiting', lease_until_ms = NULL, dedupe = NULL
    WHERE id = $1 AND attempts = $2";
const PARK: &str = "UPDATE jobs SET state = 'parked', lease_until_ms = NULL, last_error = $3
    WHERE id = $1 AND attempts = $2";
/// In the lane of its name, whose index it walks.
const BRING_FORWARD: &str = "UPDATE jobs SET due_ms = $1 WHERE state = 'waiting' AND id IN (
        SELECT id FROM jobs WHERE state = 'waiting' AND lane = $2 AND due_ms > $1 AND name = $3
        ORDER BY due_ms LIMIT $4)";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] =
    &[INSERT, HASTEN, CLAIM, PROLONG, FINISH, RETRY, PUT_BACK, PARK, BRING_FORWARD];

/// Work to leave for later.
#[derive(Debug)]
pub struct NewJob {
    /// Which worker function does it.
    pub name: &'static str,
    /// While a job of this name and key waits, another is not added.
    pub dedupe: Option<String>,
    /// What the worker function needs: ids, never content.
    pub payload: Value,
    /// When it is due, in milliseconds since 1970.
    pub due_ms: i64,
}

/// Leaves a job in this transaction.
///
/// # Errors
/// As [`Tx::run`].
pub async fn enqueue(tx: &Tx, job: &NewJob) -> Result<()> {
    insert(tx, INSERT, job).await
}

/// The same, but a job of this name and key that waits for a later instant is brought forward to this one. It keeps
/// its own payload.
///
/// # Errors
/// As [`Tx::run`].
pub async fn enqueue_or_bring_forward(tx: &Tx, job: &NewJob) -> Result<()> {
    insert(tx, HASTEN, job).await
}

async fn insert(tx: &Tx, sql: &'static str, job: &NewJob) -> Result<()> {
    let id: JobId = tx.new_id();
    let payload = job.payload.to_string();
    tx.run(
        sql,
        &args![&id, job.name, job.dedupe.as_deref(), &payload, job.due_ms, Lane::of(job.name).name()],
    )
    .await?;
    tx.leave_a_job();
    Ok(())
}

/// Has so many jobs of this name tried now that wait for a later instant, and says how many did.
///
/// # Errors
/// As [`Tx::run`].
pub async fn bring_forward(tx: &Tx, name: &str, most: i64) -> Result<u64> {
    let hastened = tx.run(BRING_FORWARD, &args![tx.now_ms(), Lane::of(name).name(), name, most]).await?;
    if hastened > 0 {
        tx.leave_a_job();
    }
    Ok(hastened)
}

type Doing<H> = Arc<dyn Fn(H, Value) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Does the jobs. `H` is what its functions work with.
///
/// Jobs whose names begin with `outbound.` wait for somebody outside, who may take long to answer: they are done beside
/// the others, so that none of these waits for them.
pub struct Worker<H> {
    db: Db,
    house: H,
    duties: HashMap<&'static str, (SignedDuration, Doing<H>)>,
    job_within: Duration,
    outward_drain: Duration,
    /// Wakes who does what goes outside.
    outward: Notify,
    /// Once it is to stop: how long the jobs in hand have.
    stopping: watch::Sender<Option<Duration>>,
}

/// Which of the jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Inward,
    Outward,
}

impl Lane {
    fn of(name: &str) -> Self {
        if name.starts_with("outbound.") { Self::Outward } else { Self::Inward }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Inward => "inward",
            Self::Outward => "outward",
        }
    }
}

struct Claimed {
    id: JobId,
    name: String,
    payload: String,
    attempts: i64,
    first_tried_ms: i64,
}

fn claimed(row: &Row<'_>) -> Result<Claimed> {
    Ok(Claimed {
        id: row.get(0)?,
        name: row.get(1)?,
        payload: row.get(2)?,
        attempts: row.get(3)?,
        first_tried_ms: row.get(4)?,
    })
}

impl<H: Clone + Send + Sync + 'static> Worker<H> {
    /// A worker that can do nothing yet.
    pub fn new(db: Db, house: H) -> Self {
        let (job_within, outward_drain) = (JOB_WITHIN, Duration::ZERO);
        let (outward, stopping) = (Notify::new(), watch::Sender::new(None));
        Self { db, house, duties: HashMap::new(), job_within, outward_drain, outward, stopping }
    }

    /// Teaches a job. It must be safe to do twice. One that still fails when it was first tried as long ago as `patience`
    /// is parked and no longer tried; how long it waited before that does not count.
    #[must_use]
    pub fn on(
        mut self,
        name: &'static str,
        patience: SignedDuration,
        duty: impl Fn(H, Value) -> BoxFuture<'static, Result<()>> + Send + Sync + 'static,
    ) -> Self {
        self.duties.insert(name, (patience, Arc::new(duty)));
        self
    }

    /// Gives each job this long instead of four minutes. One that takes longer has failed, so that a disk that hangs
    /// does not keep all other jobs from being done.
    #[must_use]
    pub fn each_within(mut self, job_within: Duration) -> Self {
        self.job_within = job_within;
        self
    }

    /// Gives the job in hand that waits for somebody outside so much longer in a stop: what was said to them cannot be
    /// taken back, and would be said again.
    #[must_use]
    pub fn draining_outward(mut self, longer: Duration) -> Self {
        self.outward_drain = longer;
        self
    }

    /// Does the jobs that are due now, and says how many there were.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] when the store is; a job's own failure is kept with the job.
    pub async fn do_due(&self) -> Result<usize> {
        Ok(self.do_due_of(Lane::Inward).await? + self.do_due_of(Lane::Outward).await?)
    }

    async fn do_due_of(&self, lane: Lane) -> Result<usize> {
        let now = self.db.clock().now_ms();
        let claim = Statement::new(CLAIM, &args![now, now + LEASE_MS, CLAIM_MAX, lane.name()]);
        let jobs = self.db.all_alone(claim, claimed).await?;
        let count = jobs.len();
        for job in jobs {
            if self.is_stopping() {
                self.settle(&job, PUT_BACK, &[]).await?;
            } else if self.still_has(&job, now + LEASE_MS).await? {
                self.do_one(job, lane).await?;
            }
        }
        Ok(count)
    }

    /// Whether a job that was taken is still this worker's when its turn comes, for as long as it may take.
    async fn still_has(&self, job: &Claimed, until_ms: i64) -> Result<bool> {
        let now = self.db.clock().now_ms();
        if i64::try_from(JOB_WITHIN.as_millis()).is_ok_and(|within_ms| now + within_ms <= until_ms) {
            return Ok(true);
        }
        let prolong = Statement::new(PROLONG, &args![&job.id, job.attempts, now + LEASE_MS]);
        Ok(self.db.run_alone(prolong).await? > 0)
    }

    /// Does jobs as they come due, until it is told to stop. Then the job in hand has some time to end, and more when it
    /// waits for somebody outside; it and the others that were taken are put back when they are not done, for whoever
    /// works next.
    pub async fn work(&self, stopped: impl Future<Output = ()>, drain_within: Duration) {
        let hear = async {
            stopped.await;
            self.stopping.send_replace(Some(drain_within));
        };
        tokio::join!(self.work_on(Lane::Inward), self.work_on(Lane::Outward), hear);
    }

    fn is_stopping(&self) -> bool {
        self.stopping.borrow().is_some()
    }

    /// Waits until the word to stop; how long the jobs in hand have from then.
    async fn stop(&self) -> Duration {
        let mut stopping = self.stopping.subscribe();
        let heard = stopping.wait_for(Option::is_some).await.ok().and_then(|drain_within| *drain_within);
        heard.unwrap_or_default()
    }

    async fn work_on(&self, lane: Lane) {
        while !self.is_stopping() {
            match self.do_due_of(lane).await {
                Ok(0) => tokio::select! {
                    () = self.wait(lane) => {}
                    _ = self.stop() => {}
                },
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(?error, "jobs cannot be taken");
                    drop(tokio::time::timeout(LOOK_INTERVAL, self.stop()).await);
                }
            }
        }
    }

    /// The store wakes one who waits; that one wakes the other.
    async fn wait(&self, lane: Lane) {
        match lane {
            Lane::Inward => {
                drop(tokio::time::timeout(LOOK_INTERVAL, self.db.jobs_left()).await);
                self.outward.notify_one();
            }
            Lane::Outward => drop(tokio::time::timeout(LOOK_INTERVAL, self.outward.notified()).await),
        }
    }

    /// Waits until the job in hand has had its time after the word to stop.
    async fn drained(&self, lane: Lane) {
        let drain_within = self.stop().await;
        let longer = if lane == Lane::Outward { self.outward_drain } else { Duration::ZERO };
        pause(drain_within.saturating_add(longer)).await;
    }

    async fn do_one(&self, job: Claimed, lane: Lane) -> Result<()> {
        let Some((patience, duty)) = self.duties.get(job.name.as_str()) else {
            tracing::error!(id = job.id.hex(), name = job.name, "nobody knows this job; it is parked");
            return self.settle(&job, PARK, &args!["nobody knows this job"]).await;
        };
        let payload = serde_json::from_str(&job.payload).unwrap_or(Value::Null);
        // A task of its own, so that a duty that panics fails alone.
        let mut doing = tokio::spawn(duty(self.house.clone(), payload));
        let _ends = EndsWithWorker(doing.abort_handle());
        let (done, is_stopped) = tokio::select! {
            biased;
            done = &mut doing => (done, false),
            () = pause(self.job_within) => (cut_off(doing).await, false),
            () = self.drained(lane) => (cut_off(doing).await, true),
        };
        let failure = match done {
            Ok(Ok(())) => return self.settle(&job, FINISH, &[]).await,
            Ok(Err(failure)) => failure,
            Err(cut) if cut.is_cancelled() && is_stopped => return self.settle(&job, PUT_BACK, &[]).await,
            Err(cut) if cut.is_cancelled() => Error::unavailable("it took too long"),
            Err(panicked) => Error::bug(panicked),
        };
        self.put_off(&job, *patience, &failure).await
    }

    /// The job failed: it is tried again later, unless its time is over.
    async fn put_off(&self, job: &Claimed, patience: SignedDuration, failure: &Error) -> Result<()> {
        let (id, attempts, now) = (job.id.hex(), job.attempts, self.db.clock().now_ms());
        let is_hopeless = SignedDuration::from_millis(now - job.first_tried_ms) > patience;
        tracing::warn!(id, name = job.name, attempts, is_hopeless, ?failure, "a job failed");
        let why = upkeep::in_short(failure);
        if is_hopeless {
            return self.settle(job, PARK, &args![&*why]).await;
        }
        self.settle(job, RETRY, &args![&*why, now + pause_ms(attempts)]).await
    }

    /// Records what became of the job, unless its lease has passed to another worker.
    async fn settle(&self, job: &Claimed, sql: &'static str, more: &[Arg<'_>]) -> Result<()> {
        let all = [&args![&job.id, job.attempts][..], more].concat();
        self.db.run_alone(Statement::new(sql, &all)).await.map(drop)
    }
}

/// A duty whose worker is dropped goes on no longer: it would write beside whoever opens the same store next.
struct EndsWithWorker(AbortHandle);

impl Drop for EndsWithWorker {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Ends a duty, and waits until nothing of it goes on: whoever has the job next would do it beside this. One that came to
/// its end meanwhile has.
async fn cut_off(doing: JoinHandle<Result<()>>) -> Result<Result<()>, JoinError> {
    doing.abort();
    doing.await
}

async fn pause(time: Duration) {
    drop(tokio::time::timeout(time, std::future::pending::<()>()).await);
}

/// One second, then four times as long each time, up to an hour.
fn pause_ms(attempts: i64) -> i64 {
    let steps = u32::try_from(attempts.clamp(1, 7) - 1).unwrap_or_default();
    (1_000 * 4_i64.pow(steps)).min(3_600_000)
}

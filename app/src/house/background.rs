//! What the house does beside answering: jobs, and tidying up.

use std::time::Duration;

use flows::House;
use kernel::Result;
use store::DataLock;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::serve::{Stop, Stopped};

const TIDY_PERIOD: Duration = Duration::from_secs(3_600);
/// The first time is soon after the start, but not in its way.
const FIRST_TIDY_AFTER: Duration = Duration::from_secs(60);
/// How long codes and tokens are kept after their end, so that a late repeat is still recognised as one: a day.
const KEPT_MS: i64 = 24 * 3_600 * 1_000;
/// Rows that one transaction removes.
const ROWS_PER_SWEEP: i64 = 1_000;

/// The tasks of a house, and its hold on the data.
pub struct Background {
    house: House,
    stop: Stop,
    stopped: Stopped,
    tasks: Vec<JoinHandle<()>>,
    _lock: DataLock,
}

impl Background {
    pub(super) fn new(house: House, lock: DataLock) -> Self {
        let (stop, stopped) = Stop::new();
        Self { house, stop, stopped, tasks: Vec::new(), _lock: lock }
    }

    /// Begins to do jobs as they come due, and to tidy up each hour.
    pub fn begin(&mut self) {
        let (house, mut stopped) = (self.house.clone(), self.stopped.clone());
        self.tasks.push(tokio::spawn(async move {
            let worker = flows::duties::worker(&house);
            tokio::select! {
                () = stopped.wait() => {}
                () = worker.work() => {}
            }
        }));
        let (house, stopped) = (self.house.clone(), self.stopped.clone());
        self.tasks.push(tokio::spawn(tidy_each_hour(house, stopped)));
    }

    /// Ends the tasks, brings the access log to disk, and then gives the data back.
    ///
    /// # Errors
    /// The store's, when lines of the access log could not be brought to disk.
    pub async fn stop(self) -> Result<()> {
        self.stop.now();
        for task in self.tasks {
            // A task that panicked has told so itself.
            drop(task.await);
        }
        self.house.log.stop().await
    }
}

async fn tidy_each_hour(house: House, mut stopped: Stopped) {
    let mut hours = interval_at(Instant::now() + FIRST_TIDY_AFTER, TIDY_PERIOD);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped.wait() => return,
            _ = hours.tick() => {}
        }
        if let Err(error) = tidy_up(&house).await {
            tracing::warn!(?error, "tidying up did not finish; it is tried again in an hour");
        }
    }
}

/// Loads the keys anew, which another process may have rotated; then removes files that no message names, codes, tokens
/// and sessions that ended long ago, and what is remembered of tries to sign in, and to invite, that are too old to count.
///
/// # Errors
/// The first of the store's. None keeps the rest from being done.
pub async fn tidy_up(house: &House) -> Result<()> {
    let refreshed = house.vault.refresh(&house.db).await;
    let (files, rows) = (flows::duties::sweep_files(house).await, sweep_rows(house).await);
    refreshed?;
    let (files, rows) = (files?, rows?);
    tracing::info!(files, rows, "tidied up");
    Ok(())
}

async fn sweep_rows(house: &House) -> Result<u64> {
    let mut rows = 0;
    loop {
        let swept = sweep_some_rows(house).await?;
        rows += swept.iter().sum::<u64>();
        if swept.iter().all(|count| count.cast_signed() < ROWS_PER_SWEEP) {
            return Ok(rows);
        }
    }
}

async fn sweep_some_rows(house: &House) -> Result<[u64; 7]> {
    house
        .db
        .write((), |tx, ()| {
            Box::pin(async move {
                // Tokens first: they name the codes that they came from.
                let tokens = identity::tokens::sweep(tx, KEPT_MS, ROWS_PER_SWEEP).await?;
                let codes = identity::codes::sweep(tx, KEPT_MS, ROWS_PER_SWEEP).await?;
                let sessions = identity::sessions::sweep(tx, ROWS_PER_SWEEP).await?;
                let [devices, failures] = identity::sign_in::sweep(tx, ROWS_PER_SWEEP).await?;
                let tries = identity::invitations::sweep(tx, ROWS_PER_SWEEP).await?;
                let lists = identity::imports::sweep(tx).await?;
                Ok([tokens, codes, sessions, devices, failures, tries, lists])
            })
        })
        .await
}

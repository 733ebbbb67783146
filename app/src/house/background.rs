//! What the house does beside answering: jobs, words for the search, and tidying up.

use std::time::Duration;

use flows::House;
use futures_util::future::BoxFuture;
use kernel::Result;
use store::{DataLock, Tx};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::serve::{Stop, Stopped};

const TIDY_PERIOD: Duration = Duration::from_secs(3_600);
/// The first time is soon after the start, but not in its way.
const FIRST_TIDY_AFTER: Duration = Duration::from_secs(60);
/// How long codes and tokens are kept after their end, so that a late repeat is still recognised as one: a day.
const KEPT_MS: i64 = 24 * 3_600 * 1_000;
/// Between two megabytes that are given back to the disk.
const GIFT_PAUSE: Duration = Duration::from_millis(20);
/// Rows that one transaction removes.
const ROWS_PER_SWEEP: i64 = 1_000;

/// How often the house looks whom to tell that a message waits.
const NOTICE_PERIOD: Duration = Duration::from_secs(30);

/// The tasks of a house, and its hold on the data.
pub struct Background {
    house: House,
    stop: Stop,
    stopped: Stopped,
    /// How long the jobs in hand have once it stops.
    drain_within: Duration,
    tasks: Vec<JoinHandle<()>>,
    _lock: DataLock,
}

impl Background {
    pub(super) fn new(house: House, lock: DataLock, drain_within: Duration) -> Self {
        let (stop, stopped) = Stop::new();
        Self { house, stop, stopped, drain_within, tasks: Vec::new(), _lock: lock }
    }

    /// Begins to do jobs as they come due, to write words for the search, to have files checked, to tell people what
    /// waits for them, to give up times that are held no longer, and to tidy up each hour.
    pub fn begin(&mut self) {
        let (house, mut stopped, drain_within) =
            (self.house.clone(), self.stopped.clone(), self.drain_within);
        self.tasks.push(tokio::spawn(async move {
            flows::duties::worker(&house).work(stopped.wait(), drain_within).await;
        }));
        self.run(|house| async move { flows::indexing::keep_up(&house).await });
        self.run(|house| async move { check_files(&house).await });
        self.run(tidy_each_hour);
        self.run(give_notice);
        self.run(|house| async move { flows::booking::keep_up(&house).await });
    }

    /// Runs a task that can be left at any point: each of its steps is a transaction of its own.
    fn run<F: Future<Output = ()> + Send>(&mut self, task: impl FnOnce(House) -> F + Send + 'static) {
        let (house, mut stopped) = (self.house.clone(), self.stopped.clone());
        self.tasks.push(tokio::spawn(async move {
            tokio::select! {
                () = stopped.wait() => {}
                () = task(house) => {}
            }
        }));
    }

    /// Gives the tasks the word to end, and waits for none of them.
    pub fn wind_down(&self) {
        self.stop.now();
    }

    /// Ends the tasks, brings the access log to disk, and then gives the data back.
    ///
    /// # Errors
    /// The store's, when lines of the access log could not be brought to disk.
    pub async fn stop(mut self) -> Result<()> {
        self.stop.now();
        for task in &mut self.tasks {
            // A task that panicked has told so itself.
            drop(task.await);
        }
        self.house.log.stop().await
    }
}

/// Whoever leaves a house without stopping it leaves no task in it, which would write to data that are another's by then.
impl Drop for Background {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Has files looked at as they come, when there is a scanner.
async fn check_files(house: &House) {
    if let Some(checker) = &house.checker {
        checker.keep_up(house).await;
    }
}

async fn tidy_each_hour(house: House) {
    let mut hours = interval_at(Instant::now() + FIRST_TIDY_AFTER, TIDY_PERIOD);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        if let Err(error) = tidy_up(&house).await {
            tracing::warn!(?error, "tidying up did not finish; it is tried again in an hour");
        }
    }
}

/// Hastens the letters that waited for a mail server, and then tells people again and again what waits for them.
async fn give_notice(house: House) {
    if let Err(error) = flows::mail::hasten(&house).await {
        tracing::warn!(?error, "letters that wait are not sent now, but within the hour");
    }
    let holder = house.rng.bytes::<12>();
    let mut turns = interval_at(Instant::now() + NOTICE_PERIOD, NOTICE_PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = flows::mail::notices::sweep_in_turn(&house, &holder).await {
            tracing::warn!(?error, "not everybody was told what waits for them; it is tried again");
        }
    }
}

/// Loads the keys anew, which another process may have rotated; then removes files that no message names, codes, tokens
/// and sessions that ended long ago, the words of old letters, and what is remembered of tries to sign in, and to
/// invite, and of requests that their clients named, when it is too old to count. Then forgets who was
/// invited and never came, sees to it that appointments are at the hour that their patients were told, and ends what is over
/// of the waiting lists.
/// Last, gives the disk the room that this and others left.
///
/// # Errors
/// The first of the store's. None keeps the rest from being done.
pub async fn tidy_up(house: &House) -> Result<()> {
    let refreshed = house.vault.refresh(&house.db).await;
    let (files, rows) = (flows::duties::sweep_files(house).await, sweep_rows(house).await);
    let forgotten = flows::forgetting::forget_unanswered(house).await;
    let resettled = flows::booking::resettle(house).await;
    let waited = flows::asap::tidy_up(house).await;
    let given_back = give_back(house).await;
    refreshed?;
    let (files, rows, people, resettled) = (files?, rows?, forgotten?, resettled?);
    waited?;
    given_back?;
    tracing::info!(files, rows, people, resettled, "tidied up");
    Ok(())
}

/// Gives the room back to the disk that deleted rows left, with pauses in which others write.
async fn give_back(house: &House) -> Result<()> {
    while house.db.give_back().await? {
        drop(tokio::time::timeout(GIFT_PAUSE, std::future::pending::<()>()).await);
    }
    Ok(())
}

/// Removes some of the rows of one kind that are too old, and says how many.
type Sweep = for<'c> fn(&'c Tx) -> BoxFuture<'c, Result<u64>>;

/// Tokens before codes: they name those that they came from.
const SWEEPS: &[Sweep] = &[
    |tx| Box::pin(identity::tokens::sweep(tx, KEPT_MS, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::refresh::sweep(tx, KEPT_MS, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::refresh::sweep_families(tx, KEPT_MS, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::codes::sweep(tx, KEPT_MS, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::assertions::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::sessions::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(async move { Ok(identity::sign_in::sweep(tx, ROWS_PER_SWEEP).await?.iter().sum()) }),
    |tx| Box::pin(identity::halves::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(async move { Ok(identity::sms::sweep(tx, ROWS_PER_SWEEP).await?.iter().sum()) }),
    |tx| Box::pin(identity::sign_in_links::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::once::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(async move { Ok(outbound::letters::sweep(tx, ROWS_PER_SWEEP).await?.iter().sum()) }),
    |tx| Box::pin(identity::passkeys::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::password_links::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::invitations::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::imports::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(identity::merges::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(messaging::merging::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(booking::merging::sweep(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(booking::sweeps::sweep_freed(tx, ROWS_PER_SWEEP)),
    |tx| Box::pin(booking::sweeps::sweep_video_links(tx, ROWS_PER_SWEEP)),
];

/// Each kind in transactions of its own, so that one that cannot be removed keeps no other.
async fn sweep_rows(house: &House) -> Result<u64> {
    let (mut rows, mut outcome) = (0, Ok(()));
    for sweep in SWEEPS {
        match sweep_to_the_end(house, *sweep).await {
            Ok(swept) => rows += swept,
            Err(error) => outcome = outcome.and(Err(error)),
        }
    }
    outcome.map(|()| rows)
}

async fn sweep_to_the_end(house: &House, sweep: Sweep) -> Result<u64> {
    let mut rows = 0;
    loop {
        let swept = house.db.write(sweep, |tx, sweep| sweep(tx)).await?;
        rows += swept;
        if swept.cast_signed() < ROWS_PER_SWEEP {
            return Ok(rows);
        }
    }
}

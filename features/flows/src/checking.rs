//! Having the virus scanner look at the files that wait for it.
//!
//! That a file waits is in its row. A job of its message only says where to look, so that a scanner that is slow or
//! away holds up no other job; after a start, and each hour, every organisation is looked at.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use kernel::{Error, FileId, OrganisationId, Result};
use messaging::files::{self, Waiting};
use outbound::clamd::{AT_ONCE, Clamd, Verdict};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::House;

/// Counts files by what was found in them.
pub const FILES_CHECKED: &str = "bedside_files_checked_total";
/// Counts tries that gave no verdict.
pub const FILE_CHECKS_FAILED: &str = "bedside_file_checks_failed_total";

/// The first pause after the scanner gave no verdict; each further one is twice as long.
const PAUSE_MIN_MS: i64 = 1_000;
/// The longest pause.
const PAUSE_MAX_MS: i64 = 60_000;
/// Pause before a file is tried again that is itself the reason, as one that is damaged or too long for the scanner.
const FILE_PAUSE_MS: i64 = 3_600_000;
/// Tries after which a file is itself the reason when a scanner that answers gives no verdict on it.
const FILE_TRIES_MAX: u32 = 5;
/// How long a try counts.
const TRY_COUNTS_MS: i64 = 2 * FILE_PAUSE_MS;
/// How often what was paused is looked at again.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How often every organisation is looked at, for what a process that died left behind.
const WALK_PERIOD: Duration = Duration::from_secs(3_600);

/// Has files looked at. It is lent to the store by a house that has a scanner. Clones are the same.
#[derive(Clone)]
pub struct Checker(Arc<Desk>);

struct Desk {
    clamd: Clamd,
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    /// Where files may wait.
    organisations: BTreeSet<OrganisationId>,
    /// Until when a file is left alone.
    paused: HashMap<FileId, i64>,
    /// How often the scanner gave no verdict on a file, and until when that counts.
    tries: HashMap<FileId, (u32, i64)>,
    /// Until when the scanner is left alone, and how often in a row it gave no verdict.
    resume_ms: i64,
    failures: u32,
}

/// Whose the failure to check a file is.
enum Failed {
    Scanner(Error),
    File(Error),
}

impl Checker {
    /// One that asks this scanner.
    #[must_use]
    pub fn new(clamd: Clamd) -> Self {
        Self(Arc::new(Desk { clamd, state: Mutex::default(), bell: Notify::new() }))
    }

    /// Notes that files may wait there.
    pub fn look_at(&self, organisation: OrganisationId) {
        self.0.state.lock().organisations.insert(organisation);
        self.0.bell.notify_one();
    }

    /// Has files looked at as they come, until the future is dropped.
    pub async fn keep_up(&self, house: &House) {
        let mut is_due_for_walk = true;
        loop {
            let done = async {
                if std::mem::take(&mut is_due_for_walk) {
                    self.look_everywhere(house).await?;
                }
                self.check_due(house).await
            };
            if let Err(error) = done.await {
                tracing::warn!(?error, "files that wait for the virus scanner cannot be looked up");
                is_due_for_walk = true;
                drop(timeout(LOOK_INTERVAL, std::future::pending::<()>()).await);
            }
            let is_idle = self.0.state.lock().organisations.is_empty();
            let pause = if is_idle { WALK_PERIOD } else { LOOK_INTERVAL };
            is_due_for_walk |= timeout(pause, self.0.bell.notified()).await.is_err() && is_idle;
        }
    }

    async fn look_everywhere(&self, house: &House) -> Result<()> {
        let all = house.db.read((), |tx, ()| Box::pin(vault::organisations(tx))).await?;
        self.0.state.lock().organisations.extend(all);
        Ok(())
    }

    /// Has the files looked at that wait and are not paused, and says how many got a verdict.
    ///
    /// # Errors
    /// The store's; that the scanner gives no verdict is kept for later.
    pub async fn check_due(&self, house: &House) -> Result<usize> {
        let organisations = {
            let (mut state, now) = (self.0.state.lock(), house.clock.now_ms());
            if now < state.resume_ms {
                return Ok(0);
            }
            state.paused.retain(|_, until_ms| now < *until_ms);
            state.tries.retain(|_, (_, until_ms)| now < *until_ms);
            std::mem::take(&mut state.organisations)
        };
        let mut settled = 0;
        for organisation in organisations {
            // It is put back first, so that whatever stops this looks at it again.
            self.0.state.lock().organisations.insert(organisation);
            let (done, left) = self.check_all_of(house, organisation).await?;
            settled += done;
            if left == 0 {
                self.0.state.lock().organisations.remove(&organisation);
            }
        }
        Ok(settled)
    }

    /// How many files got a verdict, and how many still wait.
    async fn check_all_of(&self, house: &House, organisation: OrganisationId) -> Result<(usize, usize)> {
        let (mut done, mut left, mut after) = (0, 0, FileId::from_bytes([0; 12]));
        loop {
            let input = (organisation, after);
            let some = house
                .db
                .read(input, |tx, (organisation, after)| Box::pin(files::waiting(tx, *organisation, *after)));
            let some = some.await?;
            let Some(last) = some.last() else { return Ok((done, left)) };
            after = last.file;
            // One that may bring the scanner down comes after the others, and alone.
            let (once_more, first): (Vec<_>, Vec<_>) =
                some.into_iter().partition(|one| self.0.state.lock().tries.contains_key(&one.file));
            let first = stream::iter(first).map(|one| self.check(house, one)).buffer_unordered(AT_ONCE);
            let mut outcomes: Vec<Result<bool>> = first.collect().await;
            for one in once_more {
                outcomes.push(self.check(house, one).await);
            }
            for outcome in outcomes {
                if outcome? {
                    done += 1;
                } else {
                    left += 1;
                }
            }
        }
    }

    /// Whether the file no longer waits.
    async fn check(&self, house: &House, waiting: Waiting) -> Result<bool> {
        let now = house.clock.now_ms();
        {
            let state = self.0.state.lock();
            let file = state.paused.get(&waiting.file).copied().unwrap_or_default();
            if now < state.resume_ms.max(file) {
                return Ok(false);
            }
        }
        match self.scan(house, &waiting).await {
            Ok(verdict) => {
                self.0.state.lock().note_success(waiting.file);
                settle(house, waiting, &verdict).await
            }
            Err(failed) => {
                metrics::counter!(FILE_CHECKS_FAILED).increment(1);
                self.0.state.lock().note_failure(&waiting, &failed, now);
                Ok(false)
            }
        }
    }

    /// Tells a scanner that is away from a file that brings it down, or on which it gives no verdict however often it is
    /// asked: that one must not hold up all others.
    async fn scan(&self, house: &House, waiting: &Waiting) -> Result<Verdict, Failed> {
        let is_suspect = self.0.state.lock().is_suspect(waiting.file);
        if is_suspect && !self.0.clamd.answers().await {
            return Err(Failed::Scanner(Error::unavailable("the virus scanner does not answer")));
        }
        let of_file = |error: Error| match error.retry_after_s() {
            Some(_) => Failed::Scanner(error),
            None => Failed::File(error),
        };
        let ring = house.vault.ring_of(&house.db, waiting.organisation).await.map_err(of_file)?;
        let bytes = files::contents(&house.blobs, &ring, &waiting.blob_key).await.map_err(of_file)?;
        let scanned = self.0.clamd.scan(bytes).await;
        scanned.map_err(|error| if is_suspect { Failed::File(error) } else { of_file(error) })
    }
}

impl State {
    fn note_success(&mut self, file: FileId) {
        (self.resume_ms, self.failures) = (0, 0);
        self.paused.remove(&file);
        self.tries.remove(&file);
    }

    fn is_suspect(&self, file: FileId) -> bool {
        self.tries.get(&file).is_some_and(|(tries, _)| *tries >= FILE_TRIES_MAX)
    }

    fn note_failure(&mut self, waiting: &Waiting, failed: &Failed, now_ms: i64) {
        let file = waiting.file.hex();
        let (tries, until_ms) = self.tries.entry(waiting.file).or_default();
        (*tries, *until_ms) = (*tries + 1, now_ms + TRY_COUNTS_MS);
        match failed {
            Failed::Scanner(error) => {
                let pause_ms = (PAUSE_MIN_MS << self.failures.min(6)).min(PAUSE_MAX_MS);
                // Files that were on their way together are one failure.
                if now_ms >= self.resume_ms {
                    (self.resume_ms, self.failures) = (now_ms + pause_ms, self.failures + 1);
                }
                tracing::warn!(file, ?error, "the virus scanner gave no verdict; the file waits");
            }
            Failed::File(error) => {
                self.paused.insert(waiting.file, now_ms + FILE_PAUSE_MS);
                let hint = match error {
                    Error::TooLarge { .. } => "raise StreamMaxLength of clamd to 26M or more",
                    Error::Unavailable { .. } => "the scanner answers, but breaks off at this one",
                    _ => "its bytes are damaged or missing",
                };
                tracing::error!(file, ?error, hint, "a file cannot be checked for viruses; it waits");
            }
        }
    }
}

async fn settle(house: &House, waiting: Waiting, verdict: &Verdict) -> Result<bool> {
    let is_clean = match verdict {
        Verdict::Clean => true,
        Verdict::Infected(name) => {
            // Which file it was and whose says the access log; the name is the scanner's.
            tracing::warn!(file = waiting.file.hex(), name, "a file is unsafe; its bytes are removed");
            false
        }
    };
    let settled = house.db.write((waiting, is_clean), |tx, (waiting, is_clean)| {
        Box::pin(files::settle(tx, waiting.organisation, waiting.file, *is_clean))
    });
    if settled.await? {
        let verdict = if is_clean { "clean" } else { "infected" };
        metrics::counter!(FILES_CHECKED, "verdict" => verdict).increment(1);
    }
    Ok(true)
}

/// Does the job [`files::CHECK_FILES`]: says to the checker where to look. Without a scanner what waits goes on to wait.
pub(crate) async fn look(house: &House, payload: Value) -> Result<()> {
    let job: files::CheckFiles = serde_json::from_value(payload).map_err(Error::bug)?;
    if let Some(checker) = &house.checker {
        checker.look_at(job.organisation);
    }
    Ok(())
}

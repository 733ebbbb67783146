//! The one connection that writes. Its thread gathers the bodies that wait into one commit and answers them after
//! it; a body that comes alone is carried out where it stands, since waking a thread and being woken by it takes
//! longer than its statements.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flume::TrySendError;
use kernel::{Error, Event, Result};
use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Connection;
use crate::body::{AnyBody, Body};
use crate::tools::Toolbox;
use crate::tx::{Engine, Mode, Tx};

/// Bodies in one commit.
const BATCH_MAX: usize = 256;
/// How long a commit may gather bodies.
const GATHER_TIME: Duration = Duration::from_millis(10);
/// New pages after which the write-ahead log is copied back into the database. A short log is written over and over
/// in the same place, and a start after a crash has little to read.
const PAGES_PER_CHECKPOINT: u64 = 1_000;
/// Empty pages that are given back to the disk at once: a megabyte.
const PAGES_PER_GIFT: i64 = 256;
/// Empty pages that stay for what is written next.
const PAGES_KEPT: i64 = 256;
/// Bodies that may wait for the writer; who comes later waits outside.
const QUEUE_MAX: usize = 4_096;
/// A commit that takes less does not keep a thread from its other work for long.
pub(crate) const QUICK_COMMIT: Duration = Duration::from_millis(1);
/// How long they wait there before they are asked to come back. Nothing of theirs was begun.
const WAIT_OUTSIDE: Duration = Duration::from_secs(2);

/// One body with the way to its caller.
struct Work {
    body: Arc<dyn AnyBody>,
    sender: oneshot::Sender<Result<()>>,
}

/// A body that has run: how it ended, and the way to its caller, who hears of it once the commit's fate is known.
struct Finished {
    outcome: Result<()>,
    sender: oneshot::Sender<Result<()>>,
}

impl Work {
    fn run(self, tx: &Tx) -> Finished {
        let outcome = Body::new(tx, &*self.body).and_then(Body::finish_now);
        Finished { outcome, sender: self.sender }
    }

    /// The end of a body for which no transaction could begin.
    fn refuse(self) -> Finished {
        let outcome = Err(Error::unavailable("the transaction could not begin"));
        Finished { outcome, sender: self.sender }
    }
}

impl Finished {
    fn answer(self, verdict: Verdict) {
        let answer = match verdict {
            Verdict::Lost => self.outcome.and(Err(Error::unavailable("the commit was lost"))),
            Verdict::OnDisk => self.outcome,
        };
        // A caller who hung up does not want it; what is stored stays stored.
        drop(self.sender.send(answer));
    }
}

/// What became of a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    OnDisk,
    Lost,
}

/// What the writing thread is asked to do.
enum Errand {
    Carry(Work),
    /// Copy the write-ahead log back: the commit before was carried out elsewhere, where nobody should wait for it.
    CopyBack,
    /// Give some empty pages back to the disk, and say whether there are more.
    GiveBack(oneshot::Sender<Result<bool>>),
}

/// The way to the writing connection.
pub(crate) struct Writer {
    queue: Option<flume::Sender<Errand>>,
    thread: Option<std::thread::JoinHandle<()>>,
    hand: Arc<Mutex<Hand>>,
    /// Callers who have not been answered yet.
    callers: AtomicUsize,
    healthy: Arc<AtomicBool>,
}

impl Writer {
    /// Opens the connection. A body alone is carried out where it stands after a commit that took less than
    /// `quick_commit`.
    pub fn start(path: PathBuf, toolbox: Arc<Toolbox>, quick_commit: Duration) -> Result<Self> {
        let connection = Arc::new(Mutex::new(open(&path)?));
        let (queue, errands) = flume::bounded(QUEUE_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let hand = Hand {
            path,
            connection,
            toolbox,
            healthy: healthy.clone(),
            copied_back: 0,
            quick_commit,
            is_quick: false,
        };
        let hand = Arc::new(Mutex::new(hand));
        let (of_thread, builder) = (hand.clone(), std::thread::Builder::new().name("bedside-writer".into()));
        let thread = builder.spawn(move || work_through(&errands, &of_thread)).map_err(Error::unavailable)?;
        Ok(Self { queue: Some(queue), thread: Some(thread), hand, callers: AtomicUsize::new(0), healthy })
    }

    /// Has a body carried out, and answers when its commit is on disk.
    pub async fn carry(&self, body: Arc<dyn AnyBody>) -> Result<()> {
        let (sender, answer) = oneshot::channel();
        let work = Work { body, sender };
        let caller = Caller::enter(&self.callers);
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        let left = if caller.is_alone { self.carry_here(queue, work) } else { Some(work) };
        if let Some(work) = left {
            line_up(queue, work).await?;
        }
        answer.await.map_err(|_| stopped())?
    }

    /// Carries the body out on the caller's own thread, unless the connection is in use or the disk so slow that
    /// the thread is better spent on others; then the body is given back.
    fn carry_here(&self, queue: &flume::Sender<Errand>, work: Work) -> Option<Work> {
        let Some(mut hand) = self.hand.try_lock() else { return Some(work) };
        if !hand.is_quick || !queue.is_empty() {
            return Some(work);
        }
        hand.carry(work, None);
        if hand.must_copy_back() {
            // A full queue has work for the thread, after which it looks by itself.
            drop(queue.try_send(Errand::CopyBack));
        }
        None
    }

    /// Gives some of the pages back to the disk that hold nothing any more, behind whoever waits for the writer, and
    /// says whether there are more.
    pub async fn give_back(&self) -> Result<bool> {
        let (sender, answer) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send_async(Errand::GiveBack(sender)).await.map_err(|_| stopped())?;
        // It was put off, since somebody waited for a commit.
        answer.await.unwrap_or(Ok(true))
    }

    /// Whether the last commit reached the disk.
    pub fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }
}

/// Puts a body into the queue; whoever finds it full waits outside for a while.
async fn line_up(queue: &flume::Sender<Errand>, work: Work) -> Result<()> {
    let errand = match queue.try_send(Errand::Carry(work)) {
        Ok(()) => return Ok(()),
        Err(TrySendError::Full(errand)) => errand,
        Err(TrySendError::Disconnected(_)) => return Err(stopped()),
    };
    match timeout(WAIT_OUTSIDE, queue.send_async(errand)).await {
        Ok(sent) => sent.map_err(|_| stopped()),
        Err(_) => Err(Error::unavailable("too many wait for the writer")),
    }
}

fn stopped() -> Error {
    Error::unavailable("the writer has stopped")
}

/// Somebody who waits for an answer; counted until they have it, or hang up.
struct Caller<'a> {
    all: &'a AtomicUsize,
    is_alone: bool,
}

impl<'a> Caller<'a> {
    fn enter(all: &'a AtomicUsize) -> Self {
        let is_alone = all.fetch_add(1, Ordering::Relaxed) == 0;
        Self { all, is_alone }
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Writer {
    /// What was accepted is finished before the connection closes.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writing thread panicked");
        }
    }
}

/// The writing thread: it works until nobody can give it anything more.
fn work_through(errands: &flume::Receiver<Errand>, hand: &Mutex<Hand>) {
    while let Ok(errand) = errands.recv() {
        let mut hand = hand.lock();
        match errand {
            Errand::Carry(first) => hand.carry(first, Some(errands)),
            Errand::CopyBack => {}
            // Who asked may be gone.
            Errand::GiveBack(answer) => drop(answer.send(hand.give_back())),
        }
        if hand.must_copy_back() {
            hand.copy_back();
        }
    }
    hand.lock().copy_back();
}

/// The next body that already waits.
fn next_of(errands: &flume::Receiver<Errand>) -> Option<Work> {
    errands.try_iter().find_map(|errand| match errand {
        Errand::Carry(work) => Some(work),
        // The one is looked at after every commit of the thread's, the other asked for again.
        Errand::CopyBack | Errand::GiveBack(_) => None,
    })
}

/// Who holds the connection.
struct Hand {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
    toolbox: Arc<Toolbox>,
    healthy: Arc<AtomicBool>,
    /// Pages of the write-ahead log that were last copied back.
    copied_back: u64,
    quick_commit: Duration,
    /// Whether the last commit that changed anything took so little time that a caller may make the next one.
    is_quick: bool,
}

/// The bodies of one commit.
#[derive(Default)]
struct Batch {
    finished: Vec<Finished>,
    events: Vec<Event>,
    left_a_job: bool,
}

impl Hand {
    /// Carries a body out, and in the same commit those of the others that already wait, and answers them.
    fn carry(&mut self, first: Work, others: Option<&flume::Receiver<Errand>>) {
        let (batch, verdict) = self.commit(first, others);
        if verdict == Verdict::OnDisk {
            self.toolbox.tell(&batch.events);
            if !batch.events.is_empty() {
                self.toolbox.turns.take().tell(batch.events);
            }
            if batch.left_a_job {
                self.toolbox.jobs_left.notify_one();
            }
        }
        for finished in batch.finished {
            finished.answer(verdict);
        }
    }

    fn must_copy_back(&self) -> bool {
        let pages = self.connection.lock().log_pages();
        // One that is shorter than what was copied back was begun anew.
        let new = pages.checked_sub(self.copied_back).unwrap_or(pages);
        new >= PAGES_PER_CHECKPOINT
    }

    /// After the answers, so that nobody waits for it, and not inside `COMMIT`, where a checkpoint that finds the
    /// disk full would make a commit that is on disk look lost.
    fn copy_back(&mut self) {
        self.copied_back = self.connection.lock().log_pages();
        if let Err(error) = self.step("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(?error, "the write-ahead log could not be copied back");
        }
    }

    /// In a transaction of its own. The file is as long as it should be once the write-ahead log is copied back.
    fn give_back(&mut self) -> Result<bool> {
        let empty = self.connection.lock().number("PRAGMA freelist_count")?;
        if empty >= PAGES_KEPT + PAGES_PER_GIFT {
            self.connection.lock().restart_body_time();
            self.step(&format!("PRAGMA incremental_vacuum({PAGES_PER_GIFT})"))?;
        }
        self.copy_back();
        let left = self.connection.lock().number("PRAGMA freelist_count")?;
        // A file that was made without a map of its pages, as by restoring a dump, gives none back.
        Ok(left < empty && left >= PAGES_KEPT + PAGES_PER_GIFT)
    }

    fn commit(&mut self, first: Work, others: Option<&flume::Receiver<Errand>>) -> (Batch, Verdict) {
        let mut batch = Batch::default();
        let ended = match others {
            Some(others) => self.gather(first, others, &mut batch),
            None => self.run_alone(first, &mut batch),
        };
        let verdict = match ended {
            Ok(()) => Verdict::OnDisk,
            Err(error) => {
                tracing::error!(?error, bodies = batch.finished.len(), "a commit was lost");
                self.healthy.store(false, Ordering::Relaxed);
                self.recover();
                Verdict::Lost
            }
        };
        (batch, verdict)
    }

    /// Runs bodies inside one transaction and commits it. An error means that the whole batch is lost.
    fn gather(&mut self, first: Work, others: &flume::Receiver<Errand>, batch: &mut Batch) -> Result<()> {
        let first = self.begin("BEGIN IMMEDIATE", first, batch)?;
        let changes = self.changes();
        let started = Instant::now();
        let mut waiting = Some(first);
        while let Some(work) = waiting.take() {
            self.run_among_others(work, batch)?;
            if batch.finished.len() < BATCH_MAX && started.elapsed() < GATHER_TIME {
                waiting = next_of(others);
            }
        }
        self.end(changes, batch)
    }

    /// The same for a body that has its transaction for itself, which spares it the savepoint.
    fn run_alone(&mut self, work: Work, batch: &mut Batch) -> Result<()> {
        let work = self.begin("BEGIN IMMEDIATE", work, batch)?;
        let changes = self.changes();
        if self.run(work, batch)? { self.end(changes, batch) } else { self.step("ROLLBACK") }
    }

    /// Runs one body inside its own savepoint.
    fn run_among_others(&self, work: Work, batch: &mut Batch) -> Result<()> {
        let work = self.begin("SAVEPOINT body", work, batch)?;
        if !self.run(work, batch)? {
            self.step("ROLLBACK TO body")?;
        }
        self.step("RELEASE body")
    }

    /// Runs one body, and says whether what it did is to be kept.
    fn run(&self, work: Work, batch: &mut Batch) -> Result<bool> {
        self.connection.lock().restart_body_time();
        let tx = Tx::new(Engine::Sqlite(self.connection.clone()), Mode::Write, &self.toolbox);
        let finished = work.run(&tx);
        let keep = finished.outcome.is_ok();
        batch.finished.push(finished);
        // A full disk makes SQLite roll the whole batch back by itself; later savepoints would commit alone.
        if self.connection.lock().is_autocommit() {
            return Err(Error::unavailable("SQLite ended the transaction by itself"));
        }
        self.connection.lock().restart_body_time();
        if keep {
            batch.events.append(&mut tx.take_events());
            batch.left_a_job |= tx.has_left_a_job();
        }
        Ok(keep)
    }

    /// Begins what a body runs in; one for which it cannot begin hears so.
    fn begin(&self, sql: &str, work: Work, batch: &mut Batch) -> Result<Work> {
        match self.step(sql) {
            Ok(()) => Ok(work),
            Err(error) => {
                batch.finished.push(work.refuse());
                Err(error)
            }
        }
    }

    /// Commits. How the disk is doing is learned only from what is written to it: a transaction that changed nothing
    /// never gets there.
    fn end(&mut self, changes_before: u64, batch: &Batch) -> Result<()> {
        let started = Instant::now();
        self.step("COMMIT")?;
        if self.changes() != changes_before && batch.finished.iter().any(|finished| finished.outcome.is_ok())
        {
            self.is_quick = started.elapsed() < self.quick_commit;
            self.healthy.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn changes(&self) -> u64 {
        self.connection.lock().total_changes()
    }

    fn step(&self, sql: &str) -> Result<()> {
        self.connection.lock().step(sql)
    }

    /// After a lost commit nothing of the connection's state is trusted: it is opened anew.
    fn recover(&self) {
        let mut connection = self.connection.lock();
        if !connection.is_autocommit()
            && let Err(error) = connection.step("ROLLBACK")
        {
            tracing::error!(?error, "the lost commit could not be rolled back");
        }
        match open(&self.path) {
            Ok(fresh) => *connection = fresh,
            Err(error) => tracing::error!(?error, "the database could not be opened anew"),
        }
    }
}

fn open(path: &std::path::Path) -> Result<Connection> {
    let mut connection = Connection::open_for_writing(path)?;
    connection.limit_body_time()?;
    Ok(connection)
}

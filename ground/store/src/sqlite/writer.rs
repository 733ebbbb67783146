//! The one thread that writes. It gathers the bodies that wait into one commit and answers them after it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kernel::{Error, Event, Result};
use parking_lot::Mutex;

use super::Connection;
use crate::tools::Toolbox;
use crate::tx::{Engine, Mode, Tx};

/// Bodies in one commit.
const BATCH_MAX: usize = 256;
/// How long a commit may gather bodies.
const GATHER_TIME: Duration = Duration::from_millis(10);
/// Changed rows after which the write-ahead log is copied back into the database: some megabytes, so that a start
/// after a crash has little to read.
const CHANGES_PER_CHECKPOINT: u64 = 4_000;
/// Bodies that may wait for the writer; who comes later waits outside.
const QUEUE_MAX: usize = 4_096;

/// One body with the way to its caller. It is called without a transaction when none could begin.
pub(crate) type Work = Box<dyn FnOnce(Option<&Tx>) -> Finished + Send>;

/// A body that has run: whether it is to be kept, and how its caller is answered once the commit's fate is known.
pub(crate) struct Finished {
    pub keep: bool,
    pub answer: Box<dyn FnOnce(Verdict) + Send>,
}

/// What became of a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    OnDisk,
    Lost,
}

/// The way to the writing thread.
pub(crate) struct Writer {
    queue: Option<flume::Sender<Work>>,
    thread: Option<std::thread::JoinHandle<()>>,
    healthy: Arc<AtomicBool>,
}

impl Writer {
    pub fn start(path: PathBuf, toolbox: Arc<Toolbox>) -> Result<Self> {
        let connection = open(&path)?;
        let (queue, work) = flume::bounded(QUEUE_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let hand = Hand {
            path,
            connection: Arc::new(Mutex::new(connection)),
            work,
            toolbox,
            healthy: healthy.clone(),
        };
        let thread = std::thread::Builder::new().name("bedside-writer".into()).spawn(move || hand.write());
        Ok(Self { queue: Some(queue), thread: Some(thread.map_err(Error::unavailable)?), healthy })
    }

    pub async fn send(&self, work: Work) -> Result<()> {
        let Some(queue) = &self.queue else { return Err(Error::unavailable("the writer has stopped")) };
        queue.send_async(work).await.map_err(|_| Error::unavailable("the writer has stopped"))
    }

    /// Whether the last commit reached the disk.
    pub fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
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

struct Hand {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
    work: flume::Receiver<Work>,
    toolbox: Arc<Toolbox>,
    healthy: Arc<AtomicBool>,
}

/// The bodies of one commit.
#[derive(Default)]
struct Batch {
    finished: Vec<Finished>,
    events: Vec<Event>,
    left_a_job: bool,
}

impl Hand {
    fn write(self) {
        let mut copied_back = 0;
        while let Ok(first) = self.work.recv() {
            let (batch, verdict) = self.commit(first);
            self.healthy.store(verdict == Verdict::OnDisk, Ordering::Relaxed);
            if verdict == Verdict::OnDisk {
                self.toolbox.tell(&batch.events);
                if batch.left_a_job {
                    self.toolbox.jobs_left.notify_one();
                }
            }
            for finished in batch.finished {
                (finished.answer)(verdict);
            }
            // A connection that was opened anew counts from zero.
            let changes = self.connection.lock().total_changes();
            if changes.wrapping_sub(copied_back) >= CHANGES_PER_CHECKPOINT {
                copied_back = changes;
                self.checkpoint();
            }
        }
        self.checkpoint();
    }

    /// After the answers, so that nobody waits for it, and not inside `COMMIT`, where a checkpoint that finds the
    /// disk full would make a commit that is on disk look lost.
    fn checkpoint(&self) {
        if let Err(error) = self.step("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(?error, "the write-ahead log could not be copied back");
        }
    }

    fn commit(&self, first: Work) -> (Batch, Verdict) {
        let mut batch = Batch::default();
        let verdict = match self.gather(first, &mut batch) {
            Ok(()) => Verdict::OnDisk,
            Err(error) => {
                tracing::error!(?error, bodies = batch.finished.len(), "a commit was lost");
                self.recover();
                Verdict::Lost
            }
        };
        (batch, verdict)
    }

    /// Runs bodies inside one transaction and commits it. An error means that the whole batch is lost.
    fn gather(&self, first: Work, batch: &mut Batch) -> Result<()> {
        if let Err(error) = self.step("BEGIN IMMEDIATE") {
            batch.finished.push(first(None));
            return Err(error);
        }
        let started = Instant::now();
        let mut next = Some(first);
        while let Some(work) = next.take() {
            self.run(work, batch)?;
            if batch.finished.len() < BATCH_MAX && started.elapsed() < GATHER_TIME {
                next = self.work.try_recv().ok();
            }
        }
        self.step("COMMIT")
    }

    /// Runs one body inside its own savepoint.
    fn run(&self, work: Work, batch: &mut Batch) -> Result<()> {
        if let Err(error) = self.step("SAVEPOINT body") {
            batch.finished.push(work(None));
            return Err(error);
        }
        self.connection.lock().restart_body_time();
        let tx = Tx::new(Engine::Sqlite(self.connection.clone()), Mode::Write, &self.toolbox);
        let finished = work(Some(&tx));
        let keep = finished.keep;
        batch.finished.push(finished);
        // A full disk makes SQLite roll the whole batch back by itself; later savepoints would commit alone.
        if self.connection.lock().is_autocommit() {
            return Err(Error::unavailable("SQLite ended the transaction by itself"));
        }
        self.connection.lock().restart_body_time();
        if keep {
            batch.events.append(&mut tx.take_events());
            batch.left_a_job |= tx.has_left_a_job();
        } else {
            self.step("ROLLBACK TO body")?;
        }
        self.step("RELEASE body")
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

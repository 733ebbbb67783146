//! The task that brings lines of reading to disk, and the one that seals.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kernel::{Id, Result};
use store::{Db, Tx};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};
use vault::Vault;

use crate::buffer::Buffer;
use crate::gaps::{self, Company};
use crate::line::Stamped;
use crate::{rows, seal};

/// How often the buffer is flushed: a line must be on disk a second after it came, the commit included.
const FLUSH_PERIOD: Duration = Duration::from_millis(500);
/// Flush periods between two signs of life.
const PERIODS_PER_SIGN: u64 = 10;
/// How often lines are sealed.
const SEAL_PERIOD: Duration = Duration::from_secs(1);
/// Lines in one transaction, which may run 200 statements.
const LINES_PER_WRITE: usize = 150;

/// What the task may be told.
pub(crate) enum Command {
    Flush(oneshot::Sender<Result<()>>),
    Stop(oneshot::Sender<Result<()>>),
}

/// This process, as other processes see it.
#[derive(Clone, Copy)]
pub(crate) struct Writer {
    pub id: [u8; 12],
    pub started_us: i64,
}

/// What flushes. When it goes, for whatever reason, the buffer takes no more lines.
pub(crate) struct Keeper {
    db: Db,
    vault: Vault,
    company: Company,
    buffer: Arc<Buffer>,
    writer: Writer,
}

type Signed = (Stamped, [u8; 32]);

impl Writer {
    pub fn new(db: &Db) -> Self {
        let id = *Id::<()>::new(db.clock(), db.rng()).as_bytes();
        Self { id, started_us: db.clock().now_us() }
    }

    /// Records up to when the lines of this process are on disk.
    pub async fn keep(self, db: &Db, flushed_us: i64) -> Result<()> {
        db.run_alone(rows::keep_writer(&self.id, self.started_us, flushed_us)).await.map(drop)
    }

    async fn end(self, db: &Db) -> Result<()> {
        db.write(self, |tx, writer| Box::pin(rows::end_writer(tx, &writer.id))).await
    }
}

impl Keeper {
    pub fn new(db: &Db, vault: &Vault, company: Company, buffer: Arc<Buffer>, writer: Writer) -> Self {
        Self { db: db.clone(), vault: vault.clone(), company, buffer, writer }
    }

    pub fn spawn(self, orders: mpsc::Receiver<Command>) {
        let sealing = Sealing(tokio::spawn(seal_for_ever(self.db.clone(), self.writer.id)));
        drop(tokio::spawn(run(orders, self, sealing)));
    }

    /// Brings every line that waits to disk, in a few transactions side by side, which the store commits together.
    async fn flush(&self) -> Result<()> {
        let (upto_us, lines) = self.buffer.take(self.db.clock());
        if lines.is_empty() {
            return Ok(());
        }
        let signed: Vec<Signed> = lines
            .into_iter()
            .map(|line| {
                let mac = line.columns().mac(&self.vault);
                (line, mac)
            })
            .collect();
        let chunks: Vec<Arc<[Signed]>> = signed.chunks(LINES_PER_WRITE).map(Arc::from).collect();
        let writes = chunks.iter().map(|chunk| {
            self.db.write(chunk.clone(), |tx, chunk: &Arc<[Signed]>| Box::pin(insert_lines(tx, chunk)))
        });
        let outcomes = join_all(writes).await;
        let (mut on_disk, mut back, mut outcome) = (0, Vec::new(), Ok(()));
        for (chunk, written) in chunks.iter().zip(outcomes) {
            match written {
                Ok(()) => on_disk += chunk.len(),
                Err(error) => {
                    back.extend(chunk.iter().map(|(line, _)| line.clone()));
                    outcome = Err(error);
                }
            }
        }
        self.buffer.landed(on_disk, back);
        outcome?;
        self.writer.keep(&self.db, upto_us).await
    }

    /// The flush that is due. Its failing is no end: the lines are kept, and a full buffer stops the readers.
    async fn flush_in_time(&self) {
        if let Err(error) = self.flush().await {
            tracing::error!(?error, "the access log could not be flushed; its lines are kept");
        }
    }

    /// Tells others that this process lives, and looks for those that died.
    async fn give_a_sign(&self) {
        // While lines wait, the flush that brings them to disk is the sign.
        let Some(flushed_us) = self.buffer.all_flushed_at(self.db.clock()) else { return };
        let outcome = async {
            self.writer.keep(&self.db, flushed_us).await?;
            match self.company {
                Company::Alone => Ok(()),
                Company::Shared => gaps::write_lines(&self.db, self.writer.id, self.company).await,
            }
        };
        if let Err(error) = outcome.await {
            tracing::warn!(?error, "the access log could not give its sign of life");
        }
    }

    async fn stop(&self) -> Result<()> {
        self.flush().await?;
        if let Err(error) = seal::seal_once(&self.db).await {
            tracing::warn!(
                ?error,
                "the access log was stopped with unsealed lines; the next start seals them"
            );
        }
        seal::end_lease(&self.db, self.writer.id).await?;
        self.writer.end(&self.db).await
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.buffer.close();
    }
}

/// Ends with the keeper.
struct Sealing(JoinHandle<()>);

impl Drop for Sealing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(mut orders: mpsc::Receiver<Command>, keeper: Keeper, _sealing: Sealing) {
    let mut ticks = ticks(FLUSH_PERIOD);
    let mut count: u64 = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                keeper.flush_in_time().await;
                count += 1;
                if count.is_multiple_of(PERIODS_PER_SIGN) {
                    keeper.give_a_sign().await;
                }
            }
            () = keeper.buffer.hurry.notified() => keeper.flush_in_time().await,
            order = orders.recv() => match order {
                // Whoever gave the order may have gone since.
                Some(Command::Flush(answer)) => drop(answer.send(keeper.flush().await)),
                Some(Command::Stop(answer)) => {
                    let outcome = keeper.stop().await;
                    let has_stopped = outcome.is_ok();
                    drop(answer.send(outcome));
                    if has_stopped {
                        return;
                    }
                }
                // Nobody holds the log any more, so nobody can note a line; what waits is brought to disk.
                None => return keeper.flush_in_time().await,
            },
        }
    }
}

async fn seal_for_ever(db: Db, holder: [u8; 12]) {
    let mut ticks = ticks(SEAL_PERIOD);
    loop {
        ticks.tick().await;
        if let Err(error) = seal::seal_in_turn(&db, holder).await {
            tracing::error!(?error, "lines of the access log could not be sealed; they stay open");
        }
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn insert_lines(tx: &Tx, lines: &[Signed]) -> Result<()> {
    for (line, mac) in lines {
        rows::insert_line(tx, line, mac).await?;
    }
    Ok(())
}

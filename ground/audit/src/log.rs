//! The log as the house holds it, and the one function that writes a line.

use std::sync::Arc;

use kernel::{Clock, Error, Result, Rng};
use store::{Db, Tx};
use tokio::sync::{mpsc, oneshot};
use vault::Vault;

use crate::buffer::Buffer;
use crate::gaps::{self, Company};
use crate::keeper::{Command, Keeper, Writer};
use crate::line::{Line, Stamped};
use crate::rows;

/// Commands that may wait for the task that flushes.
const COMMANDS_MAX: usize = 16;

/// The log of this process. Clones are the same log, and it ends with the last of them. The one that is lent to the
/// store keeps nothing alive: the task that flushes has the store, and the two would hold each other for ever.
#[derive(Clone)]
pub struct Log {
    buffer: Arc<Buffer>,
    commands: mpsc::WeakSender<Command>,
    _alive: Option<mpsc::Sender<Command>>,
    clock: Clock,
    rng: Rng,
}

/// Writes a line: of a change, in the change's transaction; of a read, in memory until the next flush.
///
/// # Errors
/// The store's, and [`Error::Unavailable`] when the log is closed.
pub async fn write(tx: &Tx, line: Line) -> Result<()> {
    if tx.is_writing() {
        let stamped = Stamped::new(line, tx.clock(), tx.rng());
        let mac = stamped.columns().mac(tx.tool::<Vault>()?);
        rows::insert_line(tx, &stamped, &mac).await
    } else {
        tx.tool::<Log>()?.note(line)
    }
}

/// Writes lines as [`write`] does, those of a change with few statements however many they are.
///
/// # Errors
/// As [`write`].
pub async fn write_all(tx: &Tx, lines: Vec<Line>) -> Result<()> {
    if !tx.is_writing() {
        let log = tx.tool::<Log>()?;
        return lines.into_iter().try_for_each(|line| log.note(line));
    }
    let vault = tx.tool::<Vault>()?;
    let sign = |line| {
        let stamped = Stamped::new(line, tx.clock(), tx.rng());
        let mac = stamped.columns().mac(vault);
        (stamped, mac)
    };
    let signed: Vec<_> = lines.into_iter().map(sign).collect();
    let (together, single) = signed.as_chunks();
    for lines in together {
        rows::insert_lines(tx, lines).await?;
    }
    for (line, mac) in single {
        rows::insert_line(tx, line, mac).await?;
    }
    Ok(())
}

impl Log {
    /// Records that this process writes, writes a line for each process that did not say goodbye, starts the
    /// tasks that flush and seal, and lends the log to the store.
    ///
    /// # Errors
    /// The store's.
    pub async fn start(db: &Db, vault: &Vault, company: Company) -> Result<Self> {
        let writer = Writer::new(db);
        // Before anything is read: a process that dies from here on has left its trace.
        writer.keep(db, writer.started_us).await?;
        gaps::write_lines(db, writer.id, company).await?;
        let buffer = Arc::<Buffer>::default();
        let (commands, orders) = mpsc::channel(COMMANDS_MAX);
        Keeper::new(db, vault, company, buffer.clone(), writer).spawn(orders);
        let (clock, rng) = (db.clock().clone(), db.rng().clone());
        let lent = Self { buffer, commands: commands.downgrade(), _alive: None, clock, rng };
        db.lend(lent.clone());
        Ok(Self { _alive: Some(commands), ..lent })
    }

    /// Keeps a line for the next flush: of a read, or of something refused, whose own transaction is undone and
    /// would take its line with it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the log is closed.
    pub fn note(&self, line: Line) -> Result<()> {
        self.buffer.note(line, &self.clock, &self.rng)
    }

    /// Waits while the buffer is full. Whoever reads calls it first, outside the transaction.
    pub async fn room(&self) {
        self.buffer.room().await;
    }

    /// Brings every line that waits to disk.
    ///
    /// # Errors
    /// The store's; the lines are kept for the next flush.
    pub async fn flush(&self) -> Result<()> {
        self.order(Command::Flush).await
    }

    /// Takes no more lines, brings those that wait to disk, seals, and says goodbye. Worth repeating on an error.
    ///
    /// # Errors
    /// The store's; the lines are kept.
    pub async fn stop(&self) -> Result<()> {
        self.buffer.close();
        self.order(Command::Stop).await?;
        // The task lets go of the store before anybody hears that the log has stopped.
        if let Some(commands) = self.commands.upgrade() {
            commands.closed().await;
        }
        Ok(())
    }

    async fn order(&self, command: impl FnOnce(oneshot::Sender<Result<()>>) -> Command) -> Result<()> {
        let stopped = || Error::unavailable("the access log has stopped");
        let commands = self.commands.upgrade().ok_or_else(stopped)?;
        let (sender, answer) = oneshot::channel();
        commands.send(command(sender)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Log")
    }
}

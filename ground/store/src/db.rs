//! The store itself: where a transaction begins.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use kernel::{Clock, Error, Event, Result, Rng};
use tokio::sync::Semaphore;

use crate::body::{AnyBody, Body, Whole, refuse_nesting};
use crate::postgres::{Postgres, TRIES_MAX};
use crate::sqlite::{QUICK_COMMIT, Readers, Writer};
use crate::statement::Statement;
use crate::tools::Toolbox;
use crate::tx::{Engine, Mode, Tx};
use crate::value::{Arg, Row};
use crate::{args, migrate};

/// Long reads of SQLite that may go on side by side.
const LONG_READS_MAX: usize = 2;

const PROBE: &str = "UPDATE schema_state SET probed_ms = $1, ballast = $2";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[PROBE];

/// Which database, and the tools that every transaction carries.
pub struct Options {
    /// Where the rows lie.
    pub place: Place,
    /// Who vouches for the certificate of PostgreSQL's server, in PEM; whom the system trusts when it is not named.
    pub database_ca_file: Option<PathBuf>,
    /// Where time comes from.
    pub clock: Clock,
    /// Where chance comes from.
    pub rng: Rng,
}

/// Where the rows lie.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file of SQLite's, made when it is missing.
    File(PathBuf),
    /// A database of PostgreSQL's, as a `postgres://` URL.
    Url(String),
}

/// The store. Clones are the same store.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: EngineOf,
    toolbox: Arc<Toolbox>,
}

enum EngineOf {
    /// The writer's connection closes last: only it can copy the write-ahead log back and remove it.
    Sqlite {
        readers: Readers,
        writer: Writer,
        long_reads: Arc<Semaphore>,
    },
    Postgres(Postgres),
}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the engine does not answer; [`Error::Precondition`] when the database is of a
    /// newer Bedside than this one, or not in UTF-8 with collation C, or cannot be reached by TLS.
    pub async fn open(options: Options) -> Result<Self> {
        Self::open_with(options, QUICK_COMMIT).await
    }

    /// As [`Db::open`]; says which commits of SQLite's are quick.
    pub(crate) async fn open_with(options: Options, quick_commit: Duration) -> Result<Self> {
        let toolbox = Toolbox::new(options.clock, options.rng);
        let engine = match options.place {
            Place::File(path) => {
                migrate::sqlite(&path, &toolbox.clock)?;
                let writer = Writer::start(path.clone(), toolbox.clone(), quick_commit)?;
                EngineOf::Sqlite {
                    writer,
                    readers: Readers::new(path),
                    long_reads: Arc::new(Semaphore::new(LONG_READS_MAX)),
                }
            }
            Place::Url(url) => {
                let postgres = Postgres::open(&url, options.database_ca_file.as_deref()).await?;
                migrate::postgres(&postgres.writer().await?, &toolbox.clock).await?;
                EngineOf::Postgres(postgres)
            }
        };
        Ok(Self(Arc::new(Inner { engine, toolbox })))
    }

    /// Lends a tool to every transaction that begins from now on.
    pub fn lend<T: Send + Sync + 'static>(&self, tool: T) {
        self.0.toolbox.lend(tool);
    }

    /// Calls the observer with what each commit made true, before the commit's callers hear of it. It must be
    /// quick: on SQLite it runs between a commit and its answers.
    pub fn observe(&self, observer: impl Fn(&[Event]) + Send + Sync + 'static) {
        self.0.toolbox.observe(Arc::new(observer));
    }

    /// As [`Db::observe`], but what one commit made true is told after what all those made true that it waited for,
    /// such as the earlier message of a chat. On PostgreSQL that may be after the commit's callers hear of it.
    pub fn observe_in_order(&self, observer: impl Fn(&[Event]) + Send + Sync + 'static) {
        self.0.toolbox.turns.observe(Arc::new(observer));
    }

    /// Waits until those who observe in order were told of everything that was committed before.
    pub fn all_told(&self) -> impl Future<Output = ()> + use<> {
        self.0.toolbox.turns.all_told()
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.toolbox.clock
    }

    /// Where chance comes from.
    #[must_use]
    pub fn rng(&self) -> &Rng {
        &self.0.toolbox.rng
    }

    /// Waits until a committed transaction left a job.
    pub async fn jobs_left(&self) {
        self.0.toolbox.jobs_left.notified().await;
    }

    /// Runs the body in one transaction and answers once its commit is on disk. The body may run more than once.
    ///
    /// A body is short. On SQLite its statements fail once it has taken both 50 ms and a million steps of SQLite's
    /// machine, since all writers wait for it. On PostgreSQL a statement fails after 15 s, a lock that is waited for
    /// after 5 s, and a transaction in which nothing happens after 30 s.
    ///
    /// # Errors
    /// The body's own, and then nothing is stored; or [`Error::Unavailable`] when the commit was lost, and then
    /// either may be true.
    pub async fn write<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        refuse_nesting()?;
        let whole = Arc::new(Whole::new(input, body));
        self.carry_out(whole.clone()).await?;
        whole.answer()
    }

    async fn carry_out(&self, body: Arc<dyn AnyBody>) -> Result<()> {
        match &self.0.engine {
            EngineOf::Sqlite { writer, .. } => writer.carry(body).await,
            EngineOf::Postgres(_) => {
                // Spawned, so that a caller who hangs up does not cut the transaction in two.
                let db = self.clone();
                let task = tokio::spawn(async move { db.write_to_postgres(&*body).await });
                task.await.map_err(Error::unavailable)?
            }
        }
    }

    /// Runs one statement that is a transaction by itself, and says how many rows it touched. On PostgreSQL it costs
    /// one round trip, where a body of [`Db::write`] costs at least two.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn run_alone(&self, statement: Statement) -> Result<u64> {
        refuse_nesting()?;
        match &self.0.engine {
            EngineOf::Sqlite { .. } => self.write(statement, |tx, one| Box::pin(tx.run_made(one))).await,
            EngineOf::Postgres(postgres) => postgres.run_alone(&statement).await,
        }
    }

    /// The same, with every row that the statement returns.
    ///
    /// # Errors
    /// As [`Db::write`]. A row that cannot be mapped is a defect, and what the statement changed may be stored.
    pub async fn all_alone<T: Send + 'static>(
        &self,
        statement: Statement,
        map: fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        refuse_nesting()?;
        match &self.0.engine {
            EngineOf::Sqlite { .. } => {
                self.write((statement, map), |tx, (one, map)| {
                    Box::pin(async move { tx.all(one.sql, &one.args(), map).await })
                })
                .await
            }
            EngineOf::Postgres(postgres) => postgres.all_alone(&statement, map).await,
        }
    }

    /// Runs a short body that only reads. Each of its statements sees the latest commit.
    ///
    /// # Errors
    /// The body's own, or [`Error::Unavailable`].
    pub async fn read<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        refuse_nesting()?;
        let whole = Whole::new(input, body);
        self.read_shortly(&whole).await?;
        whole.answer()
    }

    async fn read_shortly(&self, body: &dyn AnyBody) -> Result<()> {
        match &self.0.engine {
            EngineOf::Sqlite { readers, .. } => self.read_from_sqlite(readers, body, false),
            EngineOf::Postgres(postgres) => {
                let tx = self.tx(Engine::Postgres(postgres.shared_reader().await?), Mode::Read);
                Body::new(&tx, body)?.await
            }
        }
    }

    /// Runs a body that reads for long, away from the threads that serve everybody.
    ///
    /// # Errors
    /// The body's own, or [`Error::Unavailable`].
    pub async fn read_long<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        refuse_nesting()?;
        let whole = Arc::new(Whole::new(input, body));
        self.read_for_long(whole.clone()).await?;
        whole.answer()
    }

    async fn read_for_long(&self, body: Arc<dyn AnyBody>) -> Result<()> {
        match &self.0.engine {
            EngineOf::Sqlite { long_reads, .. } => {
                let turn = long_reads.clone().acquire_owned().await.map_err(Error::unavailable)?;
                let db = self.clone();
                let reading = tokio::task::spawn_blocking(move || {
                    // The turn lasts as long as the reading, also when nobody waits for it any more.
                    let _turn = turn;
                    let EngineOf::Sqlite { readers, .. } = &db.0.engine else {
                        return Err(Error::bug("the engine changed"));
                    };
                    db.read_from_sqlite(readers, &*body, true)
                });
                reading.await.map_err(Error::unavailable)?
            }
            EngineOf::Postgres(_) => self.read_agreeing(body).await,
        }
    }

    /// Runs a body whose statements all see the same state.
    ///
    /// # Errors
    /// The body's own, or [`Error::Unavailable`].
    pub async fn snapshot<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        refuse_nesting()?;
        let whole = Arc::new(Whole::new(input, body));
        self.read_agreeing(whole.clone()).await?;
        whole.answer()
    }

    async fn read_agreeing(&self, body: Arc<dyn AnyBody>) -> Result<()> {
        match &self.0.engine {
            EngineOf::Sqlite { readers, .. } => self.read_from_sqlite(readers, &*body, true),
            EngineOf::Postgres(_) => {
                // Spawned, so that a caller who hangs up does not leave the connection inside a transaction.
                let db = self.clone();
                let task = tokio::spawn(async move { db.snapshot_of_postgres(&*body).await });
                task.await.map_err(Error::unavailable)?
            }
        }
    }

    /// Whether a write would reach the disk now. After a lost commit that takes room for more than a small row: a
    /// megabyte is written, and freed again.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the engine does not answer or its disk is full.
    pub async fn is_ready(&self) -> Result<()> {
        let probe = |ballast: Option<String>| {
            self.write(ballast, |tx, ballast| {
                Box::pin(
                    async move { tx.run(PROBE, &args![tx.now_ms(), ballast.as_deref()]).await.map(drop) },
                )
            })
        };
        match &self.0.engine {
            EngineOf::Sqlite { writer, .. } if writer.is_healthy() => Ok(()),
            EngineOf::Sqlite { .. } => {
                probe(Some("0".repeat(1 << 20))).await?;
                probe(None).await
            }
            EngineOf::Postgres(_) => {
                let now = self.clock().now_ms();
                self.run_alone(Statement::new(PROBE, &args![now, Arg::Null])).await.map(drop)
            }
        }
    }

    /// Gives some of the room back to the disk that deleted rows left, and says whether there is more: of SQLite's file
    /// a megabyte at a time, between the commits of others. PostgreSQL does so by itself (autovacuum).
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn give_back(&self) -> Result<bool> {
        match &self.0.engine {
            EngineOf::Sqlite { writer, .. } => writer.give_back().await,
            EngineOf::Postgres(_) => Ok(false),
        }
    }

    /// Prepares each statement, to see whether both engines understand it.
    ///
    /// # Errors
    /// The first that is not understood.
    pub async fn check_statements(&self, statements: &[&'static str]) -> Result<()> {
        match &self.0.engine {
            EngineOf::Sqlite { readers, .. } => {
                let connection = readers.lend()?;
                statements.iter().try_for_each(|sql| connection.lock().check(sql))
            }
            EngineOf::Postgres(postgres) => {
                let connection = postgres.writer().await?;
                for sql in statements {
                    connection.check(sql).await?;
                }
                Ok(())
            }
        }
    }

    fn tx(&self, engine: Engine, mode: Mode) -> Tx {
        Tx::new(engine, mode, &self.0.toolbox)
    }

    fn read_from_sqlite(&self, readers: &Readers, body: &dyn AnyBody, agreeing: bool) -> Result<()> {
        let connection = readers.lend()?;
        if agreeing {
            connection.lock().step("BEGIN")?;
        }
        let tx = self.tx(Engine::Sqlite(connection.clone()), Mode::Read);
        let answer = Body::new(&tx, body).and_then(Body::finish_now);
        if agreeing {
            connection.lock().step("ROLLBACK")?;
        }
        readers.take_back(connection);
        answer
    }

    async fn snapshot_of_postgres(&self, body: &dyn AnyBody) -> Result<()> {
        let EngineOf::Postgres(postgres) = &self.0.engine else {
            return Err(Error::bug("the engine changed"));
        };
        let connection = Arc::new(postgres.long_reader().await?);
        connection.begin_with_next("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        let tx = self.tx(Engine::Postgres(connection.clone()), Mode::Read);
        let answer = match Body::new(&tx, body) {
            Ok(body) => body.await,
            Err(error) => Err(error),
        };
        drop(tx);
        if let Err(lost) = connection.end("ROLLBACK").await {
            if let Some(connection) = Arc::into_inner(connection) {
                connection.give_up();
            }
            return answer.and(Err(lost));
        }
        answer
    }

    async fn write_to_postgres(&self, body: &dyn AnyBody) -> Result<()> {
        let EngineOf::Postgres(postgres) = &self.0.engine else {
            return Err(Error::bug("the engine changed"));
        };
        for _ in 1..TRIES_MAX {
            let (answer, again) = self.try_on_postgres(postgres, body).await;
            if !again {
                return answer;
            }
        }
        self.try_on_postgres(postgres, body).await.0
    }

    /// Runs the body once, and says whether PostgreSQL asks to run it again.
    async fn try_on_postgres(&self, postgres: &Postgres, body: &dyn AnyBody) -> (Result<()>, bool) {
        let connection = match postgres.writer().await {
            Ok(connection) => Arc::new(connection),
            Err(error) => return (Err(error), false),
        };
        connection.begin_with_next("BEGIN");
        let tx = self.tx(Engine::Postgres(connection.clone()), Mode::Write);
        let answer = match Body::new(&tx, body) {
            Ok(body) => body.await,
            Err(error) => Err(error),
        };
        let (events, left_a_job, again) = (tx.take_events(), tx.has_left_a_job(), tx.must_run_again());
        drop(tx);
        let turn = (answer.is_ok() && !events.is_empty()).then(|| self.0.toolbox.turns.take());
        let end = if answer.is_ok() { "COMMIT" } else { "ROLLBACK" };
        if let Err(lost) = connection.end(end).await {
            if let Some(connection) = Arc::into_inner(connection) {
                connection.give_up();
            }
            return (answer.and(Err(lost)), again);
        }
        if answer.is_ok() {
            self.0.toolbox.tell(&events);
            if let Some(turn) = turn {
                turn.tell(events);
            }
            if left_a_job {
                self.0.toolbox.jobs_left.notify_one();
            }
        }
        (answer, again)
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.0.engine {
            EngineOf::Sqlite { .. } => "Db(SQLite)",
            EngineOf::Postgres(_) => "Db(PostgreSQL)",
        })
    }
}

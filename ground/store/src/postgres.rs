//! PostgreSQL: pooled connections for transactions, and a few shared ones over which short reads are pipelined.

mod address;
mod tls;

use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use futures_util::future::join;
use futures_util::{StreamExt, pin_mut};
use kernel::{Error, Result};
use parking_lot::Mutex;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls};

use crate::statement::Statement;
use crate::value::{Arg, Row, RowOf, Take};
use tls::Tls;

/// How often a body, or a statement alone, is run at most when PostgreSQL asks for another try.
pub(crate) const TRIES_MAX: usize = 5;
/// Connections for transactions.
const WRITERS_MAX: usize = 16;
/// Connections for reads that take long, and for snapshots.
const LONG_READERS_MAX: usize = 4;
/// Connections that short reads share.
const SHARED_READERS: usize = 2;

/// How long the end of a transaction may take: longer than the server itself gives it (`statement_timeout`).
const END_WITHIN: Duration = Duration::from_secs(20);
/// After so long a connection is given up on which the server's machine acknowledges nothing, as behind a firewall that
/// forgot it.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(10);

/// What the client library says when the server answers that it has no TLS.
const NO_TLS_THERE: &str = "server does not support TLS";

const WRITER_OPTIONS: &str = "-c lock_timeout=5s -c statement_timeout=15s -c TimeZone=UTC \
     -c default_transaction_isolation=read\\ committed -c idle_in_transaction_session_timeout=30s";
const READER_OPTIONS: &str = "-c statement_timeout=60s -c TimeZone=UTC -c default_transaction_read_only=on";

/// Why a statement failed, before it is one of the house's errors.
pub(crate) enum Failure {
    Engine(tokio_postgres::Error),
    Mapping(Error),
}

impl Failure {
    /// Serialisation failure and deadlock: the same body may succeed now.
    pub fn asks_for_another_try(&self) -> bool {
        let Self::Engine(error) = self else { return false };
        matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Engine(error) => translate(error),
            Failure::Mapping(error) => error,
        }
    }
}

/// What the connection or the server's state refuses is worth another try, and an overlap is somebody who was first; the
/// rest is a defect of ours.
fn translate(error: tokio_postgres::Error) -> Error {
    if error.code() == Some(&SqlState::EXCLUSION_VIOLATION) {
        return crate::overlap::overlap();
    }
    let class = error.code().map(|code| code.code().get(..2).unwrap_or_default().to_owned());
    match class.as_deref() {
        None => Error::unavailable(error),
        Some("08" | "40" | "53" | "55" | "57" | "58") => Error::unavailable(error),
        Some(_) => Error::bug(error),
    }
}

/// A connection that is taken from its pool for one piece of work. A statement on it is a transaction by itself
/// unless one was promised by [`Connection::begin_with_next`].
pub(crate) struct Connection {
    object: Object,
    /// What begins a transaction, until the first statement takes it along.
    beginning: Mutex<Option<&'static str>>,
}

impl Connection {
    fn new(object: Object) -> Self {
        Self { object, beginning: Mutex::default() }
    }

    /// Has the next statement begin a transaction. Both go out together, which spares a round trip; a body without
    /// a statement never troubles the server.
    pub fn begin_with_next(&self, begin: &'static str) {
        *self.beginning.lock() = Some(begin);
    }

    /// Ends the transaction, when a statement has begun one. A server that does not answer is not waited for longer
    /// than it may take itself: those who commit behind this one wait to tell of it.
    pub async fn end(&self, end: &'static str) -> Result<()> {
        if self.beginning.lock().take().is_some() {
            return Ok(());
        }
        let ended = tokio::time::timeout(END_WITHIN, self.batch(end)).await;
        ended.unwrap_or_else(|_| {
            Err(Error::unavailable("PostgreSQL does not answer the end of a transaction"))
        })
    }

    /// Runs the statement, after what begins its transaction when it is the first. The engine takes messages in the
    /// order in which they are first polled, and `join` polls the beginning first.
    async fn begun<T>(&self, statement: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let beginning = self.beginning.lock().take();
        let Some(begin) = beginning else { return statement.await };
        let (begun, answer) = join(self.object.batch_execute(begin), statement).await;
        begun.map_err(Failure::Engine)?;
        answer
    }

    pub async fn all<T: Send>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        map: impl Fn(&Row<'_>) -> Result<T> + Send + Sync,
    ) -> Result<Vec<T>, Failure> {
        let mut found = Vec::new();
        let mut take = |row: &Row<'_>| {
            found.push(map(row)?);
            Ok(())
        };
        self.each(sql, args, &mut take).await?;
        Ok(found)
    }

    pub async fn each(&self, sql: &'static str, args: &[Arg<'_>], take: Take<'_>) -> Result<(), Failure> {
        self.begun(self.query(sql, args, take)).await
    }

    pub async fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Failure> {
        self.begun(self.execute(sql, args)).await
    }

    async fn query(&self, sql: &'static str, args: &[Arg<'_>], take: Take<'_>) -> Result<(), Failure> {
        let statement = self.object.prepare_cached(sql).await.map_err(Failure::Engine)?;
        let args = args.iter().map(|arg| arg as &(dyn ToSql + Sync));
        let rows = self.object.query_raw(&statement, args).await.map_err(Failure::Engine)?;
        pin_mut!(rows);
        while let Some(row) = rows.next().await {
            let row = row.map_err(Failure::Engine)?;
            take(&Row(RowOf::Postgres(&row))).map_err(Failure::Mapping)?;
        }
        Ok(())
    }

    async fn execute(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Failure> {
        let statement = self.object.prepare_cached(sql).await.map_err(Failure::Engine)?;
        let args = args.iter().map(|arg| arg as &(dyn ToSql + Sync));
        self.object.execute_raw(&statement, args).await.map_err(Failure::Engine)
    }

    pub async fn batch(&self, sql: &str) -> Result<()> {
        self.object.batch_execute(sql).await.map_err(translate)
    }

    /// Prepares the statement, to see whether it is one.
    pub async fn check(&self, sql: &'static str) -> Result<()> {
        self.object.prepare_cached(sql).await.map(drop).map_err(translate)
    }

    /// Takes the connection out of its pool, since its state is not known any more.
    pub fn give_up(self) {
        drop(Object::take(self.object));
    }
}

pub(crate) struct Postgres {
    writers: Pool,
    long_readers: Pool,
    shared_pool: Pool,
    shared: Vec<Mutex<Option<Arc<Connection>>>>,
    turn: AtomicUsize,
}

impl Postgres {
    /// Makes the pools, and a first connection to see whether it can be made.
    pub async fn open(url: &str, ca_file: Option<&Path>) -> Result<Self> {
        let config = address::read(url, ca_file.is_some())?;
        let is_plain = config.get_ssl_mode() == SslMode::Disable;
        let tls = if is_plain { None } else { Some(Tls::trusting(ca_file)?) };
        let pool = |options, size| pool(&config, tls.as_ref(), options, size);
        let postgres = Self {
            writers: pool(WRITER_OPTIONS, WRITERS_MAX)?,
            long_readers: pool(READER_OPTIONS, LONG_READERS_MAX)?,
            shared_pool: pool(READER_OPTIONS, SHARED_READERS * 2)?,
            shared: (0..SHARED_READERS).map(|_| Mutex::default()).collect(),
            turn: AtomicUsize::new(0),
        };
        drop(postgres.writers.get().await.map_err(refused)?);
        Ok(postgres)
    }

    pub async fn writer(&self) -> Result<Connection> {
        self.writers.get().await.map(Connection::new).map_err(Error::unavailable)
    }

    /// Runs one statement outside any transaction. A caller who hangs up cuts nothing in two, so that it needs no
    /// task of its own.
    pub async fn run_alone(&self, one: &Statement) -> Result<u64> {
        let (connection, args) = (self.writer().await?, one.args());
        for _ in 1..TRIES_MAX {
            match connection.run(one.sql, &args).await {
                Err(failure) if failure.asks_for_another_try() => {}
                answer => return Ok(answer?),
            }
        }
        Ok(connection.run(one.sql, &args).await?)
    }

    /// The same, with the rows that it returns.
    pub async fn all_alone<T: Send>(
        &self,
        one: &Statement,
        map: fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let (connection, args) = (self.writer().await?, one.args());
        for _ in 1..TRIES_MAX {
            match connection.all(one.sql, &args, map).await {
                Err(failure) if failure.asks_for_another_try() => {}
                answer => return Ok(answer?),
            }
        }
        Ok(connection.all(one.sql, &args, map).await?)
    }

    pub async fn long_reader(&self) -> Result<Connection> {
        self.long_readers.get().await.map(Connection::new).map_err(Error::unavailable)
    }

    /// A connection that others read over at the same time; a closed one is replaced.
    pub async fn shared_reader(&self) -> Result<Arc<Connection>> {
        let place = &self.shared[self.turn.fetch_add(1, Ordering::Relaxed) % self.shared.len()];
        if let Some(connection) = place.lock().as_ref().filter(|c| !c.object.is_closed()) {
            return Ok(connection.clone());
        }
        let fresh = Arc::new(Connection::new(self.shared_pool.get().await.map_err(Error::unavailable)?));
        *place.lock() = Some(fresh.clone());
        Ok(fresh)
    }
}

fn pool(config: &Config, tls: Option<&Tls>, options: &str, size: usize) -> Result<Pool> {
    let mut config = config.clone();
    // What the URL asks of the server comes last, so that an operator has the last word.
    let options = config.get_options().map_or_else(|| options.to_owned(), |more| format!("{options} {more}"));
    config.options(options).application_name("bedside").connect_timeout(Duration::from_secs(5));
    config.tcp_user_timeout(UNACKNOWLEDGED_MAX);
    let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = match tls {
        Some(tls) => Manager::from_config(config, tls.clone(), manager_config),
        None => Manager::from_config(config, NoTls, manager_config),
    };
    let wait = Some(Duration::from_secs(10));
    Pool::builder(manager)
        .max_size(size)
        .wait_timeout(wait)
        .create_timeout(wait)
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(Error::bug)
}

/// Why the first connection failed, in words for the operator where they can do something about it.
fn refused(failure: PoolError) -> Error {
    let PoolError::Backend(error) = &failure else { return Error::unavailable(failure) };
    let Some(cause) = error.source() else { return Error::unavailable(failure) };
    if let Some(tls) = cause.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref())
        && let Some(tls) = tls.downcast_ref::<rustls::Error>()
    {
        let sentence = format!("The TLS connection to PostgreSQL cannot be made: {tls}.");
        return Error::precondition("database_tls", sentence);
    }
    if cause.to_string() == NO_TLS_THERE {
        let sentence = "The PostgreSQL server offers no TLS, which this way to it needs: switch `ssl` on there, or \
             reach it through a tunnel that ends on this machine.";
        return Error::precondition("database_without_tls", sentence);
    }
    Error::unavailable(failure)
}

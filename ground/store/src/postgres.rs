//! PostgreSQL: pooled connections for transactions, and a few shared ones over which short reads are pipelined.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::{StreamExt, pin_mut};
use kernel::{Error, Result};
use parking_lot::Mutex;
use tokio_postgres::NoTls;
use tokio_postgres::config::Host;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use crate::value::{Arg, Row, RowOf};

/// Connections for transactions.
const WRITERS_MAX: usize = 16;
/// Connections for reads that take long, and for snapshots.
const LONG_READERS_MAX: usize = 4;
/// Connections that short reads share.
const SHARED_READERS: usize = 2;

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

/// What the connection or the server's state refuses is worth another try; the rest is a defect of ours.
fn translate(error: tokio_postgres::Error) -> Error {
    let class = error.code().map(|code| code.code().get(..2).unwrap_or_default().to_owned());
    match class.as_deref() {
        None => Error::unavailable(error),
        Some("08" | "40" | "53" | "55" | "57" | "58") => Error::unavailable(error),
        Some(_) => Error::bug(error),
    }
}

pub(crate) struct Connection(Object);

impl Connection {
    pub async fn all<T>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        map: &impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>, Failure> {
        let statement = self.0.prepare_cached(sql).await.map_err(Failure::Engine)?;
        let args = args.iter().map(|arg| arg as &(dyn ToSql + Sync));
        let rows = self.0.query_raw(&statement, args).await.map_err(Failure::Engine)?;
        pin_mut!(rows);
        let mut found = Vec::new();
        while let Some(row) = rows.next().await {
            let row = row.map_err(Failure::Engine)?;
            found.push(map(&Row(RowOf::Postgres(&row))).map_err(Failure::Mapping)?);
        }
        Ok(found)
    }

    pub async fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Failure> {
        let statement = self.0.prepare_cached(sql).await.map_err(Failure::Engine)?;
        let args = args.iter().map(|arg| arg as &(dyn ToSql + Sync));
        self.0.execute_raw(&statement, args).await.map_err(Failure::Engine)
    }

    pub async fn batch(&self, sql: &str) -> Result<()> {
        self.0.batch_execute(sql).await.map_err(translate)
    }

    /// Prepares the statement, to see whether it is one.
    pub async fn check(&self, sql: &'static str) -> Result<()> {
        self.0.prepare_cached(sql).await.map(drop).map_err(translate)
    }

    /// Takes the connection out of its pool, since its state is not known any more.
    pub fn give_up(self) {
        drop(Object::take(self.0));
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
    pub fn new(url: &str) -> Result<Self> {
        Ok(Self {
            writers: pool(url, WRITER_OPTIONS, WRITERS_MAX)?,
            long_readers: pool(url, READER_OPTIONS, LONG_READERS_MAX)?,
            shared_pool: pool(url, READER_OPTIONS, SHARED_READERS * 2)?,
            shared: (0..SHARED_READERS).map(|_| Mutex::default()).collect(),
            turn: AtomicUsize::new(0),
        })
    }

    pub async fn writer(&self) -> Result<Connection> {
        self.writers.get().await.map(Connection).map_err(Error::unavailable)
    }

    pub async fn long_reader(&self) -> Result<Connection> {
        self.long_readers.get().await.map(Connection).map_err(Error::unavailable)
    }

    /// A connection that others read over at the same time; a closed one is replaced.
    pub async fn shared_reader(&self) -> Result<Arc<Connection>> {
        let place = &self.shared[self.turn.fetch_add(1, Ordering::Relaxed) % self.shared.len()];
        if let Some(connection) = place.lock().as_ref().filter(|c| !c.0.is_closed()) {
            return Ok(connection.clone());
        }
        let fresh = Arc::new(Connection(self.shared_pool.get().await.map_err(Error::unavailable)?));
        *place.lock() = Some(fresh.clone());
        Ok(fresh)
    }
}

fn is_on_this_machine(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

fn pool(url: &str, options: &str, size: usize) -> Result<Pool> {
    let mut config = tokio_postgres::Config::from_str(url).map_err(Error::bug)?;
    if !config.get_hosts().iter().all(is_on_this_machine) {
        return Err(Error::precondition(
            "database_without_tls",
            "connections to PostgreSQL are not encrypted yet, so it must be on this machine or behind a local tunnel",
        ));
    }
    config.options(options).application_name("bedside").connect_timeout(Duration::from_secs(5));
    let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config, NoTls, manager_config);
    let wait = Some(Duration::from_secs(10));
    Pool::builder(manager)
        .max_size(size)
        .wait_timeout(wait)
        .create_timeout(wait)
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(Error::bug)
}

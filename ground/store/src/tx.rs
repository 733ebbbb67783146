//! One transaction, as its body sees it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use kernel::{Clock, Error, Event, Id, Result, Rng};
use parking_lot::Mutex;

use crate::statement::Statement;
use crate::tools::Toolbox;
use crate::value::{Arg, Row, Take};
use crate::{list, postgres, sqlite};

/// Statements that one body may run.
pub const STATEMENTS_MAX: u32 = 200;

const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
/// One after the other, as they stand in the list.
const ADVISORY_LOCKS: &str = "SELECT pg_advisory_xact_lock(hashtextextended(key, 0))
    FROM regexp_split_to_table($1, '\n') AS key";
const SHARED_LOCK: &str = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))";

/// Every statement of this module, which PostgreSQL alone is asked.
pub(crate) const POSTGRES_SQL: &[&str] = &[ADVISORY_LOCK, ADVISORY_LOCKS, SHARED_LOCK];

/// A transaction. After its first error it is poisoned: every further statement fails, and nothing is kept.
pub struct Tx {
    engine: Engine,
    mode: Mode,
    toolbox: Arc<Toolbox>,
    lent: Arc<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    events: Mutex<Vec<Event>>,
    left_a_job: AtomicBool,
    statements: AtomicU32,
    poisoned: AtomicBool,
    /// A statement is on its way to PostgreSQL: the one thing that a body may wait for.
    waits: AtomicBool,
    /// PostgreSQL asked for another try (serialisation failure or deadlock).
    again: AtomicBool,
}

#[derive(Clone)]
pub(crate) enum Engine {
    Sqlite(Arc<Mutex<sqlite::Connection>>),
    Postgres(Arc<postgres::Connection>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

impl Tx {
    pub(crate) fn new(engine: Engine, mode: Mode, toolbox: &Arc<Toolbox>) -> Self {
        Self {
            engine,
            mode,
            lent: toolbox.lent(),
            toolbox: toolbox.clone(),
            events: Mutex::default(),
            left_a_job: AtomicBool::new(false),
            statements: AtomicU32::new(0),
            poisoned: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            again: AtomicBool::new(false),
        }
    }

    /// Every row of the answer, mapped.
    ///
    /// # Errors
    /// What the engine or the mapping refuses; from then on this transaction is poisoned.
    pub async fn all<T: Send>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        map: impl Fn(&Row<'_>) -> Result<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let mut take = |row: &Row<'_>| {
            found.push(map(row)?);
            Ok(())
        };
        self.each(sql, args, &mut take).await?;
        Ok(found)
    }

    /// Hands each row of the answer over. It knows nothing of what is made of them, so that it is in the program once.
    async fn each(&self, sql: &'static str, args: &[Arg<'_>], take: Take<'_>) -> Result<()> {
        self.count_statement()?;
        let answer = match &self.engine {
            Engine::Sqlite(connection) => connection.lock().each(sql, args, take),
            Engine::Postgres(connection) => {
                let _waits = self.waiting();
                connection.each(sql, args, take).await.map_err(|e| self.translate(e))
            }
        };
        answer.inspect_err(|_| self.poison())
    }

    /// The first row of the answer, mapped, when there is one.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn one<T: Send>(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        map: impl Fn(&Row<'_>) -> Result<T> + Send + Sync,
    ) -> Result<Option<T>> {
        Ok(self.all(sql, args, map).await?.into_iter().next())
    }

    /// Every row of the answers of a statement over [`in_list!`](crate::in_list) or
    /// [`union_list!`](crate::union_list), which is run once for every 64 of the ids.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn all_of<K, T: Send>(
        &self,
        sql: &'static str,
        ids: &[Id<K>],
        args: &[Arg<'_>],
        map: impl Fn(&Row<'_>) -> Result<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let take = |row: &Row<'_>| {
            found.push(map(row)?);
            Ok(())
        };
        self.each_of(sql, ids, args, take).await?;
        Ok(found)
    }

    /// As [`Tx::all_of`], for answers of thousands of rows: each is handed over, and what is kept of it is the caller's.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn each_of<K>(
        &self,
        sql: &'static str,
        ids: &[Id<K>],
        args: &[Arg<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        for some in ids.chunks(list::PLACES) {
            self.each(sql, &list::filled(some, args), &mut take).await?;
        }
        Ok(())
    }

    /// Runs a statement over [`in_list!`](crate::in_list) without an answer, once for every 64 of the ids, and says how
    /// many rows it touched.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn run_of<K>(&self, sql: &'static str, ids: &[Id<K>], args: &[Arg<'_>]) -> Result<u64> {
        let mut touched = 0;
        for some in ids.chunks(list::PLACES) {
            touched += self.run(sql, &list::filled(some, args)).await?;
        }
        Ok(touched)
    }

    /// Runs a statement without an answer and says how many rows it touched.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        self.count_statement()?;
        let answer = match &self.engine {
            Engine::Sqlite(connection) => connection.lock().run(sql, args),
            Engine::Postgres(connection) => {
                let _waits = self.waiting();
                connection.run(sql, args).await.map_err(|e| self.translate(e))
            }
        };
        answer.inspect_err(|_| self.poison())
    }

    /// Runs a statement that was made before the transaction began, and says how many rows it touched.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn run_made(&self, statement: &Statement) -> Result<u64> {
        self.run(statement.sql, &statement.args()).await
    }

    /// Lets only one transaction at a time pass this point for the key. SQLite has one writer anyway.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn lock(&self, key: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(_) => self.run(ADVISORY_LOCK, &[Arg::Text(key)]).await.map(drop),
        }
    }

    /// As [`Tx::lock`] for several keys, in their own order, so that no two who want some of the same wait for each other.
    /// It is one statement, however many they are. No key has more than one line.
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn lock_each(&self, mut keys: Vec<String>) -> Result<()> {
        keys.sort_unstable();
        keys.dedup();
        match &self.engine {
            Engine::Postgres(_) if !keys.is_empty() => {
                self.run(ADVISORY_LOCKS, &[Arg::Text(&keys.join("\n"))]).await.map(drop)
            }
            Engine::Sqlite(_) | Engine::Postgres(_) => Ok(()),
        }
    }

    /// Lets any number of transactions pass this point for the key, and none while one has its [`Tx::lock`].
    ///
    /// # Errors
    /// As [`Tx::all`].
    pub async fn lock_shared(&self, key: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(_) => self.run(SHARED_LOCK, &[Arg::Text(key)]).await.map(drop),
        }
    }

    /// Leaves an event, told once the commit is on disk.
    pub fn emit(&self, event: Event) {
        self.events.lock().push(event);
    }

    /// The tool that was lent to the store.
    ///
    /// # Errors
    /// [`Error::Bug`] when nobody lent one.
    pub fn tool<T: Send + Sync + 'static>(&self) -> Result<&T> {
        let tool = self.lent.get(&TypeId::of::<T>()).and_then(|tool| tool.downcast_ref());
        tool.ok_or_else(|| Error::bug(std::any::type_name::<T>()))
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.toolbox.clock
    }

    /// Where chance comes from.
    #[must_use]
    pub fn rng(&self) -> &Rng {
        &self.toolbox.rng
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock().now_ms()
    }

    /// A new id of this instant.
    #[must_use]
    pub fn new_id<K>(&self) -> Id<K> {
        Id::new(self.clock(), self.rng())
    }

    /// Whether this transaction may change anything.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.mode == Mode::Write
    }

    pub(crate) fn leave_a_job(&self) {
        self.left_a_job.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_left_a_job(&self) -> bool {
        self.left_a_job.load(Ordering::Relaxed)
    }

    pub(crate) fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock())
    }

    pub(crate) fn poison(&self) {
        self.poisoned.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Relaxed)
    }

    /// Whether it was asked for more statements than one transaction may run, after which it fails.
    #[must_use]
    pub fn has_overrun(&self) -> bool {
        self.statements.load(Ordering::Relaxed) > STATEMENTS_MAX
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    pub(crate) fn must_run_again(&self) -> bool {
        self.again.load(Ordering::Relaxed)
    }

    fn count_statement(&self) -> Result<()> {
        if self.is_poisoned() {
            return Err(Error::bug("a statement after the transaction had failed"));
        }
        if self.statements.fetch_add(1, Ordering::Relaxed) >= STATEMENTS_MAX {
            self.poison();
            return Err(Error::bug("more statements than one transaction may run"));
        }
        Ok(())
    }

    fn translate(&self, error: postgres::Failure) -> Error {
        if error.asks_for_another_try() {
            self.again.store(true, Ordering::Relaxed);
        }
        error.into()
    }

    fn waiting(&self) -> Waiting<'_> {
        self.waits.store(true, Ordering::Relaxed);
        Waiting(&self.waits)
    }
}

struct Waiting<'a>(&'a AtomicBool);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

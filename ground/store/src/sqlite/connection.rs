//! One connection to SQLite, with its statements and its patience.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kernel::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER;
use rusqlite::hooks::Wal;
use rusqlite::{ErrorCode, OpenFlags, params_from_iter};

use crate::value::{Arg, Row, RowOf, Take};

/// Steps of SQLite's machine between two looks at the body's time.
const STEPS_PER_LOOK: i32 = 10_000;
/// Looks after which a body is too long if it also took [`BODY_TIME`]: a busy machine alone must not fail it.
const LOOKS_MAX: u64 = 100;
/// What one body may take on the one writing thread.
pub(super) const BODY_TIME: Duration = Duration::from_millis(50);

pub(crate) struct Connection {
    raw: rusqlite::Connection,
    /// The statements with `?1` for `$1`, by address: the texts are constants of the program.
    texts: HashMap<(usize, usize), Arc<str>>,
    looks: Arc<AtomicU64>,
    /// Pages in the write-ahead log after the last commit of this connection.
    log_pages: Arc<AtomicU64>,
}

impl Connection {
    pub fn open_for_writing(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut connection = Self::open(path, flags)?;
        connection.batch(
            // The first has an effect only on a database that is being made, and only before all others.
            "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;",
        )?;
        // It takes the place of SQLite's own copying back, which would be done inside `COMMIT`.
        let log_pages = connection.log_pages.clone();
        let note = move |_: &mut Wal, pages: i32| {
            log_pages.store(u64::try_from(pages).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        };
        connection.raw.wal_hook(Some(note)).map_err(translate)?;
        Ok(connection)
    }

    pub fn open_for_reading(path: &Path) -> Result<Self> {
        let connection = Self::open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.batch("PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;")?;
        Ok(connection)
    }

    fn open(path: &Path, flags: OpenFlags) -> Result<Self> {
        let raw = rusqlite::Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        let raw = raw.map_err(translate)?;
        raw.busy_timeout(Duration::from_secs(5)).map_err(translate)?;
        raw.set_prepared_statement_cache_capacity(256);
        // Without it SQLite plans a statement anew at each run when an argument might make a partial index fit.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(translate)?;
        Ok(Self { raw, texts: HashMap::new(), looks: Arc::default(), log_pages: Arc::default() })
    }

    pub fn batch(&self, sql: &str) -> Result<()> {
        self.raw.execute_batch(sql).map_err(translate)
    }

    /// A statement of the writer's own, such as `SAVEPOINT`.
    pub fn step(&self, sql: &str) -> Result<()> {
        let mut statement = self.raw.prepare_cached(sql).map_err(translate)?;
        let mut rows = statement.raw_query();
        while rows.next().map_err(translate)?.is_some() {}
        Ok(())
    }

    /// A number that SQLite tells of itself.
    pub fn number(&self, sql: &str) -> Result<i64> {
        let mut statement = self.raw.prepare_cached(sql).map_err(translate)?;
        statement.query_row([], |row| row.get(0)).map_err(translate)
    }

    /// Rows that were changed since the connection was opened.
    pub fn total_changes(&self) -> u64 {
        self.raw.total_changes()
    }

    /// Pages in the write-ahead log after the last commit; fewer than before when it was begun anew.
    pub fn log_pages(&self) -> u64 {
        self.log_pages.load(Ordering::Relaxed)
    }

    /// Whether SQLite has ended the transaction, by itself (a full disk) or as it was told.
    pub fn is_autocommit(&self) -> bool {
        self.raw.is_autocommit()
    }

    pub fn all<T: Send>(
        &mut self,
        sql: &'static str,
        args: &[Arg<'_>],
        map: impl Fn(&Row<'_>) -> Result<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let mut take = |row: &Row<'_>| {
            found.push(map(row)?);
            Ok(())
        };
        self.each(sql, args, &mut take)?;
        Ok(found)
    }

    pub fn each(&mut self, sql: &'static str, args: &[Arg<'_>], take: Take<'_>) -> Result<()> {
        let text = self.text(sql);
        let mut statement = self.raw.prepare_cached(&text).map_err(translate)?;
        let mut rows = statement.query(params_from_iter(args)).map_err(translate)?;
        while let Some(row) = rows.next().map_err(translate)? {
            take(&Row(RowOf::Sqlite(row)))?;
        }
        Ok(())
    }

    pub fn run(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        let text = self.text(sql);
        let mut statement = self.raw.prepare_cached(&text).map_err(translate)?;
        let mut rows = statement.query(params_from_iter(args)).map_err(translate)?;
        while rows.next().map_err(translate)?.is_some() {}
        drop(rows);
        Ok(if statement.readonly() { 0 } else { self.raw.changes() })
    }

    /// Prepares the statement, to see whether it is one.
    pub fn check(&mut self, sql: &'static str) -> Result<()> {
        let text = self.text(sql);
        self.raw.prepare_cached(&text).map(drop).map_err(translate)
    }

    /// Makes statements fail that run longer than one body may.
    pub fn limit_body_time(&mut self) -> Result<()> {
        let looks = self.looks.clone();
        let mut started = Instant::now();
        let is_too_long = move || {
            let look = looks.fetch_add(1, Ordering::Relaxed);
            if look == 0 {
                started = Instant::now();
            }
            look >= LOOKS_MAX && started.elapsed() > BODY_TIME
        };
        self.raw.progress_handler(STEPS_PER_LOOK, Some(is_too_long)).map_err(translate)
    }

    /// The next body begins: its time starts anew.
    pub fn restart_body_time(&self) {
        self.looks.store(0, Ordering::Relaxed);
    }

    fn text(&mut self, sql: &'static str) -> Arc<str> {
        let key = (sql.as_ptr().addr(), sql.len());
        self.texts.entry(key).or_insert_with(|| number_placeholders(sql).into()).clone()
    }
}

/// SQLite numbers `$1` by first appearance and `?1` by its number; the house's SQL means the number.
fn number_placeholders(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        let is_placeholder = c == '$' && rest.peek().is_some_and(char::is_ascii_digit);
        text.push(if is_placeholder { '?' } else { c });
    }
    text
}

/// What the machine or the disk refuses is worth another try, and an overlap is somebody who was first; the rest is a
/// defect of ours.
pub(super) fn translate(error: rusqlite::Error) -> Error {
    if error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_CONSTRAINT_TRIGGER) {
        return crate::overlap::overlap();
    }
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::ReadOnly,
        ) => Error::unavailable(error),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            tracing::error!("the database file is damaged: put back a copy from before");
            Error::bug(error)
        }
        _ => Error::bug(error),
    }
}

#[cfg(test)]
mod tests {
    use super::number_placeholders;

    #[test]
    fn placeholders_keep_their_numbers() {
        let sql = "SELECT a FROM t WHERE b = $2 AND c = $1 AND d <> '$'";
        assert_eq!(number_placeholders(sql), "SELECT a FROM t WHERE b = ?2 AND c = ?1 AND d <> '$'");
    }
}

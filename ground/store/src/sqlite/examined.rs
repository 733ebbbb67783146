//! The file of the database at the start, when whoever started the server still reads what is wrong with it.

use std::fmt::Display;
use std::path::Path;

use kernel::{Error, Result};
use rusqlite::{ErrorCode, OpenFlags};

use crate::owners_only;

/// Looks whether there is a database that can be read and written, making an empty one when there is none. Nothing
/// else may have it open, since closing it gives back the locks of the whole process.
///
/// # Errors
/// [`Error::Precondition`] with the path and the reason.
pub(crate) fn examine(path: &Path) -> Result<()> {
    owners_only::database(path).map_err(|error| unusable(path, &error))?;
    match try_out(path) {
        Ok(()) => Ok(()),
        Err(error) => Err(match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(path, &error),
            _ => unusable(path, &error),
        }),
    }
}

/// Reads the schema and takes the place of the writer.
fn try_out(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))?;
    connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")
}

fn unusable(path: &Path, error: &impl Display) -> Error {
    let sentence = format!("The database {} cannot be opened: {error}.", path.display());
    Error::precondition("database_unusable", sentence)
}

fn damaged(path: &Path, error: &impl Display) -> Error {
    let sentence =
        format!("The database {} is damaged ({error}). Put back a copy from before.", path.display());
    Error::precondition("database_damaged", sentence)
}

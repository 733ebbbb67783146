//! One process owns a data directory.

use std::fs::{File, OpenOptions};
use std::path::Path;

use kernel::{Error, Result};

/// Proof that this process owns a data directory; given back when dropped.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the directory, making it when it is missing.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another process has it; [`Error::Unavailable`] when it cannot be made or opened.
    pub fn take(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).map_err(Error::unavailable)?;
        let path = directory.join("bedside.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(Error::unavailable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(Error::conflict("data_directory_in_use", "another process uses this data directory"))
            }
            Err(std::fs::TryLockError::Error(error)) => Err(Error::unavailable(error)),
        }
    }
}

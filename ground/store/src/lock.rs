//! One process owns a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use kernel::{Error, Result};

use crate::owners_only::{FILE_MODE, make_folder};

/// Proof that this process owns a data directory; given back when dropped.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the directory, making it for its owner alone when it is missing.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another process has it; [`Error::Precondition`] when it cannot be made or written to.
    pub fn take(directory: &Path) -> Result<Self> {
        let unusable = |error: io::Error| {
            let sentence = format!("The data folder {} cannot be used: {error}.", directory.display());
            Error::precondition("data_directory_unusable", sentence)
        };
        make_folder(directory).map_err(unusable)?;
        let path = directory.join("bedside.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(FILE_MODE).open(path);
        let file = file.map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                let sentence = format!("Another process uses the data folder {}.", directory.display());
                Err(Error::conflict("data_directory_in_use", sentence))
            }
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}

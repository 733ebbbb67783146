//! Files and folders that nobody but their owner reads, whatever the process's mask and those who made them before.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// What a file may be: read and written by its owner.
pub(crate) const FILE_MODE: u32 = 0o600;
/// The same of a folder.
pub(crate) const FOLDER_MODE: u32 = 0o700;

/// Makes a folder, with those above it, unless it is there.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// Makes an empty database when there is none, since SQLite would let everybody read it, and closes the one that is
/// there to others. SQLite gives what it lays beside it the mode of the database.
pub(crate) fn database(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        tighten(&PathBuf::from(beside), FILE_MODE)?;
    }
    Ok(())
}

/// Takes what is there away from others. What belongs to another account is left to the operator, who is told.
pub(crate) fn tighten(path: &Path, mode: u32) -> io::Result<()> {
    let now = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found?.permissions().mode(),
    };
    if now & 0o077 == 0 {
        return Ok(());
    }
    match fs::set_permissions(path, Permissions::from_mode(mode)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            tracing::warn!(path = %path.display(), "this is open to others than the account of the server");
            Ok(())
        }
        done => done,
    }
}

//! Files as objects in a folder, under random keys. What is written here is sealed already.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use kernel::{Error, Kind, Result};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::owners_only::{self, FILE_MODE, FOLDER_MODE};

/// Bytes that one read of an object gives at most.
const READ_BYTES: usize = 64 << 10;

/// A folder of objects.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// Opens the folder, making it when it is missing, and closes it to others than its owner.
    ///
    /// # Errors
    /// [`Error::Precondition`] when it cannot be made.
    pub async fn open(folder: PathBuf) -> Result<Self> {
        let made = owners_only::make_folder(&folder.join("tmp"));
        made.and_then(|()| owners_only::tighten(&folder, FOLDER_MODE)).map_err(|error| {
            let sentence = format!("The folder of files {} cannot be used: {error}.", folder.display());
            Error::precondition("files_unusable", sentence)
        })?;
        Ok(Self { folder })
    }

    /// Begins an object. It exists once the writer has [finished](BlobWriter::finish).
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn create(&self, key: &str) -> Result<BlobWriter> {
        let path = self.path(key)?;
        let temporary = self.folder.join("tmp").join(key);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(FILE_MODE);
        let file = options.open(&temporary).await.map_err(Error::unavailable)?;
        Ok(BlobWriter { file, temporary: Some(temporary), path })
    }

    /// Opens an object for reading.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of this key.
    pub async fn read(&self, key: &str) -> Result<BlobReader> {
        match fs::File::open(self.path(key)?).await {
            Ok(file) => Ok(BlobReader { file }),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::not_found(Kind::File)),
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match fs::remove_file(self.path(key)?).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::unavailable(error)),
            _ => Ok(()),
        }
    }

    /// Has an object count as written at the instant, as if it had just come.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of this key, [`Error::Unavailable`] when the disk refuses.
    pub async fn touch(&self, key: &str, instant_ms: i64) -> Result<()> {
        match fs::OpenOptions::new().write(true).open(self.path(key)?).await {
            // It changes what is known of the file, and waits for no byte of it.
            Ok(file) => file.into_std().await.set_modified(instant(instant_ms)).map_err(Error::unavailable),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::not_found(Kind::File)),
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    /// The shelves that objects lie on, with that of half-written ones.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn shelves(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut shelves = fs::read_dir(&self.folder).await.map_err(Error::unavailable)?;
        while let Some(shelf) = shelves.next_entry().await.map_err(Error::unavailable)? {
            found.extend(shelf.file_name().into_string());
        }
        Ok(found)
    }

    /// The keys of objects on a shelf that were written before the instant, half-written ones included.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn older_than(&self, shelf: &str, instant_ms: i64) -> Result<Vec<String>> {
        let limit = instant(instant_ms);
        let mut found = Vec::new();
        let mut objects = fs::read_dir(self.folder.join(shelf)).await.map_err(Error::unavailable)?;
        while let Some(object) = objects.next_entry().await.map_err(Error::unavailable)? {
            let written = object.metadata().await.and_then(|meta| meta.modified());
            if written.is_ok_and(|at| at < limit) {
                found.extend(object.file_name().into_string());
            }
        }
        Ok(found)
    }

    /// Removes an object, and what an interrupted writer left of it, unless it was written or
    /// [touched](Blobs::touch) since the instant; says whether anything was removed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn sweep(&self, key: &str, instant_ms: i64) -> Result<bool> {
        let (limit, mut swept) = (instant(instant_ms), false);
        for path in [self.path(key)?, self.folder.join("tmp").join(key)] {
            let written = fs::metadata(&path).await.and_then(|meta| meta.modified());
            if written.is_ok_and(|at| at < limit) {
                match fs::remove_file(&path).await {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(Error::unavailable(error));
                    }
                    _ => swept = true,
                }
            }
        }
        Ok(swept)
    }

    /// Keys are ours and hexadecimal; anything else could lead out of the folder.
    fn path(&self, key: &str) -> Result<PathBuf> {
        if key.len() < 8 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::bug("a key that is not one of ours"));
        }
        Ok(self.folder.join(&key[..2]).join(key))
    }
}

/// An object that is being written. Dropped before its end, it leaves nothing.
#[derive(Debug)]
pub struct BlobWriter {
    file: fs::File,
    temporary: Option<PathBuf>,
    path: PathBuf,
}

impl BlobWriter {
    /// Appends bytes.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).await.map_err(Error::unavailable)
    }

    /// Puts the object on disk, under its key, for good.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn finish(mut self) -> Result<()> {
        self.file.sync_all().await.map_err(Error::unavailable)?;
        let Some(shelf) = self.path.parent() else { return Err(Error::bug("a path without a folder")) };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(shelf)
            .await
            .map_err(Error::unavailable)?;
        if let Some(temporary) = self.temporary.take() {
            fs::rename(temporary, &self.path).await.map_err(Error::unavailable)?;
        }
        sync_folder(shelf).await?;
        if let Some(folder) = shelf.parent() {
            sync_folder(folder).await?;
        }
        Ok(())
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        if let Some(temporary) = self.temporary.take() {
            // Nobody waits for it; what stays behind is swept later.
            drop(std::fs::remove_file(temporary));
        }
    }
}

fn instant(ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// A name in a folder is durable only once the folder is synced.
async fn sync_folder(folder: &Path) -> Result<()> {
    let folder = fs::File::open(folder).await.map_err(Error::unavailable)?;
    folder.sync_all().await.map_err(Error::unavailable)
}

/// An object that is being read.
#[derive(Debug)]
pub struct BlobReader {
    file: fs::File,
}

impl BlobReader {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refuses.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let mut buffer = vec![0; READ_BYTES];
        let count = self.file.read(&mut buffer).await.map_err(Error::unavailable)?;
        buffer.truncate(count);
        Ok((count > 0).then(|| Bytes::from(buffer)))
    }
}

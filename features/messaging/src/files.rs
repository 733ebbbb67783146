//! Files: received and sealed outside any transaction, named by a row in the transaction of their message, read
//! through the chat's door.

mod checking;
mod intake;
mod media;
mod name;
mod scan;
mod transfer;

#[cfg(test)]
pub(crate) use scan::test_signature;

use audit::Deed;
use kernel::{Error, FileId, Kind, MessageId, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use store::blobs::Blobs;
use store::jobs::{self, NewJob};
use store::{Tx, args};
use vault::{DataKeyId, KeyRing, Place};

use crate::access::{OpenChat, Right};
use crate::line;
use crate::rows::chats::ring;
use crate::rows::files as rows;

pub(crate) use checking::leave_check;
pub use checking::{CHECK_FILES, CheckFiles, ChecksFiles, FileState, Waiting, settle, waiting};
pub use intake::Intake;
pub use media::Media;
pub use name::safe_name;
pub(crate) use transfer::copy;
pub use transfer::{FileDraft, contents, discard, receive, send};

/// The job that removes the bytes of deleted files; its payload is a
/// [`RemoveBlobs`].
pub const REMOVE_BLOBS: &str = "messaging.remove_blobs";
/// Keys that one call of [`unnamed_blobs`] looks up at most: each is a statement.
pub const SWEEP_KEYS_MAX: usize = 150;
/// Objects that one [`REMOVE_BLOBS`] names at most.
const KEYS_PER_JOB: usize = 100;

/// A file that was received: its bytes lie sealed on disk, and no message names it yet.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub(crate) id: FileId,
    pub(crate) blob_key: String,
    pub(crate) data_key: DataKeyId,
    pub(crate) name: String,
    pub(crate) media: Media,
    pub(crate) size: u64,
    pub(crate) hash: [u8; 32],
}

/// A received file with its name sealed.
#[derive(Clone, Debug)]
pub(crate) struct SealedFile {
    pub id: FileId,
    pub blob_key: String,
    pub data_key: DataKeyId,
    pub name: Vec<u8>,
    pub mime: &'static str,
    pub size: u64,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// The file.
    pub id: FileId,
    /// The message that it is attached to.
    pub message: MessageId,
    /// Where its sealed bytes lie.
    pub blob_key: String,
    /// Its name, made safe.
    pub name: String,
    /// What it is, as its bytes say.
    pub mime: String,
    /// Its length in bytes, opened.
    pub size: u64,
    /// When its message was posted.
    pub made_ms: i64,
    /// What the scanner made of it.
    pub state: FileState,
}

/// Which bytes [`REMOVE_BLOBS`] removes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemoveBlobs {
    /// Their keys.
    pub blob_keys: Vec<String>,
}

pub(crate) fn name_place(id: &FileId) -> Place<'_> {
    Place { table: "files", column: "name", row: id.as_bytes() }
}

impl NewFile {
    pub(crate) fn seal(&self, ring: &KeyRing, id: FileId) -> SealedFile {
        let name = ring.seal(name_place(&id), self.name.as_bytes());
        let (blob_key, data_key) = (self.blob_key.clone(), self.data_key);
        SealedFile { id, blob_key, data_key, name, mime: self.media.mime(), size: self.size }
    }

    /// The id that the file will have; of several in one draft, the ids are theirs in the order of the files.
    #[must_use]
    pub const fn id(&self) -> FileId {
        self.id
    }
    /// Its name, made safe.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its bytes are.
    #[must_use]
    pub const fn media(&self) -> Media {
        self.media
    }
    /// The SHA-256 of its bytes.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}

/// A file of the chat. Asks for [`Right::Read`].
///
/// # Errors
/// [`Error::NotFound`] when it is not in this chat, or its message was deleted; [`Error::Precondition`] while it is
/// being checked, and for one that was found to be unsafe.
pub async fn file(tx: &Tx, chat: &OpenChat, id: FileId) -> Result<FileRow> {
    chat.must_be_for(Right::Read)?;
    let ring = ring(tx, chat.organisation())?;
    let found =
        tx.one(rows::ONE, &args![chat.tenant(), chat.key(), &id], |row| rows::file(row, &ring)).await?;
    let file = found.ok_or(Error::not_found(Kind::File))?;
    file.state.must_be_released()?;
    line::of(tx, chat, Deed::FileRead, id.as_bytes()).await?;
    Ok(file)
}

/// Takes the files of messages out of the chat now, and leaves jobs that take their bytes off the disk.
pub(crate) async fn forget_files(
    tx: &Tx,
    organisation: &OrganisationId,
    messages: &[MessageId],
) -> Result<()> {
    let rest = args![organisation];
    let keys = tx.all_of(rows::DELETE_OF_MESSAGES, messages, &rest, |row| row.get::<String>(0)).await?;
    leave_removals(tx, &keys).await
}

/// Leaves jobs that take bytes off the disk which no row names any more.
pub(crate) async fn leave_removals(tx: &Tx, blob_keys: &[String]) -> Result<()> {
    for some in blob_keys.chunks(KEYS_PER_JOB) {
        let payload = serde_json::to_value(RemoveBlobs { blob_keys: some.to_vec() }).map_err(Error::bug)?;
        let job = NewJob { name: REMOVE_BLOBS, dedupe: None, payload, due_ms: tx.now_ms() };
        jobs::enqueue(tx, &job).await?;
    }
    Ok(())
}

/// Does the job [`REMOVE_BLOBS`]. One that cannot be removed keeps none of the others.
///
/// # Errors
/// The last of the disk's refusals.
pub async fn remove_blobs(blobs: &Blobs, job: &RemoveBlobs) -> Result<()> {
    let mut done = Ok(());
    for key in &job.blob_keys {
        if let Err(error) = blobs.delete(key).await {
            done = Err(error);
        }
    }
    done
}

/// Which of these keys no file names: what an upload left whose message was never posted.
///
/// # Errors
/// [`Error::Bug`] for more than [`SWEEP_KEYS_MAX`] keys.
pub async fn unnamed_blobs(tx: &Tx, keys: &[String]) -> Result<Vec<String>> {
    if keys.len() > SWEEP_KEYS_MAX {
        return Err(Error::bug("more keys than one transaction may look up"));
    }
    let mut unnamed = Vec::new();
    for key in keys {
        if tx.one(rows::NAMED, &args![key], |row| row.get::<String>(0)).await?.is_none() {
            unnamed.push(key.clone());
        }
    }
    Ok(unnamed)
}

//! Bytes in and out of the disk, outside any transaction.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use kernel::{Clock, FileId, Result, Rng};
use store::blobs::{BlobReader, Blobs};
use vault::files::{Opener, Sealer};
use vault::{Hashing, KeyRing};

use super::intake::Intake;
use super::name::honest_name;
use super::{FileRow, NewFile};

/// What a sender says of a file.
#[derive(Clone, Debug, Default)]
pub struct FileDraft {
    /// Its name, as it came.
    pub name: String,
    /// Its content type, as it came.
    pub mime: Option<String>,
}

/// Takes in a file: checks it and seals it to disk while it streams, in the keys of the organisation that owns the
/// chat. What is refused on the way leaves nothing behind; what no message comes to name is swept later.
///
/// # Errors
/// As [`Intake::push`] and [`Intake::finish`], the stream's own, and [`kernel::Error::Unavailable`] when the disk
/// refuses.
pub async fn receive(
    blobs: &Blobs,
    ring: &Arc<KeyRing>,
    (clock, rng): (&Clock, &Rng),
    draft: &FileDraft,
    bytes: impl Stream<Item = Result<Bytes>> + Send,
) -> Result<NewFile> {
    let blob_key = kernel::id::hex(&rng.bytes::<16>());
    let mut intake = Intake::new(draft.mime.as_deref());
    let mut sealer = Sealer::new(ring.clone(), &blob_key);
    let (mut object, mut hashing) = (blobs.create(&blob_key).await?, Hashing::default());
    let mut bytes = pin!(bytes);
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk?;
        intake.push(&chunk)?;
        hashing.push(&chunk);
        for frame in sealer.push(&chunk) {
            object.write(&frame).await?;
        }
    }
    let (media, size) = intake.finish()?;
    object.write(&sealer.finish()).await?;
    object.finish().await?;
    let (id, name) = (FileId::new(clock, rng), honest_name(&draft.name, media));
    Ok(NewFile { id, blob_key, data_key: ring.current_key(), name, media, size, hash: hashing.finish() })
}

/// Takes a received file off the disk again, when its message is not to be posted.
///
/// # Errors
/// [`kernel::Error::Unavailable`] when the disk refuses.
pub async fn discard(blobs: &Blobs, file: &NewFile) -> Result<()> {
    blobs.delete(&file.blob_key).await
}

/// The bytes of a file, opened while they stream. An error on the way means that the file is not whole.
///
/// # Errors
/// [`kernel::Error::Precondition`] for one that is being checked or was found to be unsafe; as [`contents`].
pub async fn send(
    blobs: &Blobs,
    ring: &Arc<KeyRing>,
    file: &FileRow,
) -> Result<impl Stream<Item = Result<Bytes>> + Send + use<>> {
    file.state.must_be_released()?;
    contents(blobs, ring, &file.blob_key).await
}

/// What lies under a key, opened while it streams, whether or not anybody may have it: for who checks it.
///
/// # Errors
/// [`kernel::Error::NotFound`] when the bytes are not there, [`kernel::Error::Unavailable`] when the disk refuses.
pub async fn contents(
    blobs: &Blobs,
    ring: &Arc<KeyRing>,
    blob_key: &str,
) -> Result<impl Stream<Item = Result<Bytes>> + Send + use<>> {
    let object = blobs.read(blob_key).await?;
    let source = Source::Open(object, Opener::new(ring.clone(), blob_key));
    let batches = stream::try_unfold(source, |source| async move {
        let Source::Open(object, opener) = source else { return Ok(None) };
        next_frames(object, opener).await.map(Some)
    });
    Ok(batches.flat_map(|batch| match batch {
        Ok(frames) => {
            stream::iter(frames.into_iter().map(|frame| Ok(Bytes::from(frame))).collect::<Vec<_>>())
        }
        Err(error) => stream::iter(vec![Err(error)]),
    }))
}

/// Copies a file's bytes to another place, sealed by the current key, frame by frame.
///
/// # Errors
/// As [`send`].
pub(crate) async fn copy(blobs: &Blobs, ring: &Arc<KeyRing>, from: &str, to: &str) -> Result<()> {
    let mut source = blobs.read(from).await?;
    let (mut opener, mut sealer) = (Opener::new(ring.clone(), from), Sealer::new(ring.clone(), to));
    let mut object = blobs.create(to).await?;
    while let Some(chunk) = source.next().await? {
        for plain in opener.push(&chunk)? {
            for frame in sealer.push(&plain) {
                object.write(&frame).await?;
            }
        }
    }
    for frame in sealer.push(&opener.finish()?) {
        object.write(&frame).await?;
    }
    object.write(&sealer.finish()).await?;
    object.finish().await
}

enum Source {
    Open(BlobReader, Opener),
    AtItsEnd,
}

async fn next_frames(mut object: BlobReader, mut opener: Opener) -> Result<(Vec<Vec<u8>>, Source)> {
    match object.next().await? {
        Some(chunk) => Ok((opener.push(&chunk)?, Source::Open(object, opener))),
        None => Ok((vec![opener.finish()?], Source::AtItsEnd)),
    }
}

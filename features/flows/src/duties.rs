//! The jobs that the house does after a commit, by name.

use jiff::SignedDuration;
use kernel::{Error, Result};
use serde_json::Value;
use store::jobs::Worker;

use crate::House;

/// Objects that one sweep looks at.
const SWEEP_MAX: usize = 5_000;
/// An upload that no message names after this long belongs to nobody.
const UNNAMED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// A worker that knows every job of the house.
#[must_use]
pub fn worker(house: &House) -> Worker<House> {
    Worker::new(house.db.clone(), house.clone()).on(
        messaging::files::REMOVE_BLOB,
        SignedDuration::from_hours(30 * 24),
        |house, payload| Box::pin(async move { remove_blob(&house, payload).await }),
    )
}

async fn remove_blob(house: &House, payload: Value) -> Result<()> {
    let job: messaging::files::RemoveBlob = serde_json::from_value(payload).map_err(Error::bug)?;
    house.blobs.delete(&job.blob_key).await
}

/// Removes files that no message names a day after they came, and says how many.
///
/// # Errors
/// [`Error::Unavailable`] when the disk or the store refuses.
pub async fn sweep_files(house: &House) -> Result<usize> {
    let before_ms = house.clock.now_ms() - i64::try_from(UNNAMED_AFTER.as_millis()).map_err(Error::bug)?;
    let keys = house.blobs.older_than(before_ms, SWEEP_MAX).await?;
    let mut swept = 0;
    for some in keys.chunks(messaging::files::SWEEP_KEYS_MAX) {
        let unnamed = house
            .db
            .read_long(some.to_vec(), |tx, keys| Box::pin(messaging::unnamed_blobs(tx, keys)))
            .await?;
        for key in unnamed {
            house.blobs.sweep(&key).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

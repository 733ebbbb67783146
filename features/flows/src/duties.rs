//! The jobs that the house does after a commit, by name.

use jiff::SignedDuration;
use kernel::{Error, Result};
use serde_json::Value;
use store::jobs::Worker;

use crate::{House, imports, keys};

/// An upload that no message names after this long belongs to nobody.
const UNNAMED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How long a job is tried that must be done some day.
const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a file is tried to be sealed anew; the walk that follows leaves the job again.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A worker that knows every job of the house.
#[must_use]
pub fn worker(house: &House) -> Worker<House> {
    Worker::new(house.db.clone(), house.clone())
        .on(messaging::files::REMOVE_BLOB, A_MONTH, |house, payload| {
            Box::pin(async move { remove_blob(&house, payload).await })
        })
        .on(keys::RESEAL, A_MONTH, |house, payload| {
            Box::pin(async move { keys::go_on(&house, payload).await })
        })
        .on(imports::IMPORT, A_MONTH, |house, payload| {
            Box::pin(async move { imports::go_on(&house, payload).await })
        })
        .on(messaging::reseal::RESEAL_FILE, A_DAY, |house, payload| {
            Box::pin(async move { keys::reseal_file(&house, payload).await })
        })
}

async fn remove_blob(house: &House, payload: Value) -> Result<()> {
    let job: messaging::files::RemoveBlob = serde_json::from_value(payload).map_err(Error::bug)?;
    house.blobs.delete(&job.blob_key).await
}

/// Removes files that no message names a day after they came, or after a copy took their place, and says how many.
///
/// # Errors
/// [`Error::Unavailable`] when the disk or the store refuses.
pub async fn sweep_files(house: &House) -> Result<usize> {
    let before_ms = house.clock.now_ms() - i64::try_from(UNNAMED_AFTER.as_millis()).map_err(Error::bug)?;
    let mut swept = 0;
    for shelf in house.blobs.shelves().await? {
        let keys = house.blobs.older_than(&shelf, before_ms).await?;
        for some in keys.chunks(messaging::files::SWEEP_KEYS_MAX) {
            swept += sweep_some(house, some.to_vec(), before_ms).await?;
        }
    }
    Ok(swept)
}

async fn sweep_some(house: &House, keys: Vec<String>, before_ms: i64) -> Result<usize> {
    let unnamed = house.db.read_long(keys, |tx, keys| Box::pin(messaging::unnamed_blobs(tx, keys))).await?;
    let mut swept = 0;
    for key in &unnamed {
        // Bytes that lost their name after they were listed were touched before that, and stay a day from then.
        swept += usize::from(house.blobs.sweep(key, before_ms).await?);
    }
    Ok(swept)
}

//! The jobs that the house does after a commit, by name.

use jiff::SignedDuration;
use kernel::{Error, Result};
use messaging::{endings, removal};
use store::jobs::Worker;

use crate::{House, asap, checking, guests, imports, keys, mail, sign_in_links};

/// An upload that no message names after this long belongs to nobody.
const UNNAMED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How long a job is tried that must be done some day.
const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long the letter with a link to sign in is tried: who asked for it has given up by then.
const A_QUARTER: SignedDuration = SignedDuration::from_mins(15);
/// How long a file is tried to be sealed anew; the walk that follows leaves the job again.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A worker that knows every job of the house.
#[must_use]
pub fn worker(house: &House) -> Worker<House> {
    Worker::new(house.db.clone(), house.clone())
        .draining_outward(outbound::ON_ITS_WAY)
        .on(messaging::files::REMOVE_BLOBS, A_MONTH, |house, payload| {
            Box::pin(async move {
                let job = serde_json::from_value(payload).map_err(Error::bug)?;
                messaging::files::remove_blobs(&house.blobs, &job).await
            })
        })
        .on(endings::LOOK_AFTER, A_MONTH, |house, payload| {
            Box::pin(async move {
                let job: endings::LookAfter = serde_json::from_value(payload).map_err(Error::bug)?;
                house.db.write(job, |tx, job| Box::pin(endings::look_after(tx, job))).await
            })
        })
        .on(removal::REMOVE_CHAT, A_MONTH, |house, payload| {
            Box::pin(async move {
                let job: removal::RemoveChat = serde_json::from_value(payload).map_err(Error::bug)?;
                house.db.write(job, |tx, job| Box::pin(removal::remove_some(tx, job))).await
            })
        })
        .on(messaging::files::CHECK_FILES, A_DAY, |house, payload| {
            Box::pin(async move { checking::look(&house, payload).await })
        })
        .on(messaging::guests::END_GUESTS, A_MONTH, |house, payload| {
            Box::pin(async move { guests::end_due(&house, payload).await })
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
        .on(outbound::letters::SEND, A_MONTH, |house, payload| {
            Box::pin(async move { mail::send(&house, payload).await })
        })
        .on(mail::account::RESET, A_DAY, |house, payload| {
            Box::pin(async move { mail::account::reset(&house, payload).await })
        })
        .on(mail::told::TELL, A_DAY, |house, payload| {
            Box::pin(async move { mail::told::tell(&house, payload).await })
        })
        .on(booking::freed::OFFER, A_MONTH, |house, payload| {
            Box::pin(async move { asap::offer(&house, payload).await })
        })
        .on(booking::asap::CONFIRM, A_DAY, |house, payload| {
            Box::pin(async move { asap::ask(&house, payload).await })
        })
        .on(booking::appointments::TELL, A_DAY, |house, payload| {
            Box::pin(async move { asap::tell(&house, payload).await })
        })
        .on(sign_in_links::SEND, A_QUARTER, |house, payload| {
            Box::pin(async move { sign_in_links::send(&house, payload).await })
        })
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

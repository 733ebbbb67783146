//! What nobody will look at again is removed.

use kernel::Result;
use store::{Tx, args};

/// So long after its end a link to a video visit is still known, so that who comes late hears that it is over.
const LINK_KEPT_MS: i64 = 24 * 3_600 * 1_000;

/// A time that is over is nobody's chance. One that is due and ahead belongs to the job that offers it.
const FREED: &str = "DELETE FROM freed_times WHERE id IN (
    SELECT id FROM freed_times WHERE until_ms <= $1 AND due_ms <= $1 LIMIT $2)";
const VIDEO_LINKS: &str = "DELETE FROM video_links WHERE secret_hash IN (
    SELECT secret_hash FROM video_links WHERE valid_until_ms <= $1 LIMIT $2)";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[FREED, VIDEO_LINKS];

/// Removes what became free and is over, and says how much.
///
/// # Errors
/// The store's.
pub async fn sweep_freed(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(FREED, &args![tx.now_ms(), most]).await
}

/// Removes links to video visits that ended a day ago, and says how many.
///
/// # Errors
/// The store's.
pub async fn sweep_video_links(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(VIDEO_LINKS, &args![tx.now_ms() - LINK_KEPT_MS, most]).await
}

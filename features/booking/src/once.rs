//! Requests that their client named, so that one that is repeated is answered again and not done again.

use kernel::{AppointmentId, Error, Once, OrganisationId, Result};
use store::{Tx, args};

/// For how long a name is known.
const KEPT_MS: i64 = 24 * 3_600 * 1_000;

const FIND: &str = "SELECT request_hash, appointment FROM booking_requests
    WHERE organisation = $1 AND key_hash = $2 AND made_ms > $3";
/// A name that is too old to count is another's.
const NOTE: &str = "
    INSERT INTO booking_requests (key_hash, organisation, request_hash, appointment, made_ms)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (key_hash) DO UPDATE SET organisation = excluded.organisation, request_hash = excluded.request_hash,
        appointment = excluded.appointment, made_ms = excluded.made_ms
    WHERE booking_requests.made_ms <= $6";
const SWEEP: &str = "DELETE FROM booking_requests WHERE key_hash IN (
    SELECT key_hash FROM booking_requests WHERE made_ms <= $1 ORDER BY made_ms LIMIT $2)";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[FIND, NOTE, SWEEP];

/// What the request of this name made in the last 24 hours.
///
/// # Errors
/// [`Error::Invalid`] with `idempotency_key_reused` when that was another request.
pub async fn find(tx: &Tx, organisation: OrganisationId, once: &Once) -> Result<Option<AppointmentId>> {
    let named = args![&organisation, &once.key, tx.now_ms() - KEPT_MS];
    let found = tx.one(FIND, &named, |row| Ok((row.get::<[u8; 32]>(0)?, row.get::<AppointmentId>(1)?)));
    match found.await? {
        Some((request, _)) if request != once.request => Err(is_reused()),
        found => Ok(found.map(|(_, appointment)| appointment)),
    }
}

/// Notes what the request of this name made. The same request may have been noted a moment ago.
///
/// # Errors
/// As [`find`]; [`Error::Unavailable`] when one of the same name was faster and made something else: then nothing of this
/// one is done, and the next try finds that.
pub async fn note(
    tx: &Tx,
    organisation: OrganisationId,
    once: &Once,
    appointment: AppointmentId,
) -> Result<()> {
    let now = tx.now_ms();
    let row = args![&once.key, &organisation, &once.request, &appointment, now, now - KEPT_MS];
    if tx.run(NOTE, &row).await? == 0 && find(tx, organisation, once).await? != Some(appointment) {
        return Err(Error::unavailable("a request of the same name was done in this moment"));
    }
    Ok(())
}

/// Forgets names that are too old to count, and says how many.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(SWEEP, &args![tx.now_ms() - KEPT_MS, most]).await
}

fn is_reused() -> Error {
    let why = "Another request came under this key within 24 hours.";
    Error::invalid("idempotency_key", "idempotency_key_reused", why)
}

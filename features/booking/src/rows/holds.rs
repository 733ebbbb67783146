//! Times that are kept for somebody while they choose.

use kernel::{HoldId, OrganisationId, Result};
use store::Row;

pub(crate) const INSERT: &str = "
    INSERT INTO holds (id, organisation, patient, client, offer, type, start_ms, end_ms, made_ms, expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// How many somebody has, but for what is kept for an offer to them, and when the next of them is over.
pub(crate) const OF_PATIENT: &str = "SELECT COUNT(*), MIN(expires_ms) FROM holds
    WHERE organisation = $1 AND patient = $2 AND expires_ms > $3 AND offer IS NULL";
/// The same of all that came through an application.
pub(crate) const OF_CLIENT: &str = "SELECT COUNT(*), MIN(expires_ms) FROM holds
    WHERE organisation = $1 AND client = $2 AND expires_ms > $3 AND offer IS NULL";
/// What is kept for them: of this type, at this time.
pub(crate) const OWN: &str = "SELECT id FROM holds
    WHERE organisation = $1 AND patient = $2 AND type = $3 AND start_ms = $4 AND expires_ms > $5 ORDER BY id";
pub(crate) const REMOVE: &str = "DELETE FROM holds WHERE organisation = $1 AND id = $2";
/// Minutes that who waits is left in peace after something of its type was freed.
pub(crate) const DEBOUNCE: &str = "SELECT t.asap_debounce_minutes FROM holds h
    JOIN appointment_types t ON t.organisation = h.organisation AND t.id = h.type
    WHERE h.organisation = $1 AND h.id = $2";
pub(crate) const EXPIRED: &str =
    "SELECT organisation, id FROM holds WHERE expires_ms <= $1 ORDER BY expires_ms, id LIMIT $2";

/// Every statement of these.
pub const ALL_SQL: &[&str] = &[INSERT, OF_PATIENT, OF_CLIENT, OWN, REMOVE, DEBOUNCE, EXPIRED];

/// A hold of a row of [`EXPIRED`].
pub(crate) fn expired(row: &Row<'_>) -> Result<(OrganisationId, HoldId)> {
    Ok((row.get(0)?, row.get(1)?))
}

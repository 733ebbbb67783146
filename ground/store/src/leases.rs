//! Leases: of several processes on one database, which does what only one needs to do.

use kernel::Result;

use crate::{Statement, Tx, args};

const TAKE: &str = "
    INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
    WHERE leases.until_ms <= $4 OR leases.holder = excluded.holder";
const END: &str = "DELETE FROM leases WHERE name = $1 AND holder = $2";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[TAKE, END];

/// Takes or prolongs the lease when nobody else holds it now; it touches one row when the holder has it.
#[must_use]
pub fn take(name: &str, holder: &[u8; 12], until_ms: i64, now_ms: i64) -> Statement {
    Statement::new(TAKE, &args![name, holder, until_ms, now_ms])
}

/// Leaves the lease to others.
///
/// # Errors
/// As [`Tx::run`].
pub async fn end(tx: &Tx, name: &str, holder: &[u8; 12]) -> Result<()> {
    tx.run(END, &args![name, holder]).await.map(drop)
}

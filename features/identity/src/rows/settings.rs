//! What administrators choose for their organisation.

use kernel::Result;
use store::Row;

use super::memberships::role;
use crate::settings::Reach;

/// The statements of this list.
pub(crate) const ALL_SQL: &[&str] = &[SET, REACH];

pub(crate) const SET: &str = "UPDATE organisations
    SET name = $2, time_zone = $3, languages = $4, session_idle_ms = $5, session_life_ms = $6
    WHERE id = $1 AND closed_ms IS NULL";
/// How many people have each role, and how many of those have no second factor.
pub(crate) const REACH: &str = "SELECT m.role, COUNT(DISTINCT m.person),
        COUNT(DISTINCT CASE WHEN a.person IS NULL AND s.person IS NULL
            AND NOT EXISTS (SELECT k.person FROM passkeys k WHERE k.person = m.person) THEN m.person END)
    FROM memberships m JOIN persons p ON p.id = m.person
    LEFT JOIN authenticators a ON a.person = m.person
    LEFT JOIN sms_factors s ON s.person = m.person
    WHERE m.organisation = $1 AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)
        AND NOT m.pending AND p.disabled_ms IS NULL
    GROUP BY m.role ORDER BY m.role";

pub(crate) fn reach(row: &Row<'_>) -> Result<Reach> {
    Ok(Reach { role: role(&row.get::<String>(0)?)?, people: row.get(1)?, without: row.get(2)? })
}

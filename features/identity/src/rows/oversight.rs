//! Sessions, grants and roles of others, in one organisation.

use kernel::Result;
use store::Row;

use super::memberships::role;
use super::programs::is_no_program;
use crate::oversight::Held;

/// The statements of this list.
pub(crate) const ALL_SQL: &[&str] = &[SESSIONS, END_SESSION, GRANTS, IS_GRANT, HELD, SHUT_OUT];

/// What stands now.
pub(crate) const SESSIONS: &str = "SELECT s.id, o.name, s.browser, s.system, s.signed_in_ms, s.seen_ms
    FROM sessions s JOIN organisations o ON o.id = s.organisation
    WHERE s.organisation = $1 AND s.person = $2 AND s.ended_ms IS NULL AND s.ends_ms > $3
        AND s.seen_ms + s.idle_ms > $3
    ORDER BY s.id DESC";
pub(crate) const END_SESSION: &str = "UPDATE sessions SET ended_ms = $4
    WHERE organisation = $1 AND person = $2 AND id = $3 AND ended_ms IS NULL RETURNING id";
pub(crate) const GRANTS: &str = "SELECT g.id, c.id, c.name, o.name, g.scopes, g.made_ms,
        (SELECT MAX(t.made_ms) FROM tokens t WHERE t.grant_id = g.id)
    FROM grants g JOIN clients c ON c.id = g.client JOIN organisations o ON o.id = g.organisation
    WHERE g.organisation = $1 AND g.person = $2 AND g.ended_ms IS NULL AND c.removed_ms IS NULL
    ORDER BY g.id DESC";
pub(crate) const IS_GRANT: &str =
    "SELECT id FROM grants WHERE organisation = $1 AND person = $2 AND id = $3 AND ended_ms IS NULL";
/// Everything that somebody is and was here, the oldest first, and whether they are shut out.
pub(crate) const HELD: &str =
    "SELECT m.role, m.position, m.start_ms, m.end_ms, m.pending, p.disabled_ms IS NOT NULL
    FROM memberships m JOIN persons p ON p.id = m.person
    WHERE m.organisation = $1 AND m.person = $2 ORDER BY m.start_ms, m.id";
/// Who has a place and is shut out.
pub(crate) const SHUT_OUT: &str = concat!(
    "SELECT DISTINCT m.person FROM memberships m JOIN persons p ON p.id = m.person
    WHERE m.organisation = $1 AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)
        AND p.disabled_ms IS NOT NULL",
    is_no_program!(),
    " ORDER BY m.person LIMIT $3 OFFSET $4"
);

/// A role, and whether who has it is shut out.
pub(crate) fn held(row: &Row<'_>) -> Result<(Held, bool)> {
    let held = Held {
        role: role(&row.get::<String>(0)?)?,
        position: row.get(1)?,
        start_ms: row.get(2)?,
        end_ms: row.get(3)?,
        is_pending: row.get(4)?,
    };
    Ok((held, row.get(5)?))
}

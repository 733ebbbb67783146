//! Sessions and grants of others, in one organisation.

/// The statements of this list.
pub(crate) const ALL_SQL: &[&str] = &[SESSIONS, END_SESSION, GRANTS, IS_GRANT];

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

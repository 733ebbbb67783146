//! Sessions, grants, tokens and roles of others, in one organisation.

use kernel::Result;
use store::Row;

use super::memberships::role;
use super::programs::is_no_program;
use crate::oversight::{Held, TokenView};
use crate::rows::grants::scopes;

/// The statements of this list.
pub(crate) const ALL_SQL: &[&str] = &[
    SESSIONS,
    END_SESSION,
    GRANTS,
    IS_GRANT,
    TOKENS,
    FAMILIES,
    FIND_TOKEN,
    END_TOKEN,
    FIND_FAMILY,
    HELD,
    SHUT_OUT,
];

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

/// Access tokens that stand, the newest first; those that one application got for another's under the one that acts.
pub(crate) const TOKENS: &str = "SELECT t.id, c.id, c.name, t.scopes, t.made_ms, t.ends_ms
    FROM tokens t JOIN grants g ON g.id = t.grant_id JOIN clients c ON c.id = COALESCE(t.actor, g.client)
    WHERE g.organisation = $1 AND g.person = $2 AND t.revoked_ms IS NULL AND t.ends_ms > $3
        AND g.ended_ms IS NULL AND c.removed_ms IS NULL
    ORDER BY t.id DESC LIMIT $4";
/// Refresh tokens that stand: of a family, the one that was given last.
pub(crate) const FAMILIES: &str = "SELECT f.id, c.id, c.name, f.scopes, f.made_ms, f.ends_ms
    FROM refresh_families f JOIN grants g ON g.id = f.grant_id JOIN clients c ON c.id = g.client
    WHERE g.organisation = $1 AND g.person = $2 AND f.ended_ms IS NULL AND f.ends_ms > $3
        AND g.ended_ms IS NULL AND c.removed_ms IS NULL
    ORDER BY f.id DESC LIMIT $4";
pub(crate) const FIND_TOKEN: &str = "SELECT t.family FROM tokens t JOIN grants g ON g.id = t.grant_id
    WHERE g.organisation = $1 AND g.person = $2 AND t.id = $3 AND t.revoked_ms IS NULL AND t.ends_ms > $4";
/// With what another application got for it.
pub(crate) const END_TOKEN: &str = "UPDATE tokens SET revoked_ms = $4
    WHERE (id = $3 OR subject = $3) AND revoked_ms IS NULL
        AND grant_id IN (SELECT id FROM grants WHERE organisation = $1 AND person = $2)
    RETURNING id";
pub(crate) const FIND_FAMILY: &str = "SELECT f.id FROM refresh_families f JOIN grants g ON g.id = f.grant_id
    WHERE g.organisation = $1 AND g.person = $2 AND f.id = $3 AND f.ended_ms IS NULL AND f.ends_ms > $4";

pub(crate) fn token(row: &Row<'_>, is_refresh: bool) -> Result<TokenView> {
    Ok(TokenView {
        id: row.get(0)?,
        client: row.get(1)?,
        client_name: row.get(2)?,
        scopes: scopes(row, 3)?,
        made_ms: row.get(4)?,
        ends_ms: row.get(5)?,
        is_refresh,
    })
}

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

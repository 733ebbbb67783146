//! Sessions.

use kernel::Result;
use store::{Row, in_list};

use crate::Device;
use crate::sessions::SessionView;

pub(crate) const INSERT: &str = "INSERT INTO sessions (id, secret_hash, person, organisation, browser,
        system, signed_in_ms, seen_ms, idle_ms, ends_ms, methods)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)";
pub(crate) const TOUCH: &str = "UPDATE sessions SET seen_ms = $2 WHERE id = $1 AND seen_ms < $2";
/// It is never made younger.
pub(crate) const DATE_BACK: &str =
    "UPDATE sessions SET signed_in_ms = $2 WHERE id = $1 AND signed_in_ms > $2";
/// With the limits of where it goes on, where they are the stricter ones.
pub(crate) const SWITCH: &str = "UPDATE sessions SET organisation = $3,
        idle_ms = CASE WHEN idle_ms > $5 THEN $5 ELSE idle_ms END,
        ends_ms = CASE WHEN ends_ms > signed_in_ms + $6 THEN signed_in_ms + $6 ELSE ends_ms END
    WHERE id = $1 AND person = $2 AND organisation = $4 AND ended_ms IS NULL";
/// Where somebody was last, by their newest session.
pub(crate) const LAST_ORGANISATION: &str =
    "SELECT organisation FROM sessions WHERE person = $1 ORDER BY id DESC LIMIT 1";
pub(crate) const END: &str = concat!(
    "UPDATE sessions SET ended_ms = $66
    WHERE person = $65 AND ended_ms IS NULL AND id IN ",
    in_list!(),
    " RETURNING id, organisation"
);
pub(crate) const END_ALL: &str =
    "UPDATE sessions SET ended_ms = $2 WHERE person = $1 AND ended_ms IS NULL RETURNING id";
pub(crate) const END_IN: &str = concat!(
    "UPDATE sessions SET ended_ms = $66
    WHERE organisation = $65 AND ended_ms IS NULL AND person IN ",
    in_list!(),
    " RETURNING id"
);
pub(crate) const LIST: &str = "SELECT s.id, o.name, s.browser, s.system, s.signed_in_ms, s.seen_ms
    FROM sessions s JOIN organisations o ON o.id = s.organisation
    WHERE s.person = $1 AND s.ended_ms IS NULL AND s.ends_ms > $2 AND s.seen_ms + s.idle_ms > $2
    ORDER BY s.id DESC";
pub(crate) const SWEEP: &str = "DELETE FROM sessions WHERE id IN
    (SELECT id FROM sessions WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";
/// How each session of a person that stands now was proven, and by the hash of which secret it is known.
pub(crate) const METHODS: &str = "SELECT id, methods, secret_hash FROM sessions
    WHERE person = $1 AND ended_ms IS NULL AND ends_ms > $2 AND seen_ms + idle_ms > $2 ORDER BY id";
/// One row a role of the person, in whichever organisation, with what is asked there of whom.
pub(crate) const RECOGNISE: &str = "SELECT s.person, s.organisation, m.role, s.id, s.signed_in_ms, s.seen_ms,
        s.ends_ms, s.methods, m.organisation, o.sandbox, o.second_factor_roles
    FROM sessions s
    JOIN persons p ON p.id = s.person
    JOIN memberships m ON m.person = s.person
    JOIN organisations o ON o.id = m.organisation
    WHERE s.secret_hash = $1 AND s.ended_ms IS NULL AND s.ends_ms > $2 AND s.seen_ms + s.idle_ms > $2
        AND p.disabled_ms IS NULL AND o.closed_ms IS NULL
        AND NOT m.pending AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)";

pub(crate) fn view(row: &Row<'_>) -> Result<SessionView> {
    Ok(SessionView {
        id: row.get(0)?,
        organisation_name: row.get(1)?,
        device: Device::named(&row.get::<String>(2)?, &row.get::<String>(3)?),
        signed_in_ms: row.get(4)?,
        seen_ms: row.get(5)?,
    })
}

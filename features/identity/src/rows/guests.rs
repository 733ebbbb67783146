//! Rows of `guests`.

use store::in_list;

pub(crate) const INSERT: &str =
    "INSERT INTO guests (person, organisation, chat, came_ms) VALUES ($1, $2, $3, $4)";
/// It ends by itself at the latest when their link does.
pub(crate) const INSERT_MEMBERSHIP: &str =
    "INSERT INTO memberships (id, organisation, person, role, position,
        start_ms, end_ms, pending)
    VALUES ($1, $2, $3, 'guest', '', $4, $5, FALSE)";
pub(crate) const IS_GUEST: &str = "SELECT person FROM guests WHERE organisation = $1 AND person = $2";
/// Whether the visit of a guest has ended, by the session of theirs with this secret.
pub(crate) const VISIT: &str = "SELECT g.ended_ms IS NOT NULL OR s.ended_ms IS NOT NULL OR s.ends_ms <= $2
    FROM sessions s JOIN guests g ON g.person = s.person AND g.organisation = s.organisation
    WHERE s.secret_hash = $1";
pub(crate) const OF: &str =
    "SELECT chat FROM guests WHERE organisation = $1 AND person = $2 AND ended_ms IS NULL";
pub(crate) const HERE: &str = "SELECT person FROM guests
    WHERE organisation = $1 AND chat = $2 AND ended_ms IS NULL ORDER BY person";
pub(crate) const END: &str = concat!(
    "UPDATE guests SET ended_ms = $66 WHERE organisation = $65 AND ended_ms IS NULL AND person IN ",
    in_list!(),
    " RETURNING person"
);
pub(crate) const END_MEMBERSHIPS: &str = concat!(
    "UPDATE memberships SET end_ms = $66
    WHERE organisation = $65 AND role = 'guest' AND (end_ms IS NULL OR end_ms > $66) AND person IN ",
    in_list!(),
    " RETURNING person"
);

pub(crate) const ALL_SQL: &[&str] =
    &[INSERT, INSERT_MEMBERSHIP, IS_GUEST, VISIT, OF, HERE, END, END_MEMBERSHIPS];

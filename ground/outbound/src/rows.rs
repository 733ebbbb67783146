//! Rows of `letters`.

use kernel::{LetterId, OrganisationId, PersonId, Result};
use store::Row;

use crate::letters::{State, Way};

pub(crate) const INSERT: &str = "
    INSERT INTO letters (id, organisation, kind, way, person, content, state, made_ms, legal_hold)
    VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, FALSE)
    ON CONFLICT (id) DO NOTHING";

pub(crate) const FIND: &str = "
    SELECT id, organisation, kind, way, person, content, state, made_ms FROM letters
    WHERE organisation = $1 AND id = $2";

pub(crate) const NEWEST: &str = "
    SELECT id, organisation, kind, way, person, content, state, made_ms FROM letters
    WHERE organisation = $1 ORDER BY id DESC LIMIT $2";

pub(crate) const SETTLE: &str = "
    UPDATE letters SET state = $3, settled_ms = $4 WHERE organisation = $1 AND id = $2 AND state = 'waiting'";

pub(crate) const WHOSE: &str = "SELECT organisation FROM letters WHERE id = $1";

/// The letter is named by a sealed token that only its own return path has.
pub(crate) const CAME_BACK: &str = "
    UPDATE letters SET state = 'bounced', settled_ms = $2 WHERE id = $1 AND state = 'sent'
    RETURNING id, organisation, kind, way, person, content, state, made_ms";

pub(crate) const COUNT_WAITING: &str = "SELECT COUNT(*) FROM letters WHERE state = 'waiting'";

/// What waited for so long is not sent any more.
pub(crate) const GIVE_UP: &str = "
    UPDATE letters SET state = 'refused', settled_ms = $2
    WHERE id IN (SELECT id FROM letters WHERE state = 'waiting' AND made_ms < $1 ORDER BY made_ms LIMIT $3)";

pub(crate) const REMOVE_WORDS: &str = "
    UPDATE letters SET content = $3
    WHERE id IN (SELECT id FROM letters WHERE made_ms < $1 AND state <> 'waiting' AND LENGTH(content) > 0
        AND NOT legal_hold ORDER BY made_ms LIMIT $2)";

pub(crate) const REMOVE: &str = "
    DELETE FROM letters WHERE id IN (SELECT id FROM letters
        WHERE made_ms < $1 AND NOT legal_hold ORDER BY made_ms LIMIT $2)";

/// Letters of the whole installation, whose key sealed them.
pub(crate) const SEALED_AFTER: &str = "SELECT id, content FROM letters WHERE id > $1 ORDER BY id LIMIT $2";

/// Only while it is what was looked at.
pub(crate) const RESEAL: &str = "UPDATE letters SET content = $2 WHERE id = $1 AND content = $3";

/// Letters that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "SELECT COUNT(*) FROM letters WHERE substr(content, 2, 12) = $1";

/// Every statement of this crate.
pub(crate) const ALL_SQL: &[&str] = &[
    INSERT,
    FIND,
    NEWEST,
    SETTLE,
    WHOSE,
    CAME_BACK,
    COUNT_WAITING,
    GIVE_UP,
    REMOVE_WORDS,
    REMOVE,
    SEALED_AFTER,
    RESEAL,
    COUNT_SEALED_BY,
];

/// A letter as it is stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Which.
    pub id: LetterId,
    /// In whose name it goes out.
    pub organisation: OrganisationId,
    /// What it is for.
    pub kind: String,
    /// Which way it takes.
    pub way: Way,
    /// Whom it is for, when they are known here.
    pub person: Option<PersonId>,
    /// What became of it.
    pub state: State,
    /// When it was written.
    pub made_ms: i64,
    /// Its sealed words; empty once they were removed.
    pub(crate) content: Vec<u8>,
}

pub(crate) fn stored(row: &Row<'_>) -> Result<Stored> {
    Ok(Stored {
        id: row.get(0)?,
        organisation: row.get(1)?,
        kind: row.get(2)?,
        way: Way::named(&row.get::<String>(3)?)?,
        person: row.get(4)?,
        content: row.get(5)?,
        state: State::named(&row.get::<String>(6)?)?,
        made_ms: row.get(7)?,
    })
}

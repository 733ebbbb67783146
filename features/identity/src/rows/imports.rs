//! Lists of people that an administrator brings.

pub(crate) const INSERT: &str = "INSERT INTO imports (id, organisation, importer, client, send_email, state,
        row_count, made_ms)
    VALUES ($1, $2, $3, $4, $5, 'coming', $6, $7)";
pub(crate) const INSERT_ROW: &str = "INSERT INTO import_rows (import, organisation, place, content, outcome)
    VALUES ($1, $2, $3, $4, 'waiting')";
pub(crate) const READY: &str = "UPDATE imports SET state = 'waiting'
    WHERE organisation = $1 AND id = $2 AND state = 'coming'";
pub(crate) const FIND: &str = "SELECT importer, client, send_email, state, row_count
    FROM imports WHERE organisation = $1 AND id = $2";
pub(crate) const WAITING: &str = "SELECT place, content FROM import_rows
    WHERE organisation = $1 AND import = $2 AND outcome = 'waiting' ORDER BY place LIMIT $3";
/// Each row once. What a refused one said stays, so that it can be told which it was.
pub(crate) const SETTLE: &str = "UPDATE import_rows SET outcome = $4, reason = $5, person = $6,
        content = CASE WHEN $4 = 'refused' THEN content END
    WHERE organisation = $1 AND import = $2 AND place = $3 AND outcome = 'waiting'";
pub(crate) const FINISH: &str = "UPDATE imports SET state = 'done', done_ms = $3
    WHERE organisation = $1 AND id = $2 AND state = 'waiting'";
pub(crate) const COUNT: &str = "SELECT outcome, COUNT(*) FROM import_rows
    WHERE organisation = $1 AND import = $2 GROUP BY outcome";
pub(crate) const ROWS: &str = "SELECT place, outcome, reason, person, content FROM import_rows
    WHERE organisation = $1 AND import = $2 ORDER BY place LIMIT $3 OFFSET $4";
/// Rows of lists that never came in whole, of which nobody was told that they had, and of old ones.
pub(crate) const SWEEP_ROWS: &str = "DELETE FROM import_rows WHERE (import, place) IN (
    SELECT r.import, r.place FROM imports i JOIN import_rows r ON r.import = i.id
    WHERE i.made_ms < $2 AND (i.made_ms < $1 OR i.state = 'coming') AND NOT i.legal_hold
    ORDER BY i.made_ms LIMIT $3)";
/// Once their rows are gone.
pub(crate) const SWEEP: &str = "DELETE FROM imports WHERE id IN (
    SELECT i.id FROM imports i
    WHERE i.made_ms < $2 AND (i.made_ms < $1 OR i.state = 'coming') AND NOT i.legal_hold
        AND NOT EXISTS (SELECT r.place FROM import_rows r WHERE r.import = i.id)
    ORDER BY i.made_ms LIMIT $3)";

pub(crate) const SEALED_AFTER: &str = "SELECT import, place, content FROM import_rows
    WHERE content IS NOT NULL AND (import, place) > ($1, $2) ORDER BY import, place LIMIT $3";
pub(crate) const RESEAL: &str =
    "UPDATE import_rows SET content = $3 WHERE import = $1 AND place = $2 AND content = $4";

pub(crate) const ALL_SQL: &[&str] = &[
    INSERT,
    INSERT_ROW,
    READY,
    FIND,
    WAITING,
    SETTLE,
    FINISH,
    COUNT,
    ROWS,
    SWEEP_ROWS,
    SWEEP,
    SEALED_AFTER,
    RESEAL,
];

//! Rows of `password_links`.

/// Who has this address or number, verified, and may sign in; with whether what verified it was a sandbox alone.
pub(crate) const WHO: &str = "SELECT i.person, i.sandbox FROM person_identifiers i
    JOIN persons p ON p.id = i.person
    WHERE i.system IN ('email', 'mobile') AND i.value_hash = $1 AND i.verified_ms IS NOT NULL
        AND p.disabled_ms IS NULL";
/// When somebody got a letter, the newest first; of those that one of the two asked for who may ask.
pub(crate) const LETTERS_TO: &str = "SELECT made_ms FROM password_links
    WHERE person = $1 AND by_known = $2 AND made_ms > $3 ORDER BY made_ms DESC LIMIT $4";
pub(crate) const INSERT: &str = "INSERT INTO password_links (token_hash, person, made_ms, ends_ms, by_known)
    VALUES ($1, $2, $3, $4, $5)";
pub(crate) const FIND: &str = "SELECT l.person FROM password_links l JOIN persons p ON p.id = l.person
    WHERE l.token_hash = $1 AND l.ends_ms > $2 AND p.disabled_ms IS NULL";
/// Each link opens once.
pub(crate) const USE: &str =
    "DELETE FROM password_links WHERE token_hash = $1 AND ends_ms > $2 RETURNING person";
/// Whatever else was sent to somebody opens nothing any more; the rows stay, so that letters are still counted.
pub(crate) const CLOSE: &str = "UPDATE password_links SET ends_ms = $2 WHERE person = $1 AND ends_ms > $2";
pub(crate) const SWEEP: &str = "DELETE FROM password_links WHERE token_hash IN
    (SELECT token_hash FROM password_links WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";

pub(crate) const ALL_SQL: &[&str] = &[WHO, LETTERS_TO, INSERT, FIND, USE, CLOSE, SWEEP];

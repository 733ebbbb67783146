//! Keys that sign ID tokens.

use kernel::{Error, Result, SigningKeyId};
use store::Row;

use crate::Algorithm;
use crate::signing_keys::{AtWork, Note, PublicKey};

/// Two servers may make the first key of an algorithm at once; one of the two stays.
pub(crate) const INSERT: &str = "INSERT INTO signing_keys (id, alg, public_key, private_key, made_ms)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (alg) WHERE retired_ms IS NULL DO NOTHING";
pub(crate) const AT_WORK: &str = "SELECT id, alg, private_key FROM signing_keys
    WHERE alg = $1 AND retired_ms IS NULL AND private_key IS NOT NULL";
pub(crate) const RETIRE: &str = "UPDATE signing_keys SET retired_ms = $1, ends_ms = $2, private_key = NULL
    WHERE retired_ms IS NULL";
pub(crate) const PUBLISHED: &str = "SELECT id, alg, public_key FROM signing_keys
    WHERE retired_ms IS NULL OR ends_ms > $1 ORDER BY id DESC";
pub(crate) const PUBLIC: &str = "SELECT id, alg, public_key FROM signing_keys WHERE id = $1";
pub(crate) const LIST: &str = "SELECT id, alg, made_ms, retired_ms, ends_ms FROM signing_keys ORDER BY id";
pub(crate) const SEALED: &str = "SELECT id, private_key FROM signing_keys WHERE private_key IS NOT NULL";
pub(crate) const RESEAL: &str = "UPDATE signing_keys SET private_key = $2 WHERE id = $1 AND private_key = $3";
pub(crate) const COUNT_SEALED_BY: &str =
    "SELECT COUNT(*) FROM signing_keys WHERE substr(private_key, 2, 12) = $1";

pub(crate) const ALL_SQL: &[&str] =
    &[INSERT, AT_WORK, RETIRE, PUBLISHED, PUBLIC, LIST, SEALED, RESEAL, COUNT_SEALED_BY];

fn algorithm(row: &Row<'_>) -> Result<Algorithm> {
    Algorithm::named(&row.get::<String>(1)?).ok_or_else(|| Error::bug("an algorithm"))
}

pub(crate) fn at_work(row: &Row<'_>) -> Result<AtWork> {
    Ok(AtWork { id: row.get(0)?, algorithm: algorithm(row)?, sealed: row.get(2)? })
}

pub(crate) fn public(row: &Row<'_>) -> Result<PublicKey> {
    let id: SigningKeyId = row.get(0)?;
    Ok(PublicKey { id, algorithm: algorithm(row)?, jwk: row.get(2)? })
}

pub(crate) fn note(row: &Row<'_>) -> Result<Note> {
    Ok(Note {
        id: row.get(0)?,
        algorithm: algorithm(row)?,
        made_ms: row.get(2)?,
        retired_ms: row.get(3)?,
        ends_ms: row.get(4)?,
    })
}

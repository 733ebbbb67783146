//! Refresh tokens and their families, and the assertions that clients proved themselves by.

use kernel::{ClientId, Error, GrantId, OrganisationId, PersonId, Result, Scopes, TokenId};
use store::{Row, in_list};

use crate::Methods;
use crate::codes::SignedIn;
use crate::protocol::refresh::{Kept, Used};
use crate::rows::grants::scopes;

pub(crate) const INSERT_FAMILY: &str = "INSERT INTO refresh_families (id, grant_id, code_hash, scopes,
        signed_in_ms, methods, made_ms, ends_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const INSERT: &str =
    "INSERT INTO refresh_tokens (token_hash, family, made_ms, ends_ms) VALUES ($1, $2, $3, $4)";
/// A refresh token whose client, person and membership stand; with whether its family has ended.
pub(crate) const FIND: &str = "SELECT t.family, f.grant_id, g.client, g.organisation, g.person, f.code_hash,
        f.scopes, f.signed_in_ms, f.methods, f.ended_ms, t.made_ms, t.ends_ms, t.used_ms, t.salt, t.told_scopes
    FROM refresh_tokens t
    JOIN refresh_families f ON f.id = t.family
    JOIN grants g ON g.id = f.grant_id
    JOIN clients c ON c.id = g.client
    JOIN persons p ON p.id = g.person
    WHERE t.token_hash = $1 AND g.ended_ms IS NULL AND c.removed_ms IS NULL AND p.disabled_ms IS NULL
        AND EXISTS (SELECT m.id FROM memberships m
            WHERE m.organisation = g.organisation AND m.person = g.person AND NOT m.pending
                AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2))";
/// Lets only one transaction at a time go on with a family, and ends go before or after it.
pub(crate) const HOLD: &str =
    "UPDATE refresh_families SET ends_ms = ends_ms WHERE id = $1 AND ended_ms IS NULL";
pub(crate) const PROLONG: &str = "UPDATE refresh_families SET ends_ms = $2 WHERE id = $1 AND ends_ms < $2";
/// The condition makes a refresh token single-use, however many bring it at once.
pub(crate) const USE: &str = "UPDATE refresh_tokens SET used_ms = $2, salt = $3, told_scopes = $4
    WHERE token_hash = $1 AND used_ms IS NULL";
pub(crate) const END: &str = "UPDATE refresh_families SET ended_ms = $2 WHERE id = $1 AND ended_ms IS NULL";
pub(crate) const END_OF_CODE: &str =
    "UPDATE refresh_families SET ended_ms = $2 WHERE code_hash = $1 AND ended_ms IS NULL";
pub(crate) const END_OF_GRANTS: &str =
    concat!("UPDATE refresh_families SET ended_ms = $65 WHERE ended_ms IS NULL AND grant_id IN ", in_list!());
pub(crate) const END_OF_CLIENT: &str = "UPDATE refresh_families SET ended_ms = $2
    WHERE grant_id IN (SELECT id FROM grants WHERE client = $1) AND ended_ms IS NULL";
pub(crate) const SWEEP: &str = "DELETE FROM refresh_tokens WHERE token_hash IN
    (SELECT token_hash FROM refresh_tokens WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";
pub(crate) const SWEEP_FAMILIES: &str = "DELETE FROM refresh_families WHERE id IN
    (SELECT f.id FROM refresh_families f WHERE f.ends_ms < $1
        AND NOT EXISTS (SELECT t.family FROM refresh_tokens t WHERE t.family = f.id)
        ORDER BY f.ends_ms LIMIT $2)";

/// The condition makes an assertion single-use, however many bring it at once.
pub(crate) const USE_ASSERTION: &str = "INSERT INTO used_assertions (jti_hash, client, ends_ms)
    VALUES ($1, $2, $3) ON CONFLICT (jti_hash) DO NOTHING";
pub(crate) const SWEEP_ASSERTIONS: &str = "DELETE FROM used_assertions WHERE jti_hash IN
    (SELECT jti_hash FROM used_assertions WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";

/// Every statement of these, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[
    INSERT_FAMILY,
    INSERT,
    FIND,
    HOLD,
    PROLONG,
    USE,
    END,
    END_OF_CODE,
    END_OF_GRANTS,
    END_OF_CLIENT,
    SWEEP,
    SWEEP_FAMILIES,
    USE_ASSERTION,
    SWEEP_ASSERTIONS,
];

/// A refresh token with what it stands on.
pub(crate) struct Found {
    pub family: TokenId,
    pub grant: GrantId,
    pub client: ClientId,
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub code_hash: Option<[u8; 32]>,
    pub signed_in: SignedIn,
    pub made_ms: i64,
    pub kept: Kept,
}

pub(crate) fn found(row: &Row<'_>) -> Result<Found> {
    let methods = Methods::parse(&row.get::<String>(8)?);
    let kept = Kept {
        scopes: scopes(row, 6)?,
        has_ended: row.get::<Option<i64>>(9)?.is_some(),
        ends_ms: row.get(11)?,
        used: used(row)?,
    };
    Ok(Found {
        family: row.get(0)?,
        grant: row.get(1)?,
        client: row.get(2)?,
        organisation: row.get(3)?,
        person: row.get(4)?,
        code_hash: row.get::<Option<Vec<u8>>>(5)?.map(hash).transpose()?,
        signed_in: SignedIn { at_ms: row.get(7)?, methods },
        made_ms: row.get(10)?,
        kept,
    })
}

fn used(row: &Row<'_>) -> Result<Option<Used>> {
    let (Some(at_ms), Some(salt)) = (row.get::<Option<i64>>(12)?, row.get::<Option<Vec<u8>>>(13)?) else {
        return Ok(None);
    };
    let told = row.get::<Option<String>>(14)?.unwrap_or_default();
    Ok(Some(Used { at_ms, salt: hash(salt)?, scopes: Scopes::parse(&told).0 }))
}

fn hash(bytes: Vec<u8>) -> Result<[u8; 32]> {
    <[u8; 32]>::try_from(bytes).map_err(|_| Error::bug("32 bytes"))
}

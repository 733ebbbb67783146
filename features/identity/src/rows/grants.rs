//! Grants, codes and tokens.

use kernel::{ClientId, Error, GrantId, PersonId, Result, Scopes, TokenId};
use store::{Row, in_list};

use crate::codes::SignedIn;
use crate::grants::ConnectedApp;
use crate::protocol::token::Code;
use crate::{Grant, Methods};

pub(crate) const FIND: &str = "SELECT id, scopes FROM grants
    WHERE person = $1 AND client = $2 AND organisation = $3 AND ended_ms IS NULL";
pub(crate) const ALLOW: &str = "INSERT INTO grants (id, person, client, organisation, scopes, made_ms)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (person, client, organisation) WHERE ended_ms IS NULL DO UPDATE SET scopes = excluded.scopes
    RETURNING id, scopes";
pub(crate) const END: &str = "UPDATE grants SET ended_ms = $3
    WHERE person = $1 AND id = $2 AND ended_ms IS NULL RETURNING organisation, client";
pub(crate) const OF_PERSON: &str = "SELECT g.id, c.id, c.name, o.name, g.scopes, g.made_ms,
        (SELECT MAX(t.made_ms) FROM tokens t WHERE t.grant_id = g.id)
    FROM grants g JOIN clients c ON c.id = g.client JOIN organisations o ON o.id = g.organisation
    WHERE g.person = $1 AND g.ended_ms IS NULL AND c.removed_ms IS NULL ORDER BY g.id DESC";

pub(crate) const IDS_IN: &str =
    concat!("SELECT id FROM grants WHERE organisation = $65 AND ended_ms IS NULL AND person IN ", in_list!());

pub(crate) const INSERT_CODE: &str = "INSERT INTO codes (code_hash, grant_id, redirect_uri, redirect_named,
        scopes, challenge, ends_ms, nonce, signed_in_ms, methods)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// With whether the person is a patient now.
pub(crate) const FIND_CODE: &str = "SELECT g.client, g.id, c.redirect_uri, c.redirect_named, c.scopes,
        c.challenge, c.ends_ms, c.used_ms, g.person, EXISTS (SELECT m.id FROM memberships m
            WHERE m.organisation = g.organisation AND m.person = g.person AND m.role = 'patient'
                AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)),
        c.nonce, c.signed_in_ms, c.methods
    FROM codes c JOIN grants g ON g.id = c.grant_id WHERE c.code_hash = $1 AND g.ended_ms IS NULL";
/// The condition makes a code single-use, however many bring it at once. It stays for as long as what it gives may live,
/// so that its reuse is still noticed then.
pub(crate) const USE_CODE: &str =
    "UPDATE codes SET used_ms = $2, ends_ms = $3 WHERE code_hash = $1 AND used_ms IS NULL";
/// As what it gave lives on.
pub(crate) const PROLONG_CODE: &str = "UPDATE codes SET ends_ms = $2 WHERE code_hash = $1 AND ends_ms < $2";
pub(crate) const FORGET_OPEN_CODES: &str =
    concat!("DELETE FROM codes WHERE used_ms IS NULL AND grant_id IN ", in_list!());
pub(crate) const SWEEP_CODES: &str = "DELETE FROM codes WHERE code_hash IN
    (SELECT code_hash FROM codes WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";

pub(crate) const INSERT_TOKEN: &str =
    "INSERT INTO tokens (id, token_hash, grant_id, code_hash, scopes, made_ms,
        ends_ms, family, actor, subject)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// What a token came of.
pub(crate) const ORIGIN: &str = "SELECT t.grant_id, t.code_hash, t.family, t.actor, t.made_ms, t.id,
        c.account IS NOT NULL AND c.account = g.person
    FROM tokens t JOIN grants g ON g.id = t.grant_id JOIN clients c ON c.id = g.client
    WHERE t.token_hash = $1";
pub(crate) const REVOKE_OF_CODE: &str =
    "UPDATE tokens SET revoked_ms = $2 WHERE code_hash = $1 AND revoked_ms IS NULL RETURNING id";
/// What was given for a token ends with it.
pub(crate) const REVOKE_OF_SUBJECT: &str =
    "UPDATE tokens SET revoked_ms = $2 WHERE subject = $1 AND revoked_ms IS NULL RETURNING id";
pub(crate) const REVOKE_OF_FAMILY: &str =
    "UPDATE tokens SET revoked_ms = $2 WHERE family = $1 AND revoked_ms IS NULL RETURNING id";
pub(crate) const REVOKE_OF_GRANTS: &str = concat!(
    "UPDATE tokens SET revoked_ms = $65 WHERE revoked_ms IS NULL AND grant_id IN ",
    in_list!(),
    " RETURNING id"
);
pub(crate) const REVOKE_OF_CLIENT: &str = "UPDATE tokens SET revoked_ms = $2
    WHERE (actor = $1 OR grant_id IN (SELECT id FROM grants WHERE client = $1)) AND revoked_ms IS NULL
    RETURNING id";
pub(crate) const REVOKE: &str = "UPDATE tokens SET revoked_ms = $3
    WHERE token_hash = $1 AND revoked_ms IS NULL
        AND (actor = $2 OR actor IS NULL AND grant_id IN (SELECT id FROM grants WHERE client = $2))
    RETURNING id, grant_id, (SELECT g.person FROM grants g WHERE g.id = tokens.grant_id)";
pub(crate) const SWEEP_TOKENS: &str = "DELETE FROM tokens WHERE id IN
    (SELECT id FROM tokens WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";
/// One row a role of the person in the grant's organisation; none when anything it rests on has ended.
pub(crate) const RECOGNISE: &str =
    "SELECT g.person, g.organisation, m.role, COALESCE(t.actor, g.client), t.id, t.scopes, t.ends_ms
    FROM tokens t
    JOIN grants g ON g.id = t.grant_id
    JOIN clients c ON c.id = g.client
    JOIN persons p ON p.id = g.person
    JOIN organisations o ON o.id = g.organisation
    JOIN memberships m ON m.person = g.person AND m.organisation = g.organisation
    WHERE t.token_hash = $1 AND t.revoked_ms IS NULL AND t.ends_ms > $2
        AND g.ended_ms IS NULL AND c.removed_ms IS NULL AND p.disabled_ms IS NULL AND o.closed_ms IS NULL
        AND (t.actor IS NULL
            OR EXISTS (SELECT a.id FROM clients a JOIN tokens s ON s.id = t.subject
                WHERE a.id = t.actor AND a.removed_ms IS NULL AND s.revoked_ms IS NULL))
        AND NOT m.pending AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)";

/// What a token came of.
pub(crate) struct TokenOrigin {
    pub id: TokenId,
    pub grant: GrantId,
    pub code_hash: Option<[u8; 32]>,
    pub family: Option<TokenId>,
    /// Who acts, when it was exchanged for another's.
    pub actor: Option<ClientId>,
    pub made_ms: i64,
    /// Whether a program got it for itself.
    pub is_program: bool,
}

pub(crate) fn origin(row: &Row<'_>) -> Result<TokenOrigin> {
    let code_hash = row.get::<Option<Vec<u8>>>(1)?;
    Ok(TokenOrigin {
        grant: row.get(0)?,
        code_hash: code_hash.map(|hash| hash.try_into().map_err(|_| Error::bug("32 bytes"))).transpose()?,
        family: row.get(2)?,
        actor: row.get(3)?,
        made_ms: row.get(4)?,
        id: row.get(5)?,
        is_program: row.get(6)?,
    })
}

pub(crate) fn scopes(row: &Row<'_>, index: usize) -> Result<Scopes> {
    Ok(Scopes::parse(&row.get::<String>(index)?).0)
}

pub(crate) fn grant(row: &Row<'_>) -> Result<Grant> {
    Ok(Grant { id: row.get(0)?, scopes: scopes(row, 1)? })
}

pub(crate) fn connected_app(row: &Row<'_>) -> Result<ConnectedApp> {
    Ok(ConnectedApp {
        grant: row.get(0)?,
        client: row.get(1)?,
        client_name: row.get(2)?,
        organisation_name: row.get(3)?,
        scopes: scopes(row, 4)?,
        made_ms: row.get(5)?,
        used_ms: row.get(6)?,
    })
}

/// A code as it is kept.
pub(crate) struct KeptCode {
    pub code: Code,
    pub used: bool,
    pub person: PersonId,
    /// Whether they are a patient there.
    pub is_patient: bool,
    pub signed_in: SignedIn,
    pub nonce: Option<String>,
}

pub(crate) fn code(row: &Row<'_>) -> Result<KeptCode> {
    let code = Code {
        client: row.get(0)?,
        grant: row.get(1)?,
        redirect_uri: row.get(2)?,
        redirect_named: row.get(3)?,
        scopes: scopes(row, 4)?,
        challenge: row.get(5)?,
        ends_ms: row.get(6)?,
    };
    let used = row.get::<Option<i64>>(7)?.is_some();
    let methods = Methods::parse(&row.get::<String>(12)?);
    let signed_in = SignedIn { at_ms: row.get(11)?, methods };
    Ok(KeptCode { code, used, person: row.get(8)?, is_patient: row.get(9)?, signed_in, nonce: row.get(10)? })
}

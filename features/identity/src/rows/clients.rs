//! Clients and their secrets.

use kernel::{Error, Result, Scopes};
use store::Row;

use crate::{Algorithm, Client, Dialect, GrantType};

pub(crate) const INSERT: &str = "INSERT INTO clients (id, organisation, name, dialect, public, redirect_uris,
        scopes, token_life_ms, code_life_ms, trusted, made_ms, jwks, grant_types, pairwise, id_token_alg,
        post_logout_uris, pending)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
pub(crate) const INSERT_SECRET: &str =
    "INSERT INTO client_secrets (client, secret_hash, made_ms) VALUES ($1, $2, $3)";
/// Whichever secret was already on its way out.
pub(crate) const END_ROTATED_SECRETS: &str =
    "UPDATE client_secrets SET ends_ms = $2 WHERE client = $1 AND ends_ms > $2";
pub(crate) const RETIRE_SECRETS: &str =
    "UPDATE client_secrets SET ends_ms = $2 WHERE client = $1 AND ends_ms IS NULL";
pub(crate) const SECRETS: &str =
    "SELECT secret_hash FROM client_secrets WHERE client = $1 AND (ends_ms IS NULL OR ends_ms > $2)";
pub(crate) const SET_REDIRECTS: &str =
    "UPDATE clients SET redirect_uris = $3 WHERE organisation = $1 AND id = $2";
pub(crate) const SET_LIVES: &str =
    "UPDATE clients SET token_life_ms = $3, refresh_life_ms = $4, code_life_ms = $5
    WHERE organisation = $1 AND id = $2";
/// While it has none.
pub(crate) const SET_ACCOUNT: &str =
    "UPDATE clients SET account = $3 WHERE organisation = $1 AND id = $2 AND account IS NULL";
pub(crate) const REMOVE: &str =
    "UPDATE clients SET removed_ms = $3 WHERE organisation = $1 AND id = $2 AND removed_ms IS NULL";
pub(crate) const FIND: &str = "SELECT c.id, c.organisation, o.name, o.sandbox, c.name, c.dialect, c.public,
        c.redirect_uris, c.scopes, c.token_life_ms, c.code_life_ms, c.trusted, c.jwks, c.grant_types,
        c.refresh_life_ms, c.pairwise, c.id_token_alg, c.post_logout_uris, c.account, c.pending,
        c.registered_by IS NULL OR NOT o.sandbox
    FROM clients c JOIN organisations o ON o.id = c.organisation
    WHERE c.id = $1 AND c.removed_ms IS NULL AND o.closed_ms IS NULL";
pub(crate) const LIST: &str = "SELECT c.id, c.organisation, o.name, o.sandbox, c.name, c.dialect, c.public,
        c.redirect_uris, c.scopes, c.token_life_ms, c.code_life_ms, c.trusted, c.jwks, c.grant_types,
        c.refresh_life_ms, c.pairwise, c.id_token_alg, c.post_logout_uris, c.account, c.pending,
        c.registered_by IS NULL OR NOT o.sandbox
    FROM clients c JOIN organisations o ON o.id = c.organisation
    WHERE c.organisation = $1 AND c.removed_ms IS NULL ORDER BY c.id";

pub(crate) fn client(row: &Row<'_>) -> Result<Client> {
    Ok(Client {
        id: row.get(0)?,
        organisation: row.get(1)?,
        organisation_name: row.get(2)?,
        sandbox: row.get(3)?,
        name: row.get(4)?,
        dialect: Dialect::named(&row.get::<String>(5)?).ok_or_else(|| Error::bug("a dialect"))?,
        public: row.get(6)?,
        redirect_uris: row.get::<String>(7)?.lines().map(str::to_owned).collect(),
        scopes: Scopes::parse(&row.get::<String>(8)?).0,
        token_life_ms: row.get(9)?,
        code_life_ms: row.get(10)?,
        trusted: row.get(11)?,
        jwks: row.get(12)?,
        grant_types: row.get::<String>(13)?.split(' ').filter_map(GrantType::named).collect(),
        refresh_life_ms: row.get(14)?,
        pairwise: row.get(15)?,
        id_token_alg: Algorithm::named(&row.get::<String>(16)?).ok_or_else(|| Error::bug("an algorithm"))?,
        post_logout_uris: row.get::<String>(17)?.lines().map(str::to_owned).collect(),
        account: row.get(18)?,
        pending: row.get(19)?,
        vetted: row.get(20)?,
    })
}

//! Sign-ins that wait for a second factor: known by a secret that one browser holds, for ten minutes, and good for
//! nothing else.

use kernel::{OrganisationId, PersonId, Result};
use secrecy::SecretString;
use store::{Tx, args};

use crate::rows::factors as rows;
use crate::{Methods, secret};

/// How long somebody has for the second half.
pub const LIFE_MS: i64 = 10 * 60_000;

/// Somebody who has proven themselves once.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// Who.
    pub person: PersonId,
    /// How, so far.
    pub methods: Methods,
    /// Where they want to go.
    pub towards: Option<OrganisationId>,
}

pub(crate) async fn begin(tx: &Tx, half: &Half) -> Result<SecretString> {
    let secret = vault::secret(tx.rng());
    let (hash, methods) = (secret::hash(&secret), half.methods.names());
    let values = args![&hash, &half.person, &methods, half.towards.as_ref(), tx.now_ms() + LIFE_MS];
    tx.run(rows::INSERT_HALF, &values).await?;
    Ok(secret)
}

/// The half-done sign-in whose secret has this hash, while it waits.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<Half>> {
    tx.one(rows::FIND_HALF, &args![hash, tx.now_ms()], |row| {
        let methods = Methods::parse(&row.get::<String>(1)?);
        Ok(Half { person: row.get(0)?, methods, towards: row.get(2)? })
    })
    .await
}

pub(crate) async fn end(tx: &Tx, hash: &[u8; 32]) -> Result<bool> {
    Ok(tx.run(rows::END_HALF, &args![hash]).await? > 0)
}

/// Ends those of a person whose password is another now, or who may come in no more.
pub(crate) async fn end_all(tx: &Tx, person: PersonId) -> Result<()> {
    tx.run(rows::END_HALVES, &args![&person]).await.map(drop)
}

/// Removes those that are over; some at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP_HALVES, &args![tx.now_ms(), most]).await
}

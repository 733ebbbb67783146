//! The SQL of the data keys.

use kernel::{OrganisationId, Result};
use store::{Row, Tx, args};

use crate::datakey::{DataKey, Purpose};

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[
    EVERY,
    OF_INSTALLATION,
    OF_ORGANISATION,
    INSERT,
    RETIRE_OF_INSTALLATION,
    RETIRE_OF_ORGANISATION,
    REWRAP,
];

const EVERY: &str = "
    SELECT id, organisation, purpose, wrapped, master_key, retired_ms FROM data_keys ORDER BY made_ms, id";
const OF_INSTALLATION: &str = "
    SELECT id, organisation, purpose, wrapped, master_key, retired_ms FROM data_keys
    WHERE organisation IS NULL ORDER BY made_ms, id";
const OF_ORGANISATION: &str = "
    SELECT id, organisation, purpose, wrapped, master_key, retired_ms FROM data_keys
    WHERE organisation = $1 ORDER BY made_ms, id";
const OWNERS: &str = "
    SELECT DISTINCT organisation FROM data_keys WHERE organisation IS NOT NULL ORDER BY organisation";
const INSERT: &str = "
    INSERT INTO data_keys (id, organisation, purpose, wrapped, master_key, made_ms)
    VALUES ($1, $2, $3, $4, $5, $6)";
const RETIRE_OF_INSTALLATION: &str = "
    UPDATE data_keys SET retired_ms = $1 WHERE organisation IS NULL AND purpose = $2 AND retired_ms IS NULL";
const RETIRE_OF_ORGANISATION: &str = "
    UPDATE data_keys SET retired_ms = $1 WHERE organisation = $3 AND purpose = $2 AND retired_ms IS NULL";
/// Only when nobody else wrapped it anew meanwhile.
const REWRAP: &str = "
    UPDATE data_keys SET wrapped = $1, master_key = $2 WHERE id = $3 AND master_key = $4";

/// Every data key, the oldest first.
pub(crate) async fn every(tx: &Tx) -> Result<Vec<DataKey>> {
    tx.all(EVERY, &[], data_key).await
}

/// The keys of an organisation or of the installation, the oldest first.
pub(crate) async fn of(tx: &Tx, organisation: Option<OrganisationId>) -> Result<Vec<DataKey>> {
    match organisation {
        Some(id) => tx.all(OF_ORGANISATION, &args![&id], data_key).await,
        None => tx.all(OF_INSTALLATION, &[], data_key).await,
    }
}

/// Every organisation that has keys, in the order of their ids.
///
/// # Errors
/// The store's.
pub async fn organisations(tx: &Tx) -> Result<Vec<OrganisationId>> {
    tx.all(OWNERS, &[], |row| row.get(0)).await
}

pub(crate) async fn insert(tx: &Tx, key: &DataKey) -> Result<()> {
    let (organisation, purpose) = (key.organisation.as_ref(), key.purpose.name());
    let args = args![&key.id, organisation, purpose, &key.wrapped, &key.master_key, tx.now_ms()];
    tx.run(INSERT, &args).await.map(drop)
}

/// Retires the keys of the purpose that are current.
pub(crate) async fn retire(tx: &Tx, organisation: Option<OrganisationId>, purpose: Purpose) -> Result<()> {
    let (now, purpose) = (tx.now_ms(), purpose.name());
    match organisation {
        Some(id) => tx.run(RETIRE_OF_ORGANISATION, &args![now, purpose, &id]).await.map(drop),
        None => tx.run(RETIRE_OF_INSTALLATION, &args![now, purpose]).await.map(drop),
    }
}

/// Replaces the wrapping that `master_key` made.
pub(crate) async fn rewrap(tx: &Tx, key: &DataKey, master_key: &str) -> Result<()> {
    tx.run(REWRAP, &args![&key.wrapped, &key.master_key, &key.id, master_key]).await.map(drop)
}

fn data_key(row: &Row<'_>) -> Result<DataKey> {
    Ok(DataKey {
        id: row.get(0)?,
        organisation: row.get(1)?,
        purpose: Purpose::named(&row.get::<String>(2)?)?,
        wrapped: row.get(3)?,
        master_key: row.get(4)?,
        is_retired: row.get::<Option<i64>>(5)?.is_some(),
    })
}

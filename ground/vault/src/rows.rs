//! The SQL of the data keys.

use kernel::{OrganisationId, Result};
use store::{Row, Tx, args};

use crate::datakey::{DataKey, DataKeyId, Purpose};

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[
    EVERY,
    OF_INSTALLATION,
    OF_ORGANISATION,
    OWNERS,
    INSERT,
    RETIRE_OF_INSTALLATION,
    RETIRE_OF_ORGANISATION,
    REWRAP,
    MARK_OF_INSTALLATION,
    MARK_OF_ORGANISATION,
    DESTROY_OF_INSTALLATION,
    DESTROY_OF_ORGANISATION,
];

const EVERY: &str = "
    SELECT id, organisation, purpose, wrapped, master_key, made_ms, retired_ms, resealed_ms FROM data_keys
    ORDER BY made_ms, id";
const OF_INSTALLATION: &str = "
    SELECT id, organisation, purpose, wrapped, master_key, made_ms, retired_ms, resealed_ms FROM data_keys
    WHERE organisation IS NULL ORDER BY made_ms, id";
const OF_ORGANISATION: &str = "
    SELECT id, organisation, purpose, wrapped, master_key, made_ms, retired_ms, resealed_ms FROM data_keys
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
/// Those that were retired up to an instant.
const MARK_OF_INSTALLATION: &str = "
    UPDATE data_keys SET resealed_ms = $1
    WHERE organisation IS NULL AND purpose = $2 AND retired_ms <= $3 AND resealed_ms IS NULL";
const MARK_OF_ORGANISATION: &str = "
    UPDATE data_keys SET resealed_ms = $1
    WHERE organisation = $4 AND purpose = $2 AND retired_ms <= $3 AND resealed_ms IS NULL";
const DESTROY_OF_INSTALLATION: &str = "
    DELETE FROM data_keys WHERE organisation IS NULL AND id = $1 AND resealed_ms IS NOT NULL";
const DESTROY_OF_ORGANISATION: &str = "
    DELETE FROM data_keys WHERE organisation = $2 AND id = $1 AND resealed_ms IS NOT NULL";

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
    let args = args![&key.id, organisation, purpose, &key.wrapped, &key.master_key, key.made_ms];
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

/// Notes that nothing is left of what the owner's keys sealed that were retired up to an instant, and says how many
/// keys these are.
///
/// # Errors
/// The store's.
pub async fn mark_resealed(
    tx: &Tx,
    organisation: Option<OrganisationId>,
    retired_until_ms: i64,
) -> Result<u64> {
    let (now, purpose) = (tx.now_ms(), Purpose::Seal.name());
    match organisation {
        Some(id) => tx.run(MARK_OF_ORGANISATION, &args![now, purpose, retired_until_ms, &id]).await,
        None => tx.run(MARK_OF_INSTALLATION, &args![now, purpose, retired_until_ms]).await,
    }
}

/// Removes a key that is marked, and says whether it was.
pub(crate) async fn destroy(tx: &Tx, organisation: Option<OrganisationId>, key: DataKeyId) -> Result<bool> {
    let removed = match organisation {
        Some(id) => tx.run(DESTROY_OF_ORGANISATION, &args![&key, &id]).await?,
        None => tx.run(DESTROY_OF_INSTALLATION, &args![&key]).await?,
    };
    Ok(removed > 0)
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
        made_ms: row.get(5)?,
        retired_ms: row.get(6)?,
        resealed_ms: row.get(7)?,
    })
}

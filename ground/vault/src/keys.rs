//! What may be told of the data keys: everything but themselves.

use kernel::{OrganisationId, Result};
use store::Tx;

use crate::datakey::{DataKey, DataKeyId};
use crate::rows;

/// What is known of a data key.
#[derive(Clone, Debug)]
pub struct KeyNote {
    /// Which, as every value that it sealed carries it.
    pub id: DataKeyId,
    /// Whose; none is the installation's own.
    pub organisation: Option<OrganisationId>,
    /// What it is for, in a word.
    pub purpose: &'static str,
    /// When it was made.
    pub made_ms: i64,
    /// When a newer one took over.
    pub retired_ms: Option<i64>,
    /// When nothing was left that it had sealed.
    pub resealed_ms: Option<i64>,
}

/// Every data key, the oldest first.
///
/// # Errors
/// The store's.
pub async fn keys(tx: &Tx) -> Result<Vec<KeyNote>> {
    Ok(rows::every(tx).await?.iter().map(KeyNote::of).collect())
}

/// The short id of the master key without which this installation does not open; `None` while it has no data keys.
///
/// # Errors
/// The store's.
pub async fn master_key_of(tx: &Tx) -> Result<Option<String>> {
    Ok(rows::every(tx).await?.pop().map(|newest| newest.master_key))
}

impl KeyNote {
    fn of(key: &DataKey) -> Self {
        Self {
            id: key.id,
            organisation: key.organisation,
            purpose: key.purpose.name(),
            made_ms: key.made_ms,
            retired_ms: key.retired_ms,
            resealed_ms: key.resealed_ms,
        }
    }
}

//! Two people who turned out to be one.

use clap::Args;
use flows::House;
use flows::merging::{self, Pair};
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::admin::answers::person_id;

/// Two people, who are one.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Two {
    /// Who is kept: e-mail address or id
    pub keep: String,
    /// Who is gone: e-mail address or id; once they are merged, their id
    pub gone: String,
}

async fn pair(house: &House, two: &Two) -> Result<Pair> {
    Ok(Pair { keep: person_id(house, &two.keep).await?, gone: person_id(house, &two.gone).await? })
}

pub(super) async fn merge(house: &House, two: Two) -> Result<Value> {
    let pair = pair(house, &two).await?;
    merging::merge(house, None, pair).await?;
    Ok(
        json!({ "kept": pair.keep.uuid(), "gone": pair.gone.uuid(), "undo_days": identity::merges::UNDO_DAYS }),
    )
}

pub(super) async fn unmerge(house: &House, two: Two) -> Result<Value> {
    let pair = pair(house, &two).await?;
    merging::undo(house, None, pair).await?;
    Ok(json!({ "kept": pair.keep.uuid(), "back": pair.gone.uuid() }))
}

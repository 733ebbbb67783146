//! Commands on keys.

use audit::{Deed, INSTALLATION, Line};
use clap::{Args, Subcommand};
use flows::House;
use kernel::{OrganisationId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::organisation_id;

/// Commands on keys.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum KeyCommand {
    /// Seal with a new key from now on; what older ones sealed stays readable
    Rotate(Rotate),
}

impl KeyCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Rotate(what) => rotate(house, what).await,
        }
    }
}

/// Which keys to rotate.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Rotate {
    /// The organisation whose data key is replaced, by its short word; the installation's own when left out
    #[arg(long, conflicts_with = "master")]
    pub organisation: Option<String>,
    /// Wrap every data key with the first of the master keys given; the older ones are then needed no more
    #[arg(long)]
    pub master: bool,
}

async fn rotate(house: &House, rotate: Rotate) -> Result<Value> {
    if rotate.master {
        let wrapped = house.vault.rewrap(&house.db).await?;
        told(house, INSTALLATION, "master key rotated").await?;
        return Ok(json!({ "wrapped_anew": wrapped }));
    }
    let organisation = match &rotate.organisation {
        Some(slug) => Some(organisation_id(house, slug).await?),
        None => None,
    };
    house.vault.rotate(&house.db, organisation).await?;
    told(house, organisation.unwrap_or(INSTALLATION), "data key rotated").await?;
    Ok(json!({ "rotated": true }))
}

async fn told(house: &House, organisation: OrganisationId, what: &'static str) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::Administration).because(what);
    house.db.write(line, |tx, line| Box::pin(audit::write(tx, line.clone()))).await
}

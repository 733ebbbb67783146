//! Commands on keys.

use audit::{Deed, INSTALLATION, Line};
use clap::{Args, Subcommand};
use flows::House;
use flows::keys::KeyState;
use flows::signing;
use identity::{Organisation, organisations, signing_keys};
use kernel::{Error, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{id, instant, note, organisation_id};

/// Commands on keys.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum KeyCommand {
    /// Seal with a new key from now on, and seal anew by and by what older ones sealed
    Rotate(Rotate),
    /// List the keys, with what is still sealed by those that were replaced
    List,
    /// Sign ID tokens with new keys from now on; the ones before stay published until what they signed has expired
    RotateSigning,
    /// List the keys that sign ID tokens
    Signing,
    /// Remove a replaced key for ever, once nothing is left that it sealed
    Destroy(Destroy),
}

impl KeyCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Rotate(what) => rotate(house, what).await,
            Self::List => list(house).await,
            Self::RotateSigning => rotate_signing(house).await,
            Self::Signing => list_signing(house).await,
            Self::Destroy(what) => destroy(house, what).await,
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

/// Which key to remove.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Destroy {
    /// Its id, as `key list` shows it
    pub id: String,
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
    flows::keys::rotate(house, organisation).await?;
    Ok(json!({ "rotated": true }))
}

async fn list(house: &House) -> Result<Value> {
    let states = flows::keys::list(house).await?;
    let organisations = house.db.read((), |tx, ()| Box::pin(organisations::list(tx))).await?;
    note(house, INSTALLATION, Deed::Administration, "keys listed").await?;
    Ok(states.iter().map(|state| shown(state, &organisations)).collect())
}

fn shown(KeyState { key, left }: &KeyState, organisations: &[Organisation]) -> Value {
    let slug = key.organisation.map(|id| {
        organisations.iter().find(|one| one.id == id).map_or_else(|| id.uuid(), |one| one.slug.clone())
    });
    json!({
        "id": key.id.hex(),
        "purpose": key.purpose,
        "organisation": slug,
        "made": instant(key.made_ms),
        "retired": key.retired_ms.map(instant),
        "left": left,
        "done": key.resealed_ms.map(instant),
    })
}

async fn rotate_signing(house: &House) -> Result<Value> {
    signing::rotate(house).await?;
    Ok(json!({ "rotated": true }))
}

async fn list_signing(house: &House) -> Result<Value> {
    let keys = house.db.read((), |tx, ()| Box::pin(signing_keys::list(tx))).await?;
    note(house, INSTALLATION, Deed::Administration, "signing keys listed").await?;
    let shown = |key: &signing_keys::Note| {
        json!({
            "id": key.id.hex(),
            "algorithm": key.algorithm.name(),
            "made": instant(key.made_ms),
            "retired": key.retired_ms.map(instant),
            "published_until": key.ends_ms.map(instant),
        })
    };
    Ok(keys.iter().map(shown).collect())
}

async fn destroy(house: &House, destroy: Destroy) -> Result<Value> {
    let id = id(&destroy.id).ok_or_else(|| {
        Error::invalid("key", "key_unfit", "A key is named by 24 hex digits, as `bedside key list` shows it.")
    })?;
    flows::keys::destroy(house, id).await?;
    Ok(json!({ "destroyed": true }))
}

async fn told(house: &House, organisation: OrganisationId, what: &'static str) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::Administration).because(what);
    house.db.write(line, |tx, line| Box::pin(audit::write(tx, line.clone()))).await
}

//! Looking after applications: what waits, approval, production, and keys.

use std::fs::File;
use std::io::Read as _;

use audit::{Deed, INSTALLATION};
use clap::Args;
use flows::House;
use identity::By;
use identity::applications::{self, Application};
use identity::clients::{self, Lives};
use kernel::{ClientId, Error, Kind, Result};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use super::{One, client_id, shown};
use crate::admin::answers::{note, organisation};

/// Bytes of a file that are read: more are too many for any set of keys.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// An application that waits.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Approve {
    /// Its client_id
    pub client_id: String,
}

/// An application that is told no.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Decline {
    /// Its client_id
    pub client_id: String,
    /// Why, in a line of 1 to 500 characters that its developer reads; it names no patients
    #[arg(long)]
    pub reason: String,
}

/// An application whose tokens and codes live otherwise.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SetLives {
    /// Its client_id
    pub client_id: String,
    /// What changes
    #[command(flatten)]
    #[serde(flatten)]
    pub lives: LivesGiven,
}

/// How long what an application is given lasts.
#[derive(Debug, Args, Serialize, Deserialize)]
#[group(required = true, multiple = true)]
pub struct LivesGiven {
    /// How long its access tokens live, in seconds, from 60 to 86400 (a day), and to 2592000 (30 days) in a sandbox or
    /// where they are not refreshed
    #[arg(long)]
    #[serde(default)]
    pub token_life_s: Option<u32>,
    /// How long its refresh tokens live, in seconds, anew with each use, from 3600 (an hour) to 7776000 (90 days), and no
    /// shorter than its access tokens
    #[arg(long)]
    #[serde(default)]
    pub refresh_life_s: Option<u32>,
    /// How long its codes are good, in seconds, from 10 to 600, and to 60 where no secret is kept
    #[arg(long)]
    #[serde(default)]
    pub code_life_s: Option<u32>,
}

/// An application to copy from a sandbox to production.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Promote {
    /// Its client_id in the sandbox
    pub client_id: String,
    /// Where it goes, by the short word of an organisation that is no sandbox
    #[arg(long)]
    pub organisation: String,
    /// How long its access tokens live, in seconds, from 60 to 86400 (a day), and to 2592000 (30 days) where they are not
    /// refreshed
    #[arg(long)]
    pub token_life_s: u32,
}

/// The keys that an application gets in place of a secret, or of those before.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SetKeys {
    /// Its client_id
    pub client_id: String,
    /// A file with its public keys (a JWK set, RFC 7517)
    #[arg(long, value_name = "FILE", value_parser = file)]
    pub jwks: String,
}

/// What ID tokens are signed with unless something else is said.
pub(super) fn usual_algorithm() -> String {
    identity::Algorithm::Rs256.name().to_owned()
}

/// What stands in a file, which the server itself may not be able to read.
pub(super) fn file(path: &str) -> std::result::Result<String, String> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text));
    read.map(|_| text).map_err(|error| error.to_string())
}

/// An application, of whichever organisation.
pub(super) async fn known(tx: &Tx, id: ClientId) -> Result<Application> {
    let client = clients::find(tx, id).await?.ok_or(Error::not_found(Kind::Client))?;
    applications::find(tx, client.organisation, id).await?.ok_or(Error::not_found(Kind::Client))
}

pub(super) async fn waiting(house: &House) -> Result<Value> {
    let all = house.db.read((), |tx, ()| Box::pin(applications::waiting(tx))).await?;
    note(house, INSTALLATION, Deed::Administration, "clients listed").await?;
    Ok(all.iter().map(shown).collect())
}

pub(super) async fn show(house: &House, one: One) -> Result<Value> {
    let id = client_id(&one.client_id)?;
    let found = house.db.read(id, |tx, id| Box::pin(known(tx, *id))).await?;
    note(house, found.client.organisation, Deed::Administration, "client shown").await?;
    Ok(shown(&found))
}

pub(super) async fn approve(house: &House, one: Approve) -> Result<Value> {
    let id = client_id(&one.client_id)?;
    house.db.write(id, |tx, id| Box::pin(applications::approve(tx, By::Operator, *id, None))).await?;
    Ok(json!({ "approved": true }))
}

pub(super) async fn decline(house: &House, decline: Decline) -> Result<Value> {
    let input = (client_id(&decline.client_id)?, decline.reason);
    let declined = house
        .db
        .write(input, |tx, (id, reason)| Box::pin(applications::decline(tx, By::Operator, *id, reason)));
    declined.await?;
    Ok(json!({ "declined": true }))
}

pub(super) async fn set_lives(house: &House, set: SetLives) -> Result<Value> {
    let ms = |seconds: Option<u32>| seconds.map(|seconds| i64::from(seconds) * 1_000);
    let lives = Lives {
        token_ms: ms(set.lives.token_life_s),
        refresh_ms: ms(set.lives.refresh_life_s),
        code_ms: ms(set.lives.code_life_s),
    };
    let changed = house.db.write((client_id(&set.client_id)?, lives), |tx, (id, lives)| {
        Box::pin(async move {
            clients::set_lives(tx, By::Operator, *id, lives).await?;
            known(tx, *id).await
        })
    });
    Ok(shown(&changed.await?))
}

pub(super) async fn promote(house: &House, promote: Promote) -> Result<Value> {
    let input = (client_id(&promote.client_id)?, promote.organisation, promote.token_life_s);
    let promoted = house.db.write(input, |tx, (id, slug, life_s)| {
        Box::pin(async move {
            let to = organisation(tx, slug).await?.id;
            applications::promote(tx, *id, to, i64::from(*life_s) * 1_000).await
        })
    });
    let (id, secret) = promoted.await?;
    let secret = secret.as_ref().map(|secret| secret.expose_secret());
    Ok(json!({ "client_id": id.hex(), "client_secret": secret }))
}

pub(super) async fn set_keys(house: &House, set: SetKeys) -> Result<Value> {
    let input = (client_id(&set.client_id)?, set.jwks);
    let changed = house.db.write(input, |tx, (id, keys)| {
        Box::pin(async move {
            applications::set_keys(tx, By::Operator, *id, keys).await?;
            known(tx, *id).await
        })
    });
    Ok(shown(&changed.await?))
}

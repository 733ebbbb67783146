//! Signing what applications are told of a sign-in, on threads that may be kept from others for a while. Which key signs
//! is asked of the store each time, so that every server of the house notices a rotation at once.

use std::sync::Arc;

use identity::signing_keys::{self, AtWork, NewKey, PublicKey, Signer};
use identity::{Algorithm, By};
use kernel::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vault::KeyRing;

use crate::House;

/// The longest token that is read: ours are much shorter.
const TOKEN_BYTES_MAX: usize = 8 << 10;

/// The key that signs with this algorithm now, ready to. The first is made when it is wanted.
///
/// # Errors
/// The store's, and the vault's when the key does not open.
pub async fn signer(house: &House, algorithm: Algorithm) -> Result<Signer> {
    let key = key_at_work(house, algorithm).await?;
    key.open(&*ring_for(house, &key).await?)
}

/// Signs claims.
///
/// # Errors
/// As [`Signer::sign`].
pub async fn sign<C>(signer: Signer, claims: C) -> Result<String>
where
    C: Serialize + Send + 'static,
{
    tokio::task::spawn_blocking(move || signer.sign(&claims)).await.map_err(Error::bug)?
}

/// What everybody may have of the keys that something may be signed with: those at work, made when there is none yet,
/// and those before them as long as something that they signed is good.
///
/// # Errors
/// The store's.
pub async fn published(house: &House) -> Result<Vec<PublicKey>> {
    let read = || house.db.read((), |tx, ()| Box::pin(signing_keys::published(tx)));
    let keys = read().await?;
    let is_missing = |one: &Algorithm| keys.iter().all(|key| key.algorithm != *one);
    let missing: Vec<Algorithm> = Algorithm::ALL.into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(keys);
    }
    for algorithm in missing {
        key_at_work(house, algorithm).await?;
    }
    read().await
}

/// What a token says that this house signed, however long ago; `None` for any other.
///
/// # Errors
/// The store's.
pub async fn read<T>(house: &House, token: String) -> Result<Option<T>>
where
    T: DeserializeOwned + Clone + Send + 'static,
{
    if token.len() > TOKEN_BYTES_MAX {
        return Ok(None);
    }
    let Some(id) = signing_keys::key_named(&token) else { return Ok(None) };
    let key = house.db.read(id, |tx, id| Box::pin(signing_keys::find_public(tx, *id))).await?;
    let Some(key) = key else { return Ok(None) };
    tokio::task::spawn_blocking(move || key.read(&token)).await.map_err(Error::bug)
}

/// Makes new keys and has them sign from now on.
///
/// # Errors
/// The store's.
pub async fn rotate(house: &House) -> Result<()> {
    let mut keys = Vec::new();
    for algorithm in Algorithm::ALL {
        keys.push(make(house, algorithm).await?);
    }
    house.db.write(keys, |tx, keys| Box::pin(signing_keys::rotate(tx, By::Operator, keys))).await
}

async fn key_at_work(house: &House, algorithm: Algorithm) -> Result<AtWork> {
    let find = || house.db.read(algorithm, |tx, one| Box::pin(signing_keys::at_work(tx, *one)));
    if let Some(key) = find().await? {
        return Ok(key);
    }
    let new = make(house, algorithm).await?;
    house.db.write(new, |tx, new| Box::pin(signing_keys::add(tx, new))).await?;
    find().await?.ok_or_else(|| Error::bug("a signing key"))
}

async fn make(house: &House, algorithm: Algorithm) -> Result<NewKey> {
    let (ring, clock, rng) = (house.vault.house(), house.clock.clone(), house.rng.clone());
    let making = tokio::task::spawn_blocking(move || NewKey::make(algorithm, &ring, &clock, &rng));
    making.await.map_err(Error::bug)?
}

/// The installation's keys; another server may have sealed with one that this one has not heard of yet.
async fn ring_for(house: &House, key: &AtWork) -> Result<Arc<KeyRing>> {
    let ring = house.vault.house();
    match key.open(&ring) {
        Err(Error::Unavailable { .. }) => house.vault.reload(&house.db, None).await,
        _ => Ok(ring),
    }
}

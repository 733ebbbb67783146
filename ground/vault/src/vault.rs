//! The vault: every key ring of the installation, unwrapped once and kept at hand.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;
use kernel::{Clock, Error, Event, Kind, OrganisationId, Result, Rng};
use parking_lot::RwLock;
use store::{Db, Tx};

use crate::datakey::{DataKey, DataKeyId, Purpose};
use crate::faces::FaceKeys;
use crate::master::MasterKeys;
use crate::ring::KeyRing;
use crate::rows;
use crate::search::SearchKey;

/// Data keys that one transaction wraps anew.
const REWRAP_CHUNK: usize = 100;

/// What lets one transaction at a time decide which keys there are.
const KEYS_LOCK: &str = "vault.data_keys";

/// The keys. Clones are the same vault.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    master: Arc<MasterKeys>,
    clock: Clock,
    rng: Rng,
    index: hmac::Key,
    audit: hmac::Key,
    faces: FaceKeys,
    house: RwLock<Arc<KeyRing>>,
    rings: RwLock<HashMap<OrganisationId, Arc<KeyRing>>>,
    /// Counts what was forgotten and every order to load keys anew, so that a ring which was read before that is not
    /// kept after it.
    forgotten: AtomicU64,
}

impl Vault {
    /// Unwraps every data key, makes the installation's own on the first start, and lends the vault to the
    /// store. Rings are forgotten when an [`Event::OrganisationChanged`] tells of them.
    ///
    /// # Errors
    /// [`Error::Precondition`] when a data key does not open with the master keys given, else the store's.
    pub async fn open(db: &Db, master: MasterKeys) -> Result<Self> {
        let master = Arc::new(master);
        let making = (db.clock().clone(), db.rng().clone(), master.clone());
        db.write(making, |tx, (clock, rng, master)| {
            Box::pin(async move { add_missing(tx, None, master, clock, rng).await })
        })
        .await?;
        let keys = db.read_long((), |tx, ()| Box::pin(rows::every(tx))).await?;
        let vault = Self::of_keys(master, db, &keys)?;
        db.lend(vault.clone());
        let observer = vault.clone();
        db.observe(move |events| observer.heed(events));
        Ok(vault)
    }

    /// The installation's keys: they seal what belongs to no single organisation, as people's names do.
    #[must_use]
    pub fn house(&self) -> Arc<KeyRing> {
        self.0.house.read().clone()
    }

    /// The keys of an organisation, loaded when they are not at hand or may be out of date. Nearly every request asks
    /// for them first, so the installation's are loaded anew here too once they failed to open something.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the organisation has no keys, else the store's.
    pub async fn ring_of(&self, db: &Db, organisation: OrganisationId) -> Result<Arc<KeyRing>> {
        if self.house().is_stale() {
            self.reload_house(db).await?;
        }
        if let Some(ring) = self.cached_ring_of(organisation)
            && !ring.is_stale()
        {
            return Ok(ring);
        }
        let before = self.0.forgotten.load(Ordering::SeqCst);
        let keys = self.load(db, Some(organisation)).await?;
        let Some(ring) = self.0.ring(&keys)? else {
            self.0.rings.write().remove(&organisation);
            return Err(Error::not_found(Kind::Organisation));
        };
        let mut rings = self.0.rings.write();
        if before != self.0.forgotten.load(Ordering::SeqCst) {
            ring.mark_stale();
        }
        rings.insert(organisation, ring.clone());
        Ok(ring)
    }

    /// The keys of an organisation when they are at hand, as they are since the start or the first
    /// [`Vault::ring_of`].
    #[must_use]
    pub fn cached_ring_of(&self, organisation: OrganisationId) -> Option<Arc<KeyRing>> {
        self.0.rings.read().get(&organisation).cloned()
    }

    /// The same for a transaction, which can load none: who begins it has them loaded.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they are not at hand.
    pub fn ring_at_hand(&self, organisation: OrganisationId) -> Result<Arc<KeyRing>> {
        let ring = self.cached_ring_of(organisation);
        ring.ok_or_else(|| Error::unavailable("the keys of the organisation are not at hand"))
    }

    /// Has the next [`Vault::ring_of`] load the organisation's keys anew. Until then the old ring goes on to
    /// serve those who are in the middle of something.
    pub fn forget(&self, organisation: OrganisationId) {
        let rings = self.0.rings.write();
        self.0.forgotten.fetch_add(1, Ordering::SeqCst);
        if let Some(ring) = rings.get(&organisation) {
            ring.mark_stale();
        }
    }

    /// Makes the keys that an organisation, or the installation, does not have yet.
    ///
    /// # Errors
    /// The store's.
    pub async fn add_keys_for(&self, tx: &Tx, organisation: Option<OrganisationId>) -> Result<()> {
        add_missing(tx, organisation, &self.0.master, &self.0.clock, &self.0.rng).await
    }

    /// Makes a new key that seals from the commit on, once the keys are [loaded anew](Vault::reload); what older ones
    /// sealed can still be opened. The keys of index, log and ids stay: what they made long ago must be found and
    /// verified by the same key.
    ///
    /// # Errors
    /// The store's.
    pub async fn rotate(&self, tx: &Tx, organisation: Option<OrganisationId>) -> Result<DataKeyId> {
        let key = DataKey::new(organisation, Purpose::Seal, &self.0.master, &self.0.clock, &self.0.rng);
        tx.lock(KEYS_LOCK).await?;
        rows::retire(tx, organisation, key.purpose).await?;
        rows::insert(tx, &key).await?;
        tell_of_change(tx, organisation);
        Ok(key.id)
    }

    /// Removes a key for ever, when it is [marked](crate::mark_resealed), and says whether it was.
    ///
    /// # Errors
    /// The store's.
    pub async fn destroy(
        &self,
        tx: &Tx,
        organisation: Option<OrganisationId>,
        key: DataKeyId,
    ) -> Result<bool> {
        tx.lock(KEYS_LOCK).await?;
        tell_of_change(tx, organisation);
        rows::destroy(tx, organisation, key).await
    }

    /// Loads the keys of an organisation, or of the installation, anew.
    ///
    /// # Errors
    /// As [`Vault::ring_of`].
    pub async fn reload(&self, db: &Db, organisation: Option<OrganisationId>) -> Result<Arc<KeyRing>> {
        let Some(organisation) = organisation else {
            self.0.forgotten.fetch_add(1, Ordering::SeqCst);
            self.reload_house(db).await?;
            return Ok(self.house());
        };
        self.forget(organisation);
        self.ring_of(db, organisation).await
    }

    /// Has every key loaded anew. Done each hour, it bounds how long a process goes on to seal with a key that
    /// another process retired.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        {
            let rings = self.0.rings.write();
            self.0.forgotten.fetch_add(1, Ordering::SeqCst);
            rings.values().for_each(|ring| ring.mark_stale());
        }
        self.reload_house(db).await
    }

    async fn reload_house(&self, db: &Db) -> Result<()> {
        let before = self.0.forgotten.load(Ordering::SeqCst);
        let keys = self.load(db, None).await?;
        let ring = self.0.ring(&keys)?.ok_or_else(|| Error::bug("the installation has no key"))?;
        let mut house = self.0.house.write();
        if before != self.0.forgotten.load(Ordering::SeqCst) {
            ring.mark_stale();
        }
        *house = ring;
        Ok(())
    }

    /// Wraps every data key with the current master key and says how many had another. After it, the older
    /// master keys are needed no more.
    ///
    /// # Errors
    /// [`Error::Precondition`] when a key's own master key was not given, else the store's.
    pub async fn rewrap(&self, db: &Db) -> Result<usize> {
        let current = self.0.master.current_id();
        let keys = db.read_long((), |tx, ()| Box::pin(rows::every(tx))).await?;
        let old = keys.iter().filter(|key| key.master_key != current);
        let anew =
            old.map(|key| Ok((key.wrapped_anew(&self.0.master, &self.0.rng)?, key.master_key.clone())));
        let anew = anew.collect::<Result<Vec<_>>>()?;
        for chunk in anew.chunks(REWRAP_CHUNK) {
            db.write(chunk.to_vec(), |tx, chunk| Box::pin(replace_wrappings(tx, chunk))).await?;
        }
        Ok(anew.len())
    }

    /// The keyed hash (HMAC-SHA256) by which an identifier is found. Blanks around it and its case do not matter.
    #[must_use]
    pub fn blind(&self, system: &str, value: &str) -> [u8; 32] {
        self.blind_bytes(system, value.trim().to_lowercase().as_bytes())
    }

    /// As [`Vault::blind`], of bytes that are what they are.
    #[must_use]
    pub fn blind_bytes(&self, system: &str, value: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0.index);
        context.update(system.as_bytes());
        context.update(&[0]);
        context.update(value);
        bytes_of(&context.sign())
    }

    /// The key by which words of an organisation are found. It comes from the installation's key for indexes, which is
    /// never rotated; no two organisations have the same hash for a word.
    #[must_use]
    pub fn search_key_of(&self, organisation: OrganisationId) -> SearchKey {
        SearchKey::derived(&self.0.index, organisation)
    }

    /// The MAC (HMAC-SHA256) of something in the access log.
    #[must_use]
    pub fn audit_mac(&self, bytes: &[u8]) -> [u8; 32] {
        bytes_of(&hmac::sign(&self.0.audit, bytes))
    }

    pub(crate) fn faces(&self) -> &FaceKeys {
        &self.0.faces
    }

    fn of_keys(master: Arc<MasterKeys>, db: &Db, keys: &[DataKey]) -> Result<Self> {
        let hashing = |purpose| {
            let key = keys.iter().find(|key| key.organisation.is_none() && key.purpose == purpose);
            key.ok_or_else(|| Error::bug("a key of the installation is missing"))?.hashing(&master)
        };
        let (index, audit) = (hashing(Purpose::Index)?, hashing(Purpose::Audit)?);
        let faces = FaceKeys::derived(&hashing(Purpose::Id)?)?;
        let mut owners: HashMap<Option<OrganisationId>, Vec<DataKey>> = HashMap::new();
        for key in keys {
            owners.entry(key.organisation).or_default().push(key.clone());
        }
        let mut rings = HashMap::new();
        for (owner, keys) in owners {
            rings.extend(ring(&keys, &master, db.rng())?.map(|ring| (owner, ring)));
        }
        let house =
            rings.remove(&None).ok_or_else(|| Error::bug("the installation has no key to seal with"))?;
        let rings = rings.into_iter().filter_map(|(owner, ring)| Some((owner?, ring))).collect();
        let (clock, rng, forgotten) = (db.clock().clone(), db.rng().clone(), AtomicU64::new(0));
        let (house, rings) = (RwLock::new(house), RwLock::new(rings));
        Ok(Self(Arc::new(Inner { master, clock, rng, index, audit, faces, house, rings, forgotten })))
    }

    async fn load(&self, db: &Db, owner: Option<OrganisationId>) -> Result<Vec<DataKey>> {
        db.read(owner, |tx, owner| Box::pin(rows::of(tx, *owner))).await
    }

    fn heed(&self, events: &[Event]) {
        for event in events {
            if let Event::OrganisationChanged { organisation } = event {
                self.forget(*organisation);
            }
        }
    }
}

impl Inner {
    fn ring(&self, keys: &[DataKey]) -> Result<Option<Arc<KeyRing>>> {
        ring(keys, &self.master, &self.rng)
    }
}

/// The ring of one owner's keys, which come the oldest first.
fn ring(keys: &[DataKey], master: &MasterKeys, rng: &Rng) -> Result<Option<Arc<KeyRing>>> {
    let mut seals: Vec<_> = keys.iter().filter(|key| key.purpose == Purpose::Seal).rev().collect();
    seals.sort_by_key(|key| key.retired_ms.is_some());
    let keys = seals.into_iter().map(|key| Ok((key.id, key.sealing(master)?))).collect::<Result<_>>()?;
    Ok(KeyRing::new(keys, rng.clone()).map(Arc::new))
}

async fn add_missing(
    tx: &Tx,
    organisation: Option<OrganisationId>,
    master: &MasterKeys,
    clock: &Clock,
    rng: &Rng,
) -> Result<()> {
    tx.lock(KEYS_LOCK).await?;
    let there = rows::of(tx, organisation).await?;
    let wanted = if organisation.is_some() { Purpose::OF_ORGANISATION } else { Purpose::OF_INSTALLATION };
    for purpose in wanted {
        if !there.iter().any(|key| key.purpose == *purpose) {
            rows::insert(tx, &DataKey::new(organisation, *purpose, master, clock, rng)).await?;
        }
    }
    Ok(())
}

fn tell_of_change(tx: &Tx, organisation: Option<OrganisationId>) {
    if let Some(organisation) = organisation {
        tx.emit(Event::OrganisationChanged { organisation });
    }
}

async fn replace_wrappings(tx: &Tx, keys: &[(DataKey, String)]) -> Result<()> {
    for (key, old_master) in keys {
        rows::rewrap(tx, key, old_master).await?;
    }
    Ok(())
}

fn bytes_of(tag: &hmac::Tag) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("master", &self.0.master).finish_non_exhaustive()
    }
}

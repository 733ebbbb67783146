//! Keys: their rotation, the walk that seals anew what the older ones sealed, and their end.
//!
//! A rotation leaves a job that goes through all rows of the owner, some at a time. What was sealed before the
//! rotation may still be on its way into the database then, so a day later the walk is done again, and a key is done
//! with only after a walk that began a day or more after it was retired and found nothing under an older key. A walk
//! that found something is done again a day later; when it found just as much as the one before, nothing of that can be
//! mended, and the next one waits a week.

use std::sync::Arc;

use audit::{Deed, INSTALLATION, Line};
use booking::reseal as bookings;
use identity::imports::{self, RowId};
use identity::reseal as people;
use kernel::{ChatId, Error, ImportId, LetterId, OrganisationId, PersonId, Result};
use messaging::reseal::{self as chats, Reached, ResealFile};
use outbound::letters;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::jobs::{self, NewJob};
use store::{Statement, Tx};
use vault::{DataKeyId, KeyNote, KeyRing, Vault};

use crate::House;

/// The job that does a piece of the walk.
pub(crate) const RESEAL: &str = "keys.reseal";

/// Longer than any request lasts, than an upload waits for its message, and than another process takes to hear of a
/// rotation.
const REST_MS: i64 = 24 * 3_600 * 1_000;
/// The pause before a walk that will find nothing but damage, unless somebody mends it.
const LONG_REST_MS: i64 = 7 * REST_MS;
/// Changes that one transaction makes.
const CHANGES_PER_WRITE: usize = 150;

/// How far a walk has come. It carries ids, never content.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Walk {
    /// The key that took over. Once a further one has, that one's walk does the work.
    key: DataKeyId,
    rotated_ms: i64,
    /// When this walk through all rows began, or is to begin.
    began_ms: i64,
    /// Values that it found under an older key, contents of files included.
    found: usize,
    /// Those that the walk before it found.
    found_before: usize,
    rows: Rows,
}

/// Whose rows, and up to where they were looked at.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rows {
    Installation(PersonId),
    /// The installation's too, once its people are done: rows of lists that were brought.
    Listed(RowId),
    /// The installation's too, once its lists are done.
    Letters(LetterId),
    Organisation(OrganisationId, Reached),
    /// The organisation's too, once its chats are done: what it knows of appointments.
    Bookings(OrganisationId, bookings::Reached),
}

/// What one look found.
struct Found {
    updates: Vec<Statement>,
    /// Values under an older key, those included that do not open.
    values: usize,
    files: Vec<ResealFile>,
    rest: Option<Rows>,
}

/// What is written of a look.
#[derive(Clone)]
enum Change {
    Update(Statement),
    File(ResealFile),
    GoOn(Walk),
    Done(Walk),
}

/// A data key, and how many values it still holds when it no longer seals.
#[derive(Clone, Debug)]
pub struct KeyState {
    /// The key.
    pub key: KeyNote,
    /// Values under it, contents of files included; counted only for a key that was retired and is not done with.
    pub left: Option<i64>,
}

/// Has a new key seal what belongs to the organisation, or to none, from now on, and begins to seal anew what is
/// there.
///
/// # Errors
/// The store's.
pub async fn rotate(house: &House, organisation: Option<OrganisationId>) -> Result<()> {
    let rotation = house.db.write(organisation, |tx, organisation| {
        Box::pin(async move {
            let key = tx.tool::<Vault>()?.rotate(tx, *organisation).await?;
            leave(tx, &Walk::after_rotation(*organisation, key, tx.now_ms())).await?;
            administration(tx, *organisation, key, "data key rotated").await
        })
    });
    rotation.await?;
    house.vault.reload(&house.db, organisation).await.map(drop)
}

/// Every data key, the oldest first.
///
/// # Errors
/// The store's.
pub async fn list(house: &House) -> Result<Vec<KeyState>> {
    let mut states = Vec::new();
    for key in house.db.read((), |tx, ()| Box::pin(vault::keys(tx))).await? {
        let is_at_work = key.retired_ms.is_some() && key.resealed_ms.is_none();
        let left = if is_at_work { Some(left(house, &key).await?) } else { None };
        states.push(KeyState { key, left });
    }
    Ok(states)
}

/// Removes a key for ever.
///
/// # Errors
/// [`Error::Invalid`] for a key that is not there; [`Error::Conflict`] while it seals, or something may be left under
/// it; else the store's.
pub async fn destroy(house: &House, id: DataKeyId) -> Result<()> {
    let keys = house.db.read((), |tx, ()| Box::pin(vault::keys(tx))).await?;
    let Some(key) = keys.into_iter().find(|key| key.id == id) else {
        return Err(Error::invalid(
            "key",
            "key_unknown",
            "There is no such key; `bedside key list` names them.",
        ));
    };
    if key.resealed_ms.is_none() {
        return Err(in_use());
    }
    let left = left(house, &key).await?;
    if left > 0 {
        let why =
            format!("Values that came under this key after it was done with: {left}. Rotate once more.");
        return Err(Error::conflict("key_in_use", why));
    }
    let organisation = key.organisation;
    let end = house.db.write((organisation, id), |tx, (organisation, id)| {
        Box::pin(async move {
            if !tx.tool::<Vault>()?.destroy(tx, *organisation, *id).await? {
                return Err(in_use());
            }
            administration(tx, *organisation, *id, "data key destroyed").await
        })
    });
    end.await?;
    house.vault.reload(&house.db, organisation).await.map(drop)
}

fn in_use() -> Error {
    let why = "Something is, or may be, sealed by this key; `bedside key list` says what is left.";
    Error::conflict("key_in_use", why)
}

async fn left(house: &House, key: &KeyNote) -> Result<i64> {
    let Some(organisation) = key.organisation else {
        let counting = house.db.read_long(key.id, |tx, id| {
            Box::pin(async move {
                Ok(people::count_sealed_by(tx, *id).await? + letters::count_sealed_by(tx, *id).await?)
            })
        });
        return counting.await;
    };
    let (mut count, mut reached) = (0, Some(ChatId::from_bytes([0; 12])));
    while let Some(after) = reached {
        let counting = house.db.read_long((organisation, key.id, after), |tx, (organisation, id, after)| {
            Box::pin(chats::count_sealed_by(tx, *organisation, *id, *after))
        });
        let (in_some, last) = counting.await?;
        (count, reached) = (count + in_some, last);
    }
    let booked = house.db.read_long((organisation, key.id), |tx, (organisation, id)| {
        Box::pin(bookings::count_sealed_by(tx, *organisation, *id))
    });
    Ok(count + booked.await?)
}

/// Does the job [`RESEAL`]: looks at some rows, seals anew what an older key sealed, and leaves the job for the rest.
pub(crate) async fn go_on(house: &House, payload: Value) -> Result<()> {
    let walk: Walk = serde_json::from_value(payload).map_err(Error::bug)?;
    let Some(ring) = ring_of(house, &walk).await? else { return Ok(()) };
    // Sealing inside the body holds nobody up: a long read has a thread or a task of its own, and what one look seals
    // is a few milliseconds' work.
    let found =
        house.db.read_long((walk, ring), |tx, (walk, ring)| Box::pin(look(tx, walk.rows, ring))).await?;
    let next = walk.after(&found, house.clock.now_ms());
    let mut changes: Vec<Change> = found.updates.into_iter().map(Change::Update).collect();
    changes.extend(found.files.into_iter().map(Change::File));
    changes.push(next);
    while !changes.is_empty() {
        let some: Vec<Change> = changes.drain(..changes.len().min(CHANGES_PER_WRITE)).collect();
        house.db.write(some, |tx, some| Box::pin(write(tx, some))).await?;
    }
    Ok(())
}

/// Does the job [`chats::RESEAL_FILE`]. It is safe to do twice, and to break off anywhere: a copy that no row came to
/// name is swept. What is damaged or missing stays as it is, for no further try would find it otherwise.
pub(crate) async fn reseal_file(house: &House, payload: Value) -> Result<()> {
    let job: ResealFile = serde_json::from_value(payload).map_err(Error::bug)?;
    let ring = house.vault.ring_of(&house.db, job.organisation).await?;
    let current = ring.current_key();
    let stale = house
        .db
        .read((job, current), |tx, (job, current)| Box::pin(chats::stale_contents(tx, *job, *current)));
    let Some(old) = stale.await? else { return Ok(()) };
    let new = match chats::copy_contents(&house.blobs, &ring, (&house.clock, &house.rng), &old).await {
        Err(error) if error.retry_after_s().is_none() => {
            let file = job.file.hex();
            tracing::error!(file, ?error, "contents are damaged or missing, and stay under their older key");
            return Ok(());
        }
        copied => copied?,
    };
    let swap = house.db.write((job, old, new, current), |tx, (job, old, new, current)| {
        Box::pin(chats::swap_contents(tx, *job, (old, new), *current))
    });
    swap.await
}

/// The owner's keys when the walk's key is the current one, which this process may have to hear of first.
async fn ring_of(house: &House, walk: &Walk) -> Result<Option<Arc<KeyRing>>> {
    let ring = match walk.owner() {
        Some(organisation) => house.vault.ring_of(&house.db, organisation).await?,
        None => house.vault.house(),
    };
    if ring.current_key() == walk.key {
        return Ok(Some(ring));
    }
    let ring = house.vault.reload(&house.db, walk.owner()).await?;
    Ok((ring.current_key() == walk.key).then_some(ring))
}

async fn look(tx: &Tx, rows: Rows, ring: &KeyRing) -> Result<Found> {
    match rows {
        Rows::Installation(after) => {
            let (found, last) = people::reseal_some(tx, ring, after).await?;
            let (updates, values) = found.finish();
            let rest = last.map_or(Rows::Listed((ImportId::from_bytes([0; 12]), 0)), Rows::Installation);
            Ok(Found { updates, values, files: Vec::new(), rest: Some(rest) })
        }
        Rows::Listed(after) => {
            let (found, last) = imports::reseal_some(tx, ring, after).await?;
            let (updates, values) = found.finish();
            let rest = last.map_or(Rows::Letters(LetterId::from_bytes([0; 12])), Rows::Listed);
            Ok(Found { updates, values, files: Vec::new(), rest: Some(rest) })
        }
        Rows::Letters(after) => {
            let (found, last) = letters::reseal_some(tx, ring, after).await?;
            let (updates, values) = found.finish();
            Ok(Found { updates, values, files: Vec::new(), rest: last.map(Rows::Letters) })
        }
        Rows::Organisation(organisation, reached) => {
            let found = chats::reseal_some(tx, organisation, ring, reached).await?;
            let files = found.files.into_iter().map(|file| ResealFile { organisation, file }).collect();
            let bookings = Rows::Bookings(organisation, bookings::Reached::NOTHING);
            let rest = found.reached.map_or(bookings, |reached| Rows::Organisation(organisation, reached));
            Ok(Found { updates: found.updates, values: found.values, files, rest: Some(rest) })
        }
        Rows::Bookings(organisation, after) => {
            let ((updates, values), last) = bookings::reseal_some(tx, organisation, ring, after).await?;
            let rest = last.map(|reached| Rows::Bookings(organisation, reached));
            Ok(Found { updates, values, files: Vec::new(), rest })
        }
    }
}

async fn write(tx: &Tx, changes: &[Change]) -> Result<()> {
    for change in changes {
        match change {
            Change::Update(update) => drop(tx.run_made(update).await?),
            Change::File(file) => chats::leave_file(tx, *file).await?,
            Change::GoOn(walk) => leave(tx, walk).await?,
            Change::Done(walk) => {
                let retired_until_ms = walk.began_ms - REST_MS;
                vault::mark_resealed(tx, walk.owner(), retired_until_ms).await?;
            }
        }
    }
    Ok(())
}

async fn leave(tx: &Tx, walk: &Walk) -> Result<()> {
    let payload = serde_json::to_value(walk).map_err(Error::bug)?;
    let due_ms = tx.now_ms().max(walk.began_ms);
    jobs::enqueue(tx, &NewJob { name: RESEAL, dedupe: Some(walk.key.hex()), payload, due_ms }).await
}

async fn administration(
    tx: &Tx,
    organisation: Option<OrganisationId>,
    key: DataKeyId,
    what: &'static str,
) -> Result<()> {
    let owner = organisation.unwrap_or(INSTALLATION);
    let line = Line::without_actor(owner, Deed::Administration).object(key.as_bytes()).because(what);
    audit::write(tx, line).await
}

impl Walk {
    fn after_rotation(organisation: Option<OrganisationId>, key: DataKeyId, now_ms: i64) -> Self {
        let rows = Rows::all_of(organisation);
        Self { key, rotated_ms: now_ms, began_ms: now_ms, found: 0, found_before: 0, rows }
    }

    const fn owner(&self) -> Option<OrganisationId> {
        match self.rows {
            Rows::Installation(_) | Rows::Listed(_) | Rows::Letters(_) => None,
            Rows::Organisation(organisation, _) | Rows::Bookings(organisation, _) => Some(organisation),
        }
    }

    /// What follows a look: the rest of the rows, the same walk again after a rest, or nothing more.
    fn after(&self, found: &Found, now_ms: i64) -> Change {
        let in_all = self.found + found.values + found.files.len();
        match found.rest {
            Some(rows) => Change::GoOn(Self { rows, found: in_all, ..*self }),
            None if in_all == 0 && self.began_ms >= self.rotated_ms + REST_MS => Change::Done(*self),
            None => {
                let is_in_vain = in_all > 0 && in_all == self.found_before;
                let began_ms = now_ms + if is_in_vain { LONG_REST_MS } else { REST_MS };
                let rows = Rows::all_of(self.owner());
                Change::GoOn(Self { rows, found: 0, found_before: in_all, began_ms, ..*self })
            }
        }
    }
}

impl Rows {
    /// All rows of an owner, none of them looked at yet.
    fn all_of(organisation: Option<OrganisationId>) -> Self {
        match organisation {
            Some(organisation) => Self::Organisation(organisation, Reached::NOTHING),
            None => Self::Installation(PersonId::from_bytes([0; 12])),
        }
    }
}

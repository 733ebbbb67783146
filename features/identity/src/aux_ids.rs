//! Auxiliary ids of people: names that an application gave them, to be found by. Each is private to the application and
//! the organisation, and gives no right: whom it names is asked for as by their own id.

use std::collections::HashSet;

use kernel::{Actor, ClientId, Error, OrganisationId, PersonId, Result};
use store::{Row, Tx, args};
use vault::{AuxDigest, AuxId, KeyRing, Place, Vault};

use crate::log::{self, By};
use crate::memberships;
use crate::rows::aux_ids as rows;

const RENAMED: &str = "who waited was called something else in this moment";

/// An auxiliary id for one person, sealed before the transaction that gives it.
#[derive(Clone, Debug)]
pub struct SealedAuxId {
    client: ClientId,
    organisation: OrganisationId,
    person: PersonId,
    hash: [u8; 32],
    value: Vec<u8>,
}

impl SealedAuxId {
    /// Seals it for this person, under the actor's application and organisation.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] to who is not staff, since messages follow these names, and outside any application.
    pub fn seal(vault: &Vault, actor: &Actor, person: PersonId, aux_id: &AuxId) -> Result<Self> {
        let client = must_name(actor)?;
        let organisation = actor.organisation;
        let hash = vault.blind_aux_id(client, organisation, aux_id.digest());
        let row = row_of(client, organisation, person);
        let value = vault.house().seal(place(&row), aux_id.expose().as_bytes());
        Ok(Self { client, organisation, person, hash, value })
    }
}

/// The application in which the actor may name people and chats.
///
/// # Errors
/// As [`SealedAuxId::seal`].
pub fn must_name(actor: &Actor) -> Result<ClientId> {
    if !actor.is_staff() {
        return Err(Error::not_allowed("not_staff", "only people who work here may give auxiliary ids"));
    }
    actor
        .client
        .ok_or_else(|| Error::not_allowed("no_application", "an auxiliary id is an application's own"))
}

/// Gives a person an auxiliary id instead of the one that they had; who else had this one has none any more. The caller
/// has come by the person through a door, or added them just now, and before that kept who waits from coming.
pub async fn give(tx: &Tx, actor: &Actor, aux_id: &SealedAuxId) -> Result<()> {
    let SealedAuxId { client, organisation, person, hash, value } = aux_id;
    if must_name(actor)? != *client || actor.organisation != *organisation {
        return Err(Error::bug("an auxiliary id that was sealed for somebody else's application"));
    }
    hold(tx, *client).await?;
    tx.run(rows::TAKE, &args![client, organisation, hash, person]).await?;
    tx.run(rows::GIVE, &args![client, organisation, person, hash, value]).await?;
    changed(tx, actor, *person, "auxiliary id given").await
}

/// Takes a person's auxiliary id away: this one, or whichever they have. Who has none is left alone.
pub async fn take_away(tx: &Tx, actor: &Actor, person: PersonId, aux_id: Option<AuxDigest>) -> Result<()> {
    let client = must_name(actor)?;
    hold(tx, client).await?;
    let hash = aux_id.map(|aux_id| hash(tx, client, actor.organisation, aux_id)).transpose()?;
    let (hash, any) = (hash.unwrap_or_default(), hash.is_none());
    let removed = tx.run(rows::REMOVE, &args![&client, &actor.organisation, &person, &hash, any]).await?;
    if removed == 0 {
        return Ok(());
    }
    changed(tx, actor, person, "auxiliary id taken away").await
}

/// Whom the actor's application calls so in their organisation, to staff: it may be the number of a patient, and others
/// could try numbers. Whether the actor may know of them is not asked here.
pub async fn find(tx: &Tx, actor: &Actor, aux_id: AuxDigest) -> Result<Option<PersonId>> {
    let Some(client) = told_to(actor) else { return Ok(None) };
    let hash = hash(tx, client, actor.organisation, aux_id)?;
    tx.one(rows::FIND, &args![&client, &actor.organisation, &hash], |row| row.get(0)).await
}

/// What the actor's application calls somebody. The caller has come by the person through a door.
pub async fn of_person(tx: &Tx, actor: &Actor, person: PersonId) -> Result<Option<String>> {
    let Some(client) = told_to(actor) else { return Ok(None) };
    let key = args![&client, &actor.organisation, &person];
    let Some(sealed) = tx.one(rows::OF_PERSON, &key, |row| row.get::<Vec<u8>>(0)).await? else {
        return Ok(None);
    };
    open(&tx.tool::<Vault>()?.house(), (client, actor.organisation, person), &sealed).map(Some)
}

/// The application whose names the actor is told: staff alone, since they may be the numbers of patients.
pub(crate) fn told_to(actor: &Actor) -> Option<ClientId> {
    actor.client.filter(|_| actor.is_staff())
}

pub(crate) fn open(
    ring: &KeyRing,
    (client, organisation, person): (ClientId, OrganisationId, PersonId),
    sealed: &[u8],
) -> Result<String> {
    ring.open_text(place(&row_of(client, organisation, person)), sealed)
}

/// Those of these people whom the actor's application has a name for, in the order given; told to staff.
pub async fn named(tx: &Tx, actor: &Actor, people: &[PersonId]) -> Result<Vec<PersonId>> {
    let Some(client) = told_to(actor).filter(|_| !people.is_empty()) else { return Ok(Vec::new()) };
    let rest = args![&client, &actor.organisation];
    let named = tx.all_of(rows::NAMED, people, &rest, |row| row.get::<PersonId>(0)).await?;
    let named: HashSet<PersonId> = named.into_iter().collect();
    Ok(people.iter().copied().filter(|person| named.contains(person)).collect())
}

/// What somebody who waited is called, sealed anew for the one whom they turned out to be: the value is bound to its
/// person.
pub(crate) async fn prepare_hand_over(
    tx: &Tx,
    organisation: OrganisationId,
    waited: PersonId,
    came: PersonId,
) -> Result<Vec<SealedAuxId>> {
    let ring = tx.tool::<Vault>()?.house();
    let read = |row: &Row<'_>| {
        let (client, sealed): (ClientId, Vec<u8>) = (row.get(0)?, row.get(2)?);
        let text = open(&ring, (client, organisation, waited), &sealed)?;
        let value = ring.seal(place(&row_of(client, organisation, came)), text.as_bytes());
        Ok(SealedAuxId { client, organisation, person: came, hash: row.get(1)?, value })
    };
    tx.all(rows::WAITING, &args![&organisation, &waited], read).await
}

/// Gives what somebody who waited is called to the one whom they turned out to be, in place of what that one was called
/// before. Another try seals anew what they were called since it was prepared.
pub(crate) async fn hand_over(
    tx: &Tx,
    organisation: OrganisationId,
    waited: PersonId,
    aux_ids: &[SealedAuxId],
) -> Result<()> {
    for SealedAuxId { client, person, hash, value, .. } in aux_ids {
        hold(tx, *client).await?;
        let any = args![client, &organisation, person, hash, true];
        tx.run(rows::REMOVE, &any).await?;
        let named = args![client, &organisation, &waited, person, value, hash];
        if tx.run(rows::HAND_OVER, &named).await? == 0 {
            return Err(Error::unavailable(RENAMED));
        }
    }
    let left = tx.one(rows::IS_NAMED, &args![&organisation, &waited], |row| row.get::<ClientId>(0)).await?;
    if left.is_some() { Err(Error::unavailable(RENAMED)) } else { Ok(()) }
}

pub(crate) fn place(row: &[u8]) -> Place<'_> {
    Place { table: "user_aux_ids", column: "value", row }
}

pub(crate) fn row_of(client: ClientId, organisation: OrganisationId, person: PersonId) -> Vec<u8> {
    [client.as_bytes().as_slice(), organisation.as_bytes(), person.as_bytes()].concat()
}

fn hash(tx: &Tx, client: ClientId, organisation: OrganisationId, aux_id: AuxDigest) -> Result<[u8; 32]> {
    Ok(tx.tool::<Vault>()?.blind_aux_id(client, organisation, aux_id))
}

/// Two who give the same name at once take turns.
async fn hold(tx: &Tx, client: ClientId) -> Result<()> {
    tx.lock(&format!("identity.aux_ids.{}", client.hex())).await
}

async fn changed(tx: &Tx, actor: &Actor, person: PersonId, what: &'static str) -> Result<()> {
    let patient = memberships::patient(tx, actor.organisation, person).await?;
    log::named(tx, By::Actor(actor), actor.organisation, (person, patient), what).await
}

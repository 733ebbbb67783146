//! Names that an application gives to people and chats, and what they lead to.

use identity::aux_ids as people;
use identity::invitations::keep_waiting;
use kernel::{Actor, ChatId, Error, Kind, Page, PersonId, Result};
use messaging::aux_ids::SealedAuxId;
use messaging::{ChatKind, Right};
use store::Tx;
use vault::{AuxDigest, AuxId, KeyRing};

use crate::House;
use crate::chats::{self, ChatList, ChatRef};

/// Names that one reading looks up: few enough for the statements of a transaction.
const NAMES_PER_READ: usize = 150;

/// Calls somebody whom the actor may find so from now on, in the actor's application.
///
/// # Errors
/// [`Error::NotFound`] for anybody else; as [`people::SealedAuxId::seal`].
pub async fn name_person(house: &House, actor: &Actor, person: PersonId, aux_id: &AuxId) -> Result<()> {
    people::must_name(actor)?;
    let input = (actor.clone(), person);
    let now = house.read(input, |tx, (actor, person)| Box::pin(chats::now_known_as(tx, actor, *person)));
    let person = now.await?;
    let sealed = people::SealedAuxId::seal(&house.vault, actor, person, aux_id)?;
    let input = (actor.clone(), person, sealed);
    let naming = house.db.write(input, |tx, (actor, person, sealed)| {
        Box::pin(async move {
            keep_waiting(tx, actor.organisation, &[*person]).await?;
            if must_find(tx, actor, *person).await? != *person {
                return Err(Error::unavailable("who waited came in this moment"));
            }
            people::give(tx, actor, sealed).await
        })
    });
    naming.await
}

/// Calls somebody whom the actor may find no longer so: by this name, or by whichever they have.
///
/// # Errors
/// As [`name_person`].
pub async fn forget_person(
    tx: &Tx,
    actor: &Actor,
    person: PersonId,
    aux_id: Option<AuxDigest>,
) -> Result<()> {
    people::must_name(actor)?;
    keep_waiting(tx, actor.organisation, &[person]).await?;
    let person = must_find(tx, actor, person).await?;
    people::take_away(tx, actor, person, aux_id).await
}

/// Somebody whom the actor may find, by the id that they have now.
async fn must_find(tx: &Tx, actor: &Actor, person: PersonId) -> Result<PersonId> {
    let found = identity::find_person(tx, actor, person).await?;
    found.map(|person| person.id).ok_or(Error::not_found(Kind::Person))
}

/// Calls a group so from now on, in the actor's application.
///
/// # Errors
/// As [`chats::open`] and [`messaging::aux_ids::assign`].
pub async fn name_group(house: &House, actor: &Actor, chat: ChatId, aux_id: &AuxId) -> Result<()> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let input = (actor.clone(), sealed(house, actor, (&ring, chat), aux_id)?, chat);
    let naming = house.db.write(input, |tx, (actor, sealed, chat)| {
        Box::pin(async move {
            let open = chats::open(tx, actor, ChatRef::Group(*chat), Right::Manage).await?;
            messaging::aux_ids::assign(tx, &open, sealed).await
        })
    });
    naming.await
}

/// Calls a group no longer so: by this name, or by whichever it has.
///
/// # Errors
/// As [`name_group`].
pub async fn forget_group(tx: &Tx, actor: &Actor, chat: ChatId, aux_id: Option<AuxDigest>) -> Result<()> {
    let client = people::must_name(actor)?;
    let open = chats::open(tx, actor, ChatRef::Group(chat), Right::Manage).await?;
    messaging::aux_ids::remove(tx, &open, client, aux_id).await
}

/// A name for a group, sealed.
///
/// # Errors
/// As [`people::must_name`].
pub(crate) fn sealed(
    house: &House,
    actor: &Actor,
    (ring, chat): (&KeyRing, ChatId),
    aux_id: &AuxId,
) -> Result<SealedAuxId> {
    let client = people::must_name(actor)?;
    Ok(SealedAuxId::seal((&house.vault, ring), actor, client, chat, aux_id))
}

/// The people of these names, in their order. Whether the actor may write to them is not asked here.
///
/// # Errors
/// [`Error::Invalid`] when nobody is called so.
pub async fn people_named(house: &House, actor: &Actor, aux_ids: &[AuxDigest]) -> Result<Vec<PersonId>> {
    if aux_ids.len() > messaging::PARTIES_PER_CALL_MAX {
        return Err(Error::too_large("members_per_request", messaging::PARTIES_PER_CALL_MAX as u64));
    }
    let mut found = Vec::with_capacity(aux_ids.len());
    for some in aux_ids.chunks(NAMES_PER_READ) {
        let input = (actor.clone(), some.to_vec());
        found.extend(house.read(input, |tx, (actor, some)| Box::pin(look_up(tx, actor, some))).await?);
    }
    Ok(found)
}

async fn look_up(tx: &Tx, actor: &Actor, aux_ids: &[AuxDigest]) -> Result<Vec<PersonId>> {
    let mut found = Vec::with_capacity(aux_ids.len());
    for aux_id in aux_ids {
        let person = people::find(tx, actor, *aux_id).await?;
        found.push(person.ok_or_else(|| Error::invalid("members", "user_not_found", "no user of that id"))?);
    }
    Ok(found)
}

/// The actor's chats of a kind that their application has a name for: the groups of this name or of any, the
/// conversations with who has this one or any. The latest first, with the people in them.
///
/// # Errors
/// As [`messaging::list_named`].
pub async fn list(
    house: &House,
    actor: &Actor,
    kind: ChatKind,
    aux_id: Option<AuxDigest>,
    page: Page,
) -> Result<ChatList> {
    let input = (actor.clone(), aux_id, page);
    let chats = match kind {
        ChatKind::Group => house.read(input, |tx, (actor, aux_id, page)| {
            Box::pin(messaging::list_named(tx, actor, *aux_id, *page))
        }),
        ChatKind::Direct => {
            let peers = house.read((actor.clone(), aux_id), |tx, (actor, aux_id)| {
                Box::pin(peers_named(tx, actor, *aux_id))
            });
            let peers = page.of(peers.await?);
            let listed = house.read((actor.clone(), peers), |tx, (actor, peers)| {
                Box::pin(messaging::list_with(tx, actor, peers))
            });
            return chats::dressed(house, actor, listed.await?).await;
        }
    };
    chats::dressed(house, actor, chats.await?).await
}

async fn peers_named(tx: &Tx, actor: &Actor, aux_id: Option<AuxDigest>) -> Result<Vec<PersonId>> {
    match aux_id {
        Some(aux_id) => Ok(people::find(tx, actor, aux_id).await?.into_iter().collect()),
        None => people::named(tx, actor, &messaging::peers(tx, actor).await?).await,
    }
}

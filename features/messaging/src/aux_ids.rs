//! Auxiliary ids of group chats: names that an application gave them, to be found by. Each is private to the application
//! and the organisation, one may name several chats, and it gives no right: the door is asked as by the chat's own id.

use std::collections::HashMap;

use audit::Deed;
use kernel::{Actor, ChatId, ClientId, Error, PersonId, Result, TeamId};
use store::{Row, Tx, args};
use vault::{AuxDigest, AuxId, KeyRing, Place, Vault};

use crate::access::{OpenChat, Right};
use crate::line;
use crate::manage::{must_be_group, must_be_staff};
use crate::rows::{aux_ids as rows, chats};

/// Chats of one name among which the reader's is looked for.
const NAMESAKES_MAX: i64 = 500;

/// An auxiliary id for one chat, sealed before the transaction that gives it.
#[derive(Clone, Debug)]
pub struct SealedAuxId {
    client: ClientId,
    chat: ChatId,
    hash: [u8; 32],
    value: Vec<u8>,
}

impl SealedAuxId {
    /// Seals it for this chat, under an application of the actor's organisation.
    #[must_use]
    pub fn seal(
        (vault, ring): (&Vault, &KeyRing),
        actor: &Actor,
        client: ClientId,
        chat: ChatId,
        aux_id: &AuxId,
    ) -> Self {
        let hash = vault.blind_aux_id(client, actor.organisation, aux_id.digest());
        let value = ring.seal(place(&row_of(client, chat)), aux_id.expose().as_bytes());
        Self { client, chat, hash, value }
    }
}

/// Gives a group an auxiliary id instead of the one that it had. Asks for [`Right::Manage`].
///
/// # Errors
/// [`Error::NotAllowed`] to patients; [`Error::Precondition`] for a direct chat, which is named by its people.
pub async fn assign(tx: &Tx, chat: &OpenChat, aux_id: &SealedAuxId) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    if aux_id.chat != chat.id() {
        return Err(Error::bug("an auxiliary id that was sealed for another chat"));
    }
    assign_to_new(tx, chat.actor(), aux_id).await?;
    line::of(tx, chat, Deed::ChatChanged, chat.key().as_bytes()).await
}

/// As [`assign`], to a group that the actor begins in this transaction.
///
/// # Errors
/// As [`assign`].
pub async fn assign_to_new(tx: &Tx, actor: &Actor, aux_id: &SealedAuxId) -> Result<()> {
    must_be_staff(actor)?;
    if actor.client != Some(aux_id.client) {
        return Err(Error::bug("an auxiliary id that was sealed for another application"));
    }
    let SealedAuxId { client, chat, hash, value } = aux_id;
    tx.run(rows::ASSIGN, &args![client, &actor.organisation, chat, hash, value]).await.map(drop)
}

/// Takes a group's auxiliary id away: this one, or whichever it has. Asks for [`Right::Manage`].
///
/// # Errors
/// As [`assign`].
pub async fn remove(tx: &Tx, chat: &OpenChat, client: ClientId, aux_id: Option<AuxDigest>) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_staff(chat.actor())?;
    let vault = tx.tool::<Vault>()?;
    let hash = aux_id.map(|aux_id| vault.blind_aux_id(client, chat.organisation(), aux_id));
    let (hash, any) = (hash.unwrap_or_default(), hash.is_none());
    if tx.run(rows::REMOVE, &args![&client, chat.tenant(), chat.key(), &hash, any]).await? == 0 {
        return Ok(());
    }
    line::of(tx, chat, Deed::ChatChanged, chat.key().as_bytes()).await
}

/// The application whose names the actor is told, and finds chats by: staff alone, since they may be the numbers of
/// patients, and others could try numbers.
pub(crate) fn told_to(actor: &Actor) -> Option<ClientId> {
    actor.client.filter(|_| actor.is_staff())
}

/// The newest chat that the actor's application calls so and that the actor may know of; else the newest at all, whose
/// door says what there is to say. To staff.
///
/// # Errors
/// What the store refuses.
pub async fn newest(tx: &Tx, actor: &Actor, aux_id: AuxDigest) -> Result<Option<ChatId>> {
    let Some(client) = told_to(actor) else { return Ok(None) };
    let hash = tx.tool::<Vault>()?.blind_aux_id(client, actor.organisation, aux_id);
    let name = args![&client, &actor.organisation, &hash, &actor.person, NAMESAKES_MAX];
    let chats = tx.all(rows::NAMED, &name, |row| {
        Ok((row.get::<ChatId>(0)?, row.get::<Option<TeamId>>(1)?, row.get::<Option<PersonId>>(2)?))
    });
    let chats = chats.await?;
    let is_of_team = |team: &TeamId| actor.is_clinician() && actor.teams.contains(team);
    let may_know =
        chats.iter().find(|(_, team, member)| member.is_some() || team.as_ref().is_some_and(is_of_team));
    Ok(may_know.or(chats.first()).map(|(chat, ..)| *chat))
}

/// What the actor's application calls these chats, told to staff alone. The caller has come by them through a door.
///
/// # Errors
/// What the store refuses, and what does not open.
pub async fn of_chats(tx: &Tx, actor: &Actor, all: &[ChatId]) -> Result<HashMap<ChatId, String>> {
    let Some(client) = told_to(actor).filter(|_| !all.is_empty()) else { return Ok(HashMap::new()) };
    let ring = chats::ring(tx, actor.organisation)?;
    let name = |row: &Row<'_>| {
        let chat = row.get(0)?;
        Ok((chat, ring.open_text(place(&row_of(client, chat)), &row.get::<Vec<u8>>(1)?)?))
    };
    let named = tx.all_of(rows::OF_CHATS, all, &args![&client, &actor.organisation], name).await?;
    Ok(named.into_iter().collect())
}

pub(crate) fn place(row: &[u8]) -> Place<'_> {
    Place { table: "chat_aux_ids", column: "value", row }
}

pub(crate) fn row_of(client: ClientId, chat: ChatId) -> Vec<u8> {
    [client.as_bytes().as_slice(), chat.as_bytes()].concat()
}

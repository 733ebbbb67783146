//! How a chat begins. Who may write to whom was settled by the caller.

use std::collections::BTreeMap;

use audit::Deed;
use kernel::limits::CHAT_MEMBERS_MAX;
use kernel::{Actor, ChatId, Error, Event, PersonId, Result, Role};
use store::{Tx, args};

use crate::access::in_order;
use crate::chat::{Party, Standing, only_patient, patients};
use crate::group::NewGroup;
use crate::line;
use crate::members::PARTIES_PER_CALL_MAX;
use crate::rows::chats::{INSERT_DIRECT, INSERT_GROUP, OPEN_DIRECT};
use crate::rows::{chats, members};

/// The direct chat of two people, begun when they have none yet. Two who begin at once get the same one.
///
/// # Errors
/// [`Error::Invalid`] when both are the same person.
pub async fn start_direct(tx: &Tx, actor: &Actor, me: &Party, peer: &Party) -> Result<ChatId> {
    if me.person != actor.person {
        return Err(Error::bug("a chat begun in somebody else's name"));
    }
    if me.person == peer.person {
        return Err(Error::invalid("user_id", "cannot_write_to_yourself", "A chat is with somebody else."));
    }
    let (one, other) = in_order(me.person, peer.person);
    let door = args![&me.person, &actor.organisation, &one, &other];
    if let Some(row) = tx.one(OPEN_DIRECT, &door, chats::DoorRow::of).await? {
        return Ok(row.id);
    }
    let (id, both) = (tx.new_id(), [*me, *peer]);
    let patient = only_patient(patients(&both).chain(actor.acting_for));
    let made_ms = tx.now_ms();
    let row = args![&id, &actor.organisation, &one, &other, patient.as_ref(), &me.person, made_ms];
    if tx.run(INSERT_DIRECT, &row).await? == 0 {
        let first = tx.one(OPEN_DIRECT, &door, chats::DoorRow::of).await?;
        return first.map(|row| row.id).ok_or_else(|| Error::bug("a chat that is there and is not"));
    }
    for party in &both {
        insert_member(tx, id, party, Standing::Owner).await?;
    }
    began(tx, actor, id, patient, both.map(|party| party.person).to_vec()).await
}

/// A new group, owned by who begins it.
///
/// # Errors
/// [`Error::TooLarge`] for more people than one call may bring.
pub async fn start_group(tx: &Tx, actor: &Actor, group: &NewGroup) -> Result<ChatId> {
    let me = Party { person: actor.person, role: actor.role };
    let parties = distinct(&group.parties, me)?;
    let everyone = || parties.iter().chain([&me]);
    let patient = only_patient(
        everyone().filter(|p| p.role == Role::Patient).map(|p| p.person).chain(actor.acting_for),
    );
    let (s, subject) = (group.settings, group.subject.as_ref().map(|subject| &subject.bytes));
    let row = args![
        &group.id,
        &actor.organisation,
        subject,
        patient.as_ref(),
        group.team.as_ref(),
        &actor.person,
        tx.now_ms(),
        s.allow_contacts,
        s.members_can_invite,
        s.hybrid_messaging,
        s.auto_close_days,
        s.auto_expire_seconds
    ];
    tx.run(INSERT_GROUP, &row).await?;
    insert_member(tx, group.id, &me, Standing::Owner).await?;
    for party in &parties {
        insert_member(tx, group.id, party, Standing::Member).await?;
    }
    began(tx, actor, group.id, patient, everyone().map(|party| party.person).collect()).await
}

/// Each of the parties once, without the one who acts.
pub(crate) fn distinct(parties: &[Party], me: Party) -> Result<Vec<Party>> {
    let by_person: BTreeMap<PersonId, Party> = parties.iter().map(|party| (party.person, *party)).collect();
    let parties: Vec<Party> = by_person.into_values().filter(|party| party.person != me.person).collect();
    if parties.len() > PARTIES_PER_CALL_MAX.min(CHAT_MEMBERS_MAX) {
        return Err(Error::too_large("members_per_request", PARTIES_PER_CALL_MAX as u64));
    }
    Ok(parties)
}

pub(crate) async fn insert_member(tx: &Tx, chat: ChatId, party: &Party, standing: Standing) -> Result<u64> {
    let as_patient = party.role == Role::Patient;
    let row = args![&chat, &party.person, standing.name(), tx.now_ms(), as_patient];
    tx.run(members::JOIN, &row).await
}

async fn began(
    tx: &Tx,
    actor: &Actor,
    chat: ChatId,
    patient: Option<PersonId>,
    members: Vec<PersonId>,
) -> Result<ChatId> {
    line::done(tx, actor, Deed::ChatStarted, patient, chat.as_bytes()).await?;
    tx.emit(Event::ChatChanged { chat, members });
    Ok(chat)
}

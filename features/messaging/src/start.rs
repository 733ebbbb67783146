//! How a chat begins. Who may write to whom was settled by the caller.

use std::collections::{BTreeMap, BTreeSet};

use kernel::limits::{CHAT_MEMBERS_MAX, CHAT_PATIENTS_MAX};
use kernel::{Actor, ChatChange, ChatId, Error, Event, OrganisationId, PersonId, Result, Role};
use store::{Tx, args};

use crate::access::in_order;
use crate::chat::{Party, Patients, Standing, patients};
use crate::endings;
use crate::group::NewGroup;
use crate::line;
use crate::manage::must_be_staff;
use crate::members::{PARTIES_PER_CALL_MAX, takes_no_contacts};
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
    let patients = Patients::of(actor.acting_for, &both);
    let (first, made_ms) = (patients.first, tx.now_ms());
    let row =
        args![&id, &actor.organisation, &one, &other, first.as_ref(), patients.has_more, &me.person, made_ms];
    if tx.run(INSERT_DIRECT, &row).await? == 0 {
        let first = tx.one(OPEN_DIRECT, &door, chats::DoorRow::of).await?;
        return first.map(|row| row.id).ok_or_else(|| Error::bug("a chat that is there and is not"));
    }
    for party in &both {
        join(tx, &actor.organisation, &id, party, Standing::Owner).await?;
    }
    began(tx, actor, id, patients, both.map(|party| party.person).to_vec()).await
}

/// A new group, owned by who begins it.
///
/// # Errors
/// [`Error::TooLarge`] for more people than one call may bring, or more patients than one chat may name;
/// [`Error::NotAllowed`] to who is not staff and assigns it to a team or says whom it is about, and for contacts where
/// it takes none.
pub async fn start_group(tx: &Tx, actor: &Actor, group: &NewGroup) -> Result<ChatId> {
    if group.team.is_some() || group.about.is_some() || group.settings.auto_expire_seconds > 0 {
        must_be_staff(actor)?;
    }
    let me = Party { person: actor.person, role: actor.role };
    let others = distinct(&group.parties, me)?;
    if !group.settings.allow_contacts && others.iter().any(|party| party.role == Role::Guest) {
        return Err(takes_no_contacts());
    }
    let everyone: Vec<Party> = others.iter().chain([&me]).copied().collect();
    must_fit(everyone.len(), patients(&everyone).len())?;
    let patients = Patients::of(group.about.or(actor.acting_for), &everyone);
    let (s, subject) = (group.settings, group.subject.as_ref().map(|subject| &subject.bytes));
    let row = args![
        &group.id,
        &actor.organisation,
        subject,
        patients.first.as_ref(),
        patients.has_more,
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
    join(tx, &actor.organisation, &group.id, &me, Standing::Owner).await?;
    join_together(tx, &actor.organisation, &group.id, &others).await?;
    let now = tx.now_ms();
    endings::leave(tx, (actor.organisation, group.id), &s, (now, now)).await?;
    began(tx, actor, group.id, patients, everyone.iter().map(|party| party.person).collect()).await
}

/// Each of the parties once, without the one who acts.
pub(crate) fn distinct(parties: &[Party], me: Party) -> Result<Vec<Party>> {
    let by_person: BTreeMap<PersonId, Party> = parties.iter().map(|party| (party.person, *party)).collect();
    let parties: Vec<Party> = by_person.into_values().filter(|party| party.person != me.person).collect();
    if parties.len() > PARTIES_PER_CALL_MAX {
        return Err(Error::too_large("members_per_request", PARTIES_PER_CALL_MAX as u64));
    }
    Ok(parties)
}

/// Whether a chat may have so many members, and so many patients, past ones included.
pub(crate) fn must_fit(members: usize, patients: usize) -> Result<()> {
    if members > CHAT_MEMBERS_MAX {
        return Err(Error::too_large("chat_members", CHAT_MEMBERS_MAX as u64));
    }
    if patients > CHAT_PATIENTS_MAX {
        return Err(Error::too_large("chat_patients", CHAT_PATIENTS_MAX as u64));
    }
    Ok(())
}

/// Brings somebody in; who is in it already stays as they are.
pub(crate) async fn join(
    tx: &Tx,
    organisation: &OrganisationId,
    chat: &ChatId,
    party: &Party,
    standing: Standing,
) -> Result<()> {
    let as_patient = party.role == Role::Patient;
    let row = args![organisation, chat, &party.person, standing.name(), tx.now_ms(), as_patient];
    tx.run(members::JOIN, &row).await.map(drop)
}

/// Brings many people in as members, and says who was not in it.
pub(crate) async fn join_together(
    tx: &Tx,
    organisation: &OrganisationId,
    chat: &ChatId,
    parties: &[Party],
) -> Result<BTreeSet<PersonId>> {
    let mut joined = BTreeSet::new();
    for as_patient in [true, false] {
        let alike = parties.iter().filter(|party| (party.role == Role::Patient) == as_patient);
        let alike: Vec<PersonId> = alike.map(|party| party.person).collect();
        let rest = args![organisation, chat, tx.now_ms(), as_patient];
        let came = tx.all_of(members::JOIN_TOGETHER, &alike, &rest, |row| row.get::<PersonId>(0)).await?;
        joined.extend(came);
    }
    Ok(joined)
}

async fn began(
    tx: &Tx,
    actor: &Actor,
    chat: ChatId,
    patients: Patients,
    members: Vec<PersonId>,
) -> Result<ChatId> {
    line::started(tx, actor, &chat, patients).await?;
    let (organisation, by) = (actor.organisation, Some(actor.person));
    tx.emit(Event::ChatChanged { organisation, chat, change: ChatChange::Began, by, members });
    Ok(chat)
}

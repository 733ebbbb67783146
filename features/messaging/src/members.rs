//! Who is in a chat: coming, leaving, and standing.

use std::cmp::Reverse;
use std::collections::HashMap;

use audit::Deed;
use kernel::{Actor, ChatChange, ChatId, Error, Event, OrganisationId, PersonId, Result, Role};
use store::{Row, Tx, args};

use crate::access::{OpenChat, Right};
use crate::chat::{Party, Patients, Standing, patients};
use crate::line;
use crate::manage::{self, must_be_group};
use crate::rows::chats::{ALLOWS_CONTACTS, NAME_PATIENT};
use crate::rows::members as rows;
use crate::start::{distinct, join, join_together, must_fit};

/// People whom one call may bring, remove or make admins.
pub const PARTIES_PER_CALL_MAX: usize = 500;

/// Somebody in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// What they may do with the chat.
    pub standing: Standing,
    /// Since when they are in it.
    pub joined_ms: i64,
    /// Up to which place it reached a device of theirs.
    pub delivered_seq: i64,
    /// Up to which place they read it.
    pub read_seq: i64,
}

/// Everybody in the chat, who came first first. A proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn members(tx: &Tx, chat: &OpenChat) -> Result<Vec<Member>> {
    tx.all(rows::MEMBERS, &args![chat.tenant(), chat.key()], rows::member).await
}

/// How many are in the chat. A proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn members_count(tx: &Tx, chat: &OpenChat) -> Result<i64> {
    let count = tx.one(rows::COUNT, &args![chat.tenant(), chat.key()], |row| row.get(0)).await?;
    Ok(count.unwrap_or_default())
}

/// Owner and admins of the chat, who came first first. A proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn managers(tx: &Tx, chat: &OpenChat) -> Result<Vec<PersonId>> {
    tx.all(rows::MANAGERS, &args![chat.tenant(), chat.key()], |row| row.get(0)).await
}

/// The members of those of these chats that the actor is in, who came first first; other chats are left out.
///
/// # Errors
/// What the store refuses.
pub async fn members_of_chats(
    tx: &Tx,
    actor: &Actor,
    chats: &[ChatId],
) -> Result<HashMap<ChatId, Vec<Member>>> {
    let rest = args![&actor.organisation, &actor.person];
    let rows =
        tx.all_of(rows::MEMBERS_OF_CHATS, chats, &rest, |row| Ok((row.get(5)?, rows::member(row)?))).await?;
    let mut by_chat: HashMap<ChatId, Vec<Member>> = HashMap::new();
    for (chat, member) in rows {
        by_chat.entry(chat).or_default().push(member);
    }
    Ok(by_chat)
}

/// Whether the actor and somebody else are in a chat together, and so know each other by name.
///
/// # Errors
/// What the store refuses.
pub async fn share_a_chat(tx: &Tx, actor: &Actor, other: PersonId) -> Result<bool> {
    let both = args![&actor.organisation, &actor.person, &other];
    Ok(tx.one(rows::SHARED, &both, |row| row.get::<ChatId>(0)).await?.is_some())
}

/// Whether somebody is in any chat of the organisation, be it closed.
///
/// # Errors
/// The store's.
pub async fn is_in_a_chat(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<bool> {
    let asked = args![&organisation, &person];
    Ok(tx.one(rows::IN_A_CHAT, &asked, |row| row.get::<ChatId>(0)).await?.is_some())
}

/// Brings people into a group and says who is new. Asks for [`Right::Receive`]; owner and admins may, and every
/// member where the settings say so.
///
/// # Errors
/// [`Error::NotAllowed`] to others, and for contacts where it takes none; [`Error::Precondition`] when it is closed or no group, [`Error::TooLarge`] for
/// more people than one call may bring or one group may have.
pub async fn add_members(tx: &Tx, chat: &OpenChat, parties: &[Party]) -> Result<Vec<PersonId>> {
    must_invite(chat)?;
    let me = Party { person: chat.actor().person, role: chat.actor().role };
    let parties = distinct(parties, me)?;
    must_take_contacts(tx, chat, &parties).await?;
    let added = join_together(tx, chat.tenant(), chat.key(), &parties).await?;
    let added: Vec<Party> = parties.into_iter().filter(|party| added.contains(&party.person)).collect();
    if !added.is_empty() {
        came(tx, chat, &added).await?;
    }
    Ok(added.iter().map(|party| party.person).collect())
}

/// Passes for who may bring people into a group now.
///
/// # Errors
/// As [`add_members`].
pub fn must_invite(chat: &OpenChat) -> Result<()> {
    chat.must_be_member()?;
    must_be_group(chat)?;
    if chat.is_closed() {
        return Err(chat.kind().is_closed());
    }
    if chat.may().invite() {
        return Ok(());
    }
    Err(Error::not_allowed("not_an_admin", "Only its owner and admins may bring others into this chat."))
}

/// A group may be closed to contacts, who visit the organisation and neither work there nor receive its care.
async fn must_take_contacts(tx: &Tx, chat: &OpenChat, parties: &[Party]) -> Result<()> {
    if parties.iter().all(|party| party.role != Role::Guest) {
        return Ok(());
    }
    let values = args![chat.tenant(), chat.key()];
    match tx.one(ALLOWS_CONTACTS, &values, |row| row.get::<bool>(0)).await? {
        Some(false) => Err(takes_no_contacts()),
        _ => Ok(()),
    }
}

pub(crate) fn takes_no_contacts() -> Error {
    Error::not_allowed("contacts_not_allowed", "This group takes no contacts.")
}

/// A clinician comes through their team.
pub(crate) async fn join_as_clinician(tx: &Tx, chat: &OpenChat) -> Result<()> {
    let me = Party { person: chat.actor().person, role: chat.actor().role };
    join(tx, chat.tenant(), chat.key(), &me, Standing::Member).await?;
    came(tx, chat, &[me]).await
}

async fn came(tx: &Tx, chat: &OpenChat, parties: &[Party]) -> Result<()> {
    take_turns(tx, chat).await?;
    let count = |row: &Row<'_>, index| usize::try_from(row.get::<i64>(index)?).map_err(Error::bug);
    let counted = tx
        .one(rows::COUNT, &args![chat.tenant(), chat.key()], |row| Ok((count(row, 0)?, count(row, 1)?)))
        .await?;
    let (members, patients_ever) = counted.unwrap_or_default();
    must_fit(members, patients_ever)?;
    let change = ChatChange::Came(parties.iter().map(|party| party.person).collect());
    let new_patients = patients(parties);
    let Some(first) = new_patients.first() else { return members_changed(tx, chat, change, &[]).await };
    let row = args![chat.tenant(), chat.key(), first, new_patients.len() > 1];
    let named = tx.one(NAME_PATIENT, &row, |row| Ok(Patients::of_row(row.get(0)?, row.get(1)?))).await?;
    members_changed(tx, &chat.with_patients(named.unwrap_or_default()), change, &[]).await
}

/// The line, about whoever is a patient of the chat by now, and the event.
async fn members_changed(tx: &Tx, chat: &OpenChat, change: ChatChange, gone: &[PersonId]) -> Result<()> {
    line::of(tx, chat, Deed::MembersChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat, change, gone).await
}

/// Takes people out of a group; taking out oneself is leaving. Asks for [`Right::Receive`]. Who is not in it is
/// out already. The owner's place goes to one of those who have come, who are named here as what they are, before anybody
/// who still waits: to an admin before a member, of each to staff before others, and of those to who is in it longest. A
/// group that nobody is left in is closed.
///
/// # Errors
/// [`Error::NotAllowed`] to members who take out others, and to everybody who takes out the owner;
/// [`Error::Precondition`] when it is no group.
pub async fn remove_members(
    tx: &Tx,
    chat: &OpenChat,
    persons: &[PersonId],
    come: &[Party],
) -> Result<Vec<PersonId>> {
    let me = chat.actor().person;
    chat.must_be_member()?;
    must_be_group(chat)?;
    if persons.len() > PARTIES_PER_CALL_MAX {
        return Err(Error::too_large("members_per_request", PARTIES_PER_CALL_MAX as u64));
    }
    if !chat.may().manages() && persons.iter().any(|person| *person != me) {
        return Err(Error::not_allowed(
            "not_an_admin",
            "Only its owner and admins may remove others from this chat.",
        ));
    }
    take_turns(tx, chat).await?;
    let mut removed: Vec<PersonId> = remove_others(tx, chat, persons).await?;
    let leaving = args![chat.tenant(), chat.key(), &me, tx.now_ms()];
    if persons.contains(&me) && tx.run(rows::LEAVE, &leaving).await? > 0 {
        removed.push(me);
        keep_an_owner(tx, chat, come).await?;
    }
    if removed.len() < persons.len() {
        must_not_be_the_owner(tx, chat, persons).await?;
    }
    if removed.is_empty() {
        return Ok(removed);
    }
    members_changed(tx, chat, ChatChange::Went(removed.clone()), &removed).await?;
    Ok(removed)
}

async fn remove_others(tx: &Tx, chat: &OpenChat, persons: &[PersonId]) -> Result<Vec<PersonId>> {
    let me = chat.actor().person;
    let others: Vec<PersonId> = persons.iter().copied().filter(|person| *person != me).collect();
    let rest = args![chat.tenant(), chat.key(), tx.now_ms()];
    tx.all_of(rows::REMOVE, &others, &rest, |row| row.get(0)).await
}

async fn must_not_be_the_owner(tx: &Tx, chat: &OpenChat, persons: &[PersonId]) -> Result<()> {
    let there = members(tx, chat).await?;
    if there.iter().any(|member| member.standing == Standing::Owner && persons.contains(&member.person)) {
        return Err(Error::not_allowed(
            "owner_cannot_be_removed",
            "The owner of this chat can only leave it.",
        ));
    }
    Ok(())
}

/// Somebody left, who may have become the owner since their door opened: asked of the rows, one leaver at a time.
async fn keep_an_owner(tx: &Tx, chat: &OpenChat, come: &[Party]) -> Result<()> {
    let left = tx.all(rows::HEIRS, &args![chat.tenant(), chat.key()], rows::member).await?;
    let rank = |member: &Member| {
        let come = come.iter().find(|party| party.person == member.person);
        let is_staff = come.is_some_and(|party| party.role.is_staff());
        // Of two that are alike in all of this, the one who stands first in the rows.
        Reverse((member.standing == Standing::Owner, come.is_some(), member.standing, is_staff))
    };
    match left.into_iter().min_by_key(rank) {
        Some(member) if member.standing == Standing::Owner => Ok(()),
        Some(heir) => {
            let row = args![chat.tenant(), chat.key(), &heir.person, Standing::Owner.name()];
            tx.run(rows::SET_STANDING, &row).await.map(drop)
        }
        None => manage::close_now(tx, chat).await.map(drop),
    }
}

/// Lets one transaction at a time decide who owns a chat and which patient it is about.
pub(crate) async fn take_turns(tx: &Tx, chat: &OpenChat) -> Result<()> {
    take_turns_in(tx, chat.key()).await
}

/// As [`take_turns`], without a proof.
pub(crate) async fn take_turns_in(tx: &Tx, chat: &ChatId) -> Result<()> {
    tx.lock(&format!("messaging.members.{chat}")).await
}

/// Hands a group to another member; who had it is an admin from then on. Who asks again, since it took long, is told that
/// it is done. Asks for [`Right::Manage`].
///
/// # Errors
/// [`Error::NotAllowed`] to who is not the owner, [`Error::Invalid`] when the other is not in the group.
pub async fn set_owner(tx: &Tx, chat: &OpenChat, person: PersonId) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    let me = chat.actor().person;
    let (owner, admin) = (Standing::Owner.name(), Standing::Admin.name());
    // Of two that hand it over at the same moment, one is no longer its owner.
    let row = args![chat.tenant(), chat.key(), &me, admin, owner];
    if tx.run(rows::SET_STANDING_FROM, &row).await? == 0 {
        return must_own(tx, chat, person).await;
    }
    if tx.run(rows::SET_STANDING, &args![chat.tenant(), chat.key(), &person, owner]).await? == 0 {
        return Err(Error::invalid("user_id", "not_a_member", "This person is not in the chat."));
    }
    line::of(tx, chat, Deed::ChatChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat, ChatChange::Other, &[]).await
}

/// Passes when somebody owns a group already, for who manages it: what they ask for is done.
async fn must_own(tx: &Tx, chat: &OpenChat, person: PersonId) -> Result<()> {
    let there = members(tx, chat).await?;
    let is_owner = |member: &Member| member.person == person && member.standing == Standing::Owner;
    if chat.may().manages() && there.iter().any(is_owner) {
        return Ok(());
    }
    Err(Error::not_allowed("not_the_owner", "Only its owner may hand over this chat."))
}

/// Makes members admins, or admins members; who is so already stays so. Asks for [`Right::Manage`].
///
/// # Errors
/// [`Error::Invalid`] when one who is to be admin is not in the group, [`Error::NotAllowed`] when the owner is to be
/// none, [`Error::TooLarge`] for more people than one call may name, [`Error::Precondition`] when it is no group.
pub async fn set_admins(tx: &Tx, chat: &OpenChat, persons: &[PersonId], are_admins: bool) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    if persons.len() > PARTIES_PER_CALL_MAX {
        return Err(Error::too_large("members_per_request", PARTIES_PER_CALL_MAX as u64));
    }
    let (from, to) =
        if are_admins { (Standing::Member, Standing::Admin) } else { (Standing::Admin, Standing::Member) };
    let rest = args![chat.tenant(), chat.key(), to.name(), from.name()];
    tx.all_of(rows::SET_STANDINGS, persons, &rest, |row| row.get::<PersonId>(0)).await?;
    let there = members(tx, chat).await?;
    let standing = |person: &PersonId| there.iter().find(|one| one.person == *person).map(|one| one.standing);
    if are_admins && persons.iter().any(|person| standing(person).is_none()) {
        return Err(Error::invalid("admins", "not_a_member", "This person is not in the chat."));
    }
    if are_admins && persons.iter().any(|person| standing(person) == Some(Standing::Member)) {
        return Err(Error::not_allowed("guests_are_no_admins", "A guest cannot be an admin."));
    }
    if !are_admins && persons.iter().any(|person| standing(person) == Some(Standing::Owner)) {
        return Err(Error::not_allowed("owner_is_admin", "The owner of this chat can only hand it over."));
    }
    line::of(tx, chat, Deed::ChatChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat, ChatChange::Other, &[]).await
}

/// Leaves the event that everyone in the chat, and who just left it, must hear: ids only.
pub(crate) async fn tell_everyone(
    tx: &Tx,
    chat: &OpenChat,
    change: ChatChange,
    gone: &[PersonId],
) -> Result<()> {
    let mut members =
        tx.all(rows::AUDIENCE, &args![chat.tenant(), chat.key()], |row| row.get::<PersonId>(0)).await?;
    members.extend_from_slice(gone);
    let (organisation, by) = (chat.organisation(), Some(chat.actor().person));
    tx.emit(Event::ChatChanged { organisation, chat: chat.id(), change, by, members });
    Ok(())
}

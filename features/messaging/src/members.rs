//! Who is in a chat: coming, leaving, and standing.

use audit::Deed;
use kernel::limits::CHAT_MEMBERS_MAX;
use kernel::{ChatId, Error, Event, PersonId, Result, Role};
use store::{Tx, args};

use crate::access::{OpenChat, Right};
use crate::chat::{Party, Standing, only_patient};
use crate::line;
use crate::manage::must_be_group;
use crate::rows::chats::{ASSIGN_PATIENT, CLOSE};
use crate::rows::members as rows;
use crate::start::{distinct, insert_member};

/// People whom one call may bring or remove: each is a statement, and a transaction has 200.
pub const PARTIES_PER_CALL_MAX: usize = 64;

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
    tx.all(rows::MEMBERS, &args![chat.key()], rows::member).await
}

/// Whom to tell what happens in a chat: ids only, for live updates, which nobody asks for through a door.
///
/// # Errors
/// What the store refuses.
pub async fn audience(tx: &Tx, chat: ChatId) -> Result<Vec<PersonId>> {
    tx.all(rows::AUDIENCE, &args![&chat], |row| row.get(0)).await
}

/// Brings people into a group and says who is new. Asks for [`Right::Receive`]; owner and admins may, and every
/// member where the settings say so.
///
/// # Errors
/// [`Error::NotAllowed`] to others, [`Error::Precondition`] when it is closed or no group, [`Error::TooLarge`] for
/// more people than one call may bring or one group may have.
pub async fn add_members(tx: &Tx, chat: &OpenChat, parties: &[Party]) -> Result<Vec<PersonId>> {
    let standing = chat.must_be_member()?;
    must_be_group(chat)?;
    if chat.is_closed() {
        return Err(chat.kind().is_closed());
    }
    if standing < Standing::Admin && !chat.members_can_invite() {
        return Err(Error::not_allowed(
            "not_an_admin",
            "Only its owner and admins may bring others into this chat.",
        ));
    }
    let me = Party { person: chat.actor().person, role: chat.actor().role };
    let mut added = Vec::new();
    for party in distinct(parties, me)? {
        if insert_member(tx, chat.id(), &party, Standing::Member).await? > 0 {
            added.push(party);
        }
    }
    if !added.is_empty() {
        came(tx, chat, &added).await?;
    }
    Ok(added.iter().map(|party| party.person).collect())
}

/// A clinician comes through their team.
pub(crate) async fn join(tx: &Tx, chat: &OpenChat) -> Result<()> {
    let me = Party { person: chat.actor().person, role: chat.actor().role };
    insert_member(tx, chat.id(), &me, Standing::Member).await?;
    came(tx, chat, &[me]).await
}

async fn came(tx: &Tx, chat: &OpenChat, parties: &[Party]) -> Result<()> {
    take_turns(tx, chat).await?;
    let count = tx.one(rows::COUNT, &args![chat.key()], |row| row.get::<i64>(0)).await?;
    if count.unwrap_or_default() > CHAT_MEMBERS_MAX as i64 {
        return Err(Error::too_large("chat_members", CHAT_MEMBERS_MAX as u64));
    }
    if parties.iter().any(|party| party.role == Role::Patient) {
        let patients = tx.all(rows::PATIENTS, &args![chat.key()], |row| row.get(0)).await?;
        tx.run(ASSIGN_PATIENT, &args![chat.key(), only_patient(patients).as_ref()]).await?;
    }
    line::of(tx, chat, Deed::MembersChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat.id(), &[]).await
}

/// Takes people out of a group; taking out oneself is leaving. Asks for [`Right::Receive`]. Who is not in it is
/// out already. The owner's place goes to the admin who is in it longest, else to the member who is; a group that
/// nobody is left in is closed.
///
/// # Errors
/// [`Error::NotAllowed`] to members who take out others, and to everybody who takes out the owner;
/// [`Error::Precondition`] when it is no group.
pub async fn remove_members(tx: &Tx, chat: &OpenChat, persons: &[PersonId]) -> Result<Vec<PersonId>> {
    let (standing, me) = (chat.must_be_member()?, chat.actor().person);
    must_be_group(chat)?;
    if persons.len() > PARTIES_PER_CALL_MAX {
        return Err(Error::too_large("members_per_request", PARTIES_PER_CALL_MAX as u64));
    }
    if standing < Standing::Admin && persons.iter().any(|person| *person != me) {
        return Err(Error::not_allowed(
            "not_an_admin",
            "Only its owner and admins may remove others from this chat.",
        ));
    }
    take_turns(tx, chat).await?;
    let mut removed = Vec::new();
    for person in persons {
        let sql = if *person == me { rows::LEAVE } else { rows::REMOVE };
        if tx.run(sql, &args![chat.key(), person, tx.now_ms()]).await? > 0 {
            removed.push(*person);
        }
    }
    if removed.is_empty() {
        return refuse_to_remove_the_owner(tx, chat, persons).await;
    }
    if removed.contains(&me) {
        keep_an_owner(tx, chat).await?;
    }
    line::of(tx, chat, Deed::MembersChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat.id(), &removed).await?;
    Ok(removed)
}

async fn refuse_to_remove_the_owner(tx: &Tx, chat: &OpenChat, persons: &[PersonId]) -> Result<Vec<PersonId>> {
    let there = members(tx, chat).await?;
    if there.iter().any(|member| member.standing == Standing::Owner && persons.contains(&member.person)) {
        return Err(Error::not_allowed(
            "owner_cannot_be_removed",
            "The owner of this chat can only leave it.",
        ));
    }
    Ok(Vec::new())
}

/// Somebody left, who may have become the owner since their door opened: asked of the rows, one leaver at a time.
async fn keep_an_owner(tx: &Tx, chat: &OpenChat) -> Result<()> {
    let first = tx.one(rows::OWNER_OR_HEIR, &args![chat.key()], rows::member).await?;
    match first {
        Some(member) if member.standing == Standing::Owner => Ok(0),
        Some(heir) => {
            tx.run(rows::SET_STANDING, &args![chat.key(), &heir.person, Standing::Owner.name()]).await
        }
        None => tx.run(CLOSE, &args![chat.key(), tx.now_ms()]).await,
    }
    .map(drop)
}

/// Lets one transaction at a time decide who owns a chat and which patient it is about.
async fn take_turns(tx: &Tx, chat: &OpenChat) -> Result<()> {
    tx.lock(&format!("messaging.members.{}", chat.id())).await
}

/// Hands a group to another member; who had it is an admin from then on. Asks for [`Right::Manage`].
///
/// # Errors
/// [`Error::NotAllowed`] to who is not the owner, [`Error::Invalid`] when the other is not in the group.
pub async fn set_owner(tx: &Tx, chat: &OpenChat, person: PersonId) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    if chat.standing() != Some(Standing::Owner) {
        return Err(Error::not_allowed("not_the_owner", "Only its owner may hand over this chat."));
    }
    let me = chat.actor().person;
    let (owner, admin) = (Standing::Owner.name(), Standing::Admin.name());
    // Of two that hand it over at the same moment, one is no longer its owner.
    if tx.run(rows::SET_STANDING_FROM, &args![chat.key(), &me, admin, owner]).await? == 0 {
        return Err(Error::not_allowed("not_the_owner", "Only its owner may hand over this chat."));
    }
    if tx.run(rows::SET_STANDING, &args![chat.key(), &person, Standing::Owner.name()]).await? == 0 {
        return Err(Error::invalid("user_id", "not_a_member", "This person is not in the chat."));
    }
    line::of(tx, chat, Deed::ChatChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat.id(), &[]).await
}

/// Makes members admins, or admins members; who is not in the group and who owns it stay as they are. Asks for
/// [`Right::Manage`].
///
/// # Errors
/// [`Error::TooLarge`] for more people than one call may name, [`Error::Precondition`] when it is no group.
pub async fn set_admins(tx: &Tx, chat: &OpenChat, persons: &[PersonId], are_admins: bool) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    if persons.len() > PARTIES_PER_CALL_MAX {
        return Err(Error::too_large("members_per_request", PARTIES_PER_CALL_MAX as u64));
    }
    let (from, to) =
        if are_admins { (Standing::Member, Standing::Admin) } else { (Standing::Admin, Standing::Member) };
    for person in persons {
        tx.run(rows::SET_STANDING_FROM, &args![chat.key(), person, to.name(), from.name()]).await?;
    }
    line::of(tx, chat, Deed::ChatChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat.id(), &[]).await
}

/// Leaves the event that everyone in the chat, and who just left it, must hear.
pub(crate) async fn tell_everyone(tx: &Tx, chat: ChatId, also: &[PersonId]) -> Result<()> {
    let mut members = audience(tx, chat).await?;
    members.extend_from_slice(also);
    tx.emit(Event::ChatChanged { chat, members });
    Ok(())
}

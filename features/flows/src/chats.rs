//! Chats, where identity says who may and messaging says what.

use std::collections::{BTreeSet, HashMap};

use identity::invitations::{keep_waiting, take_turns, waiting};
use identity::{Person, find_people, may_write_to, may_write_to_these};
use kernel::{Actor, ChatId, Error, Kind, PersonId, Result, TeamId};
use messaging::aux_ids::SealedAuxId;
use messaging::guests::GuestAccess;
use messaging::{
    Chat, ChatKind, GroupDraft, Member, NewGroup, OpenChat, Party, Right, SealedDraft, SealedSubject, access,
};
use store::Tx;
use vault::AuxDigest;

use crate::House;
use crate::aux_ids::sealed as sealed_aux_id;
use crate::guests::{self, link_of};
use crate::mail::told::{self, News};

/// People whom one reading fetches: few enough for the statements of a transaction, and for the access log, which may
/// have to take a line about each once it has room at all.
const PEOPLE_PER_READ: usize = 1_000;

/// How a caller names a chat: a group by its id, a chat of two by the other person; or either by what the caller's
/// application calls that group or that person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChatRef {
    /// A group chat.
    Group(ChatId),
    /// The chat with this person.
    Direct(PersonId),
    /// The newest group chat of this auxiliary id.
    AuxGroup(AuxDigest),
    /// The chat with the person of this auxiliary id.
    AuxDirect(AuxDigest),
}

/// Which chat is named, by ids of ours.
#[derive(Clone, Copy)]
enum Named {
    Group(ChatId),
    Direct(PersonId),
}

impl ChatRef {
    /// What is missing when it is not there.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Group(_) | Self::AuxGroup(_) => Kind::GroupChat,
            Self::Direct(_) | Self::AuxDirect(_) => Kind::Conversation,
        }
    }

    /// How a chat that is open is named by ids of ours.
    #[must_use]
    pub fn of(open: &OpenChat) -> Self {
        open.peer().map_or(Self::Group(open.id()), Self::Direct)
    }
}

/// Whom or what is meant. It opens nothing: the door is asked as by the id itself.
async fn named(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Named> {
    let found = match chat {
        ChatRef::Group(id) => Some(Named::Group(id)),
        ChatRef::Direct(peer) => Some(Named::Direct(peer)),
        ChatRef::AuxGroup(aux) => messaging::aux_ids::newest(tx, actor, aux).await?.map(Named::Group),
        ChatRef::AuxDirect(aux) => identity::aux_ids::find(tx, actor, aux).await?.map(Named::Direct),
    };
    found.ok_or(Error::not_found(chat.kind()))
}

/// Opens the door of a chat that exists.
///
/// # Errors
/// As [`access::open`]; [`Error::NotFound`] for a chat of two that has not begun.
pub async fn open(tx: &Tx, actor: &Actor, chat: ChatRef, right: Right) -> Result<OpenChat> {
    find(tx, actor, chat, right).await?.ok_or(Error::not_found(chat.kind()))
}

/// As [`open`], but a chat of two that has not begun, between people who may write to each other, is `None`.
///
/// # Errors
/// As [`access::open`]; [`Error::NotFound`] for a person whom the actor may not write to.
pub async fn find(tx: &Tx, actor: &Actor, chat: ChatRef, right: Right) -> Result<Option<OpenChat>> {
    let peer = match named(tx, actor, chat).await? {
        Named::Group(id) => return open_group(tx, actor, id, right).await.map(Some),
        Named::Direct(peer) => peer,
    };
    if let Some(open) = access::open_direct(tx, actor, peer, right).await? {
        return Ok(Some(open));
    }
    let now = now_known_as(tx, actor, peer).await?;
    if now != peer
        && let Some(open) = access::open_direct(tx, actor, now, right).await?
    {
        return Ok(Some(open));
    }
    party(tx, actor, now).await.map(|_| None)
}

/// Who waited under this id and turned out to be somebody with an account is named by that one's.
pub(crate) async fn now_known_as(tx: &Tx, actor: &Actor, person: PersonId) -> Result<PersonId> {
    let now = identity::invitations::now_known_as(tx, actor.organisation, &[person]).await?;
    Ok(now.first().copied().unwrap_or(person))
}

async fn open_group(tx: &Tx, actor: &Actor, id: ChatId, right: Right) -> Result<OpenChat> {
    let open = access::open(tx, actor, id, right).await?;
    if open.kind() == ChatKind::Group { Ok(open) } else { Err(Error::not_found(Kind::GroupChat)) }
}

/// Opens the door of a chat, and begins a chat of two that is not there yet.
///
/// # Errors
/// As [`find`].
pub async fn open_or_begin(tx: &Tx, actor: &Actor, chat: ChatRef, right: Right) -> Result<OpenChat> {
    if let Some(open) = find(tx, actor, chat, right).await? {
        return Ok(open);
    }
    let Named::Direct(peer) = named(tx, actor, chat).await? else {
        return Err(Error::not_found(chat.kind()));
    };
    keep_waiting(tx, actor.organisation, &[peer]).await?;
    let peer = party(tx, actor, now_known_as(tx, actor, peer).await?).await?;
    let me = Party { person: actor.person, role: actor.role };
    messaging::start_direct(tx, actor, &me, &peer).await?;
    open(tx, actor, ChatRef::Direct(peer.person), right).await
}

/// Posts a message. It is sealed before its transaction begins.
///
/// # Errors
/// As [`messaging::Draft::seal`], [`open_or_begin`] and [`messaging::post`].
pub async fn post(
    house: &House,
    actor: &Actor,
    chat: ChatRef,
    draft: &messaging::Draft,
) -> Result<messaging::Posted> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let sealed = draft.seal(&ring, &house.clock, &house.rng)?;
    let input = (actor.clone(), chat, sealed);
    house.db.write(input, |tx, (actor, chat, sealed)| Box::pin(post_sealed(tx, actor, *chat, sealed))).await
}

async fn post_sealed(
    tx: &Tx,
    actor: &Actor,
    chat: ChatRef,
    sealed: &SealedDraft,
) -> Result<messaging::Posted> {
    let open = open_or_begin(tx, actor, chat, Right::Post).await?;
    let posted = messaging::post(tx, &open, sealed).await?;
    identity::once::note(tx, actor, &posted.id).await?;
    Ok(posted)
}

/// Begins a group of people whom the actor may write to: for a team of their organisation, when the draft says so,
/// and about a patient who is not in it, when it says so.
///
/// # Errors
/// [`Error::Invalid`] when the actor may not write to one of them, or the one whom it is about is no patient;
/// [`Error::NotFound`] for a team that is not of the organisation; as [`GroupDraft::seal`] and
/// [`messaging::start_group`].
pub async fn begin_group(
    house: &House,
    actor: &Actor,
    draft: GroupDraft,
    members: Vec<PersonId>,
) -> Result<ChatId> {
    let begun = prepare_group(house, actor, draft, members, Vec::new()).await?;
    let input = (actor.clone(), begun);
    house.db.write(input, |tx, (actor, begun)| Box::pin(begin_sealed(tx, actor, begun))).await
}

/// Checks and seals a group before the transaction that begins it; besides its members `others` are in it, who were
/// checked already.
pub(crate) async fn prepare_group(
    house: &House,
    actor: &Actor,
    draft: GroupDraft,
    members: Vec<PersonId>,
    others: Vec<Party>,
) -> Result<Begun> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let input = (actor.clone(), members, draft.about, draft.team);
    let looked = house.read(input, |tx, (actor, members, about, team)| {
        Box::pin(async move {
            identity::guests::must_be_none(tx, actor).await?;
            check(tx, actor, *about, *team).await?;
            let parties = parties(tx, actor, members).await?;
            let named: Vec<PersonId> = parties.iter().map(|party| party.person).chain(*about).collect();
            Ok((parties, waiting(tx, actor.organisation, &named).await?))
        })
    });
    let (parties, waiting) = looked.await?;
    let parties = parties.into_iter().chain(others).collect();
    let draft = GroupDraft { parties, ..draft };
    let group = draft.seal(&ring, &house.clock, &house.rng)?;
    let aux_id = match &draft.aux_id {
        Some(aux_id) => Some(sealed_aux_id(house, actor, (&ring, group.id()), aux_id)?),
        None => None,
    };
    Ok(Begun { group, waiting, aux_id, send_email: draft.send_email })
}

/// A group that is ready to begin.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    group: NewGroup,
    /// Those of its members, and of whom it is about, who had not come yet.
    waiting: Vec<PersonId>,
    aux_id: Option<SealedAuxId>,
    send_email: bool,
}

/// Begins a group that is ready.
pub(crate) async fn begin_sealed(tx: &Tx, actor: &Actor, begun: &Begun) -> Result<ChatId> {
    let id = messaging::start_group(tx, actor, &by_now(tx, actor, begun).await?).await?;
    if let Some(aux_id) = &begun.aux_id {
        messaging::aux_ids::assign_to_new(tx, actor, aux_id).await?;
    }
    if begun.send_email {
        told::promise(tx, actor.organisation, id, actor.person, News::Began).await?;
    }
    identity::once::note(tx, actor, &id).await?;
    Ok(id)
}

/// The group with whom those turned out to be who waited when it was made ready, and came before it begins.
async fn by_now(tx: &Tx, actor: &Actor, begun: &Begun) -> Result<NewGroup> {
    let Begun { group, waiting, .. } = begun;
    if waiting.is_empty() {
        return Ok(group.clone());
    }
    take_turns(tx, actor.organisation).await?;
    let members: Vec<PersonId> = waiting.iter().copied().filter(|person| group.has(*person)).collect();
    let group = group.clone().with_instead(&members, parties(tx, actor, &members).await?);
    let Some(about) = group.about().filter(|about| waiting.contains(about)) else { return Ok(group) };
    let about = now_known_as(tx, actor, about).await?;
    check(tx, actor, Some(about), None).await?;
    Ok(group.with_about(about))
}

/// Closes a chat, and has the others told by mail when that is asked for.
///
/// # Errors
/// As [`open`] and [`messaging::close`].
pub async fn close(tx: &Tx, actor: &Actor, chat: ChatRef, send_email: bool) -> Result<()> {
    let there = open(tx, actor, chat, Right::Receive).await?;
    if there.is_closed() && there.may().manages() {
        // Who repeats what took too long is told that it is done.
        return Ok(());
    }
    let open = open(tx, actor, chat, Right::Manage).await?;
    messaging::close(tx, &open).await?;
    if send_email {
        told::promise(tx, actor.organisation, open.id(), actor.person, News::Closed).await?;
    }
    Ok(())
}

/// Removes a group for good, and has the others told by mail that it ended when that is asked for.
///
/// # Errors
/// As [`open`] and [`messaging::remove`].
pub async fn remove(tx: &Tx, actor: &Actor, chat: ChatRef, send_email: bool) -> Result<()> {
    let open = open(tx, actor, chat, Right::Receive).await?;
    let members = if send_email { messaging::members(tx, &open).await? } else { Vec::new() };
    messaging::remove(tx, &open).await?;
    let members: Vec<PersonId> = members.into_iter().map(|member| member.person).collect();
    told::promise_to(tx, (actor.organisation, open.id()), &members, actor.person, News::Closed).await
}

/// Assigns a group to a team of the actor's organisation, or takes it away from its team.
///
/// # Errors
/// [`Error::NotFound`] for a team that is not of the organisation; as [`open`] and [`messaging::assign_to_team`].
pub async fn assign_to_team(tx: &Tx, actor: &Actor, chat: ChatRef, team: Option<TeamId>) -> Result<()> {
    let open = open(tx, actor, chat, Right::Manage).await?;
    check(tx, actor, None, team).await?;
    messaging::assign_to_team(tx, &open, team).await
}

/// Whether a group may be about this person who is not in it, and for this team.
async fn check(tx: &Tx, actor: &Actor, about: Option<PersonId>, team: Option<TeamId>) -> Result<()> {
    if let Some(team) = team {
        identity::teams::must_be_of(tx, actor.organisation, team).await?;
    }
    match about {
        Some(person) if !identity::may_write_about(tx, actor, person).await? => {
            Err(Error::invalid("about", "user_not_found", "a patient whom you may write to"))
        }
        _ => Ok(()),
    }
}

/// Joins a group through the team that it is assigned to.
///
/// # Errors
/// As [`open`] and [`messaging::join_as_team`].
pub async fn join(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<()> {
    let open = open(tx, actor, chat, Right::Read).await?;
    messaging::join_as_team(tx, actor, open.id()).await.map(drop)
}

/// Adds people whom the actor may write to; who adds only themselves joins.
///
/// # Errors
/// [`Error::Invalid`] when the actor may not write to one of them; as [`messaging::add_members`] and [`join`].
pub async fn add_members(tx: &Tx, actor: &Actor, chat: ChatRef, members: &[PersonId]) -> Result<()> {
    if members == [actor.person] {
        return join(tx, actor, chat).await;
    }
    let open = open(tx, actor, chat, Right::Receive).await?;
    keep_waiting(tx, actor.organisation, members).await?;
    let parties = parties(tx, actor, members).await?;
    messaging::add_members(tx, &open, &parties).await.map(drop)
}

/// Gives a group another subject.
///
/// # Errors
/// As [`SealedSubject::seal`] and [`messaging::rename`].
pub async fn rename(house: &House, actor: &Actor, chat: ChatId, subject: &str) -> Result<()> {
    let input = (actor.clone(), chat, sealed_subject(house, actor, chat, subject).await?);
    house
        .db
        .write(input, |tx, (actor, chat, subject)| {
            Box::pin(async move {
                let open = open(tx, actor, ChatRef::Group(*chat), Right::Manage).await?;
                messaging::rename(tx, &open, subject).await
            })
        })
        .await
}

/// Another subject for a group, sealed.
///
/// # Errors
/// As [`SealedSubject::seal`].
pub async fn sealed_subject(
    house: &House,
    actor: &Actor,
    chat: ChatId,
    subject: &str,
) -> Result<SealedSubject> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    SealedSubject::seal(&ring, chat, subject)
}

/// A chat with the people in it.
#[derive(Clone, Debug)]
pub struct FullChat {
    /// The chat.
    pub chat: Chat,
    /// Who is in it.
    pub members: Vec<Member>,
    /// Them as people.
    pub people: Vec<Person>,
    /// The patient whom it is about, when that is nobody in it and the actor may know.
    pub absent_patient: Option<PersonId>,
    /// What the actor's application calls it, when it is a group and the actor may be told.
    pub aux_id: Option<String>,
    /// The link by which guests come to it, for its owner and admins who are staff.
    pub guest_access: Option<GuestAccess>,
}

/// A chat with the people in it; `None` for a chat of two that has not begun.
///
/// # Errors
/// As [`find`].
pub async fn full(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Option<FullChat>> {
    let Some(open) = find(tx, actor, chat, Right::Read).await? else { return Ok(None) };
    let chat = messaging::details(tx, &open).await?;
    let members = messaging::members(tx, &open).await?;
    let people = people(tx, actor, members.iter().map(|member| member.person)).await?;
    let aux_id = match chat.kind {
        ChatKind::Group => messaging::aux_ids::of_chats(tx, actor, &[chat.id]).await?.remove(&chat.id),
        ChatKind::Direct => None,
    };
    let (absent_patient, guest_access) = (open.absent_patient(&members), link_of(tx, &open).await?);
    Ok(Some(FullChat { chat, absent_patient, members, people, aux_id, guest_access }))
}

/// What stands above a chat: as much of it as a page shows that is about its messages.
#[derive(Clone, Debug)]
pub struct ChatHead {
    /// The chat.
    pub chat: Chat,
    /// How many are in it.
    pub members_count: i64,
    /// The other one of a chat of two.
    pub peer: Option<Person>,
    /// Owner and admins.
    pub managers: Vec<Person>,
}

/// What stands above a chat that was opened to be read.
///
/// # Errors
/// As [`messaging::details`].
pub async fn head(tx: &Tx, actor: &Actor, open: &OpenChat) -> Result<ChatHead> {
    let (managing, peer) = (messaging::managers(tx, open).await?, open.peer());
    let mut managers = people(tx, actor, managing.iter().copied().chain(peer)).await?;
    let peer = managers.iter().find(|person| Some(person.id) == peer).cloned();
    managers.retain(|person| managing.contains(&person.id));
    managers.sort_by_key(|person| managing.iter().position(|id| *id == person.id));
    let members_count = messaging::members_count(tx, open).await?;
    Ok(ChatHead { chat: messaging::details(tx, open).await?, members_count, peer, managers })
}

/// With whom a chat of two would be that has not begun, and what the actor's application calls them.
///
/// # Errors
/// [`Error::NotFound`] for a person whom the actor may not write to.
pub async fn unbegun(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<(PersonId, Option<String>)> {
    let Named::Direct(peer) = named(tx, actor, chat).await? else {
        return Err(Error::not_found(chat.kind()));
    };
    let peer = party(tx, actor, now_known_as(tx, actor, peer).await?).await?.person;
    Ok((peer, identity::aux_ids::of_person(tx, actor, peer).await?))
}

/// The people of these ids, each once.
///
/// # Errors
/// As [`find_people`].
pub async fn people(tx: &Tx, actor: &Actor, ids: impl IntoIterator<Item = PersonId>) -> Result<Vec<Person>> {
    let ids: BTreeSet<PersonId> = ids.into_iter().collect();
    find_people(tx, actor, &ids.into_iter().collect::<Vec<_>>()).await
}

/// Takes people out of a group. Who leaves it themselves and owns it leaves it to somebody who can take it over; who was
/// its guest is nobody's guest any more.
///
/// # Errors
/// As [`messaging::remove_members`].
pub async fn remove_members(tx: &Tx, open: &OpenChat, persons: &[PersonId]) -> Result<()> {
    let come = if persons.contains(&open.actor().person) {
        let members = messaging::members(tx, open).await?;
        let members: Vec<PersonId> = members.into_iter().map(|member| member.person).collect();
        let come = identity::present(tx, open.organisation(), &members).await?;
        come.into_iter().map(|one| Party { person: one.person, role: one.role }).collect()
    } else {
        Vec::new()
    };
    let gone = messaging::remove_members(tx, open, persons, &come).await?;
    guests::have_gone(tx, open, &gone).await
}

/// Somebody whom the actor may find, or is in a chat with.
///
/// # Errors
/// The store's.
pub async fn person(tx: &Tx, actor: &Actor, id: PersonId) -> Result<Option<Person>> {
    if id != actor.person && messaging::share_a_chat(tx, actor, id).await? {
        return Ok(find_people(tx, actor, &[id]).await?.pop());
    }
    identity::find_person(tx, actor, id).await
}

async fn party(tx: &Tx, actor: &Actor, person: PersonId) -> Result<Party> {
    let party = may_write_to(tx, actor, person).await?.ok_or(Error::not_found(Kind::Conversation))?;
    Ok(Party { person: party.person, role: party.role })
}

async fn parties(tx: &Tx, actor: &Actor, persons: &[PersonId]) -> Result<Vec<Party>> {
    if persons.len() > messaging::PARTIES_PER_CALL_MAX {
        return Err(Error::too_large("members_per_request", messaging::PARTIES_PER_CALL_MAX as u64));
    }
    let others: BTreeSet<PersonId> =
        persons.iter().copied().filter(|person| *person != actor.person).collect();
    let others: Vec<PersonId> = others.into_iter().collect();
    let now = identity::invitations::now_known_as(tx, actor.organisation, &others).await?;
    let others: BTreeSet<PersonId> = now.into_iter().filter(|one| *one != actor.person).collect();
    let found = may_write_to_these(tx, actor, &others.iter().copied().collect::<Vec<_>>()).await?;
    if found.len() < others.len() {
        return Err(Error::invalid("members", "user_not_found", "a user whom you may not write to"));
    }
    Ok(found.into_iter().map(|party| Party { person: party.person, role: party.role }).collect())
}

/// Chats with the people in them. Who is in many of the chats is here once.
#[derive(Clone, Debug)]
pub struct ChatList {
    /// The chats and who is in each.
    pub chats: Vec<(Chat, Vec<Member>)>,
    /// Everybody who is in one of them.
    pub people: Vec<Person>,
    /// What the actor's application calls the groups among them.
    pub aux_ids: HashMap<ChatId, String>,
}

/// The actor's chats of a kind, the latest first, with the people in them: few statements for few people, and for many
/// one reading after another.
///
/// # Errors
/// As [`messaging::list`].
pub async fn list(house: &House, actor: &Actor, kind: ChatKind, page: kernel::Page) -> Result<ChatList> {
    let input = (actor.clone(), kind, page);
    let chats = house
        .read(input, |tx, (actor, kind, page)| Box::pin(messaging::list(tx, actor, Some(*kind), *page)))
        .await?;
    dressed(house, actor, chats).await
}

/// Chats of the actor's with the people in them.
pub(crate) async fn dressed(house: &House, actor: &Actor, chats: Vec<Chat>) -> Result<ChatList> {
    let ids: Vec<ChatId> = chats.iter().map(|chat| chat.id).collect();
    let groups = chats.iter().filter(|chat| chat.kind == ChatKind::Group).map(|chat| chat.id).collect();
    let looked =
        house.read((actor.clone(), ids, groups), |tx, (actor, ids, groups): &(_, Vec<_>, Vec<_>)| {
            Box::pin(async move {
                let members = messaging::members_of_chats(tx, actor, ids).await?;
                Ok((members, messaging::aux_ids::of_chats(tx, actor, groups).await?))
            })
        });
    let (mut members, aux_ids) = looked.await?;
    // Nobody is in a chat that the actor left between the two readings.
    let with_members = |chat: Chat| members.remove(&chat.id).map(|members| (chat, members));
    let chats: Vec<_> = chats.into_iter().filter_map(with_members).collect();
    let everybody = chats.iter().flat_map(|(_, members)| members).map(|member| member.person);
    let everybody: Vec<PersonId> = everybody.collect::<BTreeSet<_>>().into_iter().collect();
    let mut people = Vec::new();
    for some in everybody.chunks(PEOPLE_PER_READ) {
        let input = (actor.clone(), some.to_vec());
        people.extend(house.read(input, |tx, (actor, ids)| Box::pin(find_people(tx, actor, ids))).await?);
    }
    Ok(ChatList { chats, people, aux_ids })
}

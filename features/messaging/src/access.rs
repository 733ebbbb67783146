//! The only doors to a chat. A door asks once, answers with proof or as if the chat did not exist, and leaves the
//! line in the access log.
//!
//! | right | who | what it lets do | the line |
//! |---|---|---|---|
//! | [`Right::Read`] | members, and clinicians of the chat's team | read messages, files, members | by the door |
//! | [`Right::ReadOne`] | the same | read one message | by [`crate::message`], which names it |
//! | [`Right::Export`] | the same | take the chat along ([`crate::Export`]) | by the door |
//! | [`Right::Post`] | members of an open chat | post | by [`crate::post`], which names the message |
//! | [`Right::Manage`] | owner and admins of an open chat | rename, settings, team, close, admins | by each function |
//! | [`Right::Receive`] | members | receipts, who is in it, add and remove members, delete, leave | by each function that changes |

use audit::Deed;
use kernel::{Actor, ChatId, Error, Kind, OrganisationId, PersonId, Result, TeamId};
use store::{Tx, args};

use crate::chat::{ChatKind, Patients, Standing};
use crate::line;
use crate::rows::chats::{DoorRow, OPEN, OPEN_DIRECT};

/// What somebody wants of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To read what was written.
    Read,
    /// To read one message of it.
    ReadOne,
    /// To take it along, whole or a span of it.
    Export,
    /// To write.
    Post,
    /// To change the chat itself.
    Manage,
    /// To have it on a device: receipts and membership, but no content.
    Receive,
}

/// Why a door opened (docs/access.md, rule 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// They are in it.
    Member,
    /// They are a clinician of the team that it is assigned to.
    Team,
}

impl Ground {
    /// Its name in the access log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Team => "team",
        }
    }
}

/// The proof that somebody may do something with a chat. Only the doors of this module make one, and it is good
/// for the transaction that it was made in.
#[derive(Clone, Debug)]
pub struct OpenChat {
    actor: Actor,
    right: Right,
    ground: Ground,
    id: ChatId,
    kind: ChatKind,
    peers: Option<(PersonId, PersonId)>,
    patients: Patients,
    team: Option<TeamId>,
    is_closed: bool,
    last_seq: i64,
    members_can_invite: bool,
    standing: Option<Standing>,
    is_guest: bool,
    mixes_times: bool,
}

/// The door by id. Not a member, another organisation's, no such chat: the same answer.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not know of it; [`Error::NotAllowed`] when they may read it and not do
/// this; [`Error::Precondition`] when it is closed and they want to write.
pub async fn open(tx: &Tx, actor: &Actor, chat: ChatId, right: Right) -> Result<OpenChat> {
    let args = args![&actor.person, &actor.organisation, &chat];
    let row = tx.one(OPEN, &args, DoorRow::of).await?;
    match row {
        Some(row) => pass(tx, actor, right, row).await,
        None => Err(Error::not_found(Kind::GroupChat)),
    }
}

/// The door by the other one of a direct chat; `None` when the two have not begun one.
///
/// # Errors
/// As [`open`].
pub async fn open_direct(tx: &Tx, actor: &Actor, peer: PersonId, right: Right) -> Result<Option<OpenChat>> {
    let (one, other) = in_order(actor.person, peer);
    let args = args![&actor.person, &actor.organisation, &one, &other];
    let row = tx.one(OPEN_DIRECT, &args, DoorRow::of).await?;
    match row {
        Some(row) => pass(tx, actor, right, row).await.map(Some),
        None => Ok(None),
    }
}

/// The door by which a clinician comes into a chat of their team. They are a member from then on, for all to see.
///
/// # Errors
/// As [`open`] for [`Right::Read`].
pub async fn join_as_team(tx: &Tx, actor: &Actor, chat: ChatId) -> Result<OpenChat> {
    let door = open(tx, actor, chat, Right::Read).await?;
    if door.ground == Ground::Member {
        return Ok(door);
    }
    if door.is_closed {
        return Err(door.kind.is_closed());
    }
    crate::members::join_as_clinician(tx, &door).await?;
    Ok(OpenChat { ground: Ground::Member, standing: Some(Standing::Member), ..door })
}

/// The two of a direct chat as their row has them.
pub(crate) fn in_order(one: PersonId, other: PersonId) -> (PersonId, PersonId) {
    if one <= other { (one, other) } else { (other, one) }
}

/// Who may not know of the chat hears that there is none; that they tried is kept.
async fn pass(tx: &Tx, actor: &Actor, right: Right, row: DoorRow) -> Result<OpenChat> {
    let Some(ground) = ground_of(actor, &row) else {
        line::refused(tx, actor, &row.id, row.patients).await?;
        return Err(Error::not_found(Kind::GroupChat));
    };
    let chat = OpenChat::of(actor, right, ground, row);
    chat.check()?;
    let deed = match chat.right {
        Right::Read => Some(Deed::ChatOpened),
        Right::Export => Some(Deed::ChatExported),
        Right::ReadOne | Right::Post | Right::Manage | Right::Receive => None,
    };
    if let Some(deed) = deed {
        line::of(tx, &chat, deed, chat.key().as_bytes()).await?;
    }
    Ok(chat)
}

/// Why the actor may know of the chat; `None` when they may not.
fn ground_of(actor: &Actor, row: &DoorRow) -> Option<Ground> {
    match (row.standing, row.team) {
        (Some(_), _) => Some(Ground::Member),
        (None, Some(team)) if actor.is_clinician() && actor.teams.contains(&team) => Some(Ground::Team),
        _ => None,
    }
}

impl OpenChat {
    fn of(actor: &Actor, right: Right, ground: Ground, row: DoorRow) -> Self {
        let DoorRow { id, kind, peers, patients, team, is_closed, last_seq, .. } = row;
        let DoorRow { members_can_invite, standing, is_guest, mixes_times, .. } = row;
        let actor = actor.clone();
        Self {
            actor,
            right,
            ground,
            id,
            kind,
            peers,
            patients,
            team,
            is_closed,
            last_seq,
            members_can_invite,
            standing,
            is_guest,
            mixes_times,
        }
    }

    fn check(&self) -> Result<()> {
        if matches!(self.right, Right::Read | Right::ReadOne | Right::Export) {
            return Ok(());
        }
        self.must_be_member()?;
        if self.right == Right::Receive {
            return Ok(());
        }
        if self.right == Right::Manage && !self.may().manages() {
            return Err(Error::not_allowed(
                "not_an_admin",
                "Only its owner and admins may change this chat.",
            ));
        }
        if self.is_closed { Err(self.kind.is_closed()) } else { Ok(()) }
    }

    /// Keeps a proof of one right from being spent on another, whose line would be missing.
    pub(crate) fn must_be_for(&self, right: Right) -> Result<()> {
        if self.right == right {
            Ok(())
        } else {
            Err(Error::bug("a chat that was opened for something else"))
        }
    }

    /// Passes for a proof of any right that members have.
    pub(crate) fn must_be_member(&self) -> Result<()> {
        match self.standing {
            Some(_) => Ok(()),
            None => Err(Error::not_allowed("not_a_member", "Join this chat first.")),
        }
    }

    /// Its id, as statements take it.
    pub(crate) const fn key(&self) -> &ChatId {
        &self.id
    }

    /// The organisation that owns it, as statements take it: each names it beside the chat.
    pub(crate) const fn tenant(&self) -> &OrganisationId {
        &self.actor.organisation
    }

    /// The same proof, once others came.
    pub(crate) fn with_patients(&self, patients: Patients) -> Self {
        Self { patients, ..self.clone() }
    }

    /// The same proof in the hands of somebody else, which no door would give them.
    #[cfg(test)]
    pub(crate) fn stolen_by(&self, actor: &Actor) -> Self {
        Self { actor: actor.clone(), ..self.clone() }
    }

    /// Who holds this proof.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
    /// What it was opened for.
    #[must_use]
    pub const fn right(&self) -> Right {
        self.right
    }
    /// Why it opened.
    #[must_use]
    pub const fn ground(&self) -> Ground {
        self.ground
    }
    /// The chat.
    #[must_use]
    pub const fn id(&self) -> ChatId {
        self.id
    }
    /// The organisation that owns it, whose keys seal it.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        self.actor.organisation
    }
    /// Two people or a group.
    #[must_use]
    pub const fn kind(&self) -> ChatKind {
        self.kind
    }
    /// The other one of a direct chat.
    #[must_use]
    pub fn peer(&self) -> Option<PersonId> {
        self.peers.map(|(one, other)| if one == self.actor.person { other } else { one })
    }
    /// The patients whom it is with or about.
    #[must_use]
    pub const fn patients(&self) -> Patients {
        self.patients
    }
    /// The team that it is assigned to.
    #[must_use]
    pub const fn team(&self) -> Option<TeamId> {
        self.team
    }
    /// Whether nothing more may be written.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }
    /// The place of its newest message when the door opened; 0 when there was none yet.
    #[must_use]
    pub const fn last_seq(&self) -> i64 {
        self.last_seq
    }
    /// Whether every member may bring others in.
    #[must_use]
    pub const fn members_can_invite(&self) -> bool {
        self.members_can_invite
    }
    /// Whether they came by the group's link for guests.
    #[must_use]
    pub const fn is_guest(&self) -> bool {
        self.is_guest
    }
    /// Whether its places are not in the order of time.
    pub(crate) const fn mixes_times(&self) -> bool {
        self.mixes_times
    }
    /// Their own standing; `None` when they come through their team.
    #[must_use]
    pub const fn standing(&self) -> Option<Standing> {
        self.standing
    }
}

//! What somebody may do in a chat. Whoever shows it beforehand asks here, and what does it gives the same answer.

use kernel::{Actor, PersonId};

use crate::access::OpenChat;
use crate::chat::{Chat, ChatKind, Standing};
use crate::members::Member;

/// What an actor may do in a chat as it stood when it was read.
#[derive(Clone, Copy, Debug)]
pub struct May {
    me: PersonId,
    is_staff: bool,
    kind: ChatKind,
    is_closed: bool,
    members_can_invite: bool,
    standing: Option<Standing>,
    is_guest: bool,
}

impl Chat {
    /// What its reader, who is this actor, may do in it.
    #[must_use]
    pub const fn may(&self, reader: &Actor) -> May {
        May {
            me: reader.person,
            is_staff: reader.is_staff(),
            kind: self.kind,
            is_closed: self.closed_ms.is_some(),
            members_can_invite: self.settings.members_can_invite,
            standing: self.standing,
            is_guest: self.is_guest,
        }
    }
}

impl OpenChat {
    /// What who holds this proof may do in the chat.
    #[must_use]
    pub const fn may(&self) -> May {
        May {
            me: self.actor().person,
            is_staff: self.actor().is_staff(),
            kind: self.kind(),
            is_closed: self.is_closed(),
            members_can_invite: self.members_can_invite(),
            standing: self.standing(),
            is_guest: self.is_guest(),
        }
    }

    /// The patient whom it is about, when that is none of its members. It is told to staff alone: a member who is a
    /// patient need not know of another.
    #[must_use]
    pub fn absent_patient(&self, members: &[Member]) -> Option<PersonId> {
        let is_absent = |person: &PersonId| members.iter().all(|member| member.person != *person);
        self.patients().first.filter(|person| self.actor().is_staff() && is_absent(person))
    }
}

impl May {
    /// To write.
    #[must_use]
    pub const fn post(&self) -> bool {
        self.standing.is_some() && !self.is_closed
    }

    /// To ask somebody in it who they are.
    #[must_use]
    pub const fn verify(&self) -> bool {
        self.post() && self.is_staff
    }

    /// To see what was said of somebody who proved who they are.
    pub(crate) const fn knows_who_people_are(&self) -> bool {
        self.is_staff
    }

    /// To give it another subject.
    #[must_use]
    pub fn rename(&self) -> bool {
        self.is_group() && self.close()
    }

    /// To assign it to a team.
    #[must_use]
    pub fn assign(&self) -> bool {
        self.rename() && self.is_staff
    }

    /// To let guests in by a link, and to end it.
    #[must_use]
    pub fn admit_guests(&self) -> bool {
        self.assign()
    }

    /// To hand it over to this member, who is no guest.
    #[must_use]
    pub fn hand_over(&self, member: &Member) -> bool {
        self.rename() && self.standing == Some(Standing::Owner) && member.person != self.me
    }

    /// To make this member an admin who is no guest, or an admin a member again.
    #[must_use]
    pub fn name_admin(&self, member: &Member) -> bool {
        self.rename() && member.standing < Standing::Owner
    }

    /// To bring others in.
    #[must_use]
    pub fn invite(&self) -> bool {
        self.is_group() && self.post() && !self.is_guest && (self.manages() || self.members_can_invite)
    }

    /// To take this member out; who takes out themselves leaves.
    #[must_use]
    pub fn remove(&self, member: &Member) -> bool {
        self.is_group() && self.manages() && member.person != self.me && member.standing < Standing::Owner
    }

    /// To leave it.
    #[must_use]
    pub fn leave(&self) -> bool {
        self.is_group() && self.standing.is_some()
    }

    /// To come into it through the team that it is assigned to, for who found it that way.
    #[must_use]
    pub fn join(&self) -> bool {
        self.is_group() && self.standing.is_none() && !self.is_closed
    }

    /// To end it.
    #[must_use]
    pub fn close(&self) -> bool {
        self.manages() && !self.is_closed
    }

    /// To have messages disappear after a while: owner and admins, when they are staff, since that is deletion of what
    /// belongs to a patient's record.
    #[must_use]
    pub fn expire(&self) -> bool {
        self.rename() && self.is_staff
    }

    /// To remove it with all that is in it, for everybody: its owner and admins, when they are staff. What was written in
    /// it belongs to a patient's record, which the patient does not destroy.
    #[must_use]
    pub fn remove_all(&self) -> bool {
        self.is_group() && self.manages_as_staff()
    }

    /// To open it again.
    #[must_use]
    pub fn reopen(&self) -> bool {
        self.is_closed && self.manages_as_staff()
    }

    /// To delete a message of this author.
    #[must_use]
    pub fn delete(&self, author: PersonId) -> bool {
        self.standing.is_some() && (author == self.me || (self.is_group() && self.manages()))
    }

    /// To change it, as its owner and admins do, while it is open.
    #[must_use]
    pub fn manages(&self) -> bool {
        self.standing >= Some(Standing::Admin)
    }

    pub(crate) fn manages_as_staff(&self) -> bool {
        self.manages() && self.is_staff
    }

    fn is_group(&self) -> bool {
        self.kind == ChatKind::Group
    }
}

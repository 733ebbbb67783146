//! What a chat is, and the small rules that need no database.

use std::collections::BTreeSet;

use kernel::{ChatId, Error, Kind, PersonId, Result, Role, TeamId};

/// Two people, or a group with a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChatKind {
    /// Two people; there is at most one such chat between them in an organisation.
    Direct,
    /// Any number of people, with an owner.
    Group,
}

impl ChatKind {
    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        match name {
            "direct" => Ok(Self::Direct),
            "group" => Ok(Self::Group),
            _ => Err(Error::bug("a chat of an unknown kind")),
        }
    }

    /// What is missing when there is no such chat.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Direct => Kind::Conversation,
            Self::Group => Kind::GroupChat,
        }
    }

    pub(crate) fn is_closed(self) -> Error {
        let code = match self {
            Self::Direct => "conversation_is_closed",
            Self::Group => "groupchat_is_closed",
        };
        Error::precondition(code, "This chat is closed.")
    }
}

/// What a member may do with the chat itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Reads and writes.
    Member,
    /// Also manages members, subject and settings.
    Admin,
    /// An admin whom the others cannot remove. Both people of a direct chat are owners.
    Owner,
}

impl Standing {
    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        match name {
            "member" => Ok(Self::Member),
            "admin" => Ok(Self::Admin),
            "owner" => Ok(Self::Owner),
            _ => Err(Error::bug("a member of unknown standing")),
        }
    }
}

/// Somebody who comes to a chat, as what they are in its organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
}

/// How a group behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// People outside the organisation may be invited.
    pub allow_contacts: bool,
    /// Every member may bring others in, not only owner and admins.
    pub members_can_invite: bool,
    /// Kept for the clients that set it; no message leaves by another way.
    pub hybrid_messaging: bool,
    /// Days without a message after which it closes; 0 is never.
    pub auto_close_days: i64,
    /// Seconds after which a message expires; 0 is never.
    pub auto_expire_seconds: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allow_contacts: true,
            members_can_invite: true,
            hybrid_messaging: false,
            auto_close_days: 0,
            auto_expire_seconds: 0,
        }
    }
}

/// The settings to change; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// See [`Settings::allow_contacts`].
    pub allow_contacts: Option<bool>,
    /// See [`Settings::members_can_invite`].
    pub members_can_invite: Option<bool>,
    /// See [`Settings::hybrid_messaging`].
    pub hybrid_messaging: Option<bool>,
    /// See [`Settings::auto_close_days`].
    pub auto_close_days: Option<i64>,
    /// See [`Settings::auto_expire_seconds`].
    pub auto_expire_seconds: Option<i64>,
}

/// Ten years: nobody who means it waits longer.
const AUTO_CLOSE_DAYS_MAX: i64 = 3_650;
const AUTO_EXPIRE_SECONDS_MAX: i64 = AUTO_CLOSE_DAYS_MAX * 86_400;

impl SettingsChange {
    /// The settings that this change makes of the present ones.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a span below 0 or above ten years.
    pub fn applied_to(self, now: Settings) -> Result<Settings> {
        let next = Settings {
            allow_contacts: self.allow_contacts.unwrap_or(now.allow_contacts),
            members_can_invite: self.members_can_invite.unwrap_or(now.members_can_invite),
            hybrid_messaging: self.hybrid_messaging.unwrap_or(now.hybrid_messaging),
            auto_close_days: self.auto_close_days.unwrap_or(now.auto_close_days),
            auto_expire_seconds: self.auto_expire_seconds.unwrap_or(now.auto_expire_seconds),
        };
        next.check()?;
        Ok(next)
    }
}

impl Settings {
    /// What of it ends something.
    pub(crate) const fn spans(&self) -> (i64, i64) {
        (self.auto_close_days, self.auto_expire_seconds)
    }

    pub(crate) fn check(self) -> Result<()> {
        span_fits("auto_close_after", self.auto_close_days, AUTO_CLOSE_DAYS_MAX)?;
        span_fits("auto_expire_after", self.auto_expire_seconds, AUTO_EXPIRE_SECONDS_MAX)
    }
}

fn span_fits(field: &'static str, value: i64, most: i64) -> Result<()> {
    if (0..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(field, "span_out_of_range", format!("This is a number from 0 to {most}.")))
}

/// A chat as its members see it in their list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// The chat.
    pub id: ChatId,
    /// Two people or a group.
    pub kind: ChatKind,
    /// The other one of a direct chat; `None` for a group.
    pub peer: Option<PersonId>,
    /// What a group is about.
    pub subject: Option<String>,
    /// The patients whom it is with or about.
    pub patients: Patients,
    /// The team whose clinicians may find and join it.
    pub team: Option<TeamId>,
    /// Who began it.
    pub made_by: PersonId,
    /// When it began.
    pub made_ms: i64,
    /// When its newest message came, or it began, or was opened again.
    pub active_ms: i64,
    /// When it was closed.
    pub closed_ms: Option<i64>,
    /// The place of its newest message; 0 when there was none yet.
    pub last_seq: i64,
    /// How it behaves.
    pub settings: Settings,
    /// The reader's standing; `None` when they come through their team.
    pub standing: Option<Standing>,
    /// Whether the reader came to it by a link, as a guest of it alone.
    pub is_guest: bool,
    /// How many messages of others the reader has not read, among the newest 1,000.
    pub unread: i64,
    /// What tells its picture from the one before; `None` when it has none.
    pub picture_mark: Option<String>,
}

/// The patients whom a chat is with or about. Every line that the chat leaves in the access log is a line about each
/// of them. The row of the chat names the first, so that a door knows at once of a chat with one patient; the
/// others are, or were, members, and are asked for only where there are any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patients {
    /// The one, or the first of several: somebody who is no member, when the chat is about such a one.
    pub(crate) first: Option<PersonId>,
    /// Whether there are others.
    pub(crate) has_more: bool,
}

impl Patients {
    pub(crate) const fn of_row(first: Option<PersonId>, has_more: bool) -> Self {
        Self { first, has_more }
    }

    /// Those of a chat about `absent`, who is no member, among these parties.
    pub(crate) fn of(absent: Option<PersonId>, parties: &[Party]) -> Self {
        let present = patients(parties);
        let others = present.iter().filter(|person| absent != Some(**person)).count();
        let first = absent.or(present.first().copied());
        Self { first, has_more: others > usize::from(absent.is_none()) }
    }
}

/// The patients among the parties.
pub(crate) fn patients(parties: &[Party]) -> BTreeSet<PersonId> {
    parties.iter().filter(|party| party.role == Role::Patient).map(|party| party.person).collect()
}

//! A group before it begins: its rules, and the sealing of its subject outside any transaction.

use kernel::limits::SUBJECT_CHARS_MAX;
use kernel::{ChatId, Clock, Error, PersonId, Result, Rng, TeamId};
use vault::{AuxId, KeyRing, Place};

use crate::chat::{Party, Settings};
use crate::draft::has_more_chars_than;

/// A group that somebody wants to begin.
#[derive(Clone, Debug, Default)]
pub struct GroupDraft {
    /// What it is about; empty is none.
    pub subject: String,
    /// Who is in it besides the one who begins it.
    pub parties: Vec<Party>,
    /// How it behaves.
    pub settings: Settings,
    /// The team whose clinicians may find and join it.
    pub team: Option<TeamId>,
    /// The patient whom its members talk about. They do not read it, and see in the access log who did.
    pub about: Option<PersonId>,
    /// What the application calls it through which it begins.
    pub aux_id: Option<AuxId>,
    /// Whether the others are told by mail that it began. Who begins it sees to that; nothing here does.
    pub send_email: bool,
}

/// A group that fits the rules, its subject sealed, under the id that it will have.
#[derive(Clone, Debug)]
pub struct NewGroup {
    pub(crate) id: ChatId,
    pub(crate) subject: Option<SealedSubject>,
    pub(crate) parties: Vec<Party>,
    pub(crate) settings: Settings,
    pub(crate) team: Option<TeamId>,
    pub(crate) about: Option<PersonId>,
}

/// A subject, sealed for one chat.
#[derive(Clone, Debug)]
pub struct SealedSubject {
    pub(crate) chat: ChatId,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn subject_place(chat: &ChatId) -> Place<'_> {
    Place { table: "chats", column: "subject", row: chat.as_bytes() }
}

impl SealedSubject {
    /// Seals a subject for this chat.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty one and for control characters, [`Error::TooLarge`] for more than 200
    /// characters.
    pub fn seal(ring: &KeyRing, chat: ChatId, subject: &str) -> Result<Self> {
        if subject.is_empty() {
            return Err(Error::invalid(
                "subject",
                "subject_is_empty",
                "A subject has at least one character.",
            ));
        }
        if has_more_chars_than(subject, SUBJECT_CHARS_MAX) {
            return Err(Error::too_large("subject_chars", SUBJECT_CHARS_MAX as u64));
        }
        if subject.chars().any(char::is_control) {
            let why = "A subject is one line without control characters.";
            return Err(Error::invalid("subject", "subject_has_control_characters", why));
        }
        Ok(Self { chat, bytes: ring.seal(subject_place(&chat), subject.as_bytes()) })
    }
}

impl GroupDraft {
    /// Seals it with the keys of the organisation that will own it, and gives it its id.
    ///
    /// # Errors
    /// As [`SealedSubject::seal`], but an empty subject is none; [`Error::Invalid`] for settings out of range.
    pub fn seal(&self, ring: &KeyRing, clock: &Clock, rng: &Rng) -> Result<NewGroup> {
        self.settings.check()?;
        let id = ChatId::new(clock, rng);
        let subject = match self.subject.as_str() {
            "" => None,
            subject => Some(SealedSubject::seal(ring, id, subject)?),
        };
        let Self { parties, settings, team, about, .. } = self.clone();
        Ok(NewGroup { id, subject, parties, settings, team, about })
    }
}

impl NewGroup {
    /// The id that the group will have.
    #[must_use]
    pub const fn id(&self) -> ChatId {
        self.id
    }

    /// Whether somebody is to be in it.
    #[must_use]
    pub fn has(&self, person: PersonId) -> bool {
        self.parties.iter().any(|party| party.person == person)
    }

    /// Whom it is to be about, who is not in it.
    #[must_use]
    pub const fn about(&self) -> Option<PersonId> {
        self.about
    }

    /// The same group, with some people instead of others.
    #[must_use]
    pub fn with_instead(mut self, persons: &[PersonId], parties: Vec<Party>) -> Self {
        self.parties.retain(|party| !persons.contains(&party.person));
        self.parties.extend(parties);
        self
    }

    /// The same group, about somebody else.
    #[must_use]
    pub fn with_about(self, person: PersonId) -> Self {
        Self { about: Some(person), ..self }
    }
}

//! The one error of the house. Each wire translates it, exhaustively, in its `refusals.rs`.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::Limit;

/// What the house's functions answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done. Refused means that nothing was changed, but for [`Error::Unavailable`] of a
/// lost commit, where either may be true.
#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in, or the token does not stand.
    Unauthenticated,
    /// There is no such thing, or the actor may not know of it.
    NotFound {
        /// What was looked for.
        what: Kind,
    },
    /// The actor may know of it, but may not do this.
    NotAllowed {
        /// Why, in words that may be shown.
        why: Public,
    },
    /// The input does not fit.
    Invalid {
        /// Which part of it.
        field: &'static str,
        /// Why, in words that may be shown.
        why: Public,
    },
    /// Somebody else was first, or it is there already.
    Conflict {
        /// Why, in words that may be shown.
        why: Public,
    },
    /// It was there and is no more.
    Gone {
        /// What was looked for.
        what: Kind,
    },
    /// The state of the thing forbids it.
    Precondition {
        /// Why, in words that may be shown.
        why: Public,
    },
    /// Bigger than the house takes.
    TooLarge {
        /// Which limit was passed.
        limit: Limit,
    },
    /// Of a kind that the house does not take.
    Unsupported {
        /// Why, in words that may be shown.
        why: Public,
    },
    /// Too often, or too many.
    LimitReached {
        /// Which limit was passed.
        limit: Limit,
        /// When to come back.
        retry_after: Option<Duration>,
    },
    /// Something that the house needs is not there now. Worth trying again.
    Unavailable {
        /// What is known of it, for the log.
        cause: Private,
    },
    /// A defect of ours.
    Bug {
        /// What is known of it, for the log.
        cause: Private,
    },
}

/// What was looked for and not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
    /// A team of an organisation.
    Team,
    /// An OAuth application.
    Client,
    /// A one-to-one chat.
    Conversation,
    /// A group chat.
    GroupChat,
    /// A message.
    Message,
    /// A file.
    File,
    /// A picture of a person or a group.
    Picture,
    /// An invitation.
    Invitation,
    /// A list of people that was brought.
    Import,
    /// A page or path.
    Page,
    /// A place of an organisation where patients come.
    Institution,
    /// A practitioner, a room or a device.
    Resource,
    /// An absence of one.
    Absence,
    /// Who pays for care.
    Insurance,
    /// What patients choose first when they book.
    Category,
    /// What can be booked in a category.
    AppointmentType,
    /// An appointment.
    Appointment,
    /// A time that could be booked.
    Availability,
    /// An earlier time that somebody was told of.
    Offer,
}

impl Kind {
    /// Its stable name in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "user",
            Self::Organisation => "organisation",
            Self::Team => "team",
            Self::Client => "client",
            Self::Conversation => "conversation",
            Self::GroupChat => "groupchat",
            Self::Message => "message",
            Self::File => "file",
            Self::Picture => "avatar",
            Self::Invitation => "invitation",
            Self::Import => "import",
            Self::Page => "page",
            Self::Institution => "institution",
            Self::Resource => "resource",
            Self::Absence => "absence",
            Self::Insurance => "insurance",
            Self::Category => "appointment_category",
            Self::AppointmentType => "appointment_type",
            Self::Appointment => "appointment",
            Self::Availability => "availability",
            Self::Offer => "offer",
        }
    }
}

/// The half that may be shown: a stable code in snake case, and a sentence without anybody's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// For programs.
    pub code: &'static str,
    /// For people, in English.
    pub sentence: Cow<'static, str>,
}

/// The half that may only be logged. It has no `Display`, so that it cannot slip into an answer.
pub struct Private(Box<dyn fmt::Debug + Send + Sync>);

impl Private {
    /// Keeps a cause for the log.
    pub fn new(cause: impl fmt::Debug + Send + Sync + 'static) -> Self {
        Self(Box::new(cause))
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error {
    /// No such thing, as far as the actor may know.
    #[must_use]
    pub const fn not_found(what: Kind) -> Self {
        Self::NotFound { what }
    }

    /// The actor may not.
    pub fn not_allowed(code: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::NotAllowed { why: Public { code, sentence: sentence.into() } }
    }

    /// This part of the input does not fit.
    pub fn invalid(field: &'static str, code: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid { field, why: Public { code, sentence: sentence.into() } }
    }

    /// Somebody else was first.
    pub fn conflict(code: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Conflict { why: Public { code, sentence: sentence.into() } }
    }

    /// The state of the thing forbids it.
    pub fn precondition(code: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Precondition { why: Public { code, sentence: sentence.into() } }
    }

    /// A kind that the house does not take.
    pub fn unsupported(code: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported { why: Public { code, sentence: sentence.into() } }
    }

    /// Bigger than `most`.
    #[must_use]
    pub const fn too_large(name: &'static str, most: u64) -> Self {
        Self::TooLarge { limit: Limit::new(name, most) }
    }

    /// Worth trying again; the cause is for the log.
    pub fn unavailable(cause: impl fmt::Debug + Send + Sync + 'static) -> Self {
        Self::Unavailable { cause: Private::new(cause) }
    }

    /// A defect of ours; the cause is for the log.
    pub fn bug(cause: impl fmt::Debug + Send + Sync + 'static) -> Self {
        Self::Bug { cause: Private::new(cause) }
    }

    /// After how many seconds the same request may succeed without a change; `None` when it will not.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::LimitReached { retry_after, .. } => {
                Some(retry_after.map_or(1, |wait| wait.as_secs().max(1)))
            }
            Self::Unavailable { .. } => Some(1),
            Self::Unauthenticated
            | Self::NotFound { .. }
            | Self::NotAllowed { .. }
            | Self::Invalid { .. }
            | Self::Conflict { .. }
            | Self::Gone { .. }
            | Self::Precondition { .. }
            | Self::TooLarge { .. }
            | Self::Unsupported { .. }
            | Self::Bug { .. } => None,
        }
    }
}

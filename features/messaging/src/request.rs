//! What a message asks of its readers besides what it says, and what they reply. A reply is final.

use std::collections::BTreeMap;

use kernel::limits::{CHAT_MEMBERS_MAX, OPTION_LABEL_CHARS_MAX, OPTION_NAME_CHARS_MAX, QUESTION_OPTIONS_MAX};
use kernel::{Error, MessageChange, MessageId, PersonId, Result};
use serde::{Deserialize, Serialize};
use vault::{KeyRing, Place};

/// What a message asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// To choose among options.
    Question(Question),
    /// To prove who one is.
    Verification(Verification),
}

/// A question with its options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What may be chosen, in order.
    pub options: Vec<Choice>,
    /// Whether several may be chosen at once.
    pub takes_several: bool,
    /// How the options are laid out, in the words of who asks.
    pub style: String,
    /// Who may answer; when it is empty, everybody else in the chat.
    pub asked: Vec<PersonId>,
}

/// One option of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// For programs: up to 32 letters, digits and underscores.
    pub name: String,
    /// For people.
    pub label: String,
    /// How it looks, in the words of who asks.
    pub style: Option<String>,
}

/// A request that somebody prove who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Who is to prove it.
    pub person: PersonId,
    /// By which provider.
    pub provider: String,
    /// What the provider is called.
    pub provider_name: String,
}

/// What somebody replied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The names of the options that they chose, in the order of the question.
    Chosen(Vec<String>),
    /// They proved who they are. What was said of them is told to staff and to themselves, and is empty for others.
    Proved(BTreeMap<String, String>),
    /// They did not.
    Refused,
}

/// A reply as it stands in the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whose.
    pub person: PersonId,
    /// What.
    pub reply: Reply,
    /// When.
    pub given_ms: i64,
}

/// Where a message's request lies, bound to its row.
pub(crate) fn payload_place(id: &MessageId) -> Place<'_> {
    Place { table: "messages", column: "payload", row: id.as_bytes() }
}

/// What an answer is bound to: its message and its person.
pub(crate) fn answer_row(message: MessageId, person: PersonId) -> Vec<u8> {
    [message.as_bytes().as_slice(), person.as_bytes()].concat()
}

/// Where an answer lies, bound to [`answer_row`].
pub(crate) fn answer_place(row: &[u8]) -> Place<'_> {
    Place { table: "answers", column: "content", row }
}

impl Request {
    /// Whether it may be asked.
    ///
    /// # Errors
    /// [`Error::Invalid`] and [`Error::TooLarge`] for a question whose options do not fit.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Question(question) => question.check(),
            Self::Verification(_) => Ok(()),
        }
    }

    /// What its choices say, in their order.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let options = match self {
            Self::Question(question) => question.options.as_slice(),
            Self::Verification(_) => &[],
        };
        options.iter().map(|option| option.label.as_str())
    }

    /// Who must be in the chat for it, and which part of the input names them.
    pub(crate) fn asked(&self) -> (&'static str, &[PersonId]) {
        match self {
            Self::Question(question) => ("users", &question.asked),
            Self::Verification(verification) => ("user_id", std::slice::from_ref(&verification.person)),
        }
    }

    /// Whether somebody who is, or was, known by these ids may reply to what this author asks.
    #[must_use]
    pub fn may_reply(&self, author: PersonId, known_as: &[PersonId]) -> bool {
        match self {
            Self::Question(question) if question.asked.is_empty() => !known_as.contains(&author),
            Self::Question(question) => known_as.iter().any(|person| question.asked.contains(person)),
            Self::Verification(verification) => known_as.contains(&verification.person),
        }
    }

    pub(crate) fn seal(&self, ring: &KeyRing, id: &MessageId) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(self).map_err(Error::bug)?;
        Ok(ring.seal(payload_place(id), &plain))
    }

    pub(crate) fn open(ring: &KeyRing, id: &MessageId, sealed: &[u8]) -> Result<Self> {
        let plain = ring.open(payload_place(id), sealed)?;
        serde_json::from_slice(&plain).map_err(Error::bug)
    }
}

impl Question {
    fn check(&self) -> Result<()> {
        if self.options.is_empty() {
            return Err(Error::invalid("options", "options_missing", "A question has at least one option."));
        }
        if self.options.len() > QUESTION_OPTIONS_MAX {
            return Err(Error::too_large("question_options", QUESTION_OPTIONS_MAX as u64));
        }
        if self.asked.len() > CHAT_MEMBERS_MAX {
            return Err(Error::too_large("question_users", CHAT_MEMBERS_MAX as u64));
        }
        must_be_short("style", &self.style, OPTION_NAME_CHARS_MAX)?;
        for (at, option) in self.options.iter().enumerate() {
            option.check()?;
            if self.options[..at].iter().any(|earlier| earlier.name == option.name) {
                return Err(Error::invalid("options", "option_twice", "Each option has a name of its own."));
            }
        }
        Ok(())
    }

    /// These options in the order of the question, each once.
    ///
    /// # Errors
    /// [`Error::Invalid`] for none, for one that there is not, and for several where one is asked for.
    pub(crate) fn choose(&self, names: &[String]) -> Result<Vec<String>> {
        if names.iter().any(|name| self.options.iter().all(|option| option.name != *name)) {
            return Err(Error::invalid("options", "no_such_option", "The question has no such option."));
        }
        let chosen = self.options.iter().filter(|option| names.contains(&option.name));
        let chosen: Vec<String> = chosen.map(|option| option.name.clone()).collect();
        match chosen.len() {
            0 => Err(Error::invalid("options", "nothing_chosen", "An answer names an option.")),
            1 => Ok(chosen),
            _ if self.takes_several => Ok(chosen),
            _ => Err(Error::invalid("options", "one_option_only", "This question takes one option.")),
        }
    }
}

impl Choice {
    fn check(&self) -> Result<()> {
        let is_word = self.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if self.name.is_empty() || self.name.len() > OPTION_NAME_CHARS_MAX || !is_word {
            let why = "The name of an option has 1 to 32 letters, digits and underscores.";
            return Err(Error::invalid("options", "option_name", why));
        }
        if self.label.trim().is_empty() {
            return Err(Error::invalid("options", "option_label", "An option says something."));
        }
        must_be_short("label", &self.label, OPTION_LABEL_CHARS_MAX)?;
        must_be_short("style", self.style.as_deref().unwrap_or_default(), OPTION_NAME_CHARS_MAX)
    }
}

/// A short text of one line.
fn must_be_short(field: &'static str, text: &str, most: usize) -> Result<()> {
    if text.chars().count() > most {
        return Err(Error::too_large(field, most as u64));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, "control_characters", "This holds no control characters."));
    }
    Ok(())
}

impl Reply {
    /// What became of the message.
    pub(crate) const fn change(&self) -> MessageChange {
        match self {
            Self::Chosen(_) => MessageChange::Answered,
            Self::Proved(_) => MessageChange::VerificationAccepted,
            Self::Refused => MessageChange::VerificationRejected,
        }
    }

    /// The same, for who may not know what was said of somebody.
    pub(crate) fn without_attributes(self) -> Self {
        match self {
            Self::Proved(_) => Self::Proved(BTreeMap::new()),
            other => other,
        }
    }

    pub(crate) fn seal(&self, ring: &KeyRing, row: &[u8]) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(self).map_err(Error::bug)?;
        Ok(ring.seal(answer_place(row), &plain))
    }

    pub(crate) fn open(ring: &KeyRing, row: &[u8], sealed: &[u8]) -> Result<Self> {
        let plain = ring.open(answer_place(row), sealed)?;
        serde_json::from_slice(&plain).map_err(Error::bug)
    }
}

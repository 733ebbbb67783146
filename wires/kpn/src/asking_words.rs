//! The partner's names for what a message asks of its readers, and for what they reply.

use std::collections::BTreeMap;

use kernel::{Error, PersonId, Result};
use messaging::{Answer, Choice, Mentions, Message, Question, Reply, Request, Verification};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::taken::persons;
use crate::words::{People, User, instant};

/// How a question is laid out unless it says so.
const STYLE: &str = "horizontal";
/// The id of what speaks to everybody in a chat.
const EVERYBODY: &str = "@all";

/// A question that is answered by choice.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewQuestion {
    /// Whether several options may be chosen at once.
    #[serde(default)]
    pub multi_answer: Option<bool>,
    /// How the options are laid out; `horizontal` unless said.
    #[serde(default)]
    #[schema(example = "horizontal")]
    pub style: Option<String>,
    /// UUIDs of those who may answer; when it is empty, everybody else in the chat.
    #[serde(default)]
    pub users: Option<Vec<String>>,
    /// What may be chosen, at most 50.
    #[serde(default, deserialize_with = "crate::taken::objects")]
    pub options: Vec<NewOption>,
}

/// One option of a question.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewOption {
    /// Up to 32 letters, digits and underscores.
    #[schema(example = "yes")]
    pub name: String,
    /// What people read; the name unless said.
    #[serde(default)]
    #[schema(example = "Yes")]
    pub label: Option<String>,
    /// How it looks, such as `green` or `red`.
    #[serde(default)]
    pub style: Option<String>,
}

/// Options that somebody chooses.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Chosen {
    /// Names of options: one, or several where the question takes several.
    pub options: Vec<String>,
}

/// Whom to ask for what.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewVerification {
    /// UUID of somebody in the chat.
    pub user_id: String,
    /// A provider of `GET users/{user_id}/providers`.
    #[schema(example = "sandbox")]
    pub provider_id: String,
}

/// What a message asks for besides what it says.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Payload {
    /// To choose among options.
    Question(QuestionWord),
    /// To prove who one is.
    VerificationRequest(VerificationWord),
}

/// A question with what was answered so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionWord {
    /// Whether several options may be chosen at once.
    pub multi_answer: bool,
    /// How the options are laid out.
    pub style: String,
    /// UUIDs of those who may answer; when it is empty, everybody else in the chat.
    pub users: Vec<String>,
    /// What may be chosen.
    pub options: Vec<OptionWord>,
    /// What was answered, the earliest first.
    pub answers: Vec<AnswerWord>,
}

/// One option of a question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OptionWord {
    /// For programs.
    pub name: String,
    /// For people.
    pub label: String,
    /// How it looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
}

/// Somebody's answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerWord {
    /// UUID of who answered.
    pub user_id: String,
    /// Names of the options that they chose.
    pub options: Vec<String>,
    /// When, RFC 3339.
    pub created: String,
}

/// A request that somebody prove who they are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerificationWord {
    /// UUID of who is asked.
    pub user_id: String,
    /// By which provider.
    pub provider_id: String,
    /// What it is called.
    pub name: String,
    /// `open`, then `accepted` or `rejected`.
    pub status: &'static str,
    /// What the provider said of them, once accepted; only for staff and for themselves.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// Somebody who tells who people are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProviderWord {
    /// Its id.
    #[schema(example = "sandbox")]
    pub provider_id: &'static str,
    /// What it is called.
    pub name: &'static str,
}

/// By which providers somebody proved who they are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verifications {
    /// Their own.
    pub user: Vec<Verified>,
}

/// A provider by which somebody proved who they are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verified {
    /// What it is called.
    pub name: &'static str,
}

impl NewQuestion {
    /// The question in our words.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a user id that is none.
    pub fn read(self) -> Result<Question> {
        let asked = persons("users", &self.users.unwrap_or_default())?;
        let option = |option: NewOption| Choice {
            label: option.label.unwrap_or_else(|| option.name.clone()),
            name: option.name,
            style: option.style,
        };
        Ok(Question {
            options: self.options.into_iter().map(option).collect(),
            takes_several: self.multi_answer.unwrap_or(false),
            style: self.style.unwrap_or_else(|| STYLE.to_owned()),
            asked,
        })
    }
}

impl NewVerification {
    /// Who is to be asked.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a user id that is none.
    pub fn person(&self) -> Result<PersonId, Error> {
        crate::taken::person("user_id", &self.user_id)
    }
}

impl Payload {
    /// What a message asks for, with what was replied.
    #[must_use]
    pub fn of(message: &Message) -> Option<Self> {
        Some(match message.request.as_ref()? {
            Request::Question(question) => Self::Question(QuestionWord::of(question, &message.answers)),
            Request::Verification(asked) => {
                Self::VerificationRequest(VerificationWord::of(asked, &message.answers))
            }
        })
    }
}

impl QuestionWord {
    fn of(question: &Question, answers: &[Answer]) -> Self {
        let option = |option: &Choice| OptionWord {
            name: option.name.clone(),
            label: option.label.clone(),
            style: option.style.clone(),
        };
        Self {
            multi_answer: question.takes_several,
            style: question.style.clone(),
            users: question.asked.iter().map(|person| person.uuid()).collect(),
            options: question.options.iter().map(option).collect(),
            answers: answers.iter().filter_map(AnswerWord::of).collect(),
        }
    }
}

impl AnswerWord {
    fn of(answer: &Answer) -> Option<Self> {
        let Reply::Chosen(options) = &answer.reply else { return None };
        Some(Self {
            user_id: answer.person.uuid(),
            options: options.clone(),
            created: instant(answer.given_ms),
        })
    }
}

impl VerificationWord {
    fn of(asked: &Verification, answers: &[Answer]) -> Self {
        let (status, attributes) = match answers.first().map(|answer| &answer.reply) {
            Some(Reply::Proved(attributes)) => ("accepted", attributes.clone()),
            Some(Reply::Refused | Reply::Chosen(_)) => ("rejected", BTreeMap::new()),
            None => ("open", BTreeMap::new()),
        };
        Self {
            user_id: asked.person.uuid(),
            provider_id: asked.provider.clone(),
            name: asked.provider_name.clone(),
            status,
            attributes,
        }
    }
}

/// Who is spoken to in a text: members by their own words, and everybody by an id that the vendor's clients know.
#[must_use]
pub fn mentions(text: &str, members: &[PersonId], people: &People) -> Vec<User> {
    let mentions = Mentions::of(text);
    let everybody = mentions.everybody.then(|| User::nameless(EVERYBODY.to_owned(), true));
    let people = mentions.among(members).into_iter().map(|person| people.user(person));
    everybody.into_iter().chain(people).collect()
}

//! Which chat a path names, and what in it.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use door::pages::paths;
use flows::ChatRef;
use identity::protocol::form::Form;
use kernel::{ChatId, Error, FileId, Kind, MessageId, PersonId};

use crate::refusals::Refusal;
use crate::state::Web;

/// The chat of a path, and a file or message in it where the path goes on to one.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The chat.
    pub chat: ChatRef,
    /// The file.
    pub file: Option<FileId>,
    /// The message.
    pub message: Option<MessageId>,
}

/// Where a chat's page is.
pub fn path_of(chat: ChatRef) -> String {
    match chat {
        ChatRef::Direct(person) => paths::conversation(person),
        ChatRef::Group(chat) => paths::group(chat),
        // These are names of applications, and our own pages are none.
        ChatRef::AuxGroup(_) | ChatRef::AuxDirect(_) => paths::CHATS.to_owned(),
    }
}

/// The page on which a form stood that was sent to this path. Our pages send no referrer, so that the path tells: what
/// is no page itself is done on the page of a group, of its picture, or of a conversation.
pub fn stood_at(path: &str) -> String {
    let Some((place, last)) = path.rsplit_once('/') else { return paths::CHATS.to_owned() };
    match last {
        "subject" | "team" | "times" | "remove" | "leave" | "guests" | "end-guests" | "admins" | "owner"
        | "openness" => format!("{place}/about"),
        "remove-picture" => format!("{place}/change-picture"),
        "close" | "open" | "join" => place.to_owned(),
        "answer" | "like" => place.split("/messages/").next().unwrap_or(place).to_owned(),
        _ => path.to_owned(),
    }
}

/// Messages that stand below a message on the page that is opened for it, when there are so many.
const BELOW: i64 = 15;

/// The page of a chat on which the message of this place stands, where it stands there.
pub fn path_to(chat: ChatRef, message: MessageId, seq: i64, last_seq: i64) -> String {
    let (path, at, end) = (path_of(chat), message.uuid(), seq + BELOW);
    if end > last_seq { format!("{path}#m-{at}") } else { format!("{path}?before={end}#m-{at}") }
}

/// The chat in which something was asked for: a page behind the chat's own, or a form of it.
pub fn chat_around(method: &Method, path: &str) -> Option<ChatRef> {
    let mut steps = path.split('/').skip(1);
    let is_known = matches!(steps.next(), Some("chats" | "verify"));
    let chat = match steps.next().filter(|_| is_known)? {
        "with" => ChatRef::Direct(PersonId::from_uuid(steps.next()?)?),
        id => ChatRef::Group(ChatId::from_uuid(id)?),
    };
    (steps.next().is_some() || *method != Method::GET).then_some(chat)
}

impl Place {
    fn read(params: &RawPathParams) -> Option<Self> {
        let (mut chat, mut file, mut message) = (None, None, None);
        for (name, value) in params {
            match name {
                "person" => chat = Some(ChatRef::Direct(PersonId::from_uuid(value)?)),
                "chat" => chat = Some(ChatRef::Group(ChatId::from_uuid(value)?)),
                "file" => file = Some(FileId::from_uuid(value)?),
                "message" => message = Some(MessageId::from_uuid(value)?),
                _ => return None,
            }
        }
        Some(Self { chat: chat?, file, message })
    }
}

impl FromRequestParts<Web> for Place {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, web).await.ok();
        let place = params.and_then(|params| Self::read(&params));
        place.ok_or_else(|| Refusal(Error::not_found(Kind::Conversation)).into_response())
    }
}

/// The parameters of a query; what cannot be read is left out.
pub struct Query(pub Form);

impl FromRequestParts<Web> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Self::Rejection> {
        Ok(Self(Form::parse(parts.uri.query().unwrap_or_default()).unwrap_or_default()))
    }
}

impl Query {
    /// A whole number from 0.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.0.first(name)?.parse().ok()
    }

    /// A place in a chat.
    pub fn seq(&self, name: &str) -> Option<i64> {
        self.0.first(name)?.parse().ok().filter(|seq| *seq >= 0)
    }

    /// Whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.first(name) == Some("1")
    }
}

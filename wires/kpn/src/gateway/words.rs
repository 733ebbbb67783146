//! The names of the gateway's frames, as the vendor's adapter reads and writes them, and nothing else.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use kernel::{Error, Result};

use crate::refusals::{ErrorBody, Refusal};
use crate::taken;
use crate::words::{Attachment, User};

/// Bytes of an id that is sent back; longer ones are none of ours.
const ID_BYTES_MAX: usize = 64;

/// What a client sends.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    pub event: String,
    #[serde(default)]
    pub data: Value,
}

/// Data of `handshake`. What the client says of its device is not kept.
#[derive(Deserialize)]
pub(super) struct Handshake {
    pub token: String,
    #[serde(default, rename = "properties", deserialize_with = "crate::taken::object")]
    _properties: Option<Properties>,
}

#[derive(Deserialize)]
struct Properties {}

/// Data of `presence_update`.
#[derive(Deserialize)]
pub(super) struct Presence {
    pub status: Status,
}

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Online,
    Busy,
    Away,
    #[default]
    Offline,
}

/// Which chat a client speaks of: one of the two.
#[derive(Clone, Default, Deserialize)]
pub(super) struct ChatIds {
    #[serde(default)]
    pub conversation_id: Option<String>,
    #[serde(default)]
    pub groupchat_id: Option<String>,
}

/// Everything that the data of our frames may hold, in the order in which it is written.
#[derive(Default, Serialize)]
pub(super) struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groupchat_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Attachment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mentions: Option<Vec<User>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<User>>,
}

#[derive(Serialize)]
struct Told<'a> {
    event: &'a str,
    data: &'a Data,
}

/// A frame, written once and sent to whoever is to have it.
pub(super) fn frame(event: &str, data: &Data) -> Utf8Bytes {
    // Texts, numbers and lists of them: there is nothing in it that cannot be written.
    serde_json::to_string(&Told { event, data }).unwrap_or_default().into()
}

/// Why something was not done. A closed chat is 304 here, as the adapter expects it, and a token that does not stand is
/// 403, after which it does not come back (docs/dialects/kpn.md, gateway).
pub(super) fn refused(refusal: &Refusal, ids: &ChatIds) -> Utf8Bytes {
    let body = refusal.body(String::new());
    let code = match body.code {
        401 => 403,
        412 if body.error.ends_with("_is_closed") => 304,
        code => code,
    };
    error(code, body, ids)
}

/// The same in a session that goes on: the adapter would not come back after a 403, however long before the end it was
/// told.
pub(super) fn declined(refusal: &Refusal, ids: &ChatIds) -> Utf8Bytes {
    let body = refusal.body(String::new());
    if body.code == 403 { error(412, body, ids) } else { refused(refusal, ids) }
}

fn error(code: u16, body: ErrorBody, ids: &ChatIds) -> Utf8Bytes {
    let id = |id: &Option<String>| id.clone().filter(|id| id.len() <= ID_BYTES_MAX);
    let data = Data {
        code: Some(code),
        error: Some(body.error),
        message: Some(body.message),
        conversation_id: id(&ids.conversation_id),
        groupchat_id: id(&ids.groupchat_id),
        ..Data::default()
    };
    frame("error", &data)
}

/// The data of an event as what it should be.
///
/// # Errors
/// [`Error::Invalid`] when it is something else.
pub(super) fn read<T: DeserializeOwned>(data: &Value) -> Result<T> {
    taken::part("data", data)
}

/// The data is not what it should be.
pub(super) fn unfit() -> Error {
    Error::invalid("data", "wrong_type", "the data of this event does not fit")
}

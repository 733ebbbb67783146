//! Files in and out of a chat of either kind.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use door::download::Stands;
use door::upload::{self, Upload};
use door::{Caller, Door};
use flows::ChatRef;
use kernel::limits::FILES_PER_MESSAGE_MAX;
use kernel::{Error, FileId, Kind, Result, Scope};
use messaging::{Draft, FileRow, Right};
use utoipa::ToSchema;

use crate::refusals::Refusal;
use crate::taken::parameter;
use crate::words::{Link, Made};

/// The parts of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub struct FilesForm {
    /// The text that goes with the files.
    message: Option<String>,
    /// One part for each file.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<String>,
}

/// An upload on its way in.
pub struct Form(Upload);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> std::result::Result<Self, Refusal> {
        Ok(Self(Upload::open(request).await?))
    }
}

pub(crate) async fn upload(
    caller: &Caller,
    chat: ChatRef,
    Form(mut form): Form,
) -> std::result::Result<(StatusCode, Json<Made>), Refusal> {
    let mut draft = Draft::default();
    let posted = match receive(caller, chat, &mut form, &mut draft).await {
        Ok(()) => flows::chats::post(&caller.house, &caller.actor, chat, &draft).await,
        Err(error) => Err(error),
    };
    match posted {
        Ok(posted) => Ok((StatusCode::CREATED, Json(Made { id: posted.id.uuid() }))),
        Err(error) => {
            upload::discard(caller, &draft.files, &error).await;
            form.drain().await;
            Err(error.into())
        }
    }
}

async fn receive(caller: &Caller, chat: ChatRef, form: &mut Upload, draft: &mut Draft) -> Result<()> {
    caller.must_have(Scope::Write)?;
    upload::may_post(caller, chat).await?;
    let mut has_text = false;
    while let Some(part) = form.next_part().await? {
        match part.name() {
            Some("message") if has_text => {
                return Err(Error::invalid("message", "one_message", "an upload has one text"));
            }
            Some("message") => (draft.text, has_text) = (part.text().await?, true),
            Some("files") => {
                if draft.files.len() >= FILES_PER_MESSAGE_MAX {
                    return Err(Error::too_large("files_per_message", FILES_PER_MESSAGE_MAX as u64));
                }
                draft.files.push(part.keep(caller).await?);
            }
            _ => part.pass()?,
        }
    }
    if draft.files.is_empty() {
        return Err(Error::invalid("files", "no_files", "an upload has at least one part named files"));
    }
    Ok(())
}

/// How a link is asked for, and where it leads.
pub struct LinkPlace {
    with_location: bool,
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for LinkPlace {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, Refusal> {
        let headers = parameter(parts.uri.query().unwrap_or_default(), "headers");
        let with_location = match headers.as_deref() {
            None | Some("true") => true,
            Some("false") => false,
            Some(_) => return Err(Error::invalid("headers", "not_boolean", "true or false").into()),
        };
        let OriginalUri(uri) = match OriginalUri::from_request_parts(parts, state).await {
            Ok(uri) => uri,
            Err(never) => match never {},
        };
        Ok(Self { with_location, path: uri.path().to_owned() })
    }
}

pub(crate) async fn link(
    caller: &Caller,
    chat: ChatRef,
    id: &str,
    place: &LinkPlace,
) -> std::result::Result<Response, Refusal> {
    let (chat, _) = find(caller, chat, id).await?;
    place.answer(caller, &place.content_of(&caller.house.settings.public_url, chat, ""))
}

impl LinkPlace {
    /// The answer that leads to an address. It sets a cookie that is worth nothing and that nobody reads: who downloads
    /// as the SDK's documentation shows it does so only when there was one (docs/dialects/kpn.md).
    pub(crate) fn answer(&self, caller: &Caller, link: &str) -> std::result::Result<Response, Refusal> {
        let mut response = (StatusCode::FOUND, Json(Link { link: link.to_owned() })).into_response();
        let secure = if caller.house.settings.public_url.starts_with("https://") { "; Secure" } else { "" };
        let cookie = format!("link=1; Path={}; HttpOnly; SameSite=Strict{secure}", caller.base);
        response.headers_mut().insert(SET_COOKIE, HeaderValue::from_str(&cookie).map_err(Error::bug)?);
        if self.with_location {
            let location = HeaderValue::from_str(link).map_err(Error::bug)?;
            response.headers_mut().insert(LOCATION, location);
        }
        Ok(response)
    }

    /// Where the content of what was asked for lies in this chat. The address comes from the configuration: some
    /// clients send a Host without its port (docs/dialects/kpn.md).
    pub(crate) fn content_of(&self, public_url: &str, chat: ChatRef, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{public_url}{}/content{mark}{query}", own_path(&self.path, chat))
    }
}

/// The path of something below a chat, with the chat by ids of ours: an auxiliary id may be the number of a patient, and
/// stands in no address that we make.
fn own_path(path: &str, chat: ChatRef) -> String {
    let (kind, id) = match chat {
        ChatRef::Group(id) => ("groupchats", id.uuid()),
        ChatRef::Direct(peer) => ("conversations", peer.uuid()),
        ChatRef::AuxGroup(_) | ChatRef::AuxDirect(_) => return path.to_owned(),
    };
    let Some((base, below)) = path.split_once(&format!("/aux/{kind}/")) else { return path.to_owned() };
    let rest = below.split_once('/').map_or("", |(_, rest)| rest);
    format!("{base}/{kind}/{id}/{rest}")
}

/// The chat by ids of ours, and the file in it.
async fn find(caller: &Caller, chat: ChatRef, id: &str) -> std::result::Result<(ChatRef, FileRow), Refusal> {
    caller.must_have(Scope::Read)?;
    let id = FileId::from_uuid(id).ok_or(Error::not_found(Kind::File))?;
    let row = caller
        .read((chat, id), |tx, actor, (chat, id)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Read).await?;
                Ok((ChatRef::of(&open), messaging::file(tx, &open, *id).await?))
            })
        })
        .await?;
    Ok(row)
}

/// The token of a request by its hash, to look at again while a download goes on.
#[derive(Clone, Copy)]
pub struct Token([u8; 32]);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Refusal> {
        Ok(Self(vault::token_hash(door::bearer(parts).ok_or(Error::Unauthenticated)?)))
    }
}

pub(crate) async fn download(
    caller: &Caller,
    door: &Door,
    chat: ChatRef,
    id: &str,
    token: Token,
) -> std::result::Result<Response, Refusal> {
    let (_, row) = find(caller, chat, id).await?;
    Ok(door::download::answer(caller, &row, still_stands(caller, door, token)).await?)
}

/// Whether the token of a download still stands, and still may read. That it ended is nobody's failure.
pub(crate) fn still_stands(caller: &Caller, door: &Door, Token(hash): Token) -> impl Stands + use<> {
    let (door, origin) = (door.clone(), caller.actor.origin);
    move || {
        let door = door.clone();
        async move {
            let who = door.still_holder_of(&hash).await?;
            door.caller(&who, origin).await?.must_have(Scope::Read)
        }
    }
}

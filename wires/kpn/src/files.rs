//! Files in and out of a chat of either kind.

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use door::upload::{self, Upload};
use door::{Caller, Door};
use flows::ChatRef;
use futures_util::{Stream, StreamExt, stream};
use kernel::limits::FILES_PER_MESSAGE_MAX;
use kernel::{Error, FileId, Kind, Origin, Result, Scope};
use messaging::files;
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
    while let Some(part) = form.next_part().await? {
        match part.name() {
            Some("message") => draft.text = part.text().await?,
            Some("files") => {
                if draft.files.len() >= FILES_PER_MESSAGE_MAX {
                    return Err(Error::too_large("files_per_message", FILES_PER_MESSAGE_MAX as u64));
                }
                draft.files.push(part.keep(caller).await?);
            }
            _ => {}
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
    find(caller, chat, id).await?;
    // The address comes from the configuration: some clients send a Host without its port (messenger.md 3.1).
    let link = format!("{}{}/content", caller.house.settings.public_url, place.path);
    let mut response = (StatusCode::FOUND, Json(Link { link: link.clone() })).into_response();
    if place.with_location {
        let location = HeaderValue::from_str(&link).map_err(Error::bug)?;
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

async fn find(caller: &Caller, chat: ChatRef, id: &str) -> std::result::Result<FileRow, Refusal> {
    caller.must_have(Scope::Read)?;
    let id = FileId::from_uuid(id).ok_or(Error::not_found(Kind::File))?;
    let row = caller
        .read((chat, id), |tx, actor, (chat, id)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Read).await?;
                messaging::file(tx, &open, *id).await
            })
        })
        .await?;
    Ok(row)
}

/// The token of a request, to look at again while a download goes on.
pub struct Token(String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Refusal> {
        Ok(Self(door::bearer(parts).ok_or(Error::Unauthenticated)?.to_owned()))
    }
}

pub(crate) async fn download(
    caller: &Caller,
    door: &Door,
    chat: ChatRef,
    id: &str,
    token: Token,
) -> std::result::Result<Response, Refusal> {
    let row = find(caller, chat, id).await?;
    let house = &caller.house;
    let ring = house.vault.ring_of(&house.db, caller.actor.organisation).await?;
    let bytes = files::send(&house.blobs, &ring, &row).await?;
    let mut response =
        Response::new(Body::from_stream(while_it_stands(door.clone(), token, caller.actor.origin, bytes)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(&row.mime).map_err(Error::bug)?);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(row.size));
    headers.insert(CONTENT_DISPOSITION, disposition(&row.name)?);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

/// Breaks a download off within a second after its token has ended.
fn while_it_stands(
    door: Door,
    Token(token): Token,
    origin: Origin,
    bytes: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> impl Stream<Item = std::result::Result<Bytes, std::io::Error>> + Send {
    let asked_ms = door.house.clock.now_ms();
    let state = (door, token, Box::pin(bytes), asked_ms);
    stream::try_unfold(state, move |(door, token, mut bytes, mut asked_ms)| async move {
        let now_ms = door.house.clock.now_ms();
        if now_ms - asked_ms >= 1_000 {
            asked_ms = now_ms;
            door.recognise(&token, origin).await.map_err(cut)?;
        }
        match bytes.next().await {
            Some(chunk) => Ok(Some((chunk.map_err(cut)?, (door, token, bytes, asked_ms)))),
            None => Ok(None),
        }
    })
}

fn cut(error: Error) -> std::io::Error {
    tracing::warn!(?error, "a download was cut off");
    std::io::Error::other("cut off")
}

/// RFC 6266 with the name as RFC 8187 writes it; always a download, never shown in place.
fn disposition(name: &str) -> Result<HeaderValue> {
    let value = format!(
        "attachment; filename*=UTF-8''{}",
        identity::protocol::form::encode(name).replace('+', "%20")
    );
    HeaderValue::from_str(&value).map_err(Error::bug)
}

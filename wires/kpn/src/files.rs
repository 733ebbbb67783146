//! Files in and out of a chat of either kind.

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, FromRequestParts, Multipart, OriginalUri, Request};
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use door::{Caller, Door};
use flows::ChatRef;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use kernel::limits::{FILES_PER_MESSAGE_MAX, JSON_BODY_BYTES_MAX};
use kernel::{Error, FileId, Kind, Origin, Result, Scope};
use messaging::files::{self, FileDraft};
use messaging::{Draft, FileRow, NewFile, Right};
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
pub struct Form(Multipart);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Refusal> {
        let form = Multipart::from_request(request, state).await;
        form.map(Self)
            .map_err(|_| Error::invalid("body", "not_multipart", "files come as multipart/form-data").into())
    }
}

pub(crate) async fn upload(
    caller: &Caller,
    chat: ChatRef,
    Form(mut form): Form,
) -> std::result::Result<(StatusCode, Json<Made>), Refusal> {
    // Who may not post here must not fill the disk.
    if let Err(error) = may_post(caller, chat).await {
        drain(form).await;
        return Err(error.into());
    }
    let mut draft = Draft::default();
    let posted = match receive(caller, &mut form, &mut draft).await {
        Ok(()) => flows::chats::post(&caller.house, &caller.actor, chat, &draft).await,
        Err(error) => Err(error),
    };
    match posted {
        Ok(posted) => Ok((StatusCode::CREATED, Json(Made { id: posted.id.uuid() }))),
        Err(error) => {
            // A commit whose fate is not known may name these files: then the sweep decides.
            if !matches!(error, Error::Unavailable { .. }) {
                discard(caller, &draft.files).await;
            }
            drain(form).await;
            Err(error.into())
        }
    }
}

async fn may_post(caller: &Caller, chat: ChatRef) -> Result<()> {
    caller.must_have(Scope::Write)?;
    caller
        .read(chat, |tx, actor, chat| {
            Box::pin(async move { flows::chats::find(tx, actor, *chat, Right::Post).await.map(drop) })
        })
        .await
}

async fn receive(caller: &Caller, form: &mut Multipart, draft: &mut Draft) -> Result<()> {
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("message") => draft.text = text(field).await?,
            Some("files") => {
                if draft.files.len() >= FILES_PER_MESSAGE_MAX {
                    return Err(Error::too_large("files_per_message", FILES_PER_MESSAGE_MAX as u64));
                }
                draft.files.push(file(caller, field).await?);
            }
            _ => {}
        }
    }
    if draft.files.is_empty() {
        return Err(Error::invalid("files", "no_files", "an upload has at least one part named files"));
    }
    Ok(())
}

async fn text(mut field: Field<'_>) -> Result<String> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        text.extend_from_slice(&chunk);
        if text.len() > JSON_BODY_BYTES_MAX {
            return Err(Error::too_large("message_bytes", JSON_BODY_BYTES_MAX as u64));
        }
    }
    String::from_utf8(text).map_err(|_| Error::invalid("message", "not_utf8", "text is UTF-8"))
}

async fn file(caller: &Caller, field: Field<'_>) -> Result<NewFile> {
    let said = FileDraft {
        name: field.file_name().unwrap_or_default().to_owned(),
        mime: field.content_type().map(str::to_owned),
    };
    let house = &caller.house;
    let ring = house.vault.ring_of(&house.db, caller.actor.organisation).await?;
    files::receive(&house.blobs, &ring, (&house.clock, &house.rng), &said, field.map_err(broken)).await
}

fn broken(_: axum::extract::multipart::MultipartError) -> Error {
    door::body::half_sent()
}

/// A client that still sends must be listened to, or it never reads the refusal.
async fn drain(mut form: Multipart) {
    let mut length = 0;
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(chunk)) = field.chunk().await {
            length += chunk.len();
            if length > kernel::limits::DRAIN_BYTES_MAX {
                return;
            }
        }
    }
}

async fn discard(caller: &Caller, received: &[NewFile]) {
    for file in received {
        if let Err(error) = files::discard(&caller.house.blobs, file).await {
            tracing::warn!(?error, "a refused file stays for the sweep");
        }
    }
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

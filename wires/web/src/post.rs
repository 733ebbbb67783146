//! Sending a message, with files or without, from a form that needs no script.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use door::Caller;
use door::pages::forms::FIELD;
use flows::ChatRef;
use futures_util::TryStreamExt;
use kernel::limits::{DRAIN_BYTES_MAX, FILES_PER_MESSAGE_MAX, JSON_BODY_BYTES_MAX};
use kernel::{Clock, Error, Result};
use messaging::files::{self, FileDraft};
use messaging::{Draft, NewFile, Right};
use parking_lot::Mutex;

use crate::forms::must_be_ours;
use crate::place::{Place, Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::talk::{self, Unsent};
use crate::visitor::{Visitor, see_other};
use crate::words;

/// How long a form that was sent is remembered, so that sending it again does not say everything twice.
const REMEMBERED_MS: i64 = 10 * 60 * 1_000;
/// Forms that are remembered at once.
const REMEMBERED_MAX: usize = 20_000;

/// Forms whose message was posted, each by its session and its number.
pub struct Sent {
    clock: Clock,
    forms: Mutex<HashMap<[u8; 32], i64>>,
}

impl Sent {
    pub fn new(clock: Clock) -> Self {
        Self { clock, forms: Mutex::default() }
    }

    fn has(&self, key: &[u8; 32]) -> bool {
        let forms = self.forms.lock();
        forms.get(key).is_some_and(|at| self.clock.now_ms() - at < REMEMBERED_MS)
    }

    fn note(&self, key: [u8; 32]) {
        let now = self.clock.now_ms();
        let mut forms = self.forms.lock();
        if forms.len() >= REMEMBERED_MAX {
            forms.retain(|_, at| now - *at < REMEMBERED_MS);
        }
        if forms.len() < REMEMBERED_MAX {
            forms.insert(key, now);
        }
    }
}

/// Posts what the form holds, once for each form that was shown: who presses twice is answered as if once.
pub async fn post(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
    request: Request,
) -> Response {
    let key = key_of(&web, request.headers(), place.chat, query.0.first("once"));
    let joined = web.door.joined.clone();
    let work = async move { send(&web, &visitor, place.chat, key, request).await };
    let answer = joined.answer(key, work).await;
    answer.unwrap_or_else(|| Refusal(Error::bug("sending a message broke off")).into_response())
}

/// What makes two requests the same: one browser's session, one conversation, one form.
fn key_of(web: &Web, headers: &HeaderMap, chat: ChatRef, once: Option<&str>) -> [u8; 32] {
    let session = web.cookies.session(headers).unwrap_or_default();
    let once = match once {
        Some(once) => once.to_owned(),
        None => kernel::id::hex(&web.door.house.rng.bytes::<16>()),
    };
    vault::token_hash(&["web form", session, &path_of(chat), &once].join("\n"))
}

async fn send(web: &Web, visitor: &Visitor, chat: ChatRef, key: [u8; 32], request: Request) -> Response {
    let done = || see_other(&format!("{}#write", path_of(chat)));
    if web.sent.has(&key) {
        return done();
    }
    match try_to_send(web, visitor, chat, request).await {
        Ok(None) => {
            web.sent.note(key);
            done()
        }
        Ok(Some(unsent)) => {
            let page = talk::page(web, visitor, chat, None, &unsent).await;
            page.unwrap_or_else(|error| Refusal(error).into_response())
        }
        Err(error) => Refusal(error).into_response(),
    }
}

/// A message on its way in.
#[derive(Default)]
struct Arriving {
    draft: Draft,
    is_ours: bool,
    /// The name of the file that is coming in.
    file: Option<String>,
}

/// Posts the message; what was typed and what is wrong with it, when it is the writer's to mend.
async fn try_to_send(
    web: &Web,
    visitor: &Visitor,
    chat: ChatRef,
    request: Request,
) -> Result<Option<Unsent>> {
    let caller = &visitor.caller;
    let (headers, request) = (request.headers().clone(), request.map(Body::new));
    let mut form = Multipart::from_request(request, web).await.map_err(|_| door::body::half_sent())?;
    let mut arriving = Arriving::default();
    let received = receive(web, visitor, chat, &headers, &mut form, &mut arriving).await;
    let posted = match received {
        Ok(()) => flows::chats::post(&caller.house, &caller.actor, chat, &arriving.draft).await,
        Err(error) => Err(error),
    };
    let Err(error) = posted else { return Ok(None) };
    // A commit whose fate is not known may name these files: then the sweep decides.
    if !matches!(error, Error::Unavailable { .. }) {
        discard(caller, &arriving.draft.files).await;
    }
    drain(form).await;
    let words = words::trouble(visitor.view.language);
    let Some(why) = words.mendable(&error, arriving.file.as_deref()) else { return Err(error) };
    let is_about_files = arriving.file.is_some() || !arriving.draft.files.is_empty();
    Ok(Some(Unsent { text: arriving.draft.text, why, is_about_files }))
}

async fn receive(
    web: &Web,
    visitor: &Visitor,
    chat: ChatRef,
    headers: &HeaderMap,
    form: &mut Multipart,
    arriving: &mut Arriving,
) -> Result<()> {
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some(FIELD) => {
                must_be_ours(web, headers, Some(&text(field).await?))?;
                arriving.is_ours = true;
            }
            // The form begins with its token, so that nothing is kept of one that is not ours.
            _ if !arriving.is_ours => must_be_ours(web, headers, None)?,
            Some("text") => arriving.draft.text = text(field).await?.replace("\r\n", "\n"),
            Some("files") => receive_file(&visitor.caller, chat, field, arriving).await?,
            _ => {}
        }
    }
    if arriving.draft.text.trim().is_empty() {
        arriving.draft.text.clear();
    }
    Ok(())
}

/// Browsers send a nameless, empty file when none was chosen.
async fn receive_file(
    caller: &Caller,
    chat: ChatRef,
    field: Field<'_>,
    arriving: &mut Arriving,
) -> Result<()> {
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Ok(());
    }
    if arriving.draft.files.is_empty() {
        must_write_here(caller, chat).await?;
    }
    if arriving.draft.files.len() >= FILES_PER_MESSAGE_MAX {
        return Err(Error::too_large("files_per_message", FILES_PER_MESSAGE_MAX as u64));
    }
    arriving.file = Some(name.clone());
    let said = FileDraft { name, mime: field.content_type().map(str::to_owned) };
    let house = &caller.house;
    let ring = house.vault.ring_of(&house.db, caller.actor.organisation).await?;
    let place = (&house.clock, &house.rng);
    let file = files::receive(&house.blobs, &ring, place, &said, field.map_err(broken)).await?;
    arriving.draft.files.push(file);
    arriving.file = None;
    Ok(())
}

/// Who may not post here must not fill the disk.
async fn must_write_here(caller: &Caller, chat: ChatRef) -> Result<()> {
    let may = caller.read(chat, |tx, actor, chat| {
        Box::pin(async move { flows::chats::find(tx, actor, *chat, Right::Post).await.map(drop) })
    });
    may.await
}

async fn text(mut field: Field<'_>) -> Result<String> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        text.extend_from_slice(&chunk);
        if text.len() > JSON_BODY_BYTES_MAX {
            return Err(Error::too_large("message_bytes", JSON_BODY_BYTES_MAX as u64));
        }
    }
    String::from_utf8(text).map_err(|_| Error::invalid("text", "not_utf8", "text is UTF-8"))
}

fn broken(_: axum::extract::multipart::MultipartError) -> Error {
    door::body::half_sent()
}

/// A browser that still sends must be listened to, or it never shows the answer.
async fn drain(mut form: Multipart) {
    let mut length = 0;
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(chunk)) = field.chunk().await {
            length += chunk.len();
            if length > DRAIN_BYTES_MAX {
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

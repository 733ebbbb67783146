//! Sending a message, with files or without, from a form that needs no script.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use door::Work;
use door::pages::forms::FIELD;
use door::upload::{self, Part, Upload};
use flows::ChatRef;
use kernel::limits::FILES_PER_MESSAGE_MAX;
use kernel::{Clock, Error, Result};
use messaging::Draft;
use parking_lot::Mutex;

use crate::forms::must_be_ours;
use crate::place::{Place, Query, path_of};
use crate::refusals::{Refusal, status};
use crate::state::Web;
use crate::talk;
use crate::unsent::Unsent;
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
            page.unwrap_or_else(|error| unsent.show(web, visitor, error))
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
    if let Err(error) = visitor.may(web, Work::Message) {
        door::body::refuse(&headers, request.into_body()).await;
        return Err(error);
    }
    let mut form = Upload::open(request).await?;
    let mut arriving = Arriving::default();
    let received = receive(web, visitor, chat, &headers, &mut form, &mut arriving).await;
    let posted = match received {
        Ok(()) => flows::chats::post(&caller.house, &caller.actor, chat, &arriving.draft).await,
        Err(error) => Err(error),
    };
    let Err(error) = posted else { return Ok(None) };
    upload::discard(caller, &arriving.draft.files, &error).await;
    form.drain().await;
    let words = words::trouble(visitor.view.language);
    let Some(why) = words.unsent(&error, arriving.file.as_deref()) else { return Err(error) };
    let is_about_files = arriving.file.is_some() || !arriving.draft.files.is_empty();
    let is_mendable = words.mendable(&error, None).is_some();
    let status = if is_mendable { StatusCode::UNPROCESSABLE_ENTITY } else { status(&error) };
    Ok(Some(Unsent { text: arriving.draft.text, why, is_about_files, status }))
}

async fn receive(
    web: &Web,
    visitor: &Visitor,
    chat: ChatRef,
    headers: &HeaderMap,
    form: &mut Upload,
    arriving: &mut Arriving,
) -> Result<()> {
    while let Some(part) = form.next_part().await? {
        match part.name() {
            Some(FIELD) => {
                must_be_ours(web, headers, Some(&part.text().await?))?;
                arriving.is_ours = true;
            }
            // The form begins with its token, so that nothing is kept of one that is not ours.
            _ if !arriving.is_ours => must_be_ours(web, headers, None)?,
            Some("text") => arriving.draft.text = part.text().await?.replace("\r\n", "\n"),
            Some("files") => receive_file(web, visitor, chat, part, arriving).await?,
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
    web: &Web,
    visitor: &Visitor,
    chat: ChatRef,
    part: Part<'_>,
    arriving: &mut Arriving,
) -> Result<()> {
    let caller = &visitor.caller;
    let name = part.file_name().to_owned();
    if name.is_empty() {
        return Ok(());
    }
    if arriving.draft.files.is_empty() {
        visitor.may(web, Work::Upload)?;
        upload::may_post(caller, chat).await?;
    }
    if arriving.draft.files.len() >= FILES_PER_MESSAGE_MAX {
        return Err(Error::too_large("files_per_message", FILES_PER_MESSAGE_MAX as u64));
    }
    arriving.file = Some(name);
    let file = part.keep(caller).await?;
    arriving.draft.files.push(file);
    arriving.file = None;
    Ok(())
}

//! Sending a message, with files or without, from a form that needs no script.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use door::Work;
use door::pages::forms::FIELD;
use door::upload::{self, Part, Upload};
use flows::ChatRef;
use kernel::id::hex;
use kernel::limits::FILES_PER_MESSAGE_MAX;
use kernel::{Error, Result};
use messaging::Draft;

use crate::forms::must_be_ours;
use crate::held;
use crate::once;
use crate::place::{Place, Query, path_of};
use crate::refusals::{Refusal, status};
use crate::state::Web;
use crate::talk;
use crate::unsent::Unsent;
use crate::visitor::{Visitor, see_other};
use crate::words;

/// Posts what the form holds, once for each form that was shown and filled in so: who presses twice is answered as if
/// once. It is done to its end also when the browser hangs up.
pub async fn post(
    State(web): State<Web>,
    visitor: Option<Visitor>,
    place: Place,
    query: Query,
    request: Request,
) -> Response {
    let number = query.0.first("once").unwrap_or_default().to_owned();
    let Some(visitor) = visitor else { return held::hold(&web, place.chat, &number, request).await };
    // No two are the same before their whole text is there.
    let (own, joined) = (web.door.house.rng.bytes::<32>(), web.door.joined.clone());
    let work = async move { send(&web, &visitor, place.chat, &number, request).await };
    let answer = joined.answer(own, work).await;
    answer.unwrap_or_else(|| Refusal(Error::bug("sending a message broke off")).into_response())
}

async fn send(web: &Web, visitor: &Visitor, chat: ChatRef, number: &str, request: Request) -> Response {
    match try_to_send(web, visitor, chat, number, request).await {
        Ok(None) => see_other(&format!("{}#write", path_of(chat))),
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
    number: &str,
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
    let received = receive(web, visitor, (chat, number), &headers, &mut form, &mut arriving).await;
    let posted = match received {
        Ok(()) => post_once(visitor, chat, number, &arriving.draft).await,
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

/// Posts the message, unless the same form brought it before: then its files are there already, too.
async fn post_once(visitor: &Visitor, chat: ChatRef, number: &str, draft: &Draft) -> Result<()> {
    let files: Vec<String> =
        draft.files.iter().map(|file| format!("{} {}", hex(file.hash()), file.name())).collect();
    let said: Vec<&str> = std::iter::once(&draft.text).chain(&files).map(String::as_str).collect();
    let caller = once::named(&visitor.caller, &path_of(chat), number, &said);
    let posting = async {
        let posted = flows::chats::post(&caller.house, &caller.actor, chat, draft).await?;
        Ok(posted.id)
    };
    if !once::done(&caller, posting).await?.is_new {
        upload::discard(&caller, &draft.files, &identity::once::is_used()).await;
    }
    Ok(())
}

async fn receive(
    web: &Web,
    visitor: &Visitor,
    (chat, number): (ChatRef, &str),
    headers: &HeaderMap,
    form: &mut Upload,
    arriving: &mut Arriving,
) -> Result<()> {
    while let Some(part) = form.next_part().await? {
        match part.name() {
            Some(FIELD) => {
                let token = part.text().await?;
                if !held::is_held(web, headers, visitor.me.id, (chat, number), &token) {
                    must_be_ours(web, headers, Some(&token))?;
                }
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

//! Messages of a chat of either kind.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use door::Caller;
use flows::{ChatRef, Stretch};
use identity::invitations::now_known_as;
use jiff::Timestamp;
use kernel::limits::CHAT_MEMBERS_MAX;
use kernel::{Error, Kind, MessageId, Page, Scope};
use messaging::{Draft, Request, Right, Window};

use crate::asking_words::NewQuestion;
use crate::refusals::Refusal;
use crate::tags::Tagged;
use crate::taken::{Pages, instant, parameter};
use crate::words::{Done, Made, MessageWord, NewMessage, ReadUpTo};

/// Which messages are asked for: a page, or those before a message, of all or of a stretch of time.
pub struct MessageQuery {
    page: Page,
    before: Option<MessageId>,
    time: Option<(i64, i64)>,
}

impl<S: Send + Sync> FromRequestParts<S> for MessageQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Pages(page) = Pages::from_request_parts(parts, state).await?;
        let query = parts.uri.query().unwrap_or_default();
        let before = parameter(query, "before").map(|id| message_id(&id)).transpose()?;
        let date = |name| parameter(query, name).map(|text| instant(name, &text)).transpose();
        let time = match (date("start_date")?, date("end_date")?) {
            (None, None) => None,
            (from, until) => Some((from.map_or(0, ms), until.map_or(i64::MAX, ms))),
        };
        Ok(Self { page, before, time })
    }
}

fn ms(instant: Timestamp) -> i64 {
    instant.as_millisecond()
}

pub(crate) fn message_id(id: &str) -> Result<MessageId, Error> {
    MessageId::from_uuid(id).ok_or(Error::not_found(Kind::Message))
}

pub(crate) async fn list(
    caller: &Caller,
    chat: ChatRef,
    query: MessageQuery,
) -> Result<Json<Vec<MessageWord>>, Refusal> {
    caller.must_have(Scope::Read)?;
    let before = match query.before {
        Some(id) => Some(place_of(caller, chat, id).await?),
        None => None,
    };
    // Who says before which message needs no page number.
    let page = Page { skip: if before.is_some() { 0 } else { query.page.skip }, ..query.page };
    let window = match (before, query.time) {
        (before, Some((from_ms, until_ms))) => Window::Between { from_ms, until_ms, before, page },
        (Some(seq), None) => Window::before(seq, page.size),
        (None, None) => Window::page(page),
    };
    let stretch = flows::reading::messages(&caller.house, &caller.actor, chat, window).await?;
    Ok(Json(words(&stretch, caller)))
}

async fn place_of(caller: &Caller, chat: ChatRef, id: MessageId) -> Result<i64, Refusal> {
    let place = caller.read((chat, id), |tx, actor, (chat, id)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::ReadOne).await?;
            messaging::place_of(tx, &open, *id).await
        })
    });
    Ok(place.await?)
}

pub(crate) async fn get(caller: &Caller, chat: ChatRef, id: &str) -> Result<Tagged<MessageWord>, Refusal> {
    caller.must_have(Scope::Read)?;
    let stretch = flows::reading::message(&caller.house, &caller.actor, chat, message_id(id)?).await?;
    let word = words(&stretch, caller).pop().ok_or(Error::not_found(Kind::Message))?;
    Ok(Tagged(word))
}

pub(crate) async fn post(
    caller: &Caller,
    chat: ChatRef,
    message: NewMessage,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    caller.must_have(Scope::Write)?;
    let request = match message.question {
        Some(question) => Some(asked(caller, question).await?),
        None => None,
    };
    let draft = Draft { request, ..Draft::text(message.body) };
    let posted = flows::chats::post(&caller.house, &caller.actor, chat, &draft).await?;
    Ok((StatusCode::CREATED, Json(Made { id: posted.id.uuid() })))
}

/// A question to those whom it names, by the ids that they have now.
async fn asked(caller: &Caller, question: NewQuestion) -> Result<Request, Refusal> {
    let mut question = question.read()?;
    // More people than this are refused further on.
    if (1..=CHAT_MEMBERS_MAX).contains(&question.asked.len()) {
        let asked = std::mem::take(&mut question.asked);
        let now =
            caller.read(asked, |tx, actor, people| Box::pin(now_known_as(tx, actor.organisation, people)));
        question.asked = now.await?;
    }
    Ok(Request::Question(question))
}

pub(crate) async fn delete(caller: &Caller, chat: ChatRef, id: &str) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    caller
        .write((chat, message_id(id)?), |tx, actor, (chat, id)| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, *chat, Right::Receive).await?;
                messaging::delete(tx, &open, *id).await
            })
        })
        .await?;
    Ok(Json(Done {}))
}

pub(crate) async fn read(caller: &Caller, chat: ChatRef, up_to: ReadUpTo) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    let up_to = up_to.message_id.map(|id| message_id(&id)).transpose()?;
    caller
        .write((chat, up_to), |tx, actor, (chat, up_to)| {
            Box::pin(flows::reading::mark_read(tx, actor, *chat, *up_to))
        })
        .await?;
    Ok(Json(Done {}))
}

fn words(stretch: &Stretch, caller: &Caller) -> Vec<MessageWord> {
    let people = crate::words::People::new(stretch.people.clone(), caller);
    let word = |message| MessageWord::of(message, &stretch.receipts, &people);
    stretch.messages.iter().map(word).collect()
}

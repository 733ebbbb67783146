//! One conversation: what was said in it, and a form to say more.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use door::pages::forms::FIELD;
use flows::{ChatRef, FullChat, Stretch};
use identity::Person;
use kernel::id::hex;
use kernel::{Actor, Error, Kind, MessageId, Result};
use messaging::{ChatKind, Gone, May, Right, Window};
use store::Tx;

use crate::assets::{SCRIPT_PATH, STYLE_PATH, allow_script};
use crate::ending::after_closing;
use crate::lines::{Lines, Reader};
use crate::pictures::Face;
use crate::place::{Place, Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::unsent::Unsent;
use crate::visitor::Visitor;
use crate::words::{About, Chats, fill};
use door::pages::{Corner, Page, Spoken, role};

/// Messages on one page.
const MESSAGES: i64 = 30;
/// Messages that a script is given at once.
const CATCH_UP: i64 = 100;

#[derive(Template)]
#[template(path = "talk.html")]
struct Talk<'a> {
    words: &'static Chats,
    about: &'static About,
    head: Head,
    path: String,
    once: String,
    field: &'static str,
    token: &'a str,
    lines: &'a Lines,
    /// Before which place the earlier messages are, when there are any.
    earlier: Option<i64>,
    /// Whether these are earlier messages, and not the newest.
    is_past: bool,
    now_ms: i64,
    unsent: &'a Unsent,
}

/// What stands above a conversation, and what its reader may do in it.
#[derive(Template)]
#[template(path = "head.html")]
struct Head {
    words: &'static Chats,
    face: Face,
    name: String,
    about: String,
    is_group: bool,
    is_closed: bool,
    can_write: bool,
    can_close: bool,
    can_reopen: bool,
    can_join: bool,
    /// Whether there is something to keep.
    can_save: bool,
    /// Who can open it again once it is closed.
    after_closing: String,
}

/// What a page of messages shows.
struct Looked {
    peer: Option<Person>,
    full: Option<FullChat>,
    gone: Vec<Gone>,
    authors: Vec<Person>,
}

/// The page of a conversation, or with `fragment=1` only the messages after a place.
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
) -> Result<Response, Refusal> {
    if query.is_on("fragment") && query.0.first("part") == Some("head") {
        return Ok(head_alone(&visitor, place.chat).await?);
    }
    if query.is_on("fragment") && query.0.first("message").is_some() {
        return Ok(line_alone(&visitor, place.chat, &query).await?);
    }
    if query.is_on("fragment") {
        return fragment(&visitor, place.chat, &query).await;
    }
    let response = page(&web, &visitor, place.chat, query.seq("before"), &Unsent::default()).await?;
    Ok(response)
}

/// The page with what was typed before, when it could not be sent.
pub async fn page(
    web: &Web,
    visitor: &Visitor,
    chat: ChatRef,
    before: Option<i64>,
    unsent: &Unsent,
) -> Result<Response> {
    let caller = &visitor.caller;
    let window = Window::Before { seq: before, limit: MESSAGES + 1 };
    let mut stretch = flows::reading::messages(&caller.house, &caller.actor, chat, window).await?;
    let has_earlier = stretch.messages.len() > usize::try_from(MESSAGES).unwrap_or_default();
    stretch.messages.truncate(usize::try_from(MESSAGES).unwrap_or_default());
    // Places have no gaps: what is missing between these messages, and at either end of all, was deleted.
    let oldest = stretch.messages.last().map(|message| message.seq).filter(|_| has_earlier);
    let span = (oldest.unwrap_or_default(), before.unwrap_or(i64::MAX));
    let looked = caller.read((chat, span), |tx, actor, (chat, span)| Box::pin(look(tx, actor, *chat, *span)));
    let Looked { peer, full, gone, authors } = looked.await?;
    let is_news = before.is_none() && mark_read(visitor, chat, &stretch).await?;
    let unread = if is_news { visitor.count_again().await? } else { visitor.unread };
    // What was deleted between the two looks stands there as deleted, and not twice.
    stretch.messages.retain(|message| gone.iter().all(|mark| mark.id != message.id));
    stretch.people.extend(authors);
    let may = full.as_ref().map(|full| full.chat.may(&visitor.caller.actor));
    let lines = reader(visitor, chat, may).lines(stretch, &gone);
    let head = head(visitor, peer.as_ref(), full.as_ref())?;
    let title = head.name.clone();
    let talk = Talk {
        words: visitor.words(),
        about: visitor.about(),
        head,
        path: path_of(chat),
        once: hex(&caller.house.rng.bytes::<12>()),
        field: FIELD,
        token: visitor.view.token.value(),
        earlier: oldest,
        is_past: before.is_some(),
        now_ms: caller.house.clock.now_ms(),
        lines: &lines,
        unsent,
    };
    let is_sent = unsent.why.is_empty();
    let title = if is_sent { title } else { fill(visitor.words().title_of_error, &[&title]) };
    let page = Page { status: unsent.status, ..Page::new(visitor.view.language, &title, &visitor.view.here) };
    let mut response = visitor.show_counted(web, page, Corner::Chats, unread, &talk);
    allow_script(&mut response);
    Ok(response)
}

/// The chat, when it has begun, the other one of a chat of two, and what was deleted from one place to another.
async fn look(tx: &Tx, actor: &Actor, chat: ChatRef, (from, until): (i64, i64)) -> Result<Looked> {
    let (peer, full) = look_at_head(tx, actor, chat).await?;
    let gone = match flows::chats::find(tx, actor, chat, Right::Read).await? {
        Some(open) => messaging::gone(tx, &open, from, until).await?,
        None => Vec::new(),
    };
    let authors = flows::chats::people(tx, actor, gone.iter().map(|gone| gone.author)).await?;
    Ok(Looked { peer, full, gone, authors })
}

async fn look_at_head(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<(Option<Person>, Option<FullChat>)> {
    let full = flows::chats::full(tx, actor, chat).await?;
    let peer = match (chat, &full) {
        // Whoever wrote to somebody is known to them, even where they could not have found them.
        (ChatRef::Direct(peer), Some(full)) => full.people.iter().find(|one| one.id == peer).cloned(),
        (ChatRef::Direct(peer), None) => identity::find_person(tx, actor, peer).await?,
        _ => None,
    };
    Ok((peer, full))
}

/// One message as it is by now, for the script.
async fn line_alone(visitor: &Visitor, chat: ChatRef, query: &Query) -> Result<Response> {
    let id =
        query.0.first("message").and_then(MessageId::from_uuid).ok_or(Error::not_found(Kind::Message))?;
    let caller = &visitor.caller;
    let may = caller.read(chat, |tx, actor, chat| {
        Box::pin(async move { Ok(flows::chats::open(tx, actor, *chat, Right::ReadOne).await?.may()) })
    });
    let may = may.await?;
    let stretch = flows::reading::message(&caller.house, &caller.actor, chat, id).await?;
    part(&reader(visitor, chat, Some(may)).lines(stretch, &[]))
}

/// What stands above a conversation by now, for the script.
async fn head_alone(visitor: &Visitor, chat: ChatRef) -> Result<Response> {
    let read = visitor.caller.read(chat, |tx, actor, chat| Box::pin(look_at_head(tx, actor, *chat)));
    let (peer, full) = read.await?;
    part(&head(visitor, peer.as_ref(), full.as_ref())?)
}

/// A part of a page.
pub fn part(template: &impl Template) -> Result<Response> {
    let mut response = Html(template.render().map_err(Error::bug)?).into_response();
    door::pages::headers::protect(&mut response, &[]);
    Ok(response)
}

fn head(visitor: &Visitor, peer: Option<&Person>, full: Option<&FullChat>) -> Result<Head> {
    let (words, language) = (visitor.words(), visitor.view.language);
    let chat = full.map(|full| &full.chat);
    let is_group = chat.is_some_and(|chat| chat.kind == ChatKind::Group);
    let count = full.map_or(0, |full| full.members.len());
    let (name, about) = match (peer, is_group) {
        (Some(peer), _) => (peer.full_name(), about(peer, language)),
        (None, true) => {
            let subject = chat.and_then(|chat| chat.subject.clone());
            let subject = subject.unwrap_or_else(|| words.group.to_owned());
            (subject, fill(words.group_of, &[&count.to_string()]))
        }
        (None, false) => return Err(Error::not_found(Kind::Conversation)),
    };
    let is_closed = chat.is_some_and(|chat| chat.closed_ms.is_some());
    let may = chat.map(|chat| chat.may(&visitor.caller.actor));
    let may = |asks: fn(&May) -> bool| may.as_ref().is_some_and(asks);
    let face = match (peer, chat) {
        (Some(peer), _) => Face::of_person(peer),
        (None, Some(chat)) => Face::of_group(chat, &name),
        (None, None) => Face::unknown(),
    };
    Ok(Head {
        words,
        after_closing: full.map_or_else(String::new, |full| after_closing(visitor, full)),
        face,
        name,
        about,
        is_group,
        is_closed,
        can_write: chat.is_none() || may(May::post),
        can_close: may(May::close),
        can_reopen: may(May::reopen),
        can_join: may(May::join),
        can_save: chat.is_some(),
    })
}

/// What somebody is, in their own words where they have any.
fn about(person: &Person, language: door::pages::Language) -> String {
    let role = role(language, person.role);
    if person.position.is_empty() { role.to_owned() } else { format!("{role} · {}", person.position) }
}

/// How this visitor reads the messages of a chat in which they may do this.
pub fn reader(visitor: &Visitor, chat: ChatRef, may: Option<May>) -> Reader {
    let language = visitor.view.language;
    let spoken = Spoken::new(language, &visitor.zone, &visitor.caller.house.clock);
    let token = visitor.view.token.value().to_owned();
    Reader { me: visitor.me.id, chat, may, language, spoken, token }
}

/// The messages after a place, for the script; with `seen=1` the page is before somebody's eyes.
async fn fragment(visitor: &Visitor, chat: ChatRef, query: &Query) -> Result<Response, Refusal> {
    let after = query.seq("after").unwrap_or_default();
    let input = (chat, after);
    let stretch = visitor
        .caller
        .read(input, |tx, actor, (chat, after)| Box::pin(messages_after(tx, actor, *chat, *after)));
    let (stretch, gone, may) = stretch.await?;
    if query.is_on("seen") {
        mark_read(visitor, chat, &stretch).await?;
    }
    let lines = reader(visitor, chat, may).lines(stretch, &gone);
    Ok(part(&lines)?)
}

async fn messages_after(
    tx: &Tx,
    actor: &Actor,
    chat: ChatRef,
    after: i64,
) -> Result<(Stretch, Vec<Gone>, Option<May>)> {
    let Some(open) = flows::chats::find(tx, actor, chat, Right::Read).await? else {
        return Ok((Stretch::default(), Vec::new(), None));
    };
    let mut messages = messaging::messages_after(tx, &open, after, CATCH_UP).await?;
    // A mark beyond the last of these messages would say that the page has come further than it has.
    let is_whole = i64::try_from(messages.len()).is_ok_and(|count| count < CATCH_UP);
    let until = messages.last().map(|last| last.seq).filter(|_| !is_whole).unwrap_or(i64::MAX);
    let gone = messaging::gone(tx, &open, after.saturating_add(1), until).await?;
    let receipts = messaging::receipts(tx, &open).await?;
    let members: Vec<_> = receipts.iter().map(|receipt| receipt.person).collect();
    flows::reading::mean_by_now(tx, actor.organisation, &members, messages.iter_mut().collect()).await?;
    let mut named = flows::reading::named_in(&messages, &receipts);
    named.extend(gone.iter().map(|gone| gone.author));
    let people = flows::chats::people(tx, actor, named).await?;
    Ok((Stretch { messages, receipts, people }, gone, Some(open.may())))
}

/// Notes that the reader has these messages before them, and tells whether that was not known yet.
async fn mark_read(visitor: &Visitor, chat: ChatRef, stretch: &Stretch) -> Result<bool> {
    let Some(newest) = stretch.messages.iter().map(|message| message.seq).max() else { return Ok(false) };
    let mine = stretch.receipts.iter().find(|receipt| receipt.person == visitor.me.id);
    if mine.is_none_or(|receipt| receipt.has_read(newest)) {
        return Ok(false);
    }
    let marked = visitor.caller.write((chat, newest), |tx, actor, (chat, newest)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::Receive).await?;
            messaging::mark_read(tx, &open, *newest).await
        })
    });
    marked.await?;
    Ok(true)
}

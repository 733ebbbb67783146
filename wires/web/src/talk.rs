//! One conversation: what was said in it, and a form to say more.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use door::pages::forms::FIELD;
use flows::{ChatRef, FullChat, Stretch};
use identity::Person;
use kernel::id::hex;
use kernel::{Actor, Error, Kind, Result};
use messaging::{ChatKind, May, Right, Window};
use store::Tx;

use crate::assets::{SCRIPT_PATH, STYLE_PATH, allow_script};
use crate::lines::{Lines, Reader};
use crate::place::{Place, Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{About, Chats, fill};
use door::pages::{Corner, Spoken, role};

/// Messages on one page.
const MESSAGES: i64 = 30;
/// Messages that a script is given at once.
const CATCH_UP: i64 = 100;

/// What somebody typed that was not sent, and why.
#[derive(Clone, Debug, Default)]
pub struct Unsent {
    /// The text, to be kept.
    pub text: String,
    /// Why, in their language; empty when nothing was tried.
    pub why: String,
    /// Whether the files were at fault, and not the text.
    pub is_about_files: bool,
}

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

/// What stands above a conversation.
struct Head {
    name: String,
    about: String,
    is_group: bool,
    is_closed: bool,
    /// What they may do; `None` while a chat of two has not begun, which they may begin.
    may: Option<May>,
}

/// The page of a conversation, or with `fragment=1` only the messages after a place.
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
) -> Result<Response, Refusal> {
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
    let (peer, full) = caller.read(chat, |tx, actor, chat| Box::pin(look(tx, actor, *chat))).await?;
    let window = Window::Before { seq: before, limit: MESSAGES + 1 };
    let mut stretch = flows::reading::messages(&caller.house, &caller.actor, chat, window).await?;
    let has_earlier = stretch.messages.len() > usize::try_from(MESSAGES).unwrap_or_default();
    stretch.messages.truncate(usize::try_from(MESSAGES).unwrap_or_default());
    if before.is_none() {
        mark_read(visitor, chat, &stretch).await?;
    }
    let may = full.as_ref().map(|full| full.chat.may(&caller.actor));
    let lines = reader(visitor, chat, may).lines(stretch);
    let head = head(visitor, peer, full)?;
    let title = head.name.clone();
    let talk = Talk {
        words: visitor.words(),
        about: visitor.about(),
        head,
        path: path_of(chat),
        once: hex(&caller.house.rng.bytes::<12>()),
        field: FIELD,
        token: visitor.view.token.value(),
        earlier: lines.oldest().filter(|_| has_earlier),
        is_past: before.is_some(),
        now_ms: caller.house.clock.now_ms(),
        lines: &lines,
        unsent,
    };
    let is_sent = unsent.why.is_empty();
    let title = if is_sent { title } else { fill(visitor.words().title_of_error, &[&title]) };
    let status = if is_sent { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = visitor.show_as(web, status, &title, Corner::Chats, &talk);
    allow_script(&mut response);
    Ok(response)
}

/// The other one of a chat of two, and the chat when it has begun.
async fn look(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<(Option<Person>, Option<FullChat>)> {
    let full = flows::chats::full(tx, actor, chat).await?;
    let peer = match (chat, &full) {
        // Whoever wrote to somebody is known to them, even where they could not have found them.
        (ChatRef::Direct(peer), Some(full)) => full.people.iter().find(|one| one.id == peer).cloned(),
        (ChatRef::Direct(peer), None) => identity::find_person(tx, actor, peer).await?,
        (ChatRef::Group(_), _) => None,
    };
    Ok((peer, full))
}

fn head(visitor: &Visitor, peer: Option<Person>, full: Option<FullChat>) -> Result<Head> {
    let (words, language) = (visitor.words(), visitor.view.language);
    let chat = full.as_ref().map(|full| &full.chat);
    let is_group = chat.is_some_and(|chat| chat.kind == ChatKind::Group);
    let count = full.as_ref().map_or(0, |full| full.members.len());
    let (name, about) = match (&peer, is_group) {
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
    Ok(Head { name, about, is_group, is_closed, may })
}

impl Head {
    fn may(&self, asks: fn(&May) -> bool) -> bool {
        self.may.as_ref().is_some_and(asks)
    }
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
    Reader { me: visitor.me.id, chat, may, language, spoken }
}

/// The messages after a place, for the script; with `seen=1` the page is before somebody's eyes.
async fn fragment(visitor: &Visitor, chat: ChatRef, query: &Query) -> Result<Response, Refusal> {
    let after = query.seq("after").unwrap_or_default();
    let input = (chat, after);
    let stretch = visitor
        .caller
        .read(input, |tx, actor, (chat, after)| Box::pin(messages_after(tx, actor, *chat, *after)));
    let (stretch, may) = stretch.await?;
    if query.is_on("seen") {
        mark_read(visitor, chat, &stretch).await?;
    }
    let lines = reader(visitor, chat, may).lines(stretch);
    let html = lines.render().map_err(Error::bug)?;
    let mut response = Html(html).into_response();
    door::pages::headers::protect(&mut response, &[]);
    Ok(response)
}

async fn messages_after(tx: &Tx, actor: &Actor, chat: ChatRef, after: i64) -> Result<(Stretch, Option<May>)> {
    let Some(open) = flows::chats::find(tx, actor, chat, Right::Read).await? else {
        return Ok((Stretch::default(), None));
    };
    let messages = messaging::messages_after(tx, &open, after, CATCH_UP).await?;
    let receipts = messaging::receipts(tx, &open).await?;
    let people = flows::chats::people(tx, actor, messages.iter().map(|message| message.author)).await?;
    Ok((Stretch { messages, receipts, people }, Some(open.may())))
}

/// Notes that the reader has these messages before them, unless that is known.
async fn mark_read(visitor: &Visitor, chat: ChatRef, stretch: &Stretch) -> Result<()> {
    let Some(newest) = stretch.messages.iter().map(|message| message.seq).max() else { return Ok(()) };
    let mine = stretch.receipts.iter().find(|receipt| receipt.person == visitor.me.id);
    if mine.is_none_or(|receipt| receipt.has_read(newest)) {
        return Ok(());
    }
    let marked = visitor.caller.write((chat, newest), |tx, actor, (chat, newest)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::Receive).await?;
            messaging::mark_read(tx, &open, *newest).await
        })
    });
    marked.await
}

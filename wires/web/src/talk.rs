//! One conversation: what was said in it, and a form to say more.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use door::pages::forms::FIELD;
use flows::{ChatHead, ChatRef, Stretch};
use identity::Person;
use kernel::{Actor, Error, Kind, MessageId, Result};
use messaging::{ChatKind, Gone, May, Message, OpenChat, Receipt, Right, Window};
use store::Tx;

use crate::assets::{SCRIPT_PATH, STYLE_PATH};
use crate::ending::after_closing;
use crate::lines::{Lines, Reader};
use crate::once;
use crate::pictures::Face;
use crate::place::{Place, Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::unsent::Unsent;
use crate::visitor::Visitor;
use crate::words::{self, About, Chats, Questions, Saving, fill};
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
    saving: &'static Saving,
    questions: &'static Questions,
    head: Head,
    path: String,
    once: String,
    field: &'static str,
    token: &'a str,
    /// Who writes.
    me: String,
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
    can_ask_who: bool,
    /// Whether there is something to keep.
    can_save: bool,
    /// Who can open it again once it is closed.
    after_closing: String,
}

/// What a page of messages shows.
struct Looked {
    above: Above,
    stretch: Stretch,
    gone: Vec<Gone>,
    /// The place of the oldest of these messages, when there are earlier ones.
    oldest: Option<i64>,
}

/// A chat that has begun, or somebody with whom one could.
enum Above {
    Chat(Box<ChatHead>),
    Nothing(Box<Person>),
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
    let looked =
        caller.read((chat, before), |tx, actor, (chat, before)| Box::pin(look(tx, actor, *chat, *before)));
    let Looked { above, stretch, gone, oldest } = looked.await?;
    let is_past = before.is_some();
    let is_news = note(visitor, chat, &stretch, if is_past { Reached::There } else { Reached::Read }).await?;
    let unread = if is_news && !is_past { visitor.count_again().await? } else { visitor.unread };
    let lines = reader(visitor, chat, above.may(&caller.actor)).lines(stretch, &gone);
    let head = head(visitor, &above)?;
    let title = head.name.clone();
    let talk = Talk {
        words: visitor.words(),
        about: visitor.about(),
        saving: words::saving(visitor.view.language),
        questions: words::questions(visitor.view.language),
        head,
        path: path_of(chat),
        once: once::number(&caller.house.rng),
        field: FIELD,
        token: visitor.view.token.value(),
        me: visitor.me.id.uuid(),
        earlier: oldest,
        is_past,
        now_ms: caller.house.clock.now_ms(),
        lines: &lines,
        unsent,
    };
    let is_sent = unsent.why.is_empty();
    let title = if is_sent { title } else { fill(visitor.words().title_of_error, &[&title]) };
    let page = Page { status: unsent.status, ..Page::new(visitor.view.language, &title, &visitor.view.here) };
    Ok(visitor.show_counted(web, page, Corner::Chats, unread, &talk))
}

/// A page of messages before a place, or of the newest, and what stands above them.
async fn look(tx: &Tx, actor: &Actor, chat: ChatRef, before: Option<i64>) -> Result<Looked> {
    let Some(open) = flows::chats::find(tx, actor, chat, Right::Read).await? else {
        let (above, stretch) = (nothing_yet(tx, actor, chat).await?, Stretch::default());
        return Ok(Looked { above, stretch, gone: Vec::new(), oldest: None });
    };
    let mut messages =
        messaging::messages(tx, &open, Window::Before { seq: before, limit: MESSAGES + 1 }).await?;
    let page = usize::try_from(MESSAGES).unwrap_or_default();
    let has_earlier = messages.len() > page;
    messages.truncate(page);
    // Places have no gaps: what is missing between these messages, and at either end of all, was deleted.
    let oldest = messages.last().map(|message| message.seq).filter(|_| has_earlier);
    let gone = messaging::gone(tx, &open, oldest.unwrap_or_default(), before.unwrap_or(i64::MAX)).await?;
    let stretch = dressed(tx, actor, &open, messages, &gone).await?;
    let above = Above::Chat(Box::new(flows::chats::head(tx, actor, &open).await?));
    Ok(Looked { above, stretch, gone, oldest })
}

async fn look_above(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Above> {
    match flows::chats::find(tx, actor, chat, Right::Read).await? {
        Some(open) => Ok(Above::Chat(Box::new(flows::chats::head(tx, actor, &open).await?))),
        None => nothing_yet(tx, actor, chat).await,
    }
}

async fn nothing_yet(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Above> {
    let ChatRef::Direct(peer) = chat else { return Err(Error::not_found(chat.kind())) };
    let peer = identity::find_person(tx, actor, peer).await?;
    Ok(Above::Nothing(Box::new(peer.ok_or(Error::not_found(Kind::Conversation))?)))
}

/// Messages with everybody whose name stands in them, or where others were deleted.
async fn dressed(
    tx: &Tx,
    actor: &Actor,
    open: &OpenChat,
    mut messages: Vec<Message>,
    gone: &[Gone],
) -> Result<Stretch> {
    let receipts = messaging::receipts(tx, open).await?;
    let members: Vec<_> = receipts.iter().map(|receipt| receipt.person).collect();
    flows::reading::mean_by_now(tx, actor.organisation, &members, messages.iter_mut().collect()).await?;
    let mut named = flows::reading::named_in(&messages, &receipts);
    named.extend(gone.iter().map(|gone| gone.author));
    let people = flows::chats::people(tx, actor, named).await?;
    Ok(Stretch { messages, receipts, people })
}

impl Above {
    fn chat(&self) -> Option<&ChatHead> {
        match self {
            Self::Chat(head) => Some(head),
            Self::Nothing(_) => None,
        }
    }

    fn peer(&self) -> Option<&Person> {
        match self {
            Self::Chat(head) => head.peer.as_ref(),
            Self::Nothing(peer) => Some(peer),
        }
    }

    fn may(&self, actor: &Actor) -> Option<May> {
        self.chat().map(|head| head.chat.may(actor))
    }
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
    let read = visitor.caller.read(chat, |tx, actor, chat| Box::pin(look_above(tx, actor, *chat)));
    part(&head(visitor, &read.await?)?)
}

/// A part of a page.
pub fn part(template: &impl Template) -> Result<Response> {
    let mut response = Html(template.render().map_err(Error::bug)?).into_response();
    door::pages::headers::protect(&mut response, &[]);
    Ok(response)
}

fn head(visitor: &Visitor, above: &Above) -> Result<Head> {
    let (words, language) = (visitor.words(), visitor.view.language);
    let chat = above.chat().map(|head| &head.chat);
    let is_group = chat.is_some_and(|chat| chat.kind == ChatKind::Group);
    let (name, about) = match above.peer() {
        Some(peer) => (peer.full_name(), about(peer, language)),
        None if !is_group => return Err(Error::not_found(Kind::Conversation)),
        None => {
            let subject = chat.and_then(|chat| chat.subject.clone());
            let count = above.chat().map_or(0, |head| head.members_count);
            (subject.unwrap_or_else(|| words.group.to_owned()), fill(words.group_of, &[&count.to_string()]))
        }
    };
    let face = match (above.peer(), chat) {
        (Some(peer), _) => Face::of_person(peer),
        (None, Some(chat)) => Face::of_group(chat, &name),
        (None, None) => Face::unknown(),
    };
    let may = above.may(&visitor.caller.actor);
    let may = |asks: fn(&May) -> bool| may.as_ref().is_some_and(asks);
    let managers = above.chat().map(|head| head.managers.iter());
    Ok(Head {
        words,
        after_closing: managers.map_or_else(String::new, |managers| after_closing(visitor, managers)),
        face,
        name,
        about,
        is_group,
        is_closed: chat.is_some_and(|chat| chat.closed_ms.is_some()),
        can_write: chat.is_none() || may(May::post),
        can_close: may(May::close),
        can_reopen: may(May::reopen),
        can_join: may(May::join),
        can_ask_who: may(May::verify),
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
        note(visitor, chat, &stretch, Reached::Read).await?;
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
    let messages = messaging::messages_after(tx, &open, after, CATCH_UP).await?;
    // A mark beyond the last of these messages would say that the page has come further than it has.
    let is_whole = i64::try_from(messages.len()).is_ok_and(|count| count < CATCH_UP);
    let until = messages.last().map(|last| last.seq).filter(|_| !is_whole).unwrap_or(i64::MAX);
    let gone = messaging::gone(tx, &open, after.saturating_add(1), until).await?;
    let stretch = dressed(tx, actor, &open, messages, &gone).await?;
    Ok((stretch, gone, Some(open.may())))
}

/// How far messages have come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// To the reader.
    There,
    /// Before their eyes, which says that they are there.
    Read,
}

/// Notes how far these messages have come with the reader, and tells whether that was not known yet.
async fn note(visitor: &Visitor, chat: ChatRef, stretch: &Stretch, reached: Reached) -> Result<bool> {
    let Some(newest) = stretch.messages.iter().map(|message| message.seq).max() else { return Ok(false) };
    let mine = stretch.receipts.iter().find(|receipt| receipt.person == visitor.me.id);
    let is_known = |receipt: &Receipt| match reached {
        Reached::There => receipt.has_received(newest),
        Reached::Read => receipt.has_read(newest),
    };
    if mine.is_none_or(is_known) {
        return Ok(false);
    }
    let noted = visitor.caller.write((chat, newest, reached), |tx, actor, (chat, newest, reached)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::Receive).await?;
            match reached {
                Reached::There => messaging::mark_delivered(tx, &open, *newest).await,
                Reached::Read => messaging::mark_read(tx, &open, *newest).await,
            }
        })
    });
    noted.await?;
    Ok(true)
}

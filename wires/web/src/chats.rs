//! The reader's conversations, the last active first.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use flows::ChatRef;
use identity::Person;
use kernel::{Actor, Page, PersonId, Result};
use messaging::{Chat, ChatKind};
use store::Tx;

use crate::assets::{INBOX_SCRIPT_PATH, STYLE_PATH};
use crate::pictures::Face;
use crate::place::{Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::talk::part;
use crate::teams::{self, Desk};
use crate::visitor::Visitor;
use crate::words::{About, Chats, Search, fill};
use door::pages::forms::FIELD;
use door::pages::{Corner, Spoken, role};

/// Conversations on one page.
const ROWS: u32 = 30;

#[derive(Template)]
#[template(path = "chats.html")]
struct List<'a> {
    words: &'static Chats,
    about: &'static About,
    search: &'static Search,
    field: &'static str,
    token: &'a str,
    inbox: Inbox,
    pages: Pages,
    is_guest: bool,
    /// What the reader's teams have for them.
    desks: Vec<Desk>,
}

/// The conversations of one page; also what a script asks for, without the page around it.
#[derive(Template)]
#[template(path = "inbox.html")]
struct Inbox {
    words: &'static Chats,
    number: u32,
    rows: Vec<Row>,
    /// In how many conversations of all something is new.
    unread: u32,
}

/// A conversation in a list.
pub struct Row {
    pub path: String,
    pub name: String,
    pub about: String,
    pub face: Face,
    pub since: String,
    pub instant: String,
    pub unread: Option<String>,
    pub is_closed: bool,
    /// Where the reader joins it, when they can and are not in it.
    pub join: Option<String>,
}

/// The pages beside one of a list.
pub struct Pages {
    pub previous: Option<u32>,
    pub next: Option<u32>,
}

impl Pages {
    /// Cuts rows, of which one more was asked for than a page shows, to their page.
    pub fn of<T>(rows: &mut Vec<T>, number: u32, size: u32) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let next = (rows.len() > size).then_some(number.saturating_add(1));
        rows.truncate(size);
        Self { previous: number.checked_sub(1), next }
    }
}

/// The page `number` and one row more, which tells whether there is another page.
pub fn and_one_more(number: u32, size: u32) -> Page {
    let page = Page::numbered(number, size);
    Page { size: page.size + 1, ..page }
}

/// The list.
pub async fn list(State(web): State<Web>, visitor: Visitor, query: Query) -> Result<Response, Refusal> {
    let number = query.number("page").unwrap_or_default();
    let page = and_one_more(number, ROWS);
    let input = (page, query.is_on("fragment"));
    let listed =
        visitor.caller.read(input, |tx, actor, (page, counts)| Box::pin(read(tx, actor, *page, *counts)));
    let (mut chats, people, unread) = listed.await?;
    let unread = unread.unwrap_or(visitor.unread);
    let pages = Pages::of(&mut chats, number, ROWS);
    let words = visitor.words();
    let rows = chats.iter().map(|chat| row(&visitor, chat, &people)).collect();
    let inbox = Inbox { words, number, rows, unread };
    if query.is_on("fragment") {
        return Ok(part(&inbox)?);
    }
    let desks = if number == 0 { teams::desks(&visitor).await? } else { Vec::new() };
    let (about, token) = (visitor.about(), visitor.view.token.value());
    let title =
        if unread == 0 { words.title.to_owned() } else { format!("({}) {}", bounded(unread), words.title) };
    let search = crate::words::search(visitor.view.language);
    let is_guest = visitor.is_guest;
    let list = List { words, about, search, field: FIELD, token, inbox, pages, is_guest, desks };
    Ok(visitor.show(&web, &title, Corner::Chats, &list))
}

/// A count as people read it: where counting stops there may be more.
fn bounded(count: u32) -> String {
    let more = if i64::from(count) >= messaging::UNREAD_CHATS_MAX { "+" } else { "" };
    format!("{count}{more}")
}

type Listed = (Vec<Chat>, HashMap<PersonId, Person>, Option<u32>);

/// What is new is counted here for a part of a page alone: with a whole page its visitor comes counted.
async fn read(tx: &Tx, actor: &Actor, page: Page, counts: bool) -> Result<Listed> {
    let chats = messaging::list(tx, actor, None, page).await?;
    let people = flows::chats::people(tx, actor, chats.iter().filter_map(|chat| chat.peer)).await?;
    let people = people.into_iter().map(|person| (person.id, person)).collect();
    let unread = if counts { Some(flows::reading::unread_chats(tx, actor).await?) } else { None };
    Ok((chats, people, unread))
}

/// A conversation as a list shows it; `people` are the others of chats of two.
pub fn row(visitor: &Visitor, chat: &Chat, people: &HashMap<PersonId, Person>) -> Row {
    let (words, language) = (visitor.words(), visitor.view.language);
    let spoken = Spoken::new(language, &visitor.zone, &visitor.caller.house.clock);
    let peer = chat.peer.and_then(|peer| people.get(&peer));
    let (name, about) = match chat.kind {
        ChatKind::Direct => (
            peer.map_or_else(|| words.somebody.to_owned(), Person::full_name),
            peer.map_or_else(String::new, |peer| role(language, peer.role).to_owned()),
        ),
        ChatKind::Group => {
            (chat.subject.clone().unwrap_or_else(|| words.group.to_owned()), words.group.to_owned())
        }
    };
    let place = chat.peer.map_or(ChatRef::Group(chat.id), ChatRef::Direct);
    Row {
        path: format!("{}#write", path_of(place)),
        face: match (chat.kind, peer) {
            (ChatKind::Direct, Some(peer)) => Face::of_person(peer),
            (ChatKind::Direct, None) => Face::unknown(),
            (ChatKind::Group, _) => Face::of_group(chat, &name),
        },
        name,
        about,
        since: spoken.since(chat.active_ms),
        instant: Spoken::machine(chat.active_ms),
        unread: match chat.unread {
            0 => None,
            1 => Some(words.unread_one.to_owned()),
            count => Some(fill(words.unread_many, &[&count.to_string()])),
        },
        is_closed: chat.closed_ms.is_some(),
        join: chat.may(&visitor.caller.actor).join().then(|| format!("{}/join", path_of(place))),
    }
}

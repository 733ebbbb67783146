//! Looking for words in one's own conversations. What is looked for travels in a form and is in no address: those are
//! kept by browsers and written down by proxies.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::{Corner, Spoken};
use flows::ChatRef;
use flows::finding::FoundByWords;
use identity::Person;
use identity::protocol::form::Form;
use kernel::limits::SEARCH_HITS_MAX;
use kernel::{Error, MessageId, PersonId, Result};
use messaging::{Hit, Request};
use search::{Piece, Wanted, excerpt};

use crate::assets::STYLE_PATH;
use crate::extras::{self, Names};
use crate::forms::OurForm;
use crate::place::{path_of, path_to};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::talk;
use crate::visitor::Visitor;
use crate::words::{self, Chats, Search, fill};

#[derive(Template)]
#[template(path = "search.html")]
struct Page<'a> {
    words: &'static Search,
    chats: &'static Chats,
    field: &'static str,
    token: &'a str,
    typed: &'a str,
    error: Option<&'static str>,
    found: Option<Shown>,
}

struct Shown {
    groups: Vec<Group>,
    hits: Vec<Line>,
    /// Before which message there are more.
    next: Option<String>,
}

struct Group {
    path: String,
    subject: String,
}

struct Line {
    /// Where the message stands in its conversation.
    path: String,
    place: String,
    author: String,
    since: String,
    instant: String,
    /// Of the text, of choices, and of names of files.
    excerpts: Vec<Vec<Piece>>,
}

/// The empty form.
pub async fn form(State(web): State<Web>, visitor: Visitor) -> Response {
    page(&web, &visitor, "", None, None)
}

/// What was found, or what is wrong with what was looked for.
pub async fn find(
    State(web): State<Web>,
    visitor: Visitor,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let typed = form.first("q").unwrap_or_default();
    let words = words::search(visitor.view.language);
    let wanted = match Wanted::read(typed) {
        Ok(wanted) => wanted,
        Err(Error::TooLarge { .. }) => return Ok(page(&web, &visitor, typed, Some(words.too_much), None)),
        Err(_) => return Ok(page(&web, &visitor, typed, Some(words.no_words), None)),
    };
    let found = look(&visitor, &wanted, &form).await?;
    Ok(page(&web, &visitor, typed, None, Some(shown(&visitor, &wanted, found))))
}

async fn look(visitor: &Visitor, wanted: &Wanted, form: &Form) -> Result<FoundByWords> {
    let (house, actor) = (&visitor.caller.house, &visitor.caller.actor);
    let before = form.first("before").and_then(MessageId::from_uuid);
    flows::finding::messages(house, actor, wanted, before, SEARCH_HITS_MAX).await
}

fn page(
    web: &Web,
    visitor: &Visitor,
    typed: &str,
    error: Option<&'static str>,
    found: Option<Shown>,
) -> Response {
    let words = words::search(visitor.view.language);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let token = visitor.view.token.value();
    let body = Page { words, chats: visitor.words(), field: FIELD, token, typed, error, found };
    visitor.show_as(web, status, words.title, Corner::Chats, &body)
}

fn shown(visitor: &Visitor, wanted: &Wanted, all: FoundByWords) -> Shown {
    let FoundByWords { found, people, .. } = all;
    let people: Names = people.into_iter().map(|person| (person.id, person)).collect();
    let group = |id: &kernel::ChatId| {
        let subject = found.subjects.get(id)?.clone();
        Some(Group { path: format!("{}#write", path_of(ChatRef::Group(*id))), subject })
    };
    let line = |hit: &Hit| {
        let said = said(visitor, hit, &people);
        line(visitor, wanted, (hit, &said), found.subjects.get(&hit.chat.id()), &people)
    };
    Shown {
        groups: found.groups.iter().filter_map(group).collect(),
        hits: found.hits.iter().map(line).collect(),
        next: found.next.map(|id| id.uuid()),
    }
}

fn line(
    visitor: &Visitor,
    wanted: &Wanted,
    (hit, said): (&Hit, &String),
    subject: Option<&String>,
    people: &Names,
) -> Line {
    let (chats, words) = (visitor.words(), words::search(visitor.view.language));
    let (chat, message, place_of) = (&hit.chat, &hit.message, ChatRef::of(&hit.chat));
    let name = |id: &PersonId| people.get(id).map_or_else(|| chats.somebody.to_owned(), Person::full_name);
    let place = match chat.peer() {
        Some(peer) => fill(words.in_chat_with, &[&name(&peer)]),
        None => subject.map_or_else(|| chats.group.to_owned(), |subject| fill(words.in_group, &[subject])),
    };
    let is_mine = message.author == visitor.me.id;
    let choices = message.request.iter().flat_map(Request::labels);
    let names = message.files.iter().map(|file| file.name.as_str());
    let texts = std::iter::once(said.as_str()).chain(choices).chain(names);
    let spoken = Spoken::new(visitor.view.language, &visitor.zone, &visitor.caller.house.clock);
    Line {
        path: path_to(place_of, message.id, message.seq, chat.last_seq()),
        place,
        author: if is_mine { chats.you.to_owned() } else { name(&message.author) },
        since: spoken.since(message.posted_ms),
        instant: Spoken::machine(message.posted_ms),
        excerpts: texts.map(|text| excerpt(text, wanted)).filter(|pieces| !pieces.is_empty()).collect(),
    }
}

/// The text with the names of those whom it speaks to, as it stands in its conversation.
fn said(visitor: &Visitor, hit: &Hit, people: &Names) -> String {
    let reader = talk::reader(visitor, ChatRef::of(&hit.chat), None);
    extras::said(&reader, &hit.message.text, people).into_iter().map(|said| said.text).collect()
}

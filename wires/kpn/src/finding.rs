//! Looking for messages and people: rows of our own. What is looked for goes in a body, since addresses are written
//! down by proxies and browsers.

use axum::Json;
use door::Caller;
use flows::finding::FoundByWords;
use identity::PeopleFilter;
use kernel::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, SEARCH_HITS_MAX};
use kernel::{Error, MessageId, Page, Scope};
use messaging::{ChatKind, Hit};
use search::Wanted;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answers::Asking;
use crate::avatars::Avatars;
use crate::refusals::Refusal;
use crate::taken::Words;
use crate::words::{MessageWord, People, User};

/// What to look for in messages.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Search {
    /// Up to 8 words and 200 characters; a message has all of them. Case and accents do not matter.
    #[schema(example = "wound dressing")]
    pub query: String,
    /// Only messages before this one: `before` of the answer goes on from there.
    #[serde(default)]
    pub before: Option<String>,
    /// Messages at most, 20 unless said and at most.
    #[serde(default)]
    pub amount: Option<u32>,
}

/// What to look for in names.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NameSearch {
    /// Up to 8 words with which first or last names begin, each of two letters or more.
    #[schema(example = "de vr")]
    pub name: String,
    /// Which page, from 0.
    #[serde(default)]
    pub page: Option<u32>,
    /// People a page, 20 unless said, 100 at most.
    #[serde(default)]
    pub amount: Option<u32>,
}

/// What was found in messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchFound {
    /// Messages, the newest first.
    pub messages: Vec<FoundMessage>,
    /// Group chats whose subject has all the words; with the first messages alone.
    pub groupchats: Vec<FoundGroupChat>,
    /// Where to go on; null when there is nothing more.
    pub before: Option<String>,
}

/// A message and the chat that it is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundMessage {
    /// UUID of the group chat.
    pub groupchat_id: Option<String>,
    /// Or of the conversation, which is that of the other person.
    pub conversation_id: Option<String>,
    /// As it stands in its chat.
    #[serde(flatten)]
    pub message: MessageWord,
}

/// A group chat with its subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundGroupChat {
    /// UUID.
    pub id: String,
    /// What it is about.
    pub subject: String,
}

/// Messages with all of these words, in text or file names, in chats that the caller is a member of.
#[utoipa::path(
    post, path = "/me/search", tag = "Me", operation_id = "searchMessages",
    request_body = Search,
    responses((status = 200, body = SearchFound), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn messages(caller: Caller, Words(search): Words<Search>) -> Result<Json<SearchFound>, Refusal> {
    caller.must_have(Scope::Read)?;
    let wanted = Wanted::read(&search.query)?;
    let before = search.before.map(|id| message_id(&id)).transpose()?;
    let amount = amount(search.amount, SEARCH_HITS_MAX, SEARCH_HITS_MAX)?;
    let (house, actor) = (&caller.house, &caller.actor);
    let found = flows::finding::messages(house, actor, &wanted, before, amount).await?;
    Ok(Json(SearchFound::of(found, &caller)))
}

/// The people whom the caller may write to and whose names begin so, by name.
#[utoipa::path(
    post, path = "/me/contacts/search", tag = "Me", operation_id = "searchContacts",
    request_body = NameSearch,
    responses((status = 200, body = Vec<User>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn contacts(caller: Caller, Words(search): Words<NameSearch>) -> Result<Json<Vec<User>>, Refusal> {
    caller.must_have(Scope::Read)?;
    let wanted = Wanted::read(&search.name)?;
    let amount = amount(search.amount, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX)?;
    let page = Page::numbered(search.page.unwrap_or_default(), amount);
    let (house, actor) = (&caller.house, &caller.actor);
    let people = flows::finding::people(house, actor, &wanted, PeopleFilter::All, page).await?;
    Ok(Json(User::all(&people, &Avatars::of(&caller))))
}

fn message_id(id: &str) -> Result<MessageId, Error> {
    MessageId::from_uuid(id).ok_or_else(|| Error::invalid("before", "not_an_id", "the UUID of a message"))
}

/// As the lists take it: what is too much is the most.
fn amount(asked: Option<u32>, usual: u32, most: u32) -> Result<u32, Error> {
    match asked.unwrap_or(usual) {
        0 => Err(Error::invalid("amount", "out_of_range", "at least 1")),
        asked => Ok(asked.min(most)),
    }
}

impl SearchFound {
    fn of(all: FoundByWords, caller: &Caller) -> Self {
        let FoundByWords { found, people, receipts } = all;
        let people = People::new(people, caller);
        let message = |hit: &Hit| {
            let receipts = receipts.get(&hit.chat.id()).map(Vec::as_slice).unwrap_or_default();
            let is_group = hit.chat.kind() == ChatKind::Group;
            FoundMessage {
                groupchat_id: is_group.then(|| hit.chat.id().uuid()),
                conversation_id: hit.chat.peer().map(|peer| peer.uuid()),
                message: MessageWord::of(&hit.message, receipts, &people),
            }
        };
        let group = |id: &kernel::ChatId| {
            let subject = found.subjects.get(id)?.clone();
            Some(FoundGroupChat { id: id.uuid(), subject })
        };
        Self {
            messages: found.hits.iter().map(message).collect(),
            groupchats: found.groups.iter().filter_map(group).collect(),
            before: found.next.map(|id| id.uuid()),
        }
    }
}

//! Reading messages, and taking them out.

use audit::Deed;
use kernel::limits::PAGE_ROWS_MAX;
use kernel::{ChatId, ClientId, Error, Event, Kind, MessageId, OrganisationId, Page, PersonId, Result};
use store::{Arg, Tx, args};

use crate::access::{OpenChat, Right};
use crate::files::FileRow;
use crate::line;
use crate::remains;
use crate::replies::shown_to;
use crate::request::{Answer, Request};
use crate::rows::{chats::ring, files, messages as rows, reactions};

/// Places without a message that are looked up at once while a numbered page is counted.
const GONE_AT_ONCE: i64 = 1_000;

/// A message, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message.
    pub id: MessageId,
    /// The chat that it is in.
    pub chat: ChatId,
    /// Its place in the chat.
    pub seq: i64,
    /// Who wrote it.
    pub author: PersonId,
    /// In whose stead it was written.
    pub acting_for: Option<PersonId>,
    /// Through which application it was written; `None` for our own pages.
    pub client: Option<ClientId>,
    /// When it was posted.
    pub posted_ms: i64,
    /// What it says, as it was written.
    pub text: String,
    /// What is attached to it.
    pub files: Vec<FileRow>,
    /// What it asks for besides.
    pub request: Option<Request>,
    /// What was replied to that, as the reader may know it; who replied first comes first.
    pub answers: Vec<Answer>,
    /// Who likes it; who did so first comes first.
    pub likes: Vec<PersonId>,
}

/// A message that was deleted: its place, and whose it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The message.
    pub id: MessageId,
    /// Its place in the chat.
    pub seq: i64,
    /// Who wrote it.
    pub author: PersonId,
    /// When it was posted.
    pub posted_ms: i64,
}

/// Which messages of a chat, always the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The newest ones before a place, or of all.
    Before {
        /// Only those before this place.
        seq: Option<i64>,
        /// How many at most.
        limit: i64,
    },
    /// A numbered page, counted over the messages that are still there.
    Numbered(Page),
    /// A numbered page of the messages that were posted between two instants, both included.
    Between {
        /// Milliseconds since 1970.
        from_ms: i64,
        /// Milliseconds since 1970.
        until_ms: i64,
        /// Only those before this place.
        before: Option<i64>,
        /// Which page.
        page: Page,
    },
}

impl Window {
    /// The newest messages.
    #[must_use]
    pub const fn newest(limit: i64) -> Self {
        Self::Before { seq: None, limit }
    }

    /// The newest messages before a place.
    #[must_use]
    pub const fn before(seq: i64, limit: i64) -> Self {
        Self::Before { seq: Some(seq), limit }
    }

    /// A numbered page.
    #[must_use]
    pub const fn page(page: Page) -> Self {
        Self::Numbered(page)
    }
}

/// Messages, the newest first. Asks for [`Right::Read`].
///
/// # Errors
/// What the store refuses.
pub async fn messages(tx: &Tx, chat: &OpenChat, window: Window) -> Result<Vec<Message>> {
    chat.must_be_for(Right::Read)?;
    let (before, limit) = match window {
        Window::Before { seq, limit } => (seq.unwrap_or(i64::MAX), limit),
        Window::Numbered(page) => (place_of_page(tx, chat, chat.last_seq(), page.skip).await?, page.size),
        Window::Between { from_ms, until_ms, before, page } => {
            return between(tx, chat, (from_ms, until_ms), before, page).await;
        }
    };
    stretch(tx, chat, rows::BEFORE, before, limit).await
}

async fn between(
    tx: &Tx,
    chat: &OpenChat,
    (from_ms, until_ms): (i64, i64),
    before: Option<i64>,
    page: Page,
) -> Result<Vec<Message>> {
    let limit = page.size.clamp(0, i64::from(PAGE_ROWS_MAX));
    let (tenant, key) = (chat.tenant(), chat.key());
    if chat.mixes_times() {
        let (before, skip) = (before.unwrap_or(i64::MAX), page.skip.max(0));
        let span = args![tenant, key, before, from_ms, until_ms, limit, skip];
        return found(tx, chat, rows::BETWEEN_TIMES, &span).await;
    }
    let (first, end) = places_between(tx, chat, (from_ms, until_ms)).await?;
    let newest = before.map_or(end, |before| before.min(end)) - 1;
    let before = place_of_page(tx, chat, newest, page.skip).await?;
    found(tx, chat, rows::BETWEEN, &args![tenant, key, first, before, limit]).await
}

/// Messages after a place, the oldest first: how a client that was away catches up. Asks for [`Right::Read`].
///
/// # Errors
/// What the store refuses.
pub async fn messages_after(tx: &Tx, chat: &OpenChat, seq: i64, limit: i64) -> Result<Vec<Message>> {
    chat.must_be_for(Right::Read)?;
    stretch(tx, chat, rows::AFTER, seq, limit).await
}

/// What was deleted from one place up to below another, the newest first. Asks for [`Right::Read`].
///
/// # Errors
/// What the store refuses.
pub async fn gone(tx: &Tx, chat: &OpenChat, from_seq: i64, until_seq: i64) -> Result<Vec<Gone>> {
    chat.must_be_for(Right::Read)?;
    let args = args![chat.tenant(), chat.key(), from_seq, until_seq, i64::from(PAGE_ROWS_MAX)];
    tx.all(rows::GONE_BETWEEN, &args, gone_row).await
}

pub(crate) fn gone_row(row: &store::Row<'_>) -> Result<Gone> {
    Ok(Gone { id: row.get(0)?, seq: row.get(1)?, author: row.get(2)?, posted_ms: row.get(3)? })
}

/// One message, with a line that names it. Asks for [`Right::ReadOne`].
///
/// # Errors
/// [`Error::NotFound`] when it is not in this chat, or was deleted.
pub async fn message(tx: &Tx, chat: &OpenChat, id: MessageId) -> Result<Message> {
    chat.must_be_for(Right::ReadOne)?;
    let (ring, named) = (ring(tx, chat.organisation())?, args![chat.tenant(), chat.key(), &id]);
    let found = tx.one(rows::ONE, &named, |row| rows::message(row, chat.id(), &ring)).await?;
    let mut message = found.ok_or(Error::not_found(Kind::Message))?;
    message.files = tx.all(files::OF_MESSAGE, &named, |row| files::file(row, &ring)).await?;
    dress(tx, chat, std::slice::from_mut(&mut message)).await?;
    line::of(tx, chat, Deed::MessageRead, id.as_bytes()).await?;
    Ok(message)
}

/// The place of a message, which is no content: a proof of any right will do. One that was deleted still has it, so
/// that who saw it last can go on from there.
///
/// # Errors
/// [`Error::NotFound`] when it was never in this chat.
pub async fn place_of(tx: &Tx, chat: &OpenChat, id: MessageId) -> Result<i64> {
    let place = tx.one(rows::PLACE, &args![chat.tenant(), chat.key(), &id], |row| row.get(0)).await?;
    place.ok_or(Error::not_found(Kind::Message))
}

/// Takes a message out: its text goes now, its files go from the disk after the commit, its place stays. Its author
/// may, and in a group the owner and admins; a proof of any right that members have will do, in a closed chat too.
///
/// # Errors
/// [`Error::NotFound`] when it is not in this chat, or was deleted before; [`Error::NotAllowed`] to others;
/// [`Error::Conflict`] while a legal hold on it, a file of it or its chat stands.
pub async fn delete(tx: &Tx, chat: &OpenChat, id: MessageId) -> Result<()> {
    chat.must_be_member()?;
    let me = chat.actor().person;
    let named = args![chat.tenant(), chat.key(), &id];
    let found =
        tx.one(rows::AUTHOR_AND_HOLD, &named, |row| Ok((row.get::<PersonId>(0)?, row.get(1)?))).await?;
    let (author, is_held) = found.ok_or(Error::not_found(Kind::Message))?;
    if !chat.may().delete(author) {
        let why = "Only who wrote this message, and in a group its owner and admins, may delete it.";
        return Err(Error::not_allowed("not_your_message", why));
    }
    if is_held {
        return Err(Error::conflict("legal_hold", "A legal hold keeps this message: it cannot be deleted."));
    }
    let nothing: &[u8] = &[];
    let row = args![chat.tenant(), chat.key(), &id, nothing, tx.now_ms(), &me];
    if tx.run(rows::DELETE, &row).await? == 0 {
        return Err(Error::not_found(Kind::Message));
    }
    remains::of_messages(tx, chat.tenant(), &[id]).await?;
    line::of(tx, chat, Deed::MessageDeleted, id.as_bytes()).await?;
    let (organisation, chat) = (chat.organisation(), chat.id());
    tx.emit(Event::MessageDeleted { organisation, chat, message: id, by: Some(me) });
    Ok(())
}

async fn stretch(tx: &Tx, chat: &OpenChat, sql: &'static str, seq: i64, limit: i64) -> Result<Vec<Message>> {
    let limit = limit.clamp(0, i64::from(PAGE_ROWS_MAX));
    found(tx, chat, sql, &args![chat.tenant(), chat.key(), seq, limit]).await
}

/// The messages that a statement finds, with their files and what others did with them.
pub(crate) async fn found(
    tx: &Tx,
    chat: &OpenChat,
    sql: &'static str,
    args: &[Arg<'_>],
) -> Result<Vec<Message>> {
    let ring = ring(tx, chat.organisation())?;
    let found = tx.all(sql, args, |row| rows::message(row, chat.id(), &ring)).await?;
    let mut found = with_files(tx, chat.organisation(), chat.id(), found).await?;
    dress(tx, chat, &mut found).await?;
    Ok(found)
}

/// Messages of one stretch of a chat, in either order, with their files.
pub(crate) async fn with_files(
    tx: &Tx,
    organisation: OrganisationId,
    chat: ChatId,
    mut found: Vec<Message>,
) -> Result<Vec<Message>> {
    let ring = ring(tx, organisation)?;
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(found) };
    let (low, high) = (first.seq.min(last.seq), first.seq.max(last.seq));
    let args = args![&organisation, &chat, low, high];
    for file in tx.all(files::OF_STRETCH, &args, |row| files::file(row, &ring)).await? {
        if let Some(message) = found.iter_mut().find(|message| message.id == file.message) {
            message.files.push(file);
        }
    }
    Ok(found)
}

/// Fetches who likes these messages, which stand in order, and what was replied to those that ask.
async fn dress(tx: &Tx, chat: &OpenChat, messages: &mut [Message]) -> Result<()> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    let args = args![chat.tenant(), chat.key(), first.seq.min(last.seq), first.seq.max(last.seq)];
    let like = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<PersonId>(1)?));
    for (seq, person) in tx.all(reactions::LIKES_OF_STRETCH, &args, like).await? {
        if let Some(message) = messages.iter_mut().find(|message| message.seq == seq) {
            message.likes.push(person);
        }
    }
    if messages.iter().all(|message| message.request.is_none()) {
        return Ok(());
    }
    let ring = ring(tx, chat.organisation())?;
    let answer = |row: &store::Row<'_>| reactions::answer(row, row.get(4)?, &ring);
    for (seq, answer) in tx.all(reactions::ANSWERS_OF_STRETCH, &args, answer).await? {
        if let Some(message) = messages.iter_mut().find(|message| message.seq == seq) {
            message.answers.push(shown_to(chat, answer));
        }
    }
    Ok(())
}

/// The place before which a numbered page begins. Places have no gaps, so it is a subtraction, corrected by the
/// places that no longer hold a message: those have an index of their own, and no message is read to count.
async fn place_of_page(tx: &Tx, chat: &OpenChat, newest: i64, skip: i64) -> Result<i64> {
    let mut count = Count::from_the_newest(newest, skip);
    while !count.is_done() {
        let args = args![chat.tenant(), chat.key(), count.before, GONE_AT_ONCE];
        let gone = tx.all(rows::GONE_BEFORE, &args, |row| row.get(0)).await?;
        let is_last = (gone.len() as i64) < GONE_AT_ONCE;
        count.pass_gone(&gone);
        if is_last {
            count.pass_the_rest();
        }
    }
    Ok(count.before)
}

/// The first place whose message was posted between two instants, both included, and the one behind the last. What
/// stands between them was posted then, too, but where a chat mixes times.
pub(crate) async fn places_between(
    tx: &Tx,
    chat: &OpenChat,
    (from_ms, until_ms): (i64, i64),
) -> Result<(i64, i64)> {
    if chat.mixes_times() {
        let span = args![chat.tenant(), chat.key(), from_ms, until_ms];
        let ends = |row: &store::Row<'_>| Ok(row.get::<Option<i64>>(0)?.zip(row.get::<Option<i64>>(1)?));
        let ends = tx.one(rows::PLACES_BETWEEN_TIMES, &span, ends).await?.flatten();
        return Ok(ends.map_or((1, 1), |(first, last)| (first, last + 1)));
    }
    let first = first_place_since(tx, chat, from_ms).await?;
    Ok((first, first_place_since(tx, chat, until_ms.saturating_add(1)).await?))
}

/// The first place whose message was posted at an instant or later; the one after the newest when there is none.
/// Places are given in the order of time, so that it is found by halving, however long the chat is.
async fn first_place_since(tx: &Tx, chat: &OpenChat, since_ms: i64) -> Result<i64> {
    let (mut low, mut high) = (1, chat.last_seq() + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let place = args![chat.tenant(), chat.key(), middle];
        let posted = tx.one(rows::POSTED_AT, &place, |row| row.get::<i64>(0)).await?;
        if posted.is_none_or(|posted_ms| posted_ms < since_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Counts messages from the newest down, where some places are empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// Everything from here up is counted.
    pub before: i64,
    /// How many messages are still to be left out.
    pub skip: i64,
}

impl Count {
    pub fn from_the_newest(last_seq: i64, skip: i64) -> Self {
        Self { before: last_seq.saturating_add(1), skip: skip.max(0) }
    }

    pub const fn is_done(&self) -> bool {
        self.skip == 0 || self.before <= 1
    }

    /// Counts down past the next empty places, which come the newest first.
    pub fn pass_gone(&mut self, gone: &[i64]) {
        for empty in gone {
            let full = self.before - 1 - empty;
            if self.skip <= full {
                return self.pass_the_rest();
            }
            self.skip -= full;
            self.before = *empty;
        }
    }

    /// Counts down over places that all hold a message.
    pub fn pass_the_rest(&mut self) {
        self.before = (self.before - self.skip).max(1);
        self.skip = 0;
    }
}

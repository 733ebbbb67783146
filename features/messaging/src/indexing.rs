//! Writing the words of messages, choices of questions, file names and subjects for the search, after their commits.
//!
//! Nothing is left for it by who posts: what is to be done is seen by comparing how far a chat is with how far its
//! words are. A look reads some messages, its words are hashed outside any transaction, and each batch of them is
//! written with how far the words then are. To break off anywhere loses nothing, and to do it twice changes nothing.

use kernel::limits::WORDS_PER_MESSAGE_MAX;
use kernel::{ChatId, FileId, MessageId, OrganisationId, Result};
use search::{Of, Token};
use store::{Tx, args};
use vault::{KeyRing, Place, SearchKey};

use crate::draft::body_place;
use crate::files::name_place;
use crate::group::subject_place;
use crate::request::Request;
use crate::rows::messages::SEALED_AFTER;
use crate::rows::words as rows;

/// Chats that one look compares.
const CHATS_PER_LOOK: i64 = 500;
/// Messages that one look reads; the longest text has 200 kB.
const MESSAGES_PER_LOOK: i64 = 50;
/// Tokens that one statement writes.
const TOKENS_PER_STATEMENT: usize = 64;
/// Statements after which a batch ends. The longest message takes 63, so that a transaction has room for it.
const STATEMENTS_PER_BATCH: usize = 100;

/// Some chats of an organisation whose words are not all written, and where the next look begins.
#[derive(Debug, Default)]
pub struct Behind {
    /// The chats.
    pub chats: Vec<ChatId>,
    /// The last chat that was looked at; none when no chat is left.
    pub reached: Option<ChatId>,
}

/// Which of the next chats behind this one have words that are not written.
///
/// # Errors
/// As [`Tx::all`].
pub async fn behind(tx: &Tx, organisation: OrganisationId, after: ChatId) -> Result<Behind> {
    let place = args![&organisation, &after, CHATS_PER_LOOK];
    let chats = tx.all(rows::PROGRESS, &place, |row| {
        let lacks_messages = row.get::<i64>(1)? > row.get::<i64>(2)?;
        Ok((row.get::<ChatId>(0)?, lacks_messages || row.get(3)?))
    });
    let chats = chats.await?;
    let reached = chats.last().map(|(chat, _)| *chat);
    Ok(Behind {
        chats: chats.into_iter().filter(|(_, is_behind)| *is_behind).map(|one| one.0).collect(),
        reached,
    })
}

/// What one look at a chat found, still sealed.
#[derive(Clone, Debug)]
pub struct Unwritten {
    organisation: OrganisationId,
    chat: ChatId,
    subject: Option<Vec<u8>>,
    messages: Vec<Sealed>,
    /// How far the words are.
    written: i64,
    /// Whether there is more behind these messages.
    has_more: bool,
}

#[derive(Clone, Debug)]
struct Sealed {
    id: MessageId,
    seq: i64,
    body: Vec<u8>,
    /// What it asks for.
    payload: Option<Vec<u8>>,
    file_names: Vec<(FileId, Vec<u8>)>,
}

/// Words to write in one transaction.
#[derive(Clone, Debug)]
pub struct Batch {
    organisation: OrganisationId,
    chat: ChatId,
    subject: Option<(Vec<u8>, Vec<Token>)>,
    messages: Vec<(MessageId, Vec<Token>)>,
    reached: i64,
}

/// Reads what of a chat has no words written; nothing when it all has, or the chat is no more.
///
/// # Errors
/// As [`Tx::all`].
pub async fn look(tx: &Tx, organisation: OrganisationId, chat: ChatId) -> Result<Option<Unwritten>> {
    let named = args![&organisation, &chat];
    let progress = tx.one(rows::PROGRESS_OF, &named, |row| {
        Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<Option<Vec<u8>>>(2)?))
    });
    let Some((last_seq, written, subject)) = progress.await? else { return Ok(None) };
    if last_seq <= written && subject.is_none() {
        return Ok(None);
    }
    let place = args![&organisation, &chat, written, MESSAGES_PER_LOOK];
    let messages = tx.all(SEALED_AFTER, &place, |row| {
        let (seq, id, body, payload) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Sealed { seq, id, body, payload, file_names: Vec::new() })
    });
    let mut messages = messages.await?;
    if let (Some(first), Some(last)) = (messages.first(), messages.last()) {
        let stretch = args![&organisation, &chat, first.seq, last.seq];
        let names = tx.all(rows::FILE_NAMES, &stretch, |row| {
            Ok((row.get::<MessageId>(0)?, row.get::<FileId>(1)?, row.get::<Vec<u8>>(2)?))
        });
        for (message, id, name) in names.await? {
            if let Some(message) = messages.iter_mut().find(|one| one.id == message) {
                message.file_names.push((id, name));
            }
        }
    }
    let has_more = messages.last().is_some_and(|last| last.seq < last_seq);
    Ok(Some(Unwritten { organisation, chat, subject, messages, written, has_more }))
}

impl Unwritten {
    /// Whether another look finds more.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        self.has_more
    }

    /// Opens the texts and hashes their words. What is damaged has none: no further try would find any.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] for what was sealed by a key that is not loaded yet.
    pub fn batches(&self, ring: &KeyRing, key: &SearchKey) -> Result<Vec<Batch>> {
        let mut batches = vec![self.batch()];
        let mut statements = 2;
        if let Some(sealed) = &self.subject {
            let text = opened(ring, subject_place(&self.chat), sealed)?;
            let tokens = search::tokens(key, Of::Subject, &[&text], WORDS_PER_MESSAGE_MAX);
            statements += tokens.len().div_ceil(TOKENS_PER_STATEMENT);
            batches[0].subject = Some((sealed.clone(), tokens));
        }
        for message in &self.messages {
            let tokens = message.tokens(ring, key)?;
            let cost = tokens.len().div_ceil(TOKENS_PER_STATEMENT);
            if statements + cost > STATEMENTS_PER_BATCH {
                batches.push(self.batch());
                statements = 2;
            }
            statements += cost;
            let Some(batch) = batches.last_mut() else { break };
            batch.messages.push((message.id, tokens));
            batch.reached = message.seq;
        }
        Ok(batches)
    }

    fn batch(&self) -> Batch {
        let Self { organisation, chat, written, .. } = *self;
        Batch { organisation, chat, subject: None, messages: Vec::new(), reached: written }
    }
}

impl Sealed {
    fn tokens(&self, ring: &KeyRing, key: &SearchKey) -> Result<Vec<Token>> {
        // A deleted message has no text.
        if self.body.is_empty() {
            return Ok(Vec::new());
        }
        let mut texts = vec![opened(ring, body_place(&self.id), &self.body)?];
        if let Some(payload) = &self.payload {
            let asked = unless_damaged(Request::open(ring, &self.id, payload))?;
            texts.extend(asked.iter().flat_map(Request::labels).map(str::to_owned));
        }
        for (id, name) in &self.file_names {
            texts.push(opened(ring, name_place(id), name)?);
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        Ok(search::tokens(key, Of::Message, &texts, WORDS_PER_MESSAGE_MAX))
    }
}

fn opened(ring: &KeyRing, place: Place<'_>, sealed: &[u8]) -> Result<String> {
    Ok(unless_damaged(ring.open_text(place, sealed))?.unwrap_or_default())
}

/// What could be opened, or could be at another try.
fn unless_damaged<T>(opened: Result<T>) -> Result<Option<T>> {
    match opened {
        Err(error) if error.retry_after_s().is_none() => Ok(None),
        opened => opened.map(Some),
    }
}

/// Writes words, those of messages and subjects that are still what was read.
///
/// # Errors
/// As [`Tx::run`].
pub async fn write(tx: &Tx, batch: &Batch) -> Result<()> {
    let Batch { organisation, chat, subject, messages, reached } = batch;
    search::hold(tx, *organisation).await?;
    if let Some((sealed, tokens)) = subject {
        let rest = args![organisation, chat, sealed];
        tx.run_of(rows::INSERT_OF_SUBJECT, tokens, &rest).await?;
        tx.run(rows::REACH_SUBJECT, &rest).await?;
    }
    for (message, tokens) in messages {
        tx.run_of(rows::INSERT_OF_MESSAGE, tokens, &args![organisation, message]).await?;
    }
    search::reach(tx, *organisation, Of::Message, chat, *reached).await
}

/// Takes away the words of a subject that is there no more; those of the new one are written after the commit.
///
/// # Errors
/// As [`Tx::run`].
pub(crate) async fn forget_subject(tx: &Tx, organisation: OrganisationId, chat: ChatId) -> Result<()> {
    search::forget(tx, organisation, &[chat]).await?;
    search::forget_progress(tx, organisation, Of::Subject, &[chat]).await
}

/// Takes away what is left of a chat that is removed, once the words of its messages were [forgotten](search::forget).
///
/// # Errors
/// As [`Tx::run`].
pub async fn forget_chat(tx: &Tx, organisation: OrganisationId, chat: ChatId) -> Result<()> {
    forget_subject(tx, organisation, chat).await?;
    search::forget_progress(tx, organisation, Of::Message, &[chat]).await
}

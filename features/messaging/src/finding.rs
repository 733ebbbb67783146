//! Finding messages and chats by the words in them, among the chats that the actor is a member of.

use std::collections::HashMap;

use audit::{Deed, Line};
use kernel::limits::SEARCH_HITS_MAX;
use kernel::{Actor, ChatId, Error, MessageId, Result};
use search::Token;
use store::{Arg, Tx, args};

use crate::access::{OpenChat, Right, open};
use crate::group::subject_place;
use crate::messages::{Message, message};
use crate::rows::chats::ring;
use crate::rows::words as rows;

/// Places for words in the statements; those that are left over ask for the first word again.
const WORDS: usize = kernel::limits::SEARCH_WORDS_MAX;
/// Chats that one search tells by their subjects.
const CHATS_FOUND_MAX: i64 = 20;

/// A message in which all words were found, and the chat that it is in.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The chat, opened for its reader.
    pub chat: OpenChat,
    /// The message.
    pub message: Message,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Messages, the newest first.
    pub hits: Vec<Hit>,
    /// The chats of the hits, and those whose subject has all the words, by their subjects.
    pub subjects: HashMap<ChatId, String>,
    /// Groups whose subject has all the words, the newest first; on the first page alone.
    pub groups: Vec<ChatId>,
    /// Before which message a further page begins, when there is one.
    pub next: Option<MessageId>,
}

/// Messages and subjects with all of these words, whole words each. The search leaves a line, and so does each message
/// that is shown, as if it had been opened.
///
/// # Errors
/// What the store refuses.
pub async fn find(
    tx: &Tx,
    actor: &Actor,
    tokens: &[Token],
    before: Option<MessageId>,
    limit: u32,
) -> Result<Found> {
    audit::write(tx, Line::of(actor, Deed::MessagesSearched).object(actor.organisation.as_bytes())).await?;
    let limit = limit.clamp(1, SEARCH_HITS_MAX);
    let end = before.unwrap_or(MessageId::from_bytes([0xff; 12]));
    let args = words(actor, tokens, &end, i64::from(limit) + 1)?;
    let mut found = tx.all(rows::FIND_MESSAGES, &args, |row| Ok((row.get(0)?, row.get(1)?))).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|(message, _)| *message);
    let groups = if before.is_none() { groups(tx, actor, tokens).await? } else { Vec::new() };
    let hits = opened(tx, actor, &found).await?;
    let shown: Vec<ChatId> = hits.iter().map(|hit| hit.chat.id()).chain(groups.iter().copied()).collect();
    Ok(Found { subjects: subjects(tx, actor, shown).await?, hits, groups, next })
}

/// What of these the actor may still read. Each chat's door is opened once.
async fn opened(tx: &Tx, actor: &Actor, found: &[(MessageId, ChatId)]) -> Result<Vec<Hit>> {
    let (mut hits, mut doors) = (Vec::new(), HashMap::new());
    for (id, chat) in found {
        let door = match doors.get(chat) {
            Some(door) => Option::clone(door),
            None => {
                let door = there(open(tx, actor, *chat, Right::ReadOne).await)?;
                doors.insert(*chat, door.clone());
                door
            }
        };
        let Some(chat) = door else { continue };
        // It may have been deleted since it was found.
        if let Some(message) = there(message(tx, &chat, *id).await)? {
            hits.push(Hit { chat, message });
        }
    }
    Ok(hits)
}

fn there<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(there) => Ok(Some(there)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn groups(tx: &Tx, actor: &Actor, tokens: &[Token]) -> Result<Vec<ChatId>> {
    let end = MessageId::from_bytes([0xff; 12]);
    let args = words(actor, tokens, &end, CHATS_FOUND_MAX)?;
    tx.all(rows::FIND_SUBJECTS, &args, |row| row.get(1)).await
}

async fn subjects(tx: &Tx, actor: &Actor, mut chats: Vec<ChatId>) -> Result<HashMap<ChatId, String>> {
    chats.sort_unstable();
    chats.dedup();
    let ring = ring(tx, actor.organisation)?;
    let rest = args![&actor.organisation];
    let subjects = tx.all_of(rows::SUBJECTS, &chats, &rest, move |row| {
        let id: ChatId = row.get(0)?;
        Ok((id, ring.open_text(subject_place(&id), &row.get::<Vec<u8>>(1)?)?))
    });
    Ok(subjects.await?.into_iter().collect())
}

/// The arguments of both statements.
fn words<'a>(actor: &'a Actor, tokens: &'a [Token], end: &'a MessageId, limit: i64) -> Result<Vec<Arg<'a>>> {
    let first = tokens.first().filter(|_| tokens.len() <= WORDS);
    let first = first.ok_or_else(|| Error::bug("a search of one to eight words"))?;
    let mut args: Vec<Arg<'a>> = args![&actor.organisation, &actor.person].to_vec();
    args.extend(tokens.iter().chain(std::iter::repeat_n(first, WORDS - tokens.len())).map(Arg::from));
    args.extend(args![end, limit]);
    Ok(args)
}

//! Reading a chat: its messages, who received and read them, and who wrote them.

use std::collections::{BTreeSet, HashSet};

use identity::Person;
use kernel::limits::CHAT_MEMBERS_MAX;
use kernel::{Actor, MessageId, OrganisationId, PersonId, Result};
use messaging::{Mentions, Message, Receipt, Request, Right, Window};
use store::Tx;

use crate::House;
use crate::chats::{self, ChatRef};

/// Whom one look names who are meant and are no members: those whom messages ask go before those whom they speak to.
const OTHERS_MAX: usize = 256;

/// Messages with what is needed to show them.
#[derive(Clone, Debug, Default)]
pub struct Stretch {
    /// The messages, newest first.
    pub messages: Vec<Message>,
    /// How far each member is.
    pub receipts: Vec<Receipt>,
    /// Whose names stand in them.
    pub people: Vec<Person>,
}

/// In how many of their chats the actor has something new, up to where counting stops.
///
/// # Errors
/// What the store refuses.
pub async fn unread_chats(tx: &Tx, actor: &Actor) -> Result<u32> {
    Ok(u32::try_from(messaging::unread_chats(tx, actor).await?).unwrap_or_default())
}

/// Messages of a chat, newest first; none of a chat of two that has not begun. That they were fetched is how they
/// are known to be delivered to the reader.
///
/// # Errors
/// As [`chats::find`].
pub async fn messages(house: &House, actor: &Actor, chat: ChatRef, window: Window) -> Result<Stretch> {
    let input = (actor.clone(), chat, window);
    let stretch =
        house.read(input, |tx, (actor, chat, window)| Box::pin(stretch(tx, actor, *chat, *window))).await?;
    note_delivery(house, actor, chat, &stretch).await?;
    Ok(stretch)
}

/// One message of a chat.
///
/// # Errors
/// As [`chats::open`] and [`messaging::message`].
pub async fn message(house: &House, actor: &Actor, chat: ChatRef, id: MessageId) -> Result<Stretch> {
    let input = (actor.clone(), chat, id);
    let stretch = house.read(input, |tx, (actor, chat, id)| Box::pin(single(tx, actor, *chat, *id))).await?;
    note_delivery(house, actor, chat, &stretch).await?;
    Ok(stretch)
}

async fn stretch(tx: &Tx, actor: &Actor, chat: ChatRef, window: Window) -> Result<Stretch> {
    let Some(open) = chats::find(tx, actor, chat, Right::Read).await? else { return Ok(Stretch::default()) };
    let messages = messaging::messages(tx, &open, window).await?;
    dressed(tx, actor, &open, messages).await
}

async fn single(tx: &Tx, actor: &Actor, chat: ChatRef, id: MessageId) -> Result<Stretch> {
    let open = chats::open(tx, actor, chat, Right::ReadOne).await?;
    let message = messaging::message(tx, &open, id).await?;
    dressed(tx, actor, &open, vec![message]).await
}

async fn dressed(
    tx: &Tx,
    actor: &Actor,
    open: &messaging::OpenChat,
    mut messages: Vec<Message>,
) -> Result<Stretch> {
    let receipts = messaging::receipts(tx, open).await?;
    let members: Vec<PersonId> = receipts.iter().map(|receipt| receipt.person).collect();
    mean_by_now(tx, actor.organisation, &members, messages.iter_mut().collect()).await?;
    let people = chats::people(tx, actor, named_in(&messages, &receipts)).await?;
    Ok(Stretch { messages, receipts, people })
}

/// Has messages mean people by the ids that they have now, where some waited under another when they were written: those
/// of the chat's members, and a limited number of others. A text may speak to anybody whom its author made up, so that
/// what it costs to look goes by the members and not by whom they speak to.
///
/// # Errors
/// The store's.
pub async fn mean_by_now(
    tx: &Tx,
    organisation: OrganisationId,
    members: &[PersonId],
    messages: Vec<&mut Message>,
) -> Result<()> {
    let mut seen: HashSet<PersonId> = members.iter().copied().collect();
    let asked = messages.iter().flat_map(|message| message.asked().iter().copied());
    let spoken_to = messages.iter().flat_map(|message| message.spoken_to());
    let others: Vec<PersonId> = asked.chain(spoken_to).filter(|person| seen.insert(*person)).collect();
    if others.is_empty() {
        return Ok(());
    }
    let members = &members[..members.len().min(CHAT_MEMBERS_MAX)];
    let mut now = identity::invitations::waited_as(tx, organisation, members).await?;
    let gone = others.into_iter().filter(|person| !now.contains_key(person));
    let gone: Vec<PersonId> = gone.take(OTHERS_MAX).collect();
    let found = identity::invitations::now_known_as(tx, organisation, &gone).await?;
    now.extend(gone.into_iter().zip(found).filter(|(meant, now)| meant != now));
    if !now.is_empty() {
        messages.into_iter().for_each(|message| message.mean_by(&now));
    }
    Ok(())
}

/// Whose names are needed to show these messages: of who wrote them, of members who are spoken to in them, and of who
/// is asked and answers.
pub fn named_in(messages: &[Message], receipts: &[Receipt]) -> BTreeSet<PersonId> {
    let members: Vec<PersonId> = receipts.iter().map(|receipt| receipt.person).collect();
    let mut named = BTreeSet::new();
    for message in messages {
        named.extend(speakers(message));
        named.extend(Mentions::of(&message.text).among(&members));
    }
    named
}

/// Who speaks in a message: who wrote it, and in whose stead; who is asked by name to do something, and who answered.
pub(crate) fn speakers(message: &Message) -> impl Iterator<Item = PersonId> {
    let asked = match &message.request {
        Some(Request::Verification(verification)) => Some(verification.person),
        Some(Request::Question(_)) | None => None,
    };
    let answered = message.answers.iter().map(|answer| answer.person);
    [Some(message.author), message.acting_for, asked].into_iter().flatten().chain(answered)
}

/// Raises the reader's mark of what reached them, when these messages are beyond it.
async fn note_delivery(house: &House, actor: &Actor, chat: ChatRef, stretch: &Stretch) -> Result<()> {
    let Some(newest) = stretch.messages.iter().map(|message| message.seq).max() else { return Ok(()) };
    let mine = stretch.receipts.iter().find(|receipt| receipt.person == actor.person);
    if mine.is_none_or(|receipt| receipt.has_received(newest)) {
        return Ok(());
    }
    let input = (actor.clone(), chat, newest);
    house
        .db
        .write(input, |tx, (actor, chat, newest)| {
            Box::pin(async move {
                let open = chats::open(tx, actor, *chat, Right::Receive).await?;
                messaging::mark_delivered(tx, &open, *newest).await
            })
        })
        .await
}

/// Notes that the actor has read a chat up to a message, or up to its newest.
///
/// # Errors
/// As [`chats::find`] and [`messaging::place_of`].
pub async fn mark_read(tx: &Tx, actor: &Actor, chat: ChatRef, up_to: Option<MessageId>) -> Result<()> {
    let Some(open) = chats::find(tx, actor, chat, Right::Receive).await? else { return Ok(()) };
    let seq = match up_to {
        None => open.last_seq(),
        Some(id) => messaging::place_of(tx, &open, id).await?,
    };
    messaging::mark_read(tx, &open, seq).await
}

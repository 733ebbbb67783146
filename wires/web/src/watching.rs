//! One open page of a conversation, which hears that something changed.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::Event as Word;
use flows::ChatRef;
use kernel::{Actor, ChatId, Error, Event, MessageChange, PersonId, Result};
use messaging::Right;
use store::Tx;

use crate::listening::{Heard, Listener, Telling, who_is_it};
use crate::place::Place;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// Tells a page of what changes in its conversation: `changed` with the newest place, `gone` with a deleted
/// message, `again` with one that was liked or answered, `head` when its name, its people or its state may be others,
/// `missed` when any of this may be so.
pub async fn watch(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let listener = Listener::begin(&web, visitor, &headers)?;
    let unsaid = VecDeque::new();
    let mut watching = Watching { listener, place: place.chat, chat: None, newest: 0, unsaid };
    watching.tell_place("changed").await?;
    Ok(watching.answer())
}

struct Watching {
    listener: Listener,
    place: ChatRef,
    /// `None` while a chat of two has not begun.
    chat: Option<ChatId>,
    newest: i64,
    /// What was heard and not said yet.
    unsaid: VecDeque<Word>,
}

impl Telling for Watching {
    async fn next(&mut self) -> Result<Word> {
        loop {
            if let Some(word) = self.unsaid.pop_front() {
                return Ok(word);
            }
            match self.listener.next().await? {
                Heard::Events(events) => self.hear(&events).await?,
                Heard::Missed | Heard::OtherRights => self.tell_place("missed").await?,
            }
        }
    }
}

impl Watching {
    /// Notes what to say of these events, as far as they are about this chat, once the reader may still see it.
    async fn hear(&mut self, events: &[Arc<[Event]>]) -> Result<()> {
        let (me, before) = (self.listener.caller.actor.person, self.newest);
        let (mut concerns_us, mut is_changed, mut has_other_head) = (false, false, false);
        let (mut gone, mut again) = (Vec::new(), BTreeSet::new());
        for event in events.iter().flat_map(|events| events.iter()) {
            match event {
                Event::MessagePosted { chat, .. } => concerns_us |= self.is_about(chat),
                Event::MessageDeleted { chat, message, .. } if self.is_about(chat) => {
                    gone.push(message.uuid())
                }
                Event::MessageChanged { chat, change: MessageChange::FilesChecked, .. } => {
                    is_changed |= self.is_about(chat)
                }
                Event::MessageChanged { chat, message, .. } if self.is_about(chat) => {
                    again.insert(message.uuid());
                }
                Event::ReceiptMoved { chat, person } => is_changed |= self.is_about(chat) && *person != me,
                Event::ChatChanged { chat, members, .. } => {
                    has_other_head |= self.may_be_about(chat, members)
                }
                Event::PersonChanged { person } => concerns_us |= *person == me,
                _ => {}
            }
        }
        if !(concerns_us || is_changed || has_other_head || !gone.is_empty() || !again.is_empty()) {
            return Ok(());
        }
        self.look_again().await?;
        self.unsaid.extend(gone.into_iter().map(|message| Word::default().event("gone").data(message)));
        self.unsaid.extend(again.into_iter().map(|message| Word::default().event("again").data(message)));
        if has_other_head {
            self.unsaid.push_back(head());
        }
        if self.newest > before || is_changed || has_other_head {
            self.unsaid.push_back(self.place("changed"));
        }
        Ok(())
    }

    /// A word that carries how far the chat is.
    fn place(&self, word: &str) -> Word {
        Word::default().event(word).data(self.newest.to_string())
    }

    fn is_about(&self, chat: &ChatId) -> bool {
        self.chat.as_ref() == Some(chat)
    }

    /// A chat of two that begins is known by its people.
    fn may_be_about(&self, chat: &ChatId, members: &[PersonId]) -> bool {
        let begins = self.chat.is_none() && members.contains(&self.listener.caller.actor.person);
        self.is_about(chat) || begins
    }

    /// Looks how far the chat is, and says so with this word once it has begun.
    async fn tell_place(&mut self, word: &str) -> Result<()> {
        self.look_again().await?;
        if self.chat.is_some() {
            self.unsaid.push_back(self.place(word));
        }
        Ok(())
    }

    /// Opens the door again for who the session stands for by now, and notes how far the chat is. Who was taken
    /// out of it, or has left the team that let them in, hears nothing more of it.
    async fn look_again(&mut self) -> Result<()> {
        let Listener { caller, session, .. } = &mut self.listener;
        let input = (*session, caller.actor.clone(), self.place);
        let found = caller
            .house
            .read(input, |tx, (session, actor, place)| Box::pin(look(tx, session, actor, *place)));
        let (who, found) = found.await?;
        caller.actor = who;
        match found {
            Some((chat, newest)) => (self.chat, self.newest) = (Some(chat), newest),
            None if self.chat.is_some() => return Err(Error::not_found(self.place.kind())),
            None => {}
        }
        Ok(())
    }
}

fn head() -> Word {
    Word::default().event("head").data("now")
}

/// That something changed is no content, so this look is no reading: what the page then asks for is.
async fn look(
    tx: &Tx,
    session: &[u8; 32],
    came: &Actor,
    place: ChatRef,
) -> Result<(Actor, Option<(ChatId, i64)>)> {
    let who = who_is_it(tx, session, came).await?;
    let open = flows::chats::find(tx, &who, place, Right::ReadOne).await?;
    Ok((who, open.map(|open| (open.id(), open.last_seq()))))
}

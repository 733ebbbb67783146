//! An open list of conversations, which hears that something in it changed.

use std::collections::HashSet;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::Event as Word;
use kernel::{Actor, ChatId, Event, Result};
use store::Tx;

use crate::listening::{Heard, Listener, Telling, who_is_it};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// Tells a list that it is not as before: `changed`, with the number of its conversations that have something new.
pub async fn watch(
    State(web): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let listener = Listener::begin(&web, visitor, &headers)?;
    let mut inbox = Inbox { listener, chats: HashSet::new(), unsaid: None };
    inbox.look_again(Stale::Chats).await?;
    Ok(inbox.answer())
}

struct Inbox {
    listener: Listener,
    /// The chats that the reader is in.
    chats: HashSet<ChatId>,
    unsaid: Option<Word>,
}

/// What must be looked up again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stale {
    Nothing,
    /// In how many chats something is new.
    Count,
    /// That, and which chats there are.
    Chats,
}

impl Telling for Inbox {
    async fn next(&mut self) -> Result<Word> {
        loop {
            if let Some(word) = self.unsaid.take() {
                return Ok(word);
            }
            let heard = self.listener.next().await?;
            let stale = self.stale_after(&heard);
            if stale != Stale::Nothing {
                self.look_again(stale).await?;
            }
        }
    }
}

impl Inbox {
    fn stale_after(&self, heard: &Heard) -> Stale {
        match heard {
            Heard::Events(events) => {
                let each = events.iter().flat_map(|events| events.iter());
                each.map(|event| self.stale_by(event)).max().unwrap_or(Stale::Nothing)
            }
            Heard::Missed | Heard::OtherRights => Stale::Chats,
        }
    }

    fn stale_by(&self, event: &Event) -> Stale {
        let me = &self.listener.caller.actor.person;
        let is_ours = |chat: &ChatId| self.chats.contains(chat);
        match event {
            Event::MessagePosted { chat, .. } | Event::MessageDeleted { chat, .. } if is_ours(chat) => {
                Stale::Count
            }
            Event::ReceiptMoved { chat, person } if person == me && is_ours(chat) => Stale::Count,
            Event::ChatChanged { chat, members, .. } if members.contains(me) || is_ours(chat) => Stale::Chats,
            Event::PersonChanged { person } if person == me => Stale::Chats,
            _ => Stale::Nothing,
        }
    }

    /// Looks, for who the session stands for by now, at what is stale.
    async fn look_again(&mut self, stale: Stale) -> Result<()> {
        let Listener { caller, session, .. } = &mut self.listener;
        let input = (*session, caller.actor.clone(), stale);
        let found = caller
            .house
            .read(input, |tx, (session, actor, stale)| Box::pin(look(tx, session, actor, *stale)));
        let (who, chats, unread) = found.await?;
        caller.actor = who;
        if let Some(chats) = chats {
            self.chats = chats;
        }
        self.unsaid = Some(Word::default().event("changed").data(unread.to_string()));
        Ok(())
    }
}

/// Who it is, their chats when these were asked for, and in how many of all something is new.
type Found = (Actor, Option<HashSet<ChatId>>, i64);

/// That something changed is no content, so this look is no reading: what the page then asks for is.
async fn look(tx: &Tx, session: &[u8; 32], came: &Actor, stale: Stale) -> Result<Found> {
    let who = who_is_it(tx, session, came).await?;
    let chats = match stale {
        Stale::Chats => Some(messaging::ids(tx, &who).await?.into_iter().collect()),
        Stale::Nothing | Stale::Count => None,
    };
    let unread = messaging::unread_chats(tx, &who).await?;
    Ok((who, chats, unread))
}

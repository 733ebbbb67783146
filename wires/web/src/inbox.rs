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
    let listener = Listener::begin(&web, visitor.caller, &headers)?;
    let mut inbox = Inbox { listener, chats: HashSet::new(), unsaid: None };
    inbox.look_again().await?;
    Ok(inbox.answer())
}

struct Inbox {
    listener: Listener,
    /// The chats that the reader is in.
    chats: HashSet<ChatId>,
    unsaid: Option<Word>,
}

impl Telling for Inbox {
    async fn next(&mut self) -> Result<Word> {
        loop {
            if let Some(word) = self.unsaid.take() {
                return Ok(word);
            }
            let is_stale = match self.listener.next().await? {
                Heard::Events(events) => events.iter().any(|event| self.concerns_us(event)),
                Heard::Missed | Heard::OtherRights => true,
            };
            if is_stale {
                self.look_again().await?;
            }
        }
    }
}

impl Inbox {
    fn concerns_us(&self, event: &Event) -> bool {
        let me = &self.listener.caller.actor.person;
        match event {
            Event::MessagePosted { chat, .. } | Event::MessageDeleted { chat, .. } => {
                self.chats.contains(chat)
            }
            Event::ReceiptMoved { chat, person } => person == me && self.chats.contains(chat),
            Event::ChatChanged { chat, members } => members.contains(me) || self.chats.contains(chat),
            Event::PersonChanged { person } => person == me,
            _ => false,
        }
    }

    /// Looks which chats there are by now for who the session stands for, and in how many something is new.
    async fn look_again(&mut self) -> Result<()> {
        let Listener { caller, session, .. } = &mut self.listener;
        let input = (*session, caller.actor.clone());
        let found =
            caller.house.read(input, |tx, (session, actor)| Box::pin(look(tx, session, actor))).await?;
        (caller.actor, self.chats) = (found.0, found.1);
        self.unsaid = Some(Word::default().event("changed").data(found.2.to_string()));
        Ok(())
    }
}

/// That something changed is no content, so this look is no reading: what the page then asks for is.
async fn look(tx: &Tx, session: &[u8; 32], came: &Actor) -> Result<(Actor, HashSet<ChatId>, i64)> {
    let who = who_is_it(tx, session, came).await?;
    let chats = messaging::ids(tx, &who).await?.into_iter().collect();
    let unread = messaging::unread_chats(tx, &who).await?;
    Ok((who, chats, unread))
}

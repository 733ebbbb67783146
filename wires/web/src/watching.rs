//! One open page of a conversation, which hears that something changed (Server-Sent Events, HTML standard 9.2).

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Word, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use door::Caller;
use flows::ChatRef;
use futures_util::{Stream, stream};
use kernel::{ChatId, Error, Event, Result};
use messaging::Right;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::live::Seat;
use crate::place::Place;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// How often the session is looked at again.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a silent stream says that it is there, so that no proxy between cuts it.
const SIGN_OF_LIFE_EVERY: Duration = Duration::from_secs(15);

/// Tells a page of what changes in its conversation: `changed` with the newest place, `gone` with a deleted
/// message, `ended` when the session or the reader's place in the chat has ended.
pub async fn watch(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = visitor.caller;
    let (events, seat) = web.live.listen(caller.actor.person)?;
    let session = web.cookies.session_hash(&headers).ok_or(Error::Unauthenticated)?;
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (place, unsaid) = (place.chat, VecDeque::new());
    let mut watching =
        Watching { caller, session, place, chat: None, newest: 0, events, unsaid, looks, _seat: seat };
    watching.look_again().await?;
    let stream = Sse::new(watching.words()).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE_EVERY));
    Ok(stream.into_response())
}

struct Watching {
    caller: Caller,
    session: [u8; 32],
    place: ChatRef,
    /// `None` while a chat of two has not begun.
    chat: Option<ChatId>,
    newest: i64,
    events: Receiver<Arc<[Event]>>,
    /// What was heard and not said yet.
    unsaid: VecDeque<Word>,
    looks: Interval,
    _seat: Seat,
}

impl Watching {
    fn words(self) -> impl Stream<Item = std::result::Result<Word, Infallible>> + Send {
        stream::unfold(Some(self), |watching| async move {
            let mut watching = watching?;
            match watching.next().await {
                Some(word) => Some((Ok(word), Some(watching))),
                None => Some((Ok(Word::default().event("ended").data("now")), None)),
            }
        })
    }

    /// The next word; `None` once there is nobody to tell.
    async fn next(&mut self) -> Option<Word> {
        loop {
            if let Some(word) = self.unsaid.pop_front() {
                return Some(word);
            }
            tokio::select! {
                told = self.events.recv() => match told {
                    Ok(events) => self.hear(&events).await.ok()?,
                    Err(RecvError::Lagged(_)) => self.look_again().await.ok()?,
                    Err(RecvError::Closed) => return None,
                },
                _ = self.looks.tick() => if !self.session_stands().await { return None },
            }
        }
    }

    /// Notes what to say of these events, as far as they are about this chat.
    async fn hear(&mut self, events: &[Event]) -> Result<()> {
        let before = self.newest;
        let mut is_moved = false;
        for event in events {
            match event {
                Event::MessagePosted { chat, seq, .. } if self.is_about(chat) => {
                    self.newest = self.newest.max(*seq);
                }
                Event::MessageDeleted { chat, message } if self.is_about(chat) => {
                    self.unsaid.push_back(Word::default().event("gone").data(message.uuid()));
                }
                Event::ReceiptMoved { chat, person } if self.is_about(chat) => {
                    is_moved |= *person != self.caller.actor.person;
                }
                Event::ChatChanged { chat, members } if self.may_be_about(chat, members) => {
                    self.look_again().await?;
                }
                _ => {}
            }
        }
        if self.newest > before || is_moved {
            self.unsaid.push_back(self.changed());
        }
        Ok(())
    }

    fn changed(&self) -> Word {
        Word::default().event("changed").data(self.newest.to_string())
    }

    fn is_about(&self, chat: &ChatId) -> bool {
        self.chat.as_ref() == Some(chat)
    }

    /// A chat of two that begins is known by its people.
    fn may_be_about(&self, chat: &ChatId, members: &[kernel::PersonId]) -> bool {
        let begins = self.chat.is_none() && members.contains(&self.caller.actor.person);
        self.is_about(chat) || begins
    }

    /// Opens the door again, and notes what is new.
    async fn look_again(&mut self) -> Result<()> {
        let place = self.place;
        let found = self.caller.read(place, |tx, actor, place| {
            Box::pin(async move {
                let open = flows::chats::find(tx, actor, *place, Right::Read).await?;
                Ok(open.map(|open| (open.id(), open.last_seq())))
            })
        });
        if let Some((chat, newest)) = found.await? {
            (self.chat, self.newest) = (Some(chat), newest);
            self.unsaid.push_back(self.changed());
        }
        Ok(())
    }

    async fn session_stands(&self) -> bool {
        let actor = &self.caller.actor;
        let look = self.caller.house.db.read(self.session, |tx, hash| {
            Box::pin(async move {
                let who = identity::recognise_session(tx, hash).await?;
                Ok(who.map(|who| (who.person, who.organisation)))
            })
        });
        // A database that cannot be asked lets nobody listen on.
        look.await.is_ok_and(|who| who == Some((actor.person, actor.organisation)))
    }
}

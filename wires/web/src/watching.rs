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
use kernel::{Actor, ChatId, Error, Event, Result};
use messaging::Right;
use store::Tx;
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
/// message, `ended` when the session has ended or the reader may not see the chat any more.
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
    watching.tell_all().await?;
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
                    Err(RecvError::Lagged(_)) => self.tell_all().await.ok()?,
                    Err(RecvError::Closed) => return None,
                },
                _ = self.looks.tick() => if !self.stands().await { return None },
            }
        }
    }

    /// Notes what to say of these events, as far as they are about this chat, once the reader may still see it.
    async fn hear(&mut self, events: &[Event]) -> Result<()> {
        let (me, before) = (self.caller.actor.person, self.newest);
        let (mut concerns_us, mut is_changed, mut gone) = (false, false, Vec::new());
        for event in events {
            match event {
                Event::MessagePosted { chat, .. } => concerns_us |= self.is_about(chat),
                Event::MessageDeleted { chat, message } if self.is_about(chat) => gone.push(message.uuid()),
                Event::ReceiptMoved { chat, person } => is_changed |= self.is_about(chat) && *person != me,
                Event::ChatChanged { chat, members } => is_changed |= self.may_be_about(chat, members),
                Event::PersonChanged { person } => concerns_us |= *person == me,
                _ => {}
            }
        }
        if !(concerns_us || is_changed || !gone.is_empty()) {
            return Ok(());
        }
        self.look_again().await?;
        self.unsaid.extend(gone.into_iter().map(|message| Word::default().event("gone").data(message)));
        if self.newest > before || is_changed {
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

    /// Says how far the chat is, whatever was missed.
    async fn tell_all(&mut self) -> Result<()> {
        self.look_again().await?;
        if self.chat.is_some() {
            self.unsaid.push_back(self.changed());
        }
        Ok(())
    }

    /// Opens the door again for who the session stands for by now, and notes how far the chat is. Who was taken
    /// out of it, or has left the team that let them in, hears nothing more of it.
    async fn look_again(&mut self) -> Result<()> {
        let actor = &self.caller.actor;
        let input = (self.session, actor.clone(), self.place);
        let house = &self.caller.house;
        let (who, found) = house
            .read(input, |tx, (session, actor, place)| Box::pin(look(tx, session, actor, *place)))
            .await?;
        self.caller.actor = who;
        match found {
            Some((chat, newest)) => (self.chat, self.newest) = (Some(chat), newest),
            None if self.chat.is_some() => return Err(Error::not_found(self.place.kind())),
            None => {}
        }
        Ok(())
    }

    /// Whether the session has not ended; when its person became something else, or left a team, whether they may
    /// still see the chat. A database that cannot be asked lets nobody listen on.
    async fn stands(&mut self) -> bool {
        let input = (self.session, self.caller.actor.clone());
        let look =
            self.caller.house.db.read(input, |tx, (session, actor)| {
                Box::pin(async move { who_is_it(tx, session, actor).await })
            });
        let Ok(who) = look.await else { return false };
        let actor = &self.caller.actor;
        let is_as_before = who.role == actor.role && who.teams == actor.teams;
        is_as_before || self.look_again().await.is_ok()
    }
}

/// Whom the session stands for by now, who must still be the one that came.
async fn who_is_it(tx: &Tx, session: &[u8; 32], came: &Actor) -> Result<Actor> {
    let who = identity::recognise_session(tx, session).await?;
    let who = who.filter(|who| (who.person, who.organisation) == (came.person, came.organisation));
    Ok(who.ok_or(Error::Unauthenticated)?.actor(came.origin))
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

//! What clients say, and what is done about it.

use std::sync::Arc;

use door::Caller;
use flows::ChatRef;
use identity::Recognised;
use kernel::{ChatId, Error, Kind, Origin, PersonId, RequestId, Result, Scope};
use messaging::{ChatKind, Right};
use serde_json::Value;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Gateway;
use super::roll::Caps;
use super::session::{Holder, Session};
use super::sides::{conversation, group};
use super::talk::{Goes, cut, end};
use super::words::{ChatIds, Data, Handshake, Presence, Said, declined, frame, read, refused, unfit};
use crate::avatars::Avatars;
use crate::refusals::Refusal;
use crate::taken;
use crate::words::{NewMessage, User};

/// How often a token is looked up of which nothing was heard.
pub(super) const LOOK_EVERY_MS: i64 = 30_000;

/// Which chat the data names, if that can be read.
type Named = Option<ChatIds>;

impl Gateway {
    /// Hears a frame of a client.
    pub(super) async fn heard(self: &Arc<Self>, session: &Arc<Session>, text: &str) -> Goes {
        let said = taken::parse::<Said>(text.as_bytes());
        let Some(holder) = session.holder().copied() else {
            return match said {
                Ok(said) if said.event == "handshake" => self.greet(session, &said.data).await,
                Ok(_) => end(session, no_handshake(), CloseCode::Policy, "a handshake comes first"),
                Err(error) => end(session, error, CloseCode::Policy, "a handshake comes first"),
            };
        };
        let is_message = matches!(&said, Ok(said) if said.event.ends_with("_new_message"));
        if let Err(error) = self.count(&holder, is_message) {
            return self.end_for(session, error, "too many events").await;
        }
        let caller = match self.caller_of(session, &holder).await {
            Ok(caller) => caller,
            Err(error) => return over_or_refused(session, error),
        };
        match said {
            Ok(said) if said.event == "handshake" => {
                let error = Error::invalid("event", "already_authenticated", "one handshake is enough");
                self.end_for(session, error, "a second handshake").await
            }
            Ok(said) => {
                self.act(session, &caller, &said).await;
                Goes::On
            }
            Err(error) => {
                session.outbox.send(refused(&error.into(), &ChatIds::default()));
                Goes::On
            }
        }
    }

    /// Ends a session for what its client did, once it was told all that it did before.
    async fn end_for(self: &Arc<Self>, session: &Arc<Session>, error: Error, reason: &'static str) -> Goes {
        let last = refused(&error.into(), &ChatIds::default());
        self.end_when_told(session, Some(last), (CloseCode::Policy, reason)).await
    }

    /// Counts an event for the token, in all of its sessions.
    fn count(&self, holder: &Holder, is_message: bool) -> Result<()> {
        self.events.count(&holder.hash).1?;
        if is_message { self.messages.count(&holder.hash).1 } else { Ok(()) }
    }

    /// Who holds the session, as of now.
    async fn caller_of(&self, session: &Session, holder: &Holder) -> Result<Caller> {
        let who = self.door.still_holder_of(&holder.hash).await?;
        self.caller(&who, session).await
    }

    async fn caller(&self, who: &Recognised, session: &Session) -> Result<Caller> {
        let caller = self.door.caller(who, self.origin(session)).await?;
        caller.must_have(Scope::Read)?;
        Ok(caller)
    }

    fn origin(&self, session: &Session) -> Origin {
        let house = &self.door.house;
        Origin { request: RequestId::new(&house.clock, &house.rng), address: session.address, once: None }
    }

    /// Looks whether the token of a session still stands, and ends the session when it does not. One that cannot be
    /// looked up now is looked up again before anything is sent.
    pub(super) async fn look_again(&self, session: &Session) {
        let Some(holder) = session.holder() else { return };
        match self.caller_of(session, holder).await {
            Err(error @ (Error::Unauthenticated | Error::NotAllowed { .. })) => {
                cut(session, error, "the token does not stand any more");
            }
            found => session.note_looked_up(found.is_ok()),
        }
    }

    /// How often the token of a session is looked up to which something is sent. Of what this server commits it hears at
    /// once; what others do to the token must be asked each time, and the answer is remembered for a second.
    pub(super) fn look_every_ms(&self) -> i64 {
        if self.door.house.settings.is_shared { 0 } else { LOOK_EVERY_MS }
    }

    async fn greet(self: &Arc<Self>, session: &Arc<Session>, data: &Value) -> Goes {
        match self.welcome(session, data).await {
            Ok(()) => Goes::On,
            Err(error @ Error::LimitReached { .. }) => {
                end(session, error, CloseCode::Again, "too many sessions")
            }
            Err(error @ Error::Unavailable { .. }) => end(session, error, CloseCode::Again, "not now"),
            Err(error) => end(session, error, CloseCode::Policy, "not authenticated"),
        }
    }

    async fn welcome(self: &Arc<Self>, session: &Arc<Session>, data: &Value) -> Result<()> {
        let words: Handshake = read(data)?;
        let hash = vault::token_hash(&words.token);
        let who = self.door.holder_of(&hash, self.origin(session)).await?;
        let caller = self.caller(&who, session).await?;
        let me = caller
            .read((), |tx, actor, ()| Box::pin(identity::find_person(tx, actor, actor.person)))
            .await?
            .ok_or(Error::Unauthenticated)?;
        let user = Some(User::of(&me, &Avatars::of_house(&self.door.house)));
        let data = Data { user, session_id: Some(session.id.uuid()), ..Data::default() };
        let holder = Holder {
            person: who.person,
            organisation: who.organisation,
            token: who.token,
            hash,
            ends_ms: who.ends_ms,
        };
        let settings = &self.door.house.settings;
        let caps =
            Caps { all: settings.gateway_sessions_max, of_one: settings.gateway_sessions_per_person_max };
        self.begin_listening();
        if let Err(error) = self.roll.admit(session, holder, frame("authenticated", &data), caps) {
            self.end_listening();
            return Err(error);
        }
        self.leave_presence(&holder, Some(session.clone()));
        Ok(())
    }

    /// Does what a client asks for, and says why not.
    async fn act(self: &Arc<Self>, session: &Arc<Session>, caller: &Caller, said: &Said) {
        let named = read::<ChatIds>(&said.data).ok();
        let done = match said.event.as_str() {
            "presence_update" => self.set_presence(session, &said.data).map_err(Refusal::from),
            "typing" | "stop_typing" => self.relay(caller, &named, &said.event).await.map_err(Refusal::from),
            "groupchat_subscribe" => subscribe(session, caller, &named).await.map_err(Refusal::from),
            "groupchat_unsubscribe" => unsubscribe(session, caller, &named).await.map_err(Refusal::from),
            "conversation_new_message" => post(caller, &named, &said.data, Kind::Conversation).await,
            "groupchat_new_message" => post(caller, &named, &said.data, Kind::GroupChat).await,
            _ => Err(Error::invalid("event", "unknown_event", "there is no such event").into()),
        };
        if let Err(refusal) = done {
            if let Some(error) = refusal.fault() {
                tracing::error!(request = %caller.actor.origin.request, event = said.event, ?error, "refused");
            }
            session.outbox.send(declined(&refusal, &named.unwrap_or_default()));
        }
    }

    fn set_presence(self: &Arc<Self>, session: &Session, data: &Value) -> Result<()> {
        let Presence { status } = read(data)?;
        if let Some(holder) = session.holder() {
            self.roll.set_status(holder, status);
            self.leave_presence(holder, None);
        }
        Ok(())
    }

    /// Passes on that somebody types, to the others who are in the chat; of a group, to sessions that subscribed to it.
    async fn relay(&self, caller: &Caller, named: &Named, name: &str) -> Result<()> {
        caller.must_have(Scope::Write)?;
        let chat = chat(named)?;
        let open = caller.read(chat, |tx, actor, chat| {
            Box::pin(async move {
                let open = flows::chats::find(tx, actor, *chat, Right::Post).await?;
                Ok(open.map(|open| open.id()))
            })
        });
        // Nobody waits for a word in a conversation that has not begun.
        let Some(id) = open.await? else { return Ok(()) };
        let (me, organisation) = (caller.actor.person, caller.actor.organisation);
        let audience = self.audiences.of(&caller.house, organisation, id).await?;
        let Some(audience) = audience else { return Ok(()) };
        let others: Vec<PersonId> = audience.members.iter().copied().filter(|one| *one != me).collect();
        let is_group = audience.kind == ChatKind::Group;
        let place = if is_group { group(id) } else { conversation(me) };
        let frame = frame(name, &Data { user_id: Some(me.uuid()), ..place });
        let here = self.roll.sessions_of(organisation, &others);
        let is_told = |session: &&Arc<Session>| !is_group || session.is_subscribed(id);
        here.iter().filter(is_told).for_each(|session| session.outbox.mention(&frame));
        Ok(())
    }
}

fn no_handshake() -> Error {
    Error::invalid("event", "handshake_expected", "a handshake comes first")
}

/// A token that does not stand any more ends the session; anything else is said, and it goes on.
fn over_or_refused(session: &Session, error: Error) -> Goes {
    if matches!(error, Error::Unauthenticated | Error::NotAllowed { .. }) {
        return cut(session, error, "the token does not stand any more");
    }
    session.outbox.send(refused(&error.into(), &ChatIds::default()));
    Goes::On
}

async fn subscribe(session: &Session, caller: &Caller, named: &Named) -> Result<()> {
    let id = member_of(caller, named).await?;
    session.subscribe(id)?;
    session.outbox.send(frame("groupchat_subscribed", &group(id)));
    Ok(())
}

async fn unsubscribe(session: &Session, caller: &Caller, named: &Named) -> Result<()> {
    let id = member_of(caller, named).await?;
    session.unsubscribe(id);
    session.outbox.send(frame("groupchat_unsubscribed", &group(id)));
    Ok(())
}

/// The group that the data names, of which the caller is a member.
async fn member_of(caller: &Caller, named: &Named) -> Result<ChatId> {
    let ChatRef::Group(id) = chat_of(named, Kind::GroupChat)? else {
        return Err(Error::not_found(Kind::GroupChat));
    };
    caller
        .read(id, |tx, actor, id| {
            Box::pin(async move {
                let open = flows::chats::open(tx, actor, ChatRef::Group(*id), Right::Receive).await?;
                Ok(open.id())
            })
        })
        .await
}

/// Posts a message as the REST API does. Its echo is the answer.
async fn post(caller: &Caller, named: &Named, data: &Value, kind: Kind) -> Result<(), Refusal> {
    let chat = chat_of(named, kind)?;
    let message: NewMessage = read(data)?;
    crate::messages::post(caller, chat, message).await.map(drop)
}

/// The one chat that the data names.
fn chat(named: &Named) -> Result<ChatRef> {
    let ids = named.as_ref().ok_or_else(unfit)?;
    match (ids.conversation_id.is_some(), ids.groupchat_id.is_some()) {
        (true, false) => chat_of(named, Kind::Conversation),
        (false, true) => chat_of(named, Kind::GroupChat),
        _ => Err(Error::invalid("data", "wrong_type", "either conversation_id or groupchat_id")),
    }
}

/// The chat of this kind that the data names.
fn chat_of(named: &Named, kind: Kind) -> Result<ChatRef> {
    let ids = named.as_ref().ok_or_else(unfit)?;
    let missing = || Error::invalid("data", "wrong_type", "the id of a chat is missing");
    let found = if kind == Kind::GroupChat {
        let id = ids.groupchat_id.as_ref().ok_or_else(missing)?;
        ChatId::from_uuid(id).map(ChatRef::Group)
    } else {
        let id = ids.conversation_id.as_ref().ok_or_else(missing)?;
        PersonId::from_uuid(id).map(ChatRef::Direct)
    };
    found.ok_or(Error::not_found(kind))
}

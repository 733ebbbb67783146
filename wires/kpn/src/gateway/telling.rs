//! From what was committed to the frames of those who are here. Each frame is written once, however many get it.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use flows::reading::mean_by_now;
use futures_util::FutureExt as _;
use kernel::{ChatChange, ChatId, Event, MessageChange, MessageId, OrganisationId, PersonId, Result};
use messaging::push::{self, Audience};
use messaging::{ChatKind, Mentions, Message};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Gateway;
use super::roll::Mark;
use super::session::{Frame, Holder, Out, Session};
use super::shards::{At, Ending, Epoch, Item, Left};
use super::sides::{each_side, group, send, split, tell_message};
use super::talk::Goes;
use super::words::{Data, frame};
use crate::avatars::Avatars;
use crate::words::User;

/// How long a session that ends waits for commits that are under way.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// A chat and who owns it.
#[derive(Clone, Copy)]
struct Place {
    organisation: OrganisationId,
    chat: ChatId,
}

impl Gateway {
    /// Hears what was committed. On SQLite this is the thread that writes: it only leaves word.
    pub(super) fn hear(self: &Arc<Self>, events: &[Event]) {
        for event in events {
            match event {
                Event::MessagePosted { chat, .. }
                | Event::MessageDeleted { chat, .. }
                | Event::MessageChanged { chat, .. } => self.leave_event(*chat, event),
                Event::ChatChanged { organisation, chat, .. } => {
                    self.audiences.forget(*organisation, *chat);
                    self.leave_event(*chat, event);
                }
                Event::TokenRevoked { token } => self.roll.look(Mark::Token(*token)),
                Event::PersonChanged { person } => self.roll.look(Mark::Person(*person)),
                Event::OrganisationChanged { organisation } => self.roll.look_in(*organisation),
                Event::SessionEnded { .. } | Event::ReceiptMoved { .. } => {}
            }
        }
    }

    fn leave_event(self: &Arc<Self>, chat: ChatId, event: &Event) {
        self.leave(At::chat(chat), |epoch| Item::Happened(event.clone(), epoch));
    }

    /// Leaves word that somebody's presence may have changed; with their new session, if that is why.
    pub(super) fn leave_presence(self: &Arc<Self>, holder: &Holder, newcomer: Option<Arc<Session>>) {
        let (organisation, person) = (holder.organisation, holder.person);
        self.leave(At::person(person), |_| Item::Presence(organisation, person, newcomer));
    }

    /// Leaves something to be told in a line.
    pub(super) fn leave(self: &Arc<Self>, at: At, item: impl FnOnce(Epoch) -> Item) {
        match self.shards.leave(at, item) {
            Left::InLine => {}
            Left::First => {
                if let Some(runtime) = self.runtime.get() {
                    drop(runtime.spawn(self.clone().work_off(at)));
                }
            }
            Left::Overrun => self.let_go(|_| true),
        }
    }

    /// Ends a session once everything was told that is committed by now: who wrote hears what became of it first. Who is
    /// not known has done nothing, and waits for nothing.
    pub(super) async fn end_when_told(
        self: &Arc<Self>,
        session: &Arc<Session>,
        last: Option<Utf8Bytes>,
        close: (CloseCode, &'static str),
    ) -> Goes {
        if session.holder().is_some() {
            self.all_told().await;
        }
        self.leave_end(session, last, close);
        Goes::ToItsEnd
    }

    /// The same for a session that ends with the server. All of them wait together, since there are many.
    pub(super) async fn end_with_the_server(self: &Arc<Self>, session: &Arc<Session>) {
        if session.holder().is_some() {
            self.last_told.get_or_init(|| self.all_told()).await;
        }
        self.leave_end(session, None, (CloseCode::Away, "the server stops"));
    }

    async fn all_told(&self) {
        drop(timeout(TOLD_WITHIN, self.door.house.db.all_told()).await);
    }

    fn leave_end(
        self: &Arc<Self>,
        session: &Arc<Session>,
        last: Option<Utf8Bytes>,
        (code, reason): (CloseCode, &'static str),
    ) {
        let ending = Arc::new(Ending { session: session.clone(), last, code, reason });
        if session.holder().is_some() {
            At::all_chats().for_each(|at| self.leave(at, |_| Item::Ends(ending.clone())));
        }
    }

    /// Ends sessions that would miss something; their clients come back and ask for it.
    fn let_go(&self, is_meant: impl Fn(&Holder) -> bool) {
        let all = self.roll.all();
        let meant = all.iter().filter(|session| session.holder().is_some_and(&is_meant));
        meant.for_each(|session| session.outbox.push(Out::End(CloseCode::Again, "come again")));
    }

    async fn work_off(self: Arc<Self>, at: At) {
        while let Some(items) = self.shards.take(at) {
            for item in items {
                let organisation = match &item {
                    Item::Happened(event, _) => organisation_of(event),
                    Item::Presence(..) | Item::Met(..) | Item::Ends(_) => None,
                };
                let telling = AssertUnwindSafe(self.tell(item)).catch_unwind().await;
                let went = telling.unwrap_or_else(|_| Err(kernel::Error::bug("telling an event panicked")));
                if let Err(error) = went {
                    tracing::warn!(?error, "what was committed could not be told to those who are connected");
                    self.let_go(|session| Some(session.organisation) == organisation);
                }
                tokio::task::yield_now().await;
            }
        }
    }

    async fn tell(self: &Arc<Self>, item: Item) -> Result<()> {
        let (event, since) = match item {
            Item::Happened(event, since) => (event, since),
            Item::Presence(organisation, person, newcomer) => {
                return self.tell_presence(organisation, person, newcomer.as_deref()).await;
            }
            Item::Met(organisation, person, others) => {
                self.roll.meet(organisation, person, &others);
                return Ok(());
            }
            Item::Ends(ending) => {
                // This line has come so far.
                drop(ending);
                return Ok(());
            }
        };
        match event {
            Event::MessagePosted { organisation, chat, seq, .. } => {
                self.tell_posted(Place { organisation, chat }, seq, since).await
            }
            Event::MessageDeleted { organisation, chat, message, by } => {
                let names = ["conversation_message_deleted", "groupchat_message_deleted"];
                self.tell_of_message(Place { organisation, chat }, names, message, by, None).await
            }
            Event::MessageChanged { organisation, chat, message, by, change } => {
                self.tell_changed(Place { organisation, chat }, message, by, change).await
            }
            Event::ChatChanged { organisation, chat, change, by, members } => {
                self.tell_of_chat(Place { organisation, chat }, change, by, &members).await
            }
            Event::ReceiptMoved { .. }
            | Event::TokenRevoked { .. }
            | Event::SessionEnded { .. }
            | Event::PersonChanged { .. }
            | Event::OrganisationChanged { .. } => Ok(()),
        }
    }

    /// Tells the messages of a chat up to a place, each once and in order.
    async fn tell_posted(&self, place: Place, seq: i64, since: Epoch) -> Result<()> {
        let Some(mut after) = self.shards.told_before(place.chat, seq, since) else { return Ok(()) };
        let audience = self.audience(place).await?;
        let here =
            audience.as_deref().map(|audience| self.roll.sessions_of(place.organisation, &audience.members));
        if let (Some(audience), Some(here)) = (audience, here.filter(|here| !here.is_empty())) {
            self.door.house.vault.ring_of(&self.door.house.db, place.organisation).await?;
            while after < seq {
                let up_to = seq.min(after + push::POSTED_MAX);
                for message in self.posted(place, &audience, (after, up_to)).await? {
                    let mentions = self.mentioned(place, &audience, &message.text).await?;
                    tell_message(&audience, &here, &message, &mentions);
                }
                after = up_to;
            }
        }
        self.shards.note_told(place.chat, seq, since);
        Ok(())
    }

    async fn posted(
        &self,
        place: Place,
        audience: &Arc<Audience>,
        stretch: (i64, i64),
    ) -> Result<Vec<Message>> {
        let input = (place, audience.clone(), stretch);
        let read = self.door.house.db.read(input, |tx, (place, audience, stretch)| {
            Box::pin(async move {
                let mut posted = push::posted_after(tx, place.organisation, place.chat, *stretch).await?;
                let messages = posted.iter_mut().collect();
                mean_by_now(tx, place.organisation, &audience.members, messages).await?;
                Ok(posted)
            })
        });
        read.await
    }

    async fn audience(&self, place: Place) -> Result<Option<Arc<Audience>>> {
        self.audiences.of(&self.door.house, place.organisation, place.chat).await
    }

    async fn tell_changed(
        &self,
        place: Place,
        message: MessageId,
        by: PersonId,
        change: MessageChange,
    ) -> Result<()> {
        let names = match change {
            MessageChange::Liked => ["conversation_message_liked", "groupchat_message_liked"],
            // The vendor has no event for these.
            MessageChange::Unliked | MessageChange::FilesChecked => return Ok(()),
            MessageChange::Answered => ["conversation_question_answer", "groupchat_question_answer"],
            MessageChange::VerificationAccepted => {
                ["conversation_verification_accepted", "groupchat_verification_accepted"]
            }
            MessageChange::VerificationRejected => {
                ["conversation_verification_rejected", "groupchat_verification_rejected"]
            }
        };
        let options = match change {
            MessageChange::Answered => Some(self.chosen_options(place, message, by).await?),
            _ => None,
        };
        self.tell_of_message(place, names, message, Some(by), options).await
    }

    /// The names of the options that somebody chose to answer the question of a message.
    async fn chosen_options(&self, place: Place, message: MessageId, by: PersonId) -> Result<Vec<String>> {
        self.door.house.vault.ring_of(&self.door.house.db, place.organisation).await?;
        let read = self.door.house.db.read((place, (message, by)), |tx, (place, answered)| {
            Box::pin(push::chosen(tx, place.organisation, place.chat, *answered))
        });
        read.await
    }

    /// Those in a chat whom a text speaks to by name.
    async fn mentioned(&self, place: Place, audience: &Audience, text: &str) -> Result<Vec<User>> {
        let people = Mentions::of(text).among(&audience.members);
        if people.is_empty() {
            return Ok(Vec::new());
        }
        self.users(place.organisation, people).await
    }

    async fn users(&self, organisation: OrganisationId, people: Vec<PersonId>) -> Result<Vec<User>> {
        let read = self.door.house.db.read((organisation, people), |tx, (organisation, people)| {
            Box::pin(identity::people_to_push(tx, *organisation, people))
        });
        Ok(User::all(&read.await?, &Avatars::of_house(&self.door.house)))
    }

    /// Tells something of a message that says no more than which, and who did it.
    async fn tell_of_message(
        &self,
        place: Place,
        names: [&str; 2],
        message: MessageId,
        by: Option<PersonId>,
        options: Option<Vec<String>>,
    ) -> Result<()> {
        let Some(audience) = self.audience(place).await? else { return Ok(()) };
        let here = self.roll.sessions_of(place.organisation, &audience.members);
        let frame = |chat: Data, is_group: bool| {
            let (message_id, user_id) = (Some(message.uuid()), by.map(|by| by.uuid()));
            let data = Data { message_id, user_id, options: options.clone(), ..chat };
            Frame::from(frame(names[usize::from(is_group)], &data))
        };
        each_side(&audience, place.chat, &here, frame);
        Ok(())
    }

    async fn tell_of_chat(
        self: &Arc<Self>,
        place: Place,
        change: ChatChange,
        by: Option<PersonId>,
        members: &[PersonId],
    ) -> Result<()> {
        let here = self.roll.sessions_of(place.organisation, members);
        if here.is_empty() {
            return Ok(());
        }
        let of_group = |name: &str| frame(name, &group(place.chat));
        if change == ChatChange::Removed {
            // Only groups are, and by now nobody is in it.
            here.iter().for_each(|session| session.unsubscribe(place.chat));
            send(&here, &of_group("groupchat_removed"));
            return Ok(());
        }
        let Some(audience) = self.audience(place).await? else { return Ok(()) };
        match (change, audience.kind) {
            (ChatChange::Began, ChatKind::Direct) => {
                let user_id = by.map(|by| by.uuid());
                let began =
                    |chat: Data, _| frame("new_conversation", &Data { user_id: user_id.clone(), ..chat });
                each_side(&audience, place.chat, &here, |chat, is_group| began(chat, is_group).into());
                self.leave_met(place, &here, &audience.members);
            }
            (ChatChange::Began, ChatKind::Group) => {
                send(&here, &of_group("new_groupchat"));
                self.leave_met(place, &here, &audience.members);
            }
            (ChatChange::Came(people), ChatKind::Group) => {
                let (new, there) = split(here, &people);
                send(&new, &of_group("new_groupchat"));
                self.leave_met(place, &new, &audience.members);
                self.leave_met(place, &there, &people);
                self.tell_members(place, "groupchat_members_added", by, &people, &there).await?;
            }
            (ChatChange::Went(people), ChatKind::Group) => {
                let (gone, there) = split(here, &people);
                gone.iter().for_each(|session| session.unsubscribe(place.chat));
                send(&gone, &of_group("groupchat_removed"));
                self.tell_members(place, "groupchat_members_removed", by, &people, &there).await?;
            }
            (ChatChange::Closed, ChatKind::Group) => send(&here, &of_group("groupchat_closed")),
            (ChatChange::Came(_) | ChatChange::Went(_) | ChatChange::Closed, ChatKind::Direct)
            | (ChatChange::Other | ChatChange::Removed, _) => {}
        }
        Ok(())
    }

    /// Leaves word for these sessions that those who hold them came to share a chat with others.
    fn leave_met(self: &Arc<Self>, place: Place, here: &[Arc<Session>], others: &[PersonId]) {
        let others: Arc<[PersonId]> = others.into();
        let here: BTreeSet<PersonId> =
            here.iter().filter_map(|session| Some(session.holder()?.person)).collect();
        for person in here {
            self.leave(At::person(person), |_| Item::Met(place.organisation, person, others.clone()));
        }
    }

    /// Tells those who are in a group of those who came or went.
    async fn tell_members(
        &self,
        place: Place,
        name: &str,
        by: Option<PersonId>,
        people: &[PersonId],
        there: &[Arc<Session>],
    ) -> Result<()> {
        if there.is_empty() {
            return Ok(());
        }
        let users = self.users(place.organisation, people.to_vec()).await?;
        let data = Data { user_id: by.map(|by| by.uuid()), users: Some(users), ..group(place.chat) };
        send(there, &frame(name, &data));
        Ok(())
    }

    /// Tells those who share a chat with somebody that they came, went or said what they are, and their new session who
    /// of those is here.
    async fn tell_presence(
        &self,
        organisation: OrganisationId,
        person: PersonId,
        newcomer: Option<&Session>,
    ) -> Result<()> {
        if newcomer.is_none() && !self.roll.is_news(organisation, person) {
            return Ok(());
        }
        let read = self.door.house.db.read_long((organisation, person), |tx, (organisation, person)| {
            Box::pin(push::acquaintances(tx, *organisation, *person))
        });
        let read = read.await;
        // Who is gone is struck off the roll even when it cannot be said who would have to hear of it.
        let others = read.as_deref().unwrap_or_default();
        self.roll.introduce((organisation, person), others, newcomer, |status| {
            let data = Data { user_id: Some(person.uuid()), status: Some(status), ..Data::default() };
            frame("presence_update", &data)
        });
        read.map(drop)
    }
}

const fn organisation_of(event: &Event) -> Option<OrganisationId> {
    match event {
        Event::MessagePosted { organisation, .. }
        | Event::MessageDeleted { organisation, .. }
        | Event::MessageChanged { organisation, .. }
        | Event::ChatChanged { organisation, .. }
        | Event::OrganisationChanged { organisation } => Some(*organisation),
        Event::ReceiptMoved { .. }
        | Event::TokenRevoked { .. }
        | Event::SessionEnded { .. }
        | Event::PersonChanged { .. } => None,
    }
}

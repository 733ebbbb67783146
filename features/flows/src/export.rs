//! A chat that is taken along: who takes it, what stands around it, and its messages stretch by stretch. Nobody holds
//! more of it than a stretch.

mod document;
pub(crate) mod press;
mod shelf;
mod turns;
mod words;

use std::collections::{BTreeSet, HashMap};

use identity::{Language, Organisation, Person, organisations};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Actor, Error, Kind, PersonId, Result};
use messaging::{Chat, Entry, Export, Member, Message, Receipt, Request, Right};
use store::Tx;

use crate::chats::{self, ChatRef};
use crate::reading::mean_by_now;
use crate::{House, reading};

pub use document::{Document, document};
pub use shelf::Room;
pub use turns::{Turn, turn};
pub(crate) use words::fill;

/// The span of time that is taken along, both ends included; an end that is not named is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
}

impl Span {
    fn ms(self) -> (i64, i64) {
        let from = match self.from {
            Some(from) => from.as_millisecond(),
            None => i64::MIN,
        };
        let until = match self.until {
            Some(until) => until.as_millisecond(),
            None => i64::MAX,
        };
        (from, until)
    }
}

/// A chat on its way out: its line is in the access log.
pub struct Taken {
    house: House,
    actor: Actor,
    export: Export,
    /// The chat.
    pub chat: Chat,
    /// Who is in it.
    pub members: Vec<Member>,
    /// How far each of them is.
    pub receipts: Vec<Receipt>,
    /// Where it is.
    pub organisation: Organisation,
    /// Which part of it.
    pub span: Span,
    /// When it was asked for.
    pub asked_ms: i64,
    turn: Turn,
    people: HashMap<PersonId, Person>,
}

/// What is looked up in the transaction that writes the line.
type Around = (Export, Chat, Vec<Member>, Vec<Receipt>, Vec<Person>, Organisation);

/// Whether somebody may take this chat along at all, and which it is: what is asked before they are told where it is,
/// or wait for their turn. Nothing of it is read.
///
/// # Errors
/// As [`chats::open`].
pub async fn may_take(house: &House, actor: &Actor, chat: ChatRef) -> Result<ChatRef> {
    let asked = house.read((actor.clone(), chat), |tx, (actor, chat)| {
        Box::pin(
            async move { chats::open(tx, actor, *chat, Right::ReadOne).await.map(|open| ChatRef::of(&open)) },
        )
    });
    asked.await
}

/// Begins to take a chat along, whose turn it is. Its line is on disk when this comes back.
///
/// # Errors
/// As [`chats::open`].
pub async fn begin(house: &House, actor: &Actor, turn: Turn, chat: ChatRef, span: Span) -> Result<Taken> {
    let input = (actor.clone(), chat, span);
    let begun = house.db.write(input, |tx, (actor, chat, span)| Box::pin(around(tx, actor, *chat, *span)));
    let (export, chat, members, receipts, people, organisation) = begun.await?;
    let people = people.into_iter().map(|person| (person.id, person)).collect();
    let (house, actor) = (house.clone(), actor.clone());
    let asked_ms = house.clock.now_ms();
    Ok(Taken { house, actor, export, chat, members, receipts, organisation, span, asked_ms, turn, people })
}

async fn around(tx: &Tx, actor: &Actor, chat: ChatRef, span: Span) -> Result<Around> {
    let open = chats::open(tx, actor, chat, Right::Export).await?;
    let export = Export::begin(tx, &open, span.ms()).await?;
    let details = messaging::details(tx, &open).await?;
    let members = messaging::members(tx, &open).await?;
    let receipts = messaging::receipts(tx, &open).await?;
    let ids = members.iter().map(|member| member.person).chain([actor.person]);
    let people = chats::people(tx, actor, ids).await?;
    let organisation = organisations::find(tx, actor.organisation).await?;
    let organisation = organisation.ok_or(Error::not_found(Kind::Organisation))?;
    Ok((export, details, members, receipts, people, organisation))
}

impl Taken {
    /// Who takes it along.
    #[must_use]
    pub const fn reader(&self) -> PersonId {
        self.actor.person
    }

    /// The house that it comes from.
    #[must_use]
    pub const fn house(&self) -> &House {
        &self.house
    }

    /// Everybody who was met so far, in the order of their ids.
    #[must_use]
    pub fn people(&self) -> Vec<&Person> {
        let mut all: Vec<&Person> = self.people.values().collect();
        all.sort_by_key(|person| person.id);
        all
    }

    /// The first places of each stretch of it.
    pub fn stretches(&self) -> impl Iterator<Item = i64> + Send + use<> {
        self.export.stretches()
    }

    /// What stands in a stretch, the oldest first. Whose ids stand in it is known from then on.
    ///
    /// # Errors
    /// As [`Export::stretch`].
    pub async fn stretch(&mut self, first: i64) -> Result<Vec<Entry>> {
        let known: BTreeSet<PersonId> = self.people.keys().copied().collect();
        let members: Vec<PersonId> = self.members.iter().map(|member| member.person).collect();
        let input = (self.actor.clone(), self.export.clone(), first, (known, members));
        let read = self.house.read_long(input, |tx, (actor, export, first, (known, members))| {
            Box::pin(async move {
                let mut entries = export.stretch(tx, *first).await?;
                let messages = entries.iter_mut().filter_map(said).collect();
                mean_by_now(tx, actor.organisation, members, messages).await?;
                let met = entries.iter().flat_map(met).filter(|person| !known.contains(person));
                let people = chats::people(tx, actor, met).await?;
                Ok((entries, people))
            })
        });
        let (entries, people) = read.await?;
        self.people.extend(people.into_iter().map(|person| (person.id, person)));
        Ok(entries)
    }

    /// What the account of who takes it along is spoken to in.
    fn language(&self) -> Language {
        self.people.get(&self.actor.person).map(|person| person.language).unwrap_or_default()
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.organisation.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// What somebody is called; `None` for who has left for good.
    fn name(&self, person: PersonId) -> Option<String> {
        self.people.get(&person).map(Person::full_name)
    }

    fn at(&self, ms: i64) -> jiff::Zoned {
        instant_of_ms(ms).to_zoned(self.zone())
    }
}

fn said(entry: &mut Entry) -> Option<&mut Message> {
    match entry {
        Entry::Said(message) => Some(message),
        Entry::Gone(_) => None,
    }
}

/// Whose ids stand in an entry.
fn met(entry: &Entry) -> Vec<PersonId> {
    match entry {
        Entry::Said(message) => {
            let mut met: Vec<PersonId> = reading::speakers(message).collect();
            met.extend_from_slice(&message.likes);
            if let Some(Request::Question(question)) = &message.request {
                met.extend_from_slice(&question.asked);
            }
            met
        }
        Entry::Gone(gone) => vec![gone.author],
    }
}

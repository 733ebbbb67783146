//! Who is here: every connection, and the sessions of each person with what others are told of their presence.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use kernel::{Error, Limit, OrganisationId, PersonId, Result, SessionId, TokenId};
use parking_lot::Mutex;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::session::{Holder, Session};
use super::words::Status;

/// The connections of a gateway.
#[derive(Default)]
pub(super) struct Roll(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    connections: HashMap<SessionId, Arc<Session>>,
    /// Whether somebody looks after them.
    is_swept: bool,
    people: HashMap<(OrganisationId, PersonId), Present>,
    /// Sessions by their token and by their person, of which commits tell often that they changed.
    by_mark: HashMap<Mark, Vec<Arc<Session>>>,
    /// Sessions whose holder is known.
    sessions: usize,
}

/// By what the sessions are found that must look up their token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// It may have ended.
    Token(TokenId),
    /// Their standing may have changed, in any organisation.
    Person(PersonId),
}

/// A person in one organisation.
#[derive(Default)]
struct Present {
    sessions: Vec<Arc<Session>>,
    /// What they are.
    status: Status,
    /// What the others were told that they are, and in which words; `None` for who is not there.
    told: Option<(Status, Utf8Bytes)>,
}

impl Present {
    /// What the others should know.
    fn shown(&self) -> Option<Status> {
        Some(self.status).filter(|status| !self.sessions.is_empty() && *status != Status::Offline)
    }

    fn told(&self) -> Option<Status> {
        self.told.as_ref().map(|(status, _)| *status)
    }
}

/// How many sessions there may be; 0 for any number.
#[derive(Clone, Copy)]
pub(super) struct Caps {
    pub all: u32,
    pub of_one: u32,
}

impl Roll {
    /// Somebody connected; says whether nobody looks after the connections yet, who then must.
    pub fn enter(&self, session: &Arc<Session>) -> bool {
        let mut inner = self.0.lock();
        inner.connections.insert(session.id, session.clone());
        !std::mem::replace(&mut inner.is_swept, true)
    }

    /// Whether nobody is here.
    pub fn is_empty(&self) -> bool {
        self.0.lock().connections.is_empty()
    }

    /// Whether everybody left; then nobody looks after them any more.
    pub fn is_left(&self) -> bool {
        let mut inner = self.0.lock();
        inner.is_swept = !inner.connections.is_empty();
        !inner.is_swept
    }

    /// They proved who they are. What they are told first is left for them before anybody else may tell them anything.
    pub fn admit(
        &self,
        session: &Arc<Session>,
        holder: Holder,
        welcome: Utf8Bytes,
        caps: Caps,
    ) -> Result<()> {
        let mut guard = self.0.lock();
        let inner = &mut *guard;
        must_fit("gateway_sessions", inner.sessions, caps.all)?;
        let present = inner.people.entry((holder.organisation, holder.person)).or_default();
        must_fit("gateway_sessions_of_one_person", present.sessions.len(), caps.of_one)?;
        session.is_of(holder);
        session.outbox.send(welcome);
        if present.sessions.is_empty() {
            // What they said of themselves in another session stands.
            present.status = Status::Online;
        }
        present.sessions.push(session.clone());
        for mark in marks(&holder) {
            inner.by_mark.entry(mark).or_default().push(session.clone());
        }
        inner.sessions += 1;
        Ok(())
    }

    /// They are gone. Gives whose session it was, when it was their last.
    pub fn leave(&self, session: &Session) -> Option<Holder> {
        let mut inner = self.0.lock();
        inner.connections.remove(&session.id);
        let holder = *session.holder()?;
        for mark in marks(&holder) {
            if let Entry::Occupied(mut sessions) = inner.by_mark.entry(mark) {
                sessions.get_mut().retain(|one| one.id != session.id);
                if sessions.get().is_empty() {
                    sessions.remove();
                }
            }
        }
        let present = inner.people.get_mut(&(holder.organisation, holder.person))?;
        let before = present.sessions.len();
        present.sessions.retain(|one| one.id != session.id);
        let (left, is_last) = (before - present.sessions.len(), present.sessions.is_empty());
        inner.sessions -= left;
        (left > 0 && is_last).then_some(holder)
    }

    pub fn set_status(&self, holder: &Holder, status: Status) {
        if let Some(present) = self.0.lock().people.get_mut(&(holder.organisation, holder.person)) {
            present.status = status;
        }
    }

    /// Whether the others know of somebody something else than what they are by now. Who left, and is known to be gone, is
    /// struck off.
    pub fn is_news(&self, organisation: OrganisationId, person: PersonId) -> bool {
        let mut inner = self.0.lock();
        let Entry::Occupied(present) = inner.people.entry((organisation, person)) else { return false };
        let is_news = present.get().told() != present.get().shown();
        if !is_news && present.get().sessions.is_empty() {
            present.remove();
        }
        is_news
    }

    /// Tells the others what somebody is by now, when they do not know it, and their new session what the others are. Who
    /// shares a chat with them is given, and how it is said. All of it is left in one moment, so that nobody is told
    /// something older later.
    pub fn introduce(
        &self,
        (organisation, person): (OrganisationId, PersonId),
        others: &[PersonId],
        newcomer: Option<&Session>,
        say: impl Fn(Status) -> Utf8Bytes,
    ) {
        let mut guard = self.0.lock();
        let people = &mut guard.people;
        if let Some(newcomer) = newcomer.filter(|newcomer| newcomer.introduce()) {
            newcomer.outbox.mention_all(words_of(people, organisation, others));
        }
        let Some(present) = people.get_mut(&(organisation, person)) else { return };
        let (told, shown) = (present.told(), present.shown());
        present.told = shown.map(|status| (status, say(status)));
        let word = present.told.as_ref().map(|(_, word)| word.clone());
        if present.sessions.is_empty() {
            people.remove(&(organisation, person));
        }
        if told == shown {
            return;
        }
        let word = word.unwrap_or_else(|| say(Status::Offline));
        let there = others.iter().filter_map(|other| people.get(&(organisation, *other)));
        let sessions = there.flat_map(|other| &other.sessions).filter(|session| session.is_introduced());
        sessions.for_each(|session| session.outbox.mention(&word));
    }

    /// Tells the sessions of somebody what the others are with whom they came to share a chat. A session that was told of
    /// nobody yet will hear of them, too.
    pub fn meet(&self, organisation: OrganisationId, person: PersonId, others: &[PersonId]) {
        let inner = self.0.lock();
        let Some(present) = inner.people.get(&(organisation, person)) else { return };
        let others: Vec<PersonId> = others.iter().copied().filter(|other| *other != person).collect();
        let words = words_of(&inner.people, organisation, &others);
        let there = present.sessions.iter().filter(|session| session.is_introduced());
        there.for_each(|session| session.outbox.mention_all(words.clone()));
    }

    /// The sessions of those of these people who are here.
    pub fn sessions_of(&self, organisation: OrganisationId, people: &[PersonId]) -> Vec<Arc<Session>> {
        let inner = self.0.lock();
        let of = |person: &PersonId| inner.people.get(&(organisation, *person));
        people.iter().filter_map(of).flat_map(|present| &present.sessions).cloned().collect()
    }

    /// Has these sessions look up their token.
    pub fn look(&self, mark: Mark) {
        let inner = self.0.lock();
        inner.by_mark.get(&mark).into_iter().flatten().for_each(|session| session.outbox.look());
    }

    /// The same for all of an organisation, which seldom changes.
    pub fn look_in(&self, organisation: OrganisationId) {
        let inner = self.0.lock();
        let there = inner.people.iter().filter(|((one, _), _)| *one == organisation);
        there.flat_map(|(_, present)| &present.sessions).for_each(|session| session.outbox.look());
    }

    /// Every connection.
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.0.lock().connections.values().cloned().collect()
    }
}

/// What the others were told of those of these people who are there.
fn words_of(
    people: &HashMap<(OrganisationId, PersonId), Present>,
    organisation: OrganisationId,
    others: &[PersonId],
) -> Vec<Utf8Bytes> {
    let told = |other: &PersonId| Some(people.get(&(organisation, *other))?.told.as_ref()?.1.clone());
    others.iter().filter_map(told).collect()
}

fn marks(holder: &Holder) -> impl Iterator<Item = Mark> {
    holder.token.map(Mark::Token).into_iter().chain([Mark::Person(holder.person)])
}

fn must_fit(name: &'static str, there: usize, most: u32) -> Result<()> {
    if most > 0 && there >= most as usize {
        return Err(Error::LimitReached { limit: Limit::new(name, u64::from(most)), retry_after: None });
    }
    Ok(())
}

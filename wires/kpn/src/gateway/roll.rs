//! Who is here: every connection, and the sessions of each person with what others are told of their presence.

use std::collections::HashMap;
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
    /// Sessions by their token, since tokens end often.
    by_token: HashMap<TokenId, Vec<Arc<Session>>>,
    /// Sessions whose holder is known.
    sessions: usize,
}

/// A person in one organisation.
#[derive(Default)]
struct Present {
    sessions: Vec<Arc<Session>>,
    /// What they are.
    status: Status,
    /// What the others were told that they are.
    told: Status,
}

/// How many sessions there may be; 0 for any number.
#[derive(Clone, Copy)]
pub(super) struct Caps {
    pub all: u32,
    pub of_one: u32,
}

/// What is to be told of somebody's presence.
#[derive(Default)]
pub(super) struct Word {
    /// What they are by now, and to which sessions that is news.
    pub news: Option<(Status, Vec<Arc<Session>>)>,
    /// Whom their new session finds.
    pub met: Vec<(PersonId, Status)>,
}

impl Roll {
    /// Somebody connected; says whether nobody looks after the connections yet, who then must.
    pub fn enter(&self, session: &Arc<Session>) -> bool {
        let mut inner = self.0.lock();
        inner.connections.insert(session.id, session.clone());
        !std::mem::replace(&mut inner.is_swept, true)
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
        present.sessions.push(session.clone());
        present.status = Status::Online;
        if let Some(token) = holder.token {
            inner.by_token.entry(token).or_default().push(session.clone());
        }
        inner.sessions += 1;
        Ok(())
    }

    /// They are gone. Gives whose session it was, when it was their last.
    pub fn leave(&self, session: &Session) -> Option<Holder> {
        let mut inner = self.0.lock();
        inner.connections.remove(&session.id);
        let holder = *session.holder()?;
        if let Some(token) = holder.token
            && let Some(sessions) = inner.by_token.get_mut(&token)
        {
            sessions.retain(|one| one.id != session.id);
            if sessions.is_empty() {
                inner.by_token.remove(&token);
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

    /// What others must hear of somebody, and their new session of the others. Who shares a chat with them is given.
    pub fn word_of(
        &self,
        organisation: OrganisationId,
        person: PersonId,
        others: &[PersonId],
        newcomer: Option<&Session>,
    ) -> Word {
        let (mut guard, mut word) = (self.0.lock(), Word::default());
        let people = &mut guard.people;
        if newcomer.is_some_and(Session::introduce) {
            let told = |other: &PersonId| Some((*other, people.get(&(organisation, *other))?.told));
            word.met = others.iter().filter_map(told).filter(|(_, told)| *told != Status::Offline).collect();
        }
        let Some(present) = people.get_mut(&(organisation, person)) else { return word };
        let status = if present.sessions.is_empty() { Status::Offline } else { present.status };
        let is_news = std::mem::replace(&mut present.told, status) != status;
        if present.sessions.is_empty() {
            people.remove(&(organisation, person));
        }
        if is_news {
            let there = others.iter().filter_map(|other| people.get(&(organisation, *other)));
            let told = there.flat_map(|other| &other.sessions).filter(|session| session.is_introduced());
            word.news = Some((status, told.cloned().collect()));
        }
        word
    }

    /// The sessions of those of these people who are here.
    pub fn sessions_of(&self, organisation: OrganisationId, people: &[PersonId]) -> Vec<Arc<Session>> {
        let inner = self.0.lock();
        let of = |person: &PersonId| inner.people.get(&(organisation, *person));
        people.iter().filter_map(of).flat_map(|present| &present.sessions).cloned().collect()
    }

    /// The sessions of a token.
    pub fn sessions_by(&self, token: TokenId) -> Vec<Arc<Session>> {
        self.0.lock().by_token.get(&token).cloned().unwrap_or_default()
    }

    /// Every connection.
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.0.lock().connections.values().cloned().collect()
    }
}

fn must_fit(name: &'static str, there: usize, most: u32) -> Result<()> {
    if most > 0 && there >= most as usize {
        return Err(Error::LimitReached { limit: Limit::new(name, u64::from(most)), retry_after: None });
    }
    Ok(())
}

//! The writing of words for the search, beside the house's work: who posts leaves nothing for it and waits for none
//! of it. What a commit tells is remembered in this process; what that missed, as after a start, is found by comparing
//! all chats with how far their words are. The writer rests far longer than it works.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use identity::names::Unwritten;
use kernel::{ChatChange, ChatId, Error, Event, OrganisationId, PersonId, Result};
use messaging::indexing as messages;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

use crate::House;

/// How many times as long as it worked the writer rests, so that it takes a thirtieth of the store at most.
const REST_FACTOR: u32 = 29;
const REST_MIN: Duration = Duration::from_millis(5);
/// All chats are compared again after this, for what another process left behind.
const COMPARE_PERIOD: Duration = Duration::from_secs(3_600);
/// Pause before a failure is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
/// Chats and people that are remembered; beyond them all are compared.
const REMEMBERED_MAX: usize = 10_000;
/// People whose names one transaction writes, of whom each takes a few statements.
const PEOPLE_PER_WRITE: usize = 15;
/// People who are looked up in one step.
const PEOPLE_PER_LOOK: usize = 60;

/// What commits told and nobody has looked at yet.
#[derive(Default)]
pub struct Told {
    work: Mutex<Work>,
    bell: Notify,
}

#[derive(Default)]
struct Work {
    chats: BTreeSet<(OrganisationId, ChatId)>,
    /// Who may have come, or have other names.
    people: BTreeSet<PersonId>,
    /// Whether all is to be compared.
    is_all: bool,
}

impl Work {
    fn extent(&self) -> (usize, usize, bool) {
        (self.chats.len(), self.people.len(), self.is_all)
    }
}

impl Told {
    /// Begins to hear what is committed in this house.
    #[must_use]
    pub fn by(house: &House) -> Arc<Self> {
        let told = Arc::new(Self::default());
        let ear = told.clone();
        house.db.observe(move |events| ear.hear(events));
        told
    }

    /// Writes the words of what was told until now, and says of how many people there were some to write.
    ///
    /// # Errors
    /// The store's.
    pub async fn write(&self, house: &House) -> Result<usize> {
        let work = std::mem::take(&mut *self.work.lock());
        do_work(house, work, Pace::Brisk).await
    }

    /// Called between a commit and its answers: it only remembers.
    fn hear(&self, events: &[Event]) {
        let mut work = self.work.lock();
        let before = work.extent();
        for event in events {
            match event {
                Event::MessagePosted { organisation, chat, .. }
                | Event::ChatChanged {
                    organisation,
                    chat,
                    change: ChatChange::Began | ChatChange::Other,
                    ..
                } => drop(work.chats.insert((*organisation, *chat))),
                Event::PersonChanged { person } => drop(work.people.insert(*person)),
                _ => {}
            }
        }
        if work.chats.len() + work.people.len() > REMEMBERED_MAX {
            *work = Work { is_all: true, ..Work::default() };
        }
        if before != work.extent() {
            self.bell.notify_one();
        }
    }
}

/// Writes words as they come, until the future is dropped.
pub async fn keep_up(house: &House) {
    let told = Told::by(house);
    told.work.lock().is_all = true;
    loop {
        let work = std::mem::take(&mut *told.work.lock());
        if work.extent() == Work::default().extent() {
            if timeout(COMPARE_PERIOD, told.bell.notified()).await.is_err() {
                told.work.lock().is_all = true;
            }
            continue;
        }
        if let Err(error) = do_work(house, work, Pace::Gentle).await {
            tracing::warn!(?error, "words could not be written for the search; all is compared again");
            told.work.lock().is_all = true;
            drop(timeout(AGAIN_AFTER, std::future::pending::<()>()).await);
        }
    }
}

/// Of how many people names were written that had not been.
async fn do_work(house: &House, work: Work, pace: Pace) -> Result<usize> {
    for (organisation, chat) in work.chats {
        write_chat(house, organisation, chat, pace).await?;
    }
    if work.is_all {
        return compare(house, pace).await;
    }
    let (people, mut count) = (Vec::from_iter(work.people), 0);
    for some in people.chunks(PEOPLE_PER_LOOK) {
        let began = Instant::now();
        let look =
            house.db.read_long(some.to_vec(), |tx, some| Box::pin(identity::names::unwritten_of(tx, some)));
        let unwritten = look.await?;
        count += unwritten.len();
        write_some_names(house, unwritten).await?;
        pace.rest_after(began.elapsed()).await;
    }
    Ok(count)
}

async fn organisations(house: &House) -> Result<Vec<OrganisationId>> {
    house.db.read((), |tx, ()| Box::pin(vault::organisations(tx))).await
}

/// Writes all words that are not written, and says of how many chats and people they are.
///
/// # Errors
/// The store's.
pub async fn catch_up(house: &House) -> Result<usize> {
    compare(house, Pace::Brisk).await
}

/// Whether the writer rests between its steps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    Gentle,
    Brisk,
}

impl Pace {
    async fn rest_after(self, worked: Duration) {
        if self == Self::Gentle {
            let rest = (worked * REST_FACTOR).max(REST_MIN);
            drop(timeout(rest, std::future::pending::<()>()).await);
        }
    }
}

async fn compare(house: &House, pace: Pace) -> Result<usize> {
    let mut count = 0;
    for organisation in organisations(house).await? {
        let mut reached = Some(ChatId::from_bytes([0; 12]));
        while let Some(after) = reached {
            let (began, input) = (Instant::now(), (organisation, after));
            let behind = house.db.read_long(input, |tx, (organisation, after)| {
                Box::pin(messages::behind(tx, *organisation, *after))
            });
            let behind = behind.await?;
            pace.rest_after(began.elapsed()).await;
            for chat in &behind.chats {
                write_chat(house, organisation, *chat, pace).await?;
            }
            (count, reached) = (count + behind.chats.len(), behind.reached);
        }
        count += write_names(house, organisation, pace).await?;
    }
    Ok(count)
}

/// Writes the words of one chat up to where it is.
async fn write_chat(house: &House, organisation: OrganisationId, chat: ChatId, pace: Pace) -> Result<()> {
    loop {
        let began = Instant::now();
        let ring = house.vault.ring_of(&house.db, organisation).await?;
        let look = house.db.read_long((organisation, chat), |tx, (organisation, chat)| {
            Box::pin(messages::look(tx, *organisation, *chat))
        });
        let Some(unwritten) = look.await? else { return Ok(()) };
        let (key, has_more) = (house.vault.search_key_of(organisation), unwritten.has_more());
        // Up to 50 long texts and all their words: not on a thread that serves.
        let hashing = spawn_blocking(move || unwritten.batches(&ring, &key));
        for batch in hashing.await.map_err(Error::bug)?? {
            house.db.write(batch, |tx, batch| Box::pin(messages::write(tx, batch))).await?;
        }
        pace.rest_after(began.elapsed()).await;
        if !has_more {
            return Ok(());
        }
    }
}

async fn write_names(house: &House, organisation: OrganisationId, pace: Pace) -> Result<usize> {
    let (mut count, mut after) = (0, PersonId::from_bytes([0; 12]));
    loop {
        let began = Instant::now();
        let look = house.db.read_long((organisation, after), |tx, (organisation, after)| {
            Box::pin(identity::names::unwritten(tx, *organisation, *after))
        });
        let unwritten = look.await?;
        let Some(last) = unwritten.last() else { return Ok(count) };
        (count, after) = (count + unwritten.len(), last.person());
        write_some_names(house, unwritten.into_iter().map(|one| (organisation, one)).collect()).await?;
        pace.rest_after(began.elapsed()).await;
    }
}

async fn write_some_names(house: &House, unwritten: Vec<(OrganisationId, Unwritten)>) -> Result<()> {
    let ring = house.vault.house();
    let named = |(organisation, one): (OrganisationId, Unwritten)| {
        Ok((organisation, one.named(&ring, &house.vault.search_key_of(organisation))?))
    };
    let named: Vec<_> = unwritten.into_iter().map(named).collect::<Result<_>>()?;
    for some in named.chunks(PEOPLE_PER_WRITE) {
        let writing = house.db.write(some.to_vec(), |tx, some| {
            Box::pin(async move {
                for (organisation, named) in some {
                    identity::names::write(tx, *organisation, named).await?;
                }
                Ok(())
            })
        });
        writing.await?;
    }
    Ok(())
}

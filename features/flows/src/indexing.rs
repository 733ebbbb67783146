//! The writing of words for the search, beside the house's work: who posts leaves nothing for it and waits for none
//! of it. What a commit tells is remembered in this process; what that missed, as after a start, is found by comparing
//! all chats with how far their words are. The writer rests far longer than it works.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kernel::{ChatChange, ChatId, Error, Event, OrganisationId, PersonId, Result};
use messaging::indexing as messages;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

use crate::House;

/// How many times as long as it worked the writer rests, so that it takes a tenth of the store at most.
const REST_FACTOR: u32 = 9;
const REST_MIN: Duration = Duration::from_millis(5);
/// All chats are compared again after this, for what another process left behind.
const COMPARE_PERIOD: Duration = Duration::from_secs(3_600);
/// Pause before a failure is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
/// Chats that are remembered; beyond them all are compared.
const REMEMBERED_MAX: usize = 10_000;
/// People whose names one transaction writes, of whom each takes a few statements.
const PEOPLE_PER_WRITE: usize = 15;

/// What commits told and nobody has looked at yet.
#[derive(Default)]
struct Told {
    work: Mutex<Work>,
    bell: Notify,
}

#[derive(Default)]
struct Work {
    chats: BTreeSet<(OrganisationId, ChatId)>,
    /// Whether somebody may have come whose names are not written.
    are_names: bool,
    /// Whether all is to be compared.
    is_all: bool,
}

impl Work {
    fn extent(&self) -> (usize, bool, bool) {
        (self.chats.len(), self.are_names, self.is_all)
    }
}

impl Told {
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
                Event::PersonChanged { .. } => work.are_names = true,
                _ => {}
            }
        }
        if work.chats.len() > REMEMBERED_MAX {
            *work = Work { is_all: true, ..Work::default() };
        }
        if before != work.extent() {
            self.bell.notify_one();
        }
    }
}

/// Writes words as they come, until the future is dropped.
pub async fn keep_up(house: &House) {
    let told = Arc::new(Told::default());
    told.work.lock().is_all = true;
    let ear = told.clone();
    house.db.observe(move |events| ear.hear(events));
    loop {
        let work = std::mem::take(&mut *told.work.lock());
        if work.extent() == Work::default().extent() {
            if timeout(COMPARE_PERIOD, told.bell.notified()).await.is_err() {
                told.work.lock().is_all = true;
            }
            continue;
        }
        if let Err(error) = do_work(house, work).await {
            tracing::warn!(?error, "words could not be written for the search; all is compared again");
            told.work.lock().is_all = true;
            drop(timeout(AGAIN_AFTER, std::future::pending::<()>()).await);
        }
    }
}

async fn do_work(house: &House, work: Work) -> Result<()> {
    for (organisation, chat) in work.chats {
        write_chat(house, organisation, chat, Pace::Gentle).await?;
    }
    if work.is_all {
        compare(house, Pace::Gentle).await?;
    } else if work.are_names {
        for organisation in organisations(house).await? {
            write_names(house, organisation, Pace::Gentle).await?;
        }
    }
    Ok(())
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
        let (ring, key) = (house.vault.house(), house.vault.search_key_of(organisation));
        let named: Vec<_> = unwritten.into_iter().map(|one| one.named(&ring, &key)).collect::<Result<_>>()?;
        for some in named.chunks(PEOPLE_PER_WRITE) {
            let input = (organisation, some.to_vec());
            let writing = house.db.write(input, |tx, (organisation, some)| {
                Box::pin(async move {
                    for named in some {
                        identity::names::write(tx, *organisation, named).await?;
                    }
                    Ok(())
                })
            });
            writing.await?;
        }
        pace.rest_after(began.elapsed()).await;
    }
}

//! Whose count a request for a page goes to: that of who has signed in, and else that of its address. So those who come
//! without a name cannot use up what is there for colleagues behind the same address.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::request::Parts;
use kernel::{Clock, PersonId, Result};
use parking_lot::Mutex;

use crate::pages::Cookies;
use crate::{Door, Work};

/// How long it is believed whose session it is. Nothing but a count rests on it, so that it may outlive the session.
const LIFE_MS: i64 = 60 * 60 * 1_000;
/// Sessions that are remembered; beyond it those are thrown out that are believed no more.
const ENTRIES_MAX: usize = 50_000;
/// They are thrown out at most this often.
const SWEEP_MS: i64 = 60_000;

/// Whose sessions those are that were seen of late, by the hash of their secrets.
#[derive(Clone)]
pub struct Holders {
    clock: Clock,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// Of each session, when it was looked up and whose it was.
    entries: HashMap<[u8; 32], (i64, PersonId)>,
    /// The minute in which room was last made.
    swept: i64,
}

/// What is remembered of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// It is theirs.
    Of(PersonId),
    /// It was somebody's when it was last looked up, which is long ago.
    LongAgo,
    /// Nothing: it may be made up.
    Never,
}

impl Holders {
    /// None was seen yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, kept: Arc::default() }
    }

    /// Remembers whose session it is that has this secret.
    pub fn keep(&self, secret: &str, person: PersonId) {
        self.keep_hash(vault::token_hash(secret), person);
    }

    fn keep_hash(&self, hash: [u8; 32], person: PersonId) {
        let now = self.clock.now_ms();
        let mut kept = self.kept.lock();
        let minute = now.div_euclid(SWEEP_MS);
        if kept.entries.len() >= ENTRIES_MAX && kept.swept != minute {
            kept.entries.retain(|_, (at, _)| now - *at < LIFE_MS);
            kept.swept = minute;
        }
        if kept.entries.len() < ENTRIES_MAX || kept.entries.contains_key(&hash) {
            kept.entries.insert(hash, (now, person));
        }
    }

    fn find(&self, hash: &[u8; 32]) -> Seen {
        let now = self.clock.now_ms();
        match self.kept.lock().entries.get(hash) {
            Some((at, person)) if now - at < LIFE_MS => Seen::Of(*person),
            Some(_) => Seen::LongAgo,
            None => Seen::Never,
        }
    }

    fn forget(&self, hash: &[u8; 32]) {
        self.kept.lock().entries.remove(hash);
    }
}

impl Door {
    /// Counts a request for a page.
    ///
    /// # Errors
    /// [`kernel::Error::LimitReached`] with the time to wait, and those of [`store::Db::read`].
    pub async fn count_visit(&self, parts: &Parts) -> Result<()> {
        match self.holder(parts).await? {
            Some(person) => self.rates.account(Work::Request, person),
            None => self.rates.address(Work::Request, self.address(parts)),
        }
    }

    /// Whose session a request brings. For an address that has asked too often, none is looked up that was never
    /// seen: made-up sessions are no way to more work.
    async fn holder(&self, parts: &Parts) -> Result<Option<PersonId>> {
        let cookies = Cookies::at(&self.house.settings.public_url);
        let Some(hash) = cookies.session_hash(&parts.headers) else { return Ok(None) };
        match self.holders.find(&hash) {
            Seen::Of(person) => return Ok(Some(person)),
            Seen::LongAgo => {}
            Seen::Never if self.rates.may(Work::Request, self.address(parts)).is_err() => return Ok(None),
            Seen::Never => {}
        }
        let read = self.house.db.read(hash, |tx, hash| Box::pin(identity::recognise_session(tx, hash)));
        let person = read.await?.map(|who| who.person);
        match person {
            Some(person) => self.holders.keep_hash(hash, person),
            None => self.holders.forget(&hash),
        }
        Ok(person)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const ANNA: PersonId = PersonId::from_bytes([1; 12]);

    fn holders() -> (Holders, Clock) {
        let clock = Clock::set_to("2026-03-02T08:00:30Z".parse().expect("an instant"));
        (Holders::new(clock.clone()), clock)
    }

    fn hash(number: usize) -> [u8; 32] {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        hash
    }

    #[test]
    fn whose_a_session_is_is_believed_for_an_hour_and_that_it_was_somebodys_until_it_is_no_more() {
        let (holders, clock) = holders();
        assert_eq!(holders.find(&vault::token_hash("hers")), Seen::Never);
        holders.keep("hers", ANNA);
        clock.pass(SignedDuration::from_millis(LIFE_MS - 1));
        assert_eq!(holders.find(&vault::token_hash("hers")), Seen::Of(ANNA));
        clock.pass(SignedDuration::from_millis(1));
        assert_eq!(holders.find(&vault::token_hash("hers")), Seen::LongAgo);
        holders.keep("hers", ANNA);
        assert_eq!(holders.find(&vault::token_hash("hers")), Seen::Of(ANNA), "looked up again");
        holders.forget(&vault::token_hash("hers"));
        assert_eq!(holders.find(&vault::token_hash("hers")), Seen::Never);
    }

    #[test]
    fn what_is_remembered_has_a_bound_and_room_is_made_once_a_minute() {
        let (holders, clock) = holders();
        (0..ENTRIES_MAX).for_each(|number| holders.keep_hash(hash(number), ANNA));
        let one_more = |number: usize| {
            holders.keep_hash(hash(ENTRIES_MAX + number), ANNA);
            assert!(holders.kept.lock().entries.len() <= ENTRIES_MAX);
            holders.find(&hash(ENTRIES_MAX + number))
        };
        clock.pass(SignedDuration::from_millis(LIFE_MS - 10_000));
        assert_eq!(one_more(1), Seen::Never, "all others are still believed");
        clock.pass(SignedDuration::from_secs(15));
        assert_eq!(one_more(2), Seen::Never, "not twice in a minute");
        holders.keep_hash(hash(7), ANNA);
        assert_eq!(holders.find(&hash(7)), Seen::Of(ANNA), "who has a place keeps it");
        clock.pass(SignedDuration::from_secs(30));
        assert_eq!(one_more(3), Seen::Of(ANNA));
        assert_eq!(holders.kept.lock().entries.len(), 2, "she and the one who was looked up again");
    }
}

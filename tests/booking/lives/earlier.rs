//! Those who would come earlier, what they are told, and a practice that changes its days meanwhile.

use std::collections::BTreeSet;

use booking::setup::{Author, absences, resources};
use flows::asap::answering::{self, Shown, Standing};
use futures_util::future::join_all;
use jiff::ToSpan as _;
use jiff::{SignedDuration, civil::time};
use kernel::Error;
use store::args;
use store::jobs;

use super::story::{Story, days, nth};
use crate::booking::practice::{Practice, each_day, token};

/// After so many hours nothing is left to be told: no appointment of a story is further away than three days.
const HOURS_MAX: usize = 80;
/// Letters wait for less, so that a chain of changes does not write ten.
const SOON_MINUTES: i64 = 4;
const NEWEST: usize = 3;
const CONSULTATION_MS: i64 = 20 * 60_000;
const BY: Author<'static> = Author::Operator;

/// What came by post.
#[derive(Default)]
pub struct Post {
    read: BTreeSet<String>,
    letters: Vec<Letter>,
}

/// A letter that offers an earlier time: to whom, and what its links hold.
#[derive(Clone)]
pub struct Letter {
    who: usize,
    answer: String,
    leave: String,
}

impl Post {
    /// One of the newest: an old one is mostly over.
    fn newest(&self, which: usize) -> Option<Letter> {
        nth(&self.letters[self.letters.len().saturating_sub(NEWEST)..], which)
    }
}

async fn look(practice: &Practice, letter: &Letter) -> Option<Shown> {
    match answering::look(&practice.house, &letter.answer, practice.desk.origin).await {
        Ok(shown) => Some(shown),
        Err(Error::Gone { .. }) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// Whether an offer keeps something of a time that others were told of. All who are told at once want twenty minutes.
async fn kept_meanwhile(practice: &Practice, start_ms: i64) -> bool {
    const KEPT: &str = "SELECT COUNT(*) FROM holds h JOIN occupancy o ON o.hold = h.id
        WHERE h.offer IS NOT NULL AND o.from_ms < $2 AND o.until_ms > $1";
    let stretch = (start_ms, start_ms + CONSULTATION_MS);
    let counting = practice.house.db.read(stretch, |tx, (from_ms, until_ms)| {
        Box::pin(async move { tx.one(KEPT, &args![*from_ms, *until_ms], |row| row.get::<i64>(0)).await })
    });
    counting.await.expect("an answer").expect("a number") > 0
}

impl Story {
    pub(super) async fn joins(&mut self, practice: &Practice, which: usize) {
        let Some((id, who)) = nth(&self.made, which) else { return };
        match practice.joins(&self.people[who], id, &format!("{who}@example.test")).await {
            Ok(_) => self.did("joined"),
            // It has no list, or is over.
            Err(Error::Precondition { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The letters that nobody has read.
    pub(super) async fn unread(&mut self, practice: &Practice) -> Vec<Letter> {
        let mut new = Vec::new();
        for shown in practice.offers_to(None).await {
            if !self.post.read.insert(shown.id.clone()) {
                continue;
            }
            let who = shown.to.split('@').next().and_then(|who| who.parse().ok()).expect("who");
            let token = |path| token(&shown, path);
            new.push(Letter { who, answer: token("/earlier/"), leave: token("/earlier/stop/") });
        }
        self.post.letters.extend(new.iter().cloned());
        new
    }

    /// Nobody is told of a time that they could not take when they were told.
    pub(super) async fn posts(&mut self, practice: &Practice) {
        practice.site.clock.pass(SignedDuration::from_mins(SOON_MINUTES));
        practice.does_what_is_due().await;
        let left = practice.house.db.read((), |tx, ()| Box::pin(jobs::list(tx, 1_000)));
        let failed = |job: &jobs::JobNote| job.last_error.is_some() || job.state == "parked";
        let failed: Vec<_> = left.await.expect("jobs").into_iter().filter(failed).collect();
        assert!(failed.is_empty(), "{failed:?}");
        for letter in self.unread(practice).await {
            let shown = look(practice, &letter).await.expect("an offer that stands");
            // What is kept for somebody who is asked in turn may be what others were told of a moment before.
            let is_free = shown.standing == Standing::Open || kept_meanwhile(practice, shown.new_ms).await;
            assert!(is_free, "told of a time that is not free: {shown:?}");
            assert!(shown.now_ms.is_some_and(|now_ms| shown.new_ms < now_ms), "earlier: {shown:?}");
            self.did("told");
        }
    }

    /// What stands open can be had, and what is over changes nothing.
    pub(super) async fn accepts(&mut self, practice: &Practice, which: usize) {
        let Some(letter) = self.post.newest(which) else { return };
        let Some(before) = look(practice, &letter).await else { return };
        let taken = practice.taken().await;
        let accepted = answering::accept(&practice.house, &letter.answer, practice.desk.origin).await;
        accepted.expect("an answer");
        let after = look(practice, &letter).await.expect("it was there a moment ago");
        if before.standing != Standing::Open {
            // What was held for them is free again, when they cannot take it any more; nothing else changes.
            assert!(practice.taken().await.iter().all(|row| taken.contains(row)), "what is over: {before:?}");
            assert_eq!(after.standing, before.standing);
            return;
        }
        assert_eq!(after.standing, Standing::Accepted, "{before:?}");
        let mut comes = false;
        for (id, _) in self.made.iter().filter(|(_, who)| *who == letter.who) {
            comes |= self.find(practice, *id).await.start_ms == before.new_ms;
        }
        assert!(comes, "who accepts comes then: {after:?}");
        self.did("accepted");
    }

    pub(super) async fn accept_all(&mut self, practice: &Practice) {
        let origin = practice.desk.origin;
        let letters = &self.post.letters;
        let all = letters.iter().map(|letter| answering::accept(&practice.house, &letter.answer, origin));
        for answer in join_all(all).await {
            assert!(matches!(answer, Ok(()) | Err(Error::Gone { .. })), "{answer:?}");
        }
        if !letters.is_empty() {
            self.did("accepted at once");
        }
    }

    pub(super) async fn keeps(&mut self, practice: &Practice, which: usize) {
        let Some(letter) = self.post.newest(which) else { return };
        let Some(before) = look(practice, &letter).await else { return };
        let taken = practice.taken().await;
        answering::keep(&practice.house, &letter.answer, practice.desk.origin).await.expect("kept");
        // What was held for them is free again; nothing else changes.
        assert!(practice.taken().await.iter().all(|row| taken.contains(row)), "nothing more is taken");
        if before.standing == Standing::Open {
            let after = look(practice, &letter).await.expect("it was there a moment ago");
            assert_eq!(after.standing, Standing::Declined);
            self.did("kept");
        }
    }

    pub(super) async fn leaves(&mut self, practice: &Practice, which: usize) {
        let Some(letter) = nth(&self.post.letters, which) else { return };
        answering::leave(&practice.house, &letter.leave, practice.desk.origin).await.expect("left");
        let asked = answering::look_at_leaving(&practice.house, &letter.leave).await.expect("a page");
        assert!(asked.is_done, "once left is left");
        self.did("left by letter");
    }

    pub(super) async fn goes_away(&mut self, practice: &Practice, which: usize, (from, hours): (i8, i8)) {
        let Some(resource) = nth(&practice.resources, which) else { return };
        let from = days(practice).end().to_datetime(time(from, 0, 0, 0));
        let input = (practice.id, resource, from, from.saturating_add(i64::from(hours).hours()));
        let noted = practice.house.db.write(input, |tx, (here, resource, from, until)| {
            Box::pin(absences::add(tx, BY, *here, *resource, *from, *until))
        });
        self.away.push(noted.await.expect("an absence"));
        self.did("away");
    }

    pub(super) async fn comes_back(&mut self, practice: &Practice, which: usize) {
        let Some(id) = nth(&self.away, which) else { return };
        self.away.retain(|one| *one != id);
        let removed = practice
            .house
            .db
            .write((practice.id, id), |tx, (here, id)| Box::pin(absences::remove(tx, BY, *here, *id)));
        removed.await.expect("removed");
        self.did("back");
    }

    pub(super) async fn keeps_hours(&mut self, practice: &Practice, which: usize, (from, until): (i16, i16)) {
        let Some(resource) = nth(&practice.resources, which) else { return };
        let input = (practice.id, resource, each_day(from, until));
        let set = practice.house.db.write(input, |tx, (here, resource, hours)| {
            Box::pin(resources::set_hours(tx, BY, *here, *resource, hours))
        });
        set.await.expect("other hours");
        self.did("other hours");
    }

    /// Once nobody does anything any more, letters come to an end.
    pub async fn ends(&mut self, practice: &Practice) {
        const LEFT: &str = "SELECT COUNT(*) FROM freed_times";
        for _ in 0..HOURS_MAX {
            self.posts(practice).await;
            practice.is_sound().await;
            if practice.number(LEFT).await == 0 {
                return;
            }
            practice.site.clock.pass(SignedDuration::from_hours(1));
        }
        panic!("letters go on for ever");
    }
}

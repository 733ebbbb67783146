//! Lines of reading that wait for the next flush.

use std::collections::HashSet;

use kernel::{Clock, Error, OrganisationId, PersonId, RequestId, Result, Rng};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::line::{Line, Stamped};
use crate::{Deed, Outcome};

/// Lines that may wait; from then on nobody begins to read.
pub(crate) const LINES_MAX: usize = 4_096;

/// What is one line however often it is noted: one per actor, patient, kind and request
/// (docs/access.md, rule 10). A refusal is not hidden by a deed that was done.
type Once = (RequestId, Deed, Outcome, OrganisationId, Option<PersonId>, Option<PersonId>, Option<PersonId>);

/// The lines, shared between those who read and the one who flushes.
#[derive(Default)]
pub(crate) struct Buffer {
    lines: Mutex<Lines>,
    /// Rung when lines have gone.
    gone: Notify,
    /// Rung when half the room is taken.
    pub hurry: Notify,
}

#[derive(Default)]
struct Lines {
    waiting: Vec<Stamped>,
    noted: HashSet<Once>,
    /// Lines that a flush has taken and not yet brought to disk.
    flying: usize,
    is_closed: bool,
}

impl Buffer {
    /// Keeps a line for the next flush. It takes a line even when it is full: the read has happened.
    pub fn note(&self, line: Line, clock: &Clock, rng: &Rng) -> Result<()> {
        let mut lines = self.lines.lock();
        if lines.is_closed {
            return Err(Error::unavailable("the access log is closed"));
        }
        if once(&line).is_some_and(|once| !lines.noted.insert(once)) {
            return Ok(());
        }
        // Stamped under the lock: what is stamped before a flush's instant is taken by that flush.
        lines.waiting.push(Stamped::new(line, clock, rng));
        if lines.waiting.len() >= LINES_MAX / 2 {
            self.hurry.notify_one();
        }
        Ok(())
    }

    /// Waits while the buffer is full.
    pub async fn room(&self) {
        loop {
            let mut gone = std::pin::pin!(self.gone.notified());
            // Listening begins before looking, so that no ring between the two is missed.
            gone.as_mut().enable();
            if self.has_room() {
                return;
            }
            gone.await;
        }
    }

    fn has_room(&self) -> bool {
        let lines = self.lines.lock();
        lines.is_closed || lines.waiting.len() + lines.flying < LINES_MAX
    }

    /// Takes what waits, and tells the instant (microseconds since 1970) up to which that is everything. Until
    /// [`Buffer::landed`] it goes on to fill the buffer.
    pub fn take(&self, clock: &Clock) -> (i64, Vec<Stamped>) {
        let mut lines = self.lines.lock();
        lines.noted.clear();
        lines.flying += lines.waiting.len();
        (clock.now_us(), std::mem::take(&mut lines.waiting))
    }

    /// Says that this many of the lines taken are on disk, and gives back the others, oldest first.
    pub fn landed(&self, on_disk: usize, mut back: Vec<Stamped>) {
        let mut lines = self.lines.lock();
        lines.flying -= on_disk + back.len();
        back.append(&mut lines.waiting);
        lines.waiting = back;
        drop(lines);
        self.gone.notify_waiters();
    }

    /// The instant (microseconds since 1970) up to which all lines are on disk, when nothing waits.
    pub fn all_flushed_at(&self, clock: &Clock) -> Option<i64> {
        let lines = self.lines.lock();
        (lines.waiting.is_empty() && lines.flying == 0).then(|| clock.now_us())
    }

    /// Takes no line from now on.
    pub fn close(&self) {
        self.lines.lock().is_closed = true;
        self.gone.notify_waiters();
    }
}

/// A line without a request may be anybody's; it is always kept.
fn once(line: &Line) -> Option<Once> {
    let request = line.request?;
    Some((request, line.deed, line.outcome, line.organisation, line.person, line.acting_for, line.patient))
}

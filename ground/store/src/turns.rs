//! What commits made true, told in an order in which no commit goes before one that it waited for.
//!
//! On PostgreSQL the answers of two commits may be heard in either order. So each takes its turn before it asks the
//! engine to commit: whoever waited for a row of another's transaction takes a later one.

use std::collections::VecDeque;
use std::sync::Arc;

use kernel::Event;
use parking_lot::{Mutex, RwLock};
use tokio::sync::oneshot;

use crate::tools::{Observer, call_each};

/// Turns that may wait for the one at the head; then it is passed over, and tells when it ends.
const WAITING_MAX: usize = 10_000;

/// The turns of one store.
#[derive(Default)]
pub(crate) struct Turns {
    observers: RwLock<Vec<Observer>>,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    /// The number of the turn at the head.
    head: u64,
    /// What each is to tell, from the head on; `None` while its commit is under way.
    waiting: VecDeque<Option<Word>>,
}

/// What is told when a turn stands at the head.
enum Word {
    /// To the observers: what a commit made true.
    Events(Vec<Event>),
    /// To who asked: that all before them have told.
    AllTold(oneshot::Sender<()>),
}

/// A commit's place. Dropped without an end, as when the commit was lost, it tells nothing.
pub(crate) struct Turn {
    turns: Arc<Turns>,
    number: u64,
}

impl Turns {
    pub fn observe(&self, observer: Observer) {
        self.observers.write().push(observer);
    }

    /// Takes the next turn.
    pub fn take(self: &Arc<Self>) -> Turn {
        let mut line = self.line.lock();
        if line.waiting.len() >= WAITING_MAX {
            tracing::warn!("a commit that does not end is passed over");
            line.waiting.pop_front();
            line.head += 1;
            self.tell_from_the_head(&mut line);
        }
        let number = line.head + line.waiting.len() as u64;
        line.waiting.push_back(None);
        Turn { turns: self.clone(), number }
    }

    /// Waits until everybody who has a turn by now has told.
    pub fn all_told(self: &Arc<Self>) -> impl Future<Output = ()> + use<> {
        let (told, hears) = oneshot::channel();
        let turn = self.take();
        self.end(turn.number, Word::AllTold(told));
        async { drop(hears.await) }
    }

    /// Ends a turn, and tells what stands at the head. The line is held meanwhile, so that nobody overtakes.
    fn end(&self, number: u64, word: Word) {
        let mut line = self.line.lock();
        let Some(place) = number.checked_sub(line.head).and_then(|at| usize::try_from(at).ok()) else {
            // It was passed over: late is better than never. Of a turn that has ended there is nothing to tell.
            return self.say(word);
        };
        let Some(place @ None) = line.waiting.get_mut(place) else { return };
        *place = Some(word);
        self.tell_from_the_head(&mut line);
    }

    fn tell_from_the_head(&self, line: &mut Line) {
        while let Some(Some(_)) = line.waiting.front() {
            line.head += 1;
            if let Some(word) = line.waiting.pop_front().flatten() {
                self.say(word);
            }
        }
    }

    fn say(&self, word: Word) {
        match word {
            Word::Events(events) => call_each(&self.observers.read(), &events),
            // Who hung up does not want to know.
            Word::AllTold(told) => drop(told.send(())),
        }
    }
}

impl Turn {
    /// Tells what the commit made true, once those before it have told.
    pub fn tell(self, events: Vec<Event>) {
        self.turns.end(self.number, Word::Events(events));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.end(self.number, Word::Events(Vec::new()));
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use kernel::PersonId;

    use super::*;

    #[test]
    fn who_waits_until_all_have_told_waits_for_those_before_and_for_nobody_else() {
        let turns = Arc::new(Turns::default());
        assert!(turns.all_told().now_or_never().is_some(), "nobody is under way");
        let before = turns.take();
        let mut all_told = turns.all_told().boxed();
        let _after = turns.take();
        assert!((&mut all_told).now_or_never().is_none(), "one is under way");
        drop(before);
        assert!(all_told.now_or_never().is_some());
    }

    #[test]
    fn who_ends_first_waits_for_those_before_and_a_lost_one_holds_up_nobody() {
        let (turns, told) = (Arc::new(Turns::default()), Arc::new(Mutex::new(Vec::new())));
        let ears = told.clone();
        turns.observe(Arc::new(move |events| ears.lock().extend_from_slice(events)));
        let event = |n: u8| Event::PersonChanged { person: PersonId::from_bytes([n; 12]) };
        let [first, lost, third, fourth] = [0; 4].map(|_| turns.take());
        third.tell(vec![event(3)]);
        assert!(told.lock().is_empty(), "the first is under way");
        first.tell(vec![event(1), event(11)]);
        assert_eq!(*told.lock(), [event(1), event(11)]);
        drop(lost);
        assert_eq!(*told.lock(), [event(1), event(11), event(3)]);
        fourth.tell(vec![event(4)]);
        turns.take().tell(Vec::new());
        assert_eq!(told.lock().last(), Some(&event(4)));
        assert!(turns.line.lock().waiting.is_empty(), "nothing is kept");
    }

    #[test]
    fn who_never_ends_holds_up_a_line_of_so_many_and_still_tells_when_it_does() {
        let (turns, told) = (Arc::new(Turns::default()), Arc::new(Mutex::new(Vec::new())));
        let ears = told.clone();
        turns.observe(Arc::new(move |events| ears.lock().extend_from_slice(events)));
        let event = |n: u8| Event::PersonChanged { person: PersonId::from_bytes([n; 12]) };
        let hangs = turns.take();
        for _ in 1..WAITING_MAX {
            turns.take().tell(vec![event(2)]);
        }
        assert!(told.lock().is_empty(), "there is room for one more to wait");
        turns.take().tell(vec![event(3)]);
        assert_eq!(told.lock().len(), WAITING_MAX, "all but the first");
        assert_eq!(told.lock().last(), Some(&event(3)));
        hangs.tell(vec![event(1)]);
        assert_eq!(told.lock().last(), Some(&event(1)));
        assert!(turns.line.lock().waiting.is_empty());
    }
}

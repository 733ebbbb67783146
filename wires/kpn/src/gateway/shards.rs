//! What is to be told, in lines that are worked off one after another: what happens in one chat stands in one line,
//! and so does the presence of one person, in a line where it holds up no message. A line has a task only while something
//! stands in it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use kernel::{ChatId, Event, OrganisationId, PersonId};
use parking_lot::Mutex;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::session::{Out, Session};

/// Lines of chats side by side, and as many of people.
const SHARDS: usize = 4;
/// What may stand in one line. Beyond it nobody can be told in time what happens in chats; of people only who is there by
/// now is told, and to nobody anew.
const ITEMS_MAX: usize = 50_000;
/// Chats of one line of which is remembered up to where they were told.
const CHATS_MAX: usize = 20_000;

/// The lines.
#[derive(Default)]
pub(super) struct Shards {
    chats: [Shard; SHARDS],
    people: [Shard; SHARDS],
}

#[derive(Default)]
struct Shard {
    line: Mutex<Line>,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Line {
    items: VecDeque<Item>,
    /// Whose presence stands in it already: what they are is looked up only when it is told.
    changed: HashSet<(OrganisationId, PersonId)>,
    is_worked_on: bool,
}

impl Line {
    /// What is to stand in the line of `item`; nothing when it stands there or, in a full line of people, is not worth it.
    fn admit(&mut self, item: Item) -> Option<Item> {
        let is_full = self.items.len() >= ITEMS_MAX;
        match item {
            Item::Presence(organisation, person, newcomer) => {
                let is_new = self.changed.insert((organisation, person));
                let newcomer = match newcomer {
                    Some(session) if is_full => {
                        // They hear from now on who comes and goes, and not who is there.
                        session.introduce();
                        None
                    }
                    newcomer => newcomer,
                };
                (is_new || newcomer.is_some()).then_some(Item::Presence(organisation, person, newcomer))
            }
            Item::Met(..) if is_full => None,
            item => Some(item),
        }
    }
}

/// Up to which place each chat was told since somebody listens.
#[derive(Default)]
struct Told {
    epoch: u64,
    chats: HashMap<ChatId, i64>,
}

/// Which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// That of some chats.
    Chats(usize),
    /// That of some people.
    People(usize),
}

impl At {
    pub fn chat(chat: ChatId) -> Self {
        Self::Chats(usize::from(chat.as_bytes()[11]) % SHARDS)
    }

    pub fn person(person: PersonId) -> Self {
        Self::People(usize::from(person.as_bytes()[11]) % SHARDS)
    }

    /// Every line of chats.
    pub fn all_chats() -> impl Iterator<Item = Self> {
        (0..SHARDS).map(Self::Chats)
    }
}

/// Something to be told.
pub(super) enum Item {
    /// It happened in a chat.
    Happened(Event, Epoch),
    /// Somebody's presence may have changed; this is their new session, if that is why.
    Presence(OrganisationId, PersonId, Option<Arc<Session>>),
    /// Somebody came to share a chat with these people.
    Met(OrganisationId, PersonId, Arc<[PersonId]>),
    /// A session ends when every line has come so far.
    Ends(Arc<Ending>),
}

/// The end of a session, which stands in every line of chats: it ends when the last of them lets go of it, and so after
/// what was committed before.
pub(super) struct Ending {
    pub session: Arc<Session>,
    pub last: Option<Utf8Bytes>,
    pub code: CloseCode,
    pub reason: &'static str,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(last) = self.last.take() {
            self.session.outbox.send(last);
        }
        self.session.outbox.push(Out::End(self.code, self.reason));
    }
}

/// Since when somebody listens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch(u64);

/// What became of an item that was left in a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// The line must get a task.
    First,
    /// It has one.
    InLine,
    /// There is no room in a line of chats, and everything in it was thrown out.
    Overrun,
}

impl Shards {
    pub fn leave(&self, at: At, item: impl FnOnce(Epoch) -> Item) -> Left {
        let shard = self.at(at);
        let item = item(Epoch(shard.told.lock().epoch));
        let mut line = shard.line.lock();
        if matches!(at, At::Chats(_)) && line.items.len() >= ITEMS_MAX {
            line.items = VecDeque::new();
            return Left::Overrun;
        }
        let Some(item) = line.admit(item) else { return Left::InLine };
        line.items.push_back(item);
        if std::mem::replace(&mut line.is_worked_on, true) { Left::InLine } else { Left::First }
    }

    /// Everything that stands in a line; when that is nothing, its task is done.
    pub fn take(&self, at: At) -> Option<VecDeque<Item>> {
        let mut line = self.at(at).line.lock();
        line.is_worked_on = !line.items.is_empty();
        line.changed = HashSet::new();
        line.is_worked_on.then(|| std::mem::take(&mut line.items))
    }

    /// Nobody listened for a while: what was told before does not matter to those who listen now.
    pub fn forget(&self) {
        for shard in &self.chats {
            let mut told = shard.told.lock();
            told.epoch += 1;
            told.chats = HashMap::new();
        }
    }

    /// After which place a chat is to be told up to this one; `None` when it was told already. A commit of which nobody
    /// heard leaves a hole, which is told with the next.
    pub fn told_before(&self, chat: ChatId, seq: i64, since: Epoch) -> Option<i64> {
        let told = self.of(chat).told.lock();
        match told.chats.get(&chat).filter(|_| Epoch(told.epoch) == since) {
            Some(before) if *before >= seq => None,
            Some(before) => Some(*before),
            None => Some(seq - 1),
        }
    }

    pub fn note_told(&self, chat: ChatId, seq: i64, since: Epoch) {
        let mut told = self.of(chat).told.lock();
        if Epoch(told.epoch) != since {
            return;
        }
        if told.chats.len() >= CHATS_MAX && !told.chats.contains_key(&chat) {
            told.chats = HashMap::new();
        }
        told.chats.insert(chat, seq);
    }

    fn of(&self, chat: ChatId) -> &Shard {
        self.at(At::chat(chat))
    }

    const fn at(&self, at: At) -> &Shard {
        match at {
            At::Chats(number) => &self.chats[number],
            At::People(number) => &self.people[number],
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use kernel::{MessageId, SessionId};

    use super::*;

    const CHAT: ChatId = ChatId::from_bytes([7; 12]);
    const ORGANISATION: OrganisationId = OrganisationId::from_bytes([1; 12]);

    fn since(shards: &Shards) -> Epoch {
        Epoch(shards.of(CHAT).told.lock().epoch)
    }

    #[test]
    fn each_place_is_told_once_and_a_hole_with_the_next_one() {
        let shards = Shards::default();
        let epoch = since(&shards);
        assert_eq!(shards.told_before(CHAT, 5, epoch), Some(4), "the first that is heard of it");
        shards.note_told(CHAT, 5, epoch);
        assert_eq!(shards.told_before(CHAT, 5, epoch), None);
        assert_eq!(shards.told_before(CHAT, 4, epoch), None);
        assert_eq!(shards.told_before(CHAT, 6, epoch), Some(5));
        assert_eq!(shards.told_before(CHAT, 8, epoch), Some(5), "6 and 7 were not heard of");
    }

    #[test]
    fn what_was_told_before_somebody_listens_again_is_no_hole() {
        let shards = Shards::default();
        let old = since(&shards);
        shards.note_told(CHAT, 5, old);
        shards.forget();
        shards.note_told(CHAT, 6, old);
        assert_eq!(shards.told_before(CHAT, 20, since(&shards)), Some(19));
        assert_eq!(shards.told_before(CHAT, 20, old), Some(19));
    }

    #[test]
    fn a_line_has_one_task_and_a_bound() {
        let shards = Shards::default();
        let at = At::chat(CHAT);
        let removed = Event::MessageDeleted {
            organisation: ORGANISATION,
            chat: CHAT,
            message: MessageId::from_bytes([3; 12]),
            by: None,
        };
        let leave = || shards.leave(at, |epoch| Item::Happened(removed.clone(), epoch));
        assert_eq!(leave(), Left::First, "nobody works on it");
        assert_eq!(leave(), Left::InLine);
        assert_eq!(shards.take(at).map(|items| items.len()), Some(2));
        assert_eq!(leave(), Left::InLine, "its task is still there");
        assert_eq!(shards.take(at).map(|items| items.len()), Some(1));
        assert!(shards.take(at).is_none());
        assert_eq!(leave(), Left::First);
        (1..ITEMS_MAX).for_each(|_| assert_eq!(leave(), Left::InLine));
        assert_eq!(leave(), Left::Overrun);
        assert_eq!(leave(), Left::InLine, "there is room again");
    }

    #[test]
    fn somebody_stands_in_a_line_once_however_often_they_change_and_a_full_one_ends_nobody() {
        let (shards, people) = (Shards::default(), |n: usize| {
            let mut bytes = [0; 12];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            PersonId::from_bytes(bytes)
        });
        let at = At::person(people(0));
        let session = || Arc::new(Session::new(SessionId::from_bytes([1; 12]), None, 0));
        let leave = |n: usize, session: Option<Arc<Session>>| {
            shards.leave(at, |_| Item::Presence(ORGANISATION, people(n), session))
        };
        let meet = || shards.leave(at, |_| Item::Met(ORGANISATION, people(0), [people(1)].into()));
        let taken = || shards.take(at).map_or(0, |items| items.len());
        assert_eq!(leave(0, None), Left::First);
        (0..2 * ITEMS_MAX).for_each(|_| assert_eq!(leave(0, None), Left::InLine));
        assert_eq!(taken(), 1);
        assert_eq!(leave(0, None), Left::InLine);
        assert_eq!(taken(), 1, "what they are now may be something else again");
        (0..ITEMS_MAX).for_each(|_| assert_eq!(meet(), Left::InLine));
        let newcomer = session();
        assert_eq!(leave(1, Some(newcomer.clone())), Left::InLine);
        assert!(newcomer.is_introduced(), "they hear who comes and goes");
        (0..2).for_each(|_| assert_eq!(meet(), Left::InLine));
        assert_eq!(taken(), ITEMS_MAX + 1, "that somebody came is told all the same");
        let newcomer = session();
        (0..2).for_each(|_| assert_eq!(leave(1, Some(newcomer.clone())), Left::InLine));
        assert!(taken() == 2 && !newcomer.is_introduced());
    }

    #[test]
    fn a_session_ends_after_what_stands_before_its_end_in_every_line() {
        let shards = Shards::default();
        let session = Arc::new(Session::new(SessionId::from_bytes([1; 12]), None, 0));
        let (code, reason) = (CloseCode::Policy, "over");
        let ending = Arc::new(Ending { session: session.clone(), last: None, code, reason });
        for at in At::all_chats() {
            shards.leave(at, |_| Item::Ends(ending.clone()));
        }
        drop(ending);
        let lines: Vec<_> = At::all_chats().filter_map(|at| shards.take(at)).collect();
        for line in lines {
            assert!(session.outbox.next().now_or_never().is_none(), "this line has not come so far");
            drop(line);
        }
        assert!(matches!(session.outbox.next().now_or_never(), Some(Out::End(CloseCode::Policy, "over"))));
    }
}

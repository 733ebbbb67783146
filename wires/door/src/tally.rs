//! Counts by key within windows of time. However many keys come, what is remembered of them has a bound.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use parking_lot::Mutex;

/// What is counted for: the hash of a token, or the name of somebody.
pub(crate) type Key = [u8; 32];

/// Keys that are counted at once.
const KEYS_MAX: usize = 100_000;
/// The name of all who come when there is no room for more keys: together they get what one gets.
const EVERYBODY_ELSE: u8 = 0xff;

/// The counts. Clones share them.
#[derive(Clone)]
pub(crate) struct Tally {
    clock: Clock,
    window_s: i64,
    /// Bytes at a key's beginning that say what is counted. Those without room are counted together for each.
    kind_bytes: usize,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// Of each key, its window and the count in it.
    counts: HashMap<Key, (i64, u32)>,
    /// The window in which finished ones were last thrown out, which is not done twice within one.
    swept: i64,
}

impl Tally {
    /// Nothing counted yet, in windows of so many seconds, all of one kind.
    pub fn new(clock: Clock, window_s: i64) -> Self {
        Self::of_kinds(clock, window_s, 0)
    }

    /// The same, of as many kinds of work as the first bytes of the keys tell.
    pub fn of_kinds(clock: Clock, window_s: i64, kind_bytes: usize) -> Self {
        Self { clock, window_s, kind_bytes, kept: Arc::default() }
    }

    /// Adds to the key's count in the window of now, and gives the sum.
    pub fn add(&self, key: &Key, count: u32) -> u32 {
        let window = self.window();
        let mut kept = self.kept.lock();
        kept.make_room(window);
        let key = kept.place_of(key, self.kind_bytes);
        let (of, sum) = kept.counts.entry(key).or_insert((window, 0));
        if *of != window {
            (*of, *sum) = (window, 0);
        }
        *sum = sum.saturating_add(count);
        *sum
    }

    /// Takes back what was added to the key's count in that window; what is over is left as it was.
    pub fn take_back(&self, key: &Key, count: u32, window: i64) {
        let mut kept = self.kept.lock();
        let key = kept.place_of(key, self.kind_bytes);
        if let Some((_, sum)) = kept.counts.get_mut(&key).filter(|(of, _)| *of == window) {
            *sum = sum.saturating_sub(count);
        }
    }

    /// The key's count in the window of now.
    pub fn sum(&self, key: &Key) -> u32 {
        let window = self.window();
        let kept = self.kept.lock();
        let found = kept.counts.get(&kept.place_of(key, self.kind_bytes)).filter(|(of, _)| *of == window);
        found.map_or(0, |(_, sum)| *sum)
    }

    /// When the next window begins, in seconds since 1970.
    pub fn resets_at_s(&self) -> i64 {
        (self.window() + 1) * self.window_s
    }

    /// How long that is from now, in whole seconds and at least one.
    pub fn wait(&self) -> Duration {
        let wait_ms = self.resets_at_s() * 1_000 - self.clock.now_ms();
        Duration::from_secs(u64::try_from(wait_ms).unwrap_or_default().div_ceil(1_000).max(1))
    }

    /// The number of the window of now.
    pub fn window(&self) -> i64 {
        self.clock.now_ms().div_euclid(self.window_s * 1_000)
    }
}

impl Kept {
    fn make_room(&mut self, window: i64) {
        if self.counts.len() >= KEYS_MAX && self.swept != window {
            self.counts.retain(|_, (of, _)| *of == window);
            self.swept = window;
        }
    }

    fn place_of(&self, key: &Key, kind_bytes: usize) -> Key {
        let mut place = *key;
        if self.counts.len() >= KEYS_MAX && !self.counts.contains_key(key) {
            place[kind_bytes..].fill(EVERYBODY_ELSE);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn key(number: usize) -> Key {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        key
    }

    #[test]
    fn however_many_keys_come_what_is_remembered_has_a_bound_and_nobody_goes_uncounted() {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let tally = Tally::new(clock.clone(), 10);
        for number in 0..KEYS_MAX + 50 {
            tally.add(&key(number), 1);
        }
        assert!(tally.kept.lock().counts.len() <= KEYS_MAX + 1);
        assert_eq!(tally.add(&key(7), 1), 2, "who was there before is counted alone");
        assert_eq!(tally.sum(&key(KEYS_MAX + 1)), 50, "the others are counted together");
        clock.pass(SignedDuration::from_secs(10));
        assert_eq!(tally.add(&key(KEYS_MAX + 1), 1), 1, "the next window has room again");
        assert_eq!(tally.kept.lock().counts.len(), 1);
    }

    #[test]
    fn those_without_room_share_a_count_for_each_kind_of_work() {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let tally = Tally::of_kinds(clock, 10, 1);
        for number in 0..KEYS_MAX {
            tally.add(&key(number), 1);
        }
        let of = |kind: u8, name: u8| [[kind; 1].as_slice(), &[name; 31]].concat().try_into().expect("a key");
        assert_eq!(tally.add(&of(1, 7), 10), 10);
        assert_eq!(tally.add(&of(1, 8), 10), 20, "the same kind of work");
        assert_eq!(tally.add(&of(2, 7), 1), 1, "another one");
    }

    #[test]
    fn what_is_taken_back_counts_no_more_and_nothing_is_taken_from_another_window() {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let tally = Tally::new(clock.clone(), 10);
        let first = tally.window();
        tally.add(&key(1), 3);
        tally.take_back(&key(1), 2, first);
        assert_eq!(tally.sum(&key(1)), 1);
        tally.take_back(&key(1), 2, first);
        tally.take_back(&key(2), 2, first);
        assert_eq!((tally.sum(&key(1)), tally.sum(&key(2))), (0, 0), "never less than nothing");
        tally.add(&key(1), 3);
        clock.pass(SignedDuration::from_secs(10));
        tally.add(&key(1), 5);
        tally.take_back(&key(1), 3, first);
        assert_eq!(tally.sum(&key(1)), 5, "its own window is over");
    }

    #[test]
    fn a_window_ends_on_its_second_also_when_the_clock_was_set_back() {
        let clock = Clock::set_to("2026-03-02T08:00:03.5Z".parse().expect("an instant"));
        let tally = Tally::new(clock.clone(), 10);
        assert_eq!((tally.add(&key(1), 5), tally.wait()), (5, Duration::from_secs(7)));
        clock.pass(SignedDuration::from_millis(6_500));
        assert_eq!((tally.sum(&key(1)), tally.wait()), (0, Duration::from_secs(10)));
        tally.add(&key(1), 9);
        clock.pass(SignedDuration::from_hours(-1));
        assert_eq!(tally.add(&key(1), 1), 1);
    }
}

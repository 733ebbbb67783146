//! How often a password may be tried: by account, by address and over all, with a growing delay.
//!
//! Nobody can lock a known patient out. What is counted first is the pair of account and place (a browser that
//! has succeeded before, else the network), so that one who guesses from elsewhere delays only themselves. Counts
//! that strangers can drive up (of the account from many places, of the network, over all) bind only pairs that
//! never succeeded.
//!
//! This is the memory of one process. [`crate::sign_in`] brings what the database remembers ([`Remembered`]) and takes
//! back what it is to remember ([`Memo`]): browsers that are known, and counts of accounts that are guessed at. A
//! restart forgets which networks are known, and the counts of a network and over all.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::IpAddr;

use kernel::PersonId;
use vault::Vault;

use crate::invitations::Address;

/// After so long without a failure a count begins anew.
pub(crate) const FORGET_MS: i64 = 60 * 60 * 1_000;
/// Entries of one map at most; beyond, those are forgotten that bind nobody.
const ENTRIES_MAX: usize = 100_000;
/// Failures from which on a count outlives a restart. Fewer are somebody who mistypes.
const KEPT_FROM: u32 = 3;
/// A known browser's last use is noted at most this often, so that signing in writes no more than it must.
const DEVICE_NOTED_MS: i64 = 24 * 60 * 60 * 1_000;

/// How many failures are free, and how long the delay may grow.
#[derive(Clone, Copy)]
struct Patience {
    free: u32,
    longest_ms: i64,
}

const PAIR: Patience = Patience { free: 5, longest_ms: 15 * 60 * 1_000 };
const ACCOUNT: Patience = Patience { free: 50, longest_ms: 60 * 1_000 };
/// Many share the address of a hospital.
const ADDRESS: Patience = Patience { free: 100, longest_ms: 60 * 1_000 };
const OVERALL: Patience = Patience { free: 2_000, longest_ms: 5 * 1_000 };

/// Failures in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub failures: u32,
    pub last_ms: i64,
}

impl Count {
    fn wait_ms(self, patience: Patience, now_ms: i64) -> i64 {
        let beyond = self.failures.saturating_sub(patience.free);
        if beyond == 0 || self.is_forgotten(now_ms) {
            return 0;
        }
        let delay_ms = (1_000_i64 << (beyond - 1).min(20)).min(patience.longest_ms);
        (self.last_ms + delay_ms - now_ms).max(0)
    }

    const fn is_forgotten(self, now_ms: i64) -> bool {
        now_ms - self.last_ms > FORGET_MS
    }

    fn fail(&mut self, now_ms: i64) {
        self.failures = if self.is_forgotten(now_ms) { 1 } else { self.failures.saturating_add(1) };
        self.last_ms = now_ms;
    }

    /// Takes in what the database remembers, which may be of a process before this one or of one beside it.
    fn learn(&mut self, stored: Self, now_ms: i64) {
        if stored.is_forgotten(now_ms) {
            return;
        }
        if self.is_forgotten(now_ms) {
            *self = Self::default();
        }
        self.failures = self.failures.max(stored.failures);
        self.last_ms = self.last_ms.max(stored.last_ms);
    }
}

/// An account, a network or a browser; nothing but a hash is known of it here.
pub(crate) type Hashed = [u8; 32];

/// Stands for every place at once in what is kept of an account.
pub(crate) const EVERYWHERE: Hashed = [0; 32];

/// Somebody who wants to sign in: to which account, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Knock {
    pub(crate) account: Hashed,
    pub(crate) network: Hashed,
    pub(crate) device: Option<Hashed>,
}

impl Knock {
    /// With this e-mail address or mobile number, from this network. `device` is the hash of what the browser was given on its first
    /// visit. Of an IPv6 address the network counts, since one household has 2^64 of them.
    #[must_use]
    pub fn new(vault: &Vault, name: &str, address: Option<IpAddr>, device: Option<[u8; 32]>) -> Self {
        let network = address.map(|address| match address {
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => IpAddr::V4(v4),
                None => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
            },
            v4 @ IpAddr::V4(_) => v4,
        });
        let network = network.map(|network| network.to_string()).unwrap_or_default();
        let account = Address::typed(name).hash(vault);
        Self { account, network: vault.blind("network", &network), device }
    }
}

impl Knock {
    /// The same place, at another door of somebody's account: each door has counts of its own.
    #[must_use]
    pub fn at(self, vault: &Vault, door: &str, account: &[u8]) -> Self {
        Self { account: vault.blind_bytes(door, account), ..self }
    }
}

/// What the database remembers of an account and a place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Remembered {
    /// When the browser was last noted, when the account knows it.
    pub device_used_ms: Option<i64>,
    /// Of the account at the place.
    pub pair: Count,
    /// Of the account everywhere.
    pub account: Count,
}

impl Remembered {
    /// Whom a try is counted against: the browser when the account knows it, else the network.
    pub fn place(&self, knock: &Knock) -> Hashed {
        knock.device.filter(|_| self.device_used_ms.is_some()).unwrap_or(knock.network)
    }
}

/// One try, which counts as failed until it succeeded.
#[derive(Clone, Debug)]
pub(crate) struct Try {
    knock: Knock,
    place: Hashed,
    remembered: Remembered,
}

/// What the database is to remember of a try.
#[derive(Clone, Debug)]
pub struct Memo {
    pub(crate) account: Hashed,
    /// Counts that a restart must not forget, by place.
    pub(crate) failures: Vec<(Hashed, Count)>,
    /// The place whose failures count no longer.
    pub(crate) forgiven: Option<Hashed>,
    /// The browser that somebody used.
    pub(crate) device: Option<(PersonId, Hashed)>,
}

impl Memo {
    /// The same of somebody who has proven themselves once, and is not in yet: their browser is no better known by it.
    #[must_use]
    pub fn half_way(&self) -> Self {
        Self { device: None, ..self.clone() }
    }
}

/// All that one process remembers of tries.
#[derive(Default)]
pub(crate) struct Throttle {
    pairs: HashMap<(Hashed, Hashed), Count>,
    accounts: HashMap<Hashed, Count>,
    networks: HashMap<Hashed, Count>,
    overall: Count,
    /// Networks from which an account was reached.
    familiar: HashSet<(Hashed, Hashed)>,
}

impl Throttle {
    /// Counts a try as failed until [`Throttle::succeed`] says otherwise, so that a thousand at once are a
    /// thousand; or says how long to wait.
    pub fn begin(&mut self, knock: Knock, remembered: Remembered, now_ms: i64) -> Result<Try, i64> {
        let place = remembered.place(&knock);
        let pair = (knock.account, place);
        self.learn(pair, &remembered, now_ms);
        let count = |count: Option<&Count>| count.copied().unwrap_or_default();
        let mut wait_ms = count(self.pairs.get(&pair)).wait_ms(PAIR, now_ms);
        if !self.knows(&knock, &remembered) {
            wait_ms = wait_ms
                .max(count(self.accounts.get(&knock.account)).wait_ms(ACCOUNT, now_ms))
                .max(count(self.networks.get(&knock.network)).wait_ms(ADDRESS, now_ms))
                .max(self.overall.wait_ms(OVERALL, now_ms));
        }
        if wait_ms > 0 {
            return Err(wait_ms);
        }
        entry(&mut self.pairs, pair, PAIR, now_ms).fail(now_ms);
        entry(&mut self.accounts, knock.account, ACCOUNT, now_ms).fail(now_ms);
        Ok(Try { knock, place, remembered })
    }

    /// Whether the account was reached before in this browser or from this network.
    pub fn knows(&self, knock: &Knock, remembered: &Remembered) -> bool {
        remembered.device_used_ms.is_some() || self.familiar.contains(&(knock.account, knock.network))
    }

    fn learn(&mut self, pair: (Hashed, Hashed), remembered: &Remembered, now_ms: i64) {
        if remembered.pair.failures > 0 {
            entry(&mut self.pairs, pair, PAIR, now_ms).learn(remembered.pair, now_ms);
        }
        if remembered.account.failures > 0 {
            entry(&mut self.accounts, pair.0, ACCOUNT, now_ms).learn(remembered.account, now_ms);
        }
    }

    /// It led nowhere. Only now the network and the whole are charged: many people of one hospital who
    /// sign in at the same moment are no attack.
    pub fn fail(&mut self, tried: &Try, now_ms: i64) -> Memo {
        entry(&mut self.networks, tried.knock.network, ADDRESS, now_ms).fail(now_ms);
        self.overall.fail(now_ms);
        self.counted(tried)
    }

    /// It counts for the account and the place, though nothing was guessed.
    pub fn counted(&self, tried: &Try) -> Memo {
        let Try { knock, place, .. } = *tried;
        let pair = self.pairs.get(&(knock.account, place)).map(|count| (place, *count));
        let account = self.accounts.get(&knock.account).map(|count| (EVERYWHERE, *count));
        let kept = pair.into_iter().chain(account).filter(|(_, count)| count.failures >= KEPT_FROM);
        Memo { account: knock.account, failures: kept.collect(), forgiven: None, device: None }
    }

    /// It was no failure, but they are not in yet: nothing of where they are is known by that.
    pub fn forgive(&mut self, tried: &Try) {
        let Try { knock, place, .. } = *tried;
        self.pairs.remove(&(knock.account, place));
        if let Some(count) = self.accounts.get_mut(&knock.account) {
            count.failures = count.failures.saturating_sub(1);
        }
    }

    /// It led in: this account knows the browser and the network from now on.
    pub fn succeed(&mut self, tried: &Try) {
        self.forgive(tried);
        let knock = tried.knock;
        if self.familiar.len() >= ENTRIES_MAX {
            self.familiar.clear();
        }
        self.familiar.insert((knock.account, knock.network));
    }
}

impl Try {
    /// What the database is to remember when it leads in.
    pub fn success(&self, person: PersonId, now_ms: i64) -> Memo {
        let Self { knock, place, remembered } = *self;
        let is_noted = remembered.device_used_ms.is_some_and(|used_ms| now_ms - used_ms < DEVICE_NOTED_MS);
        Memo {
            account: knock.account,
            failures: Vec::new(),
            forgiven: (remembered.pair.failures > 0).then_some(place),
            device: knock.device.filter(|_| !is_noted).map(|device| (person, device)),
        }
    }
}

fn entry<K: Eq + Hash>(map: &mut HashMap<K, Count>, key: K, patience: Patience, now_ms: i64) -> &mut Count {
    if map.len() >= ENTRIES_MAX && !map.contains_key(&key) {
        map.retain(|_, count| count.wait_ms(patience, now_ms) > 0);
        if map.len() >= ENTRIES_MAX {
            map.clear();
        }
    }
    map.entry(key).or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: Hashed = [1; 32];
    /// Unlike any network here.
    const PHONE: Hashed = *b"what her phone was given at once";
    const SHE: PersonId = PersonId::from_bytes([1; 12]);

    fn from(last: u8) -> Knock {
        Knock { account: ANNA, network: [last; 32], device: None }
    }

    fn begin(throttle: &mut Throttle, knock: Knock, now_ms: i64) -> Result<Try, i64> {
        throttle.begin(knock, Remembered::default(), now_ms)
    }

    fn try_wrong(throttle: &mut Throttle, knock: Knock, now_ms: i64) -> Result<Memo, i64> {
        let tried = begin(throttle, knock, now_ms)?;
        Ok(throttle.fail(&tried, now_ms))
    }

    fn succeed(throttle: &mut Throttle, tried: &Try, now_ms: i64) -> Memo {
        throttle.succeed(tried);
        tried.success(SHE, now_ms)
    }

    #[test]
    fn the_delay_grows_and_ends() {
        let mut throttle = Throttle::default();
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..20 {
            while let Err(wait) = try_wrong(&mut throttle, from(1), now) {
                waits.push(wait / 1_000);
                now += wait;
            }
        }
        assert_eq!(&waits[..6], [1, 2, 4, 8, 16, 32]);
        assert_eq!(waits.last(), Some(&900), "never longer than a quarter of an hour");
    }

    #[test]
    fn a_thousand_tries_at_once_are_counted_before_the_first_has_failed() {
        let mut throttle = Throttle::default();
        let begun = (0..1_000).filter(|_| begin(&mut throttle, from(1), 0).is_ok()).count();
        assert_eq!(begun, 6);
    }

    #[test]
    fn nobody_can_lock_a_known_patient_out() {
        let mut throttle = Throttle::default();
        let her_phone = Knock { device: Some(PHONE), ..from(1) };
        let tried = begin(&mut throttle, her_phone, 0).expect("the first try");
        let memo = succeed(&mut throttle, &tried, 0);
        assert_eq!(memo.device, Some((SHE, PHONE)));
        for last in 2..=255 {
            while try_wrong(&mut throttle, from(last), 0).is_ok() {}
        }
        assert!(throttle.knows(&from(1), &Remembered::default()), "her network");
        assert!(!throttle.knows(&from(2), &Remembered::default()), "not that of one who never got in");
        assert!(begin(&mut throttle, from(1), 0).is_ok(), "at home with another browser");
        // The attacker sits behind the patient's own address, too, and tries her account and those of others.
        for other in 1..=200 {
            while try_wrong(&mut throttle, Knock { account: [other; 32], ..from(1) }, 0).is_ok() {}
        }
        let known = Remembered { device_used_ms: Some(0), ..Remembered::default() };
        assert!(throttle.begin(her_phone, known, 0).is_ok());
        let elsewhere = Knock { network: [77; 32], ..her_phone };
        assert!(throttle.begin(elsewhere, known, 0).is_ok(), "her phone elsewhere");
        let stranger = Knock { device: Some([8; 32]), ..from(250) };
        assert!(begin(&mut throttle, stranger, 0).is_err(), "a stranger waits");
    }

    #[test]
    fn a_known_browser_that_guesses_must_wait_too() {
        let mut throttle = Throttle::default();
        let phone = Knock { device: Some(PHONE), ..from(1) };
        let known = Remembered { device_used_ms: Some(0), ..Remembered::default() };
        let begun = (0..100).filter(|_| throttle.begin(phone, known, 0).is_ok()).count();
        assert_eq!(begun, 6);
    }

    #[test]
    fn five_hundred_people_of_one_hospital_sign_in_at_once() {
        let mut throttle = Throttle::default();
        let knock = |n: u32| Knock { account: std::array::from_fn(|at| n.to_be_bytes()[at % 4]), ..from(1) };
        let tries: Vec<Try> =
            (0..500).map(|n| begin(&mut throttle, knock(n), 0).expect("admitted")).collect();
        for tried in &tries {
            succeed(&mut throttle, tried, 0);
        }
        assert!(begin(&mut throttle, knock(1_000), 0).is_ok());
    }

    #[test]
    fn what_is_remembered_stays_small_and_what_is_old_is_forgotten() {
        let mut throttle = Throttle::default();
        for n in 0..ENTRIES_MAX + 10 {
            let account: Hashed = std::array::from_fn(|at| n.to_be_bytes()[at % 8]);
            begin(&mut throttle, Knock { account, ..from(1) }, 0).expect("room");
        }
        assert!(throttle.pairs.len() <= ENTRIES_MAX);
        while begin(&mut throttle, from(1), 0).is_ok() {}
        assert!(begin(&mut throttle, from(1), FORGET_MS + 1).is_ok());
    }

    #[test]
    fn a_new_process_goes_on_counting_where_the_last_one_stopped_and_forgets_what_is_old() {
        let mut before = Throttle::default();
        let mut memo = None;
        while let Ok(one) = try_wrong(&mut before, from(1), 0) {
            memo = Some(one);
        }
        let kept = memo.expect("a memo").failures;
        assert_eq!(
            kept.iter().map(|(place, count)| (*place, count.failures)).collect::<Vec<_>>(),
            [([1; 32], 6), (EVERYWHERE, 6)]
        );
        let remembered = Remembered { device_used_ms: None, pair: kept[0].1, account: kept[1].1 };
        let mut after = Throttle::default();
        assert_eq!(after.begin(from(1), remembered, 400).err(), Some(600), "what is left of the delay");
        assert!(after.begin(from(1), remembered, 1_000).is_ok(), "one try");
        assert_eq!(after.begin(from(1), remembered, 1_000).err(), Some(2_000), "and a longer delay");
        let mut late = Throttle::default();
        assert!(late.begin(from(1), remembered, FORGET_MS + 1).is_ok());
        assert!(
            late.begin(from(1), remembered, FORGET_MS + 2).is_ok(),
            "and what is stored still is no older"
        );
        assert_eq!(late.pairs[&(ANNA, [1; 32])].failures, 2, "an hour later it begins anew");
    }

    #[test]
    fn who_mistypes_leaves_nothing_and_a_success_forgives_what_was_kept_and_notes_the_browser_daily() {
        let mut throttle = Throttle::default();
        for _ in 1..KEPT_FROM {
            assert!(try_wrong(&mut throttle, from(1), 0).expect("free").failures.is_empty());
        }
        let phone = Knock { device: Some(PHONE), ..from(1) };
        let pair = Count { failures: 4, last_ms: 0 };
        let known = Remembered { device_used_ms: Some(0), pair, account: Count::default() };
        let tried = throttle.begin(phone, known, 10).expect("free");
        let memo = succeed(&mut throttle, &tried, 10);
        assert_eq!((memo.forgiven, memo.device), (Some(PHONE), None));
        let tried = throttle.begin(phone, known, DEVICE_NOTED_MS).expect("free");
        assert_eq!(succeed(&mut throttle, &tried, DEVICE_NOTED_MS).device, Some((SHE, PHONE)));
    }
}

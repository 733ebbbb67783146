//! How often a password may be tried: by account, by address and over all, with a growing delay.
//!
//! Nobody can lock a known patient out. What is counted first is the pair of account and place (a browser that
//! has succeeded before, else the network), so that one who guesses from elsewhere delays only themselves. Counts
//! that strangers can drive up (of the account from many places, of the network, over all) bind only pairs that
//! never succeeded.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::IpAddr;

/// After so long without a failure a count begins anew.
const FORGET_MS: i64 = 60 * 60 * 1_000;
/// Entries of one map at most; beyond, those are forgotten that bind nobody.
const ENTRIES_MAX: usize = 100_000;

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

#[derive(Clone, Copy, Default)]
struct Count {
    failures: u32,
    last_ms: i64,
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
}

/// Where a try comes from: the network, and the browser when it brings what it was given on its first visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whence {
    network: Place,
    device: Option<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// Of an IPv6 address the network counts, since one household has 2^64 of them.
    Network(Option<IpAddr>),
    Device([u8; 32]),
}

impl Whence {
    pub fn of(address: Option<IpAddr>, device: Option<[u8; 32]>) -> Self {
        let network = |address| match address {
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => IpAddr::V4(v4),
                None => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
            },
            v4 @ IpAddr::V4(_) => v4,
        };
        Self { network: Place::Network(address.map(network)), device: device.map(Place::Device) }
    }
}

/// One try, which counts as failed until it succeeded.
#[derive(Debug)]
pub(crate) struct Try {
    account: Account,
    whence: Whence,
    /// Whom it is counted against, besides the account.
    place: Place,
}

type Account = [u8; 32];

/// All that is remembered of tries. It is per process and forgotten on a restart.
#[derive(Default)]
pub(crate) struct Throttle {
    pairs: HashMap<(Account, Place), Count>,
    accounts: HashMap<Account, Count>,
    addresses: HashMap<Place, Count>,
    overall: Count,
    familiar: HashSet<(Account, Place)>,
}

impl Throttle {
    /// Counts a try as failed until [`Throttle::succeed`] says otherwise, so that a thousand at once are a
    /// thousand; or says how long to wait.
    pub fn begin(&mut self, account: Account, whence: Whence, now_ms: i64) -> Result<Try, i64> {
        let known = whence.device.filter(|device| self.familiar.contains(&(account, *device)));
        let place = known.unwrap_or(whence.network);
        let pair = (account, place);
        let count = |count: Option<&Count>| count.copied().unwrap_or_default();
        let mut wait_ms = count(self.pairs.get(&pair)).wait_ms(PAIR, now_ms);
        if !self.familiar.contains(&pair) {
            wait_ms = wait_ms
                .max(count(self.accounts.get(&account)).wait_ms(ACCOUNT, now_ms))
                .max(count(self.addresses.get(&place)).wait_ms(ADDRESS, now_ms))
                .max(self.overall.wait_ms(OVERALL, now_ms));
        }
        if wait_ms > 0 {
            return Err(wait_ms);
        }
        entry(&mut self.pairs, pair, PAIR, now_ms).fail(now_ms);
        entry(&mut self.accounts, account, ACCOUNT, now_ms).fail(now_ms);
        Ok(Try { account, whence, place })
    }

    /// The password was wrong. Only now the address and the whole are charged: many people of one hospital who
    /// sign in at the same moment are no attack.
    pub fn fail(&mut self, tried: &Try, now_ms: i64) {
        entry(&mut self.addresses, tried.whence.network, ADDRESS, now_ms).fail(now_ms);
        self.overall.fail(now_ms);
    }

    /// The password was right: this account knows the browser and the network from now on.
    pub fn succeed(&mut self, tried: &Try) {
        let Try { account, whence, place } = *tried;
        self.pairs.remove(&(account, place));
        if let Some(count) = self.accounts.get_mut(&account) {
            count.failures = count.failures.saturating_sub(1);
        }
        if self.familiar.len() >= ENTRIES_MAX {
            self.familiar.clear();
        }
        self.familiar.insert((account, whence.network));
        self.familiar.extend(whence.device.map(|device| (account, device)));
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

    const ANNA: Account = [1; 32];

    fn from(last: u8) -> Whence {
        Whence::of(Some(IpAddr::from([192, 0, 2, last])), None)
    }

    fn try_wrong(throttle: &mut Throttle, account: Account, whence: Whence, now_ms: i64) -> Result<(), i64> {
        let tried = throttle.begin(account, whence, now_ms)?;
        throttle.fail(&tried, now_ms);
        Ok(())
    }

    #[test]
    fn the_delay_grows_and_ends() {
        let mut throttle = Throttle::default();
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..20 {
            while let Err(wait) = try_wrong(&mut throttle, ANNA, from(1), now) {
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
        let begun = (0..1_000).filter(|_| throttle.begin(ANNA, from(1), 0).is_ok()).count();
        assert_eq!(begun, 6);
    }

    #[test]
    fn nobody_can_lock_a_known_patient_out() {
        let mut throttle = Throttle::default();
        let her_phone = Whence { device: Some(Place::Device([9; 32])), ..from(1) };
        let tried = throttle.begin(ANNA, her_phone, 0).expect("the first try");
        throttle.succeed(&tried);
        for last in 2..=255 {
            while try_wrong(&mut throttle, ANNA, from(last), 0).is_ok() {}
        }
        assert!(throttle.begin(ANNA, from(1), 0).is_ok(), "at home with another browser");
        // The attacker sits behind the patient's own address, too, and tries her account and those of others.
        for other in 1..=200 {
            while try_wrong(&mut throttle, [other; 32], from(1), 0).is_ok() {}
        }
        assert!(throttle.begin(ANNA, her_phone, 0).is_ok());
        assert!(
            throttle.begin(ANNA, Whence { device: her_phone.device, ..from(77) }, 0).is_ok(),
            "her phone elsewhere"
        );
        assert!(throttle.begin(ANNA, Whence::of(None, Some([8; 32])), 0).is_err(), "a stranger waits");
    }

    #[test]
    fn a_known_browser_that_guesses_must_wait_too() {
        let mut throttle = Throttle::default();
        let phone = Whence { device: Some(Place::Device([9; 32])), ..from(1) };
        let tried = throttle.begin(ANNA, phone, 0).expect("the first try");
        throttle.succeed(&tried);
        let begun = (0..100).filter(|_| throttle.begin(ANNA, phone, 0).is_ok()).count();
        assert_eq!(begun, 6);
    }

    #[test]
    fn five_hundred_people_of_one_hospital_sign_in_at_once() {
        let mut throttle = Throttle::default();
        let account = |n: u32| -> Account { std::array::from_fn(|at| n.to_be_bytes()[at % 4]) };
        let tries: Vec<Try> =
            (0..500).map(|n| throttle.begin(account(n), from(1), 0).expect("admitted")).collect();
        tries.iter().for_each(|tried| throttle.succeed(tried));
        assert!(throttle.begin(account(1_000), from(1), 0).is_ok());
    }

    #[test]
    fn what_is_remembered_stays_small_and_what_is_old_is_forgotten() {
        let mut throttle = Throttle::default();
        for n in 0..ENTRIES_MAX + 10 {
            let account: Account = std::array::from_fn(|at| n.to_be_bytes()[at % 8]);
            throttle.begin(account, Whence::of(None, None), 0).expect("room");
        }
        assert!(throttle.pairs.len() <= ENTRIES_MAX);
        while throttle.begin(ANNA, from(1), 0).is_ok() {}
        assert!(throttle.begin(ANNA, from(1), FORGET_MS + 1).is_ok());
    }
}

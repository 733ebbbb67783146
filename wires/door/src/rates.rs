//! How often somebody may ask, by what they ask for: each address, each account, and each application at the token
//! endpoint. The table is [`Work::one_in`].
//!
//! The messenger's REST API has its own quota for each token, and counts nothing here.

use std::net::IpAddr;

use kernel::{Clock, Error, Limit, PersonId, Result};

use crate::address::octets;
use crate::tally::{Key, Tally};

/// The stretch of time that is counted in. A page asks for several things at once, and colleagues begin their day
/// at the same minute: what counts is the average.
const WINDOW_S: i64 = 10;
/// One account may do this part of what its address may.
const ACCOUNT_ONE_IN: u32 = 10;
/// An application may have the tokens of so many addresses. Those who sign in at a portal come from addresses of their
/// own, but their codes are all redeemed from that of its server.
const CLIENT_TIMES: u32 = 10;
/// What a request that failed to prove an application costs, beside one that did not.
const FAILURE_COSTS: u32 = 10;
/// Whose it is and what is asked for, at the beginning of a key.
const KIND_BYTES: usize = 2;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Any page or endpoint but those below, and each of those too.
    Request,
    /// `POST` at `/oauth/token` and `/oauth/revoke`, under each of their names, that proved nothing: neither an
    /// application by its secret, nor a code or a token that is good; and a token that stands for nobody at the API of
    /// administrators. Of an account, a code for a token.
    Token,
    /// `POST` at `/login` that is under way or did not lead in: the password was wrong, or was right and leads
    /// nowhere. Of an account, one that led in.
    SignIn,
    /// A code at `/guest` or `/invitation` that leads nowhere, and somebody who comes by one as a guest or with a new
    /// password.
    Link,
    /// `POST` at a conversation's page.
    Message,
    /// One with files, however many a message may have.
    Upload,
}

impl Work {
    /// The table: of the requests that an address may make, one in so many may be this.
    const fn one_in(self) -> u32 {
        match self {
            Self::Request => 1,
            Self::Token | Self::Message => 5,
            Self::SignIn | Self::Link | Self::Upload => 20,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::Token => "token_requests",
            Self::SignIn => "sign_ins",
            Self::Link => "links",
            Self::Message => "messages",
            Self::Upload => "uploads",
        }
    }
}

/// Whose count it is; a part of the key.
#[derive(Clone, Copy)]
enum Whose {
    Address = 1,
    Account,
    Client,
    ClientAtAddress,
}

/// What an address was charged for work that is not done yet. It stays charged unless it is given back.
#[derive(Clone, Copy, Debug)]
pub struct Charge {
    key: Key,
    window: i64,
}

/// The counts. Clones share them.
#[derive(Clone)]
pub struct Rates {
    tally: Tally,
    /// Requests of one address in a window; 0 for any number.
    requests_max: u32,
}

impl Rates {
    /// Nobody has asked yet; an address may ask so often a second, and with 0 as often as it likes.
    #[must_use]
    pub fn new(clock: Clock, requests_per_second: u32) -> Self {
        let requests_max = requests_per_second.saturating_mul(WINDOW_S.unsigned_abs() as u32);
        Self { tally: Tally::of_kinds(clock, WINDOW_S, KIND_BYTES), requests_max }
    }

    /// Counts for an address.
    ///
    /// # Errors
    /// [`Error::LimitReached`] with the time to wait.
    pub fn address(&self, work: Work, address: Option<IpAddr>) -> Result<()> {
        self.count(work, &key(Whose::Address, work, &octets(address)), 1)
    }

    /// Passes while an address has not done too much; counts nothing. For work that costs little and of which only
    /// some counts, which shows when it is done ([`Rates::note`]).
    ///
    /// # Errors
    /// As [`Rates::address`].
    pub fn may(&self, work: Work, address: Option<IpAddr>) -> Result<()> {
        self.ask(work, &key(Whose::Address, work, &octets(address)), 1)
    }

    /// Charges an address for work that costs much, before it is known whether it counts: a thousand at once are a
    /// thousand. Who is refused is not charged.
    ///
    /// # Errors
    /// As [`Rates::address`].
    pub fn charge(&self, work: Work, address: Option<IpAddr>) -> Result<Charge> {
        let charge = Charge { key: key(Whose::Address, work, &octets(address)), window: self.tally.window() };
        self.count(work, &charge.key, 1).inspect_err(|_| self.give_back(charge))?;
        Ok(charge)
    }

    /// The work does not count after all.
    pub fn give_back(&self, charge: Charge) {
        self.tally.take_back(&charge.key, 1, charge.window);
    }

    /// Counts for an address what it has done.
    pub fn note(&self, work: Work, address: Option<IpAddr>) {
        self.tally.add(&key(Whose::Address, work, &octets(address)), 1);
    }

    /// Counts for somebody who has signed in, from wherever they come.
    ///
    /// # Errors
    /// As [`Rates::address`].
    pub fn account(&self, work: Work, person: PersonId) -> Result<()> {
        self.count(work, &key(Whose::Account, work, person.as_bytes()), ACCOUNT_ONE_IN)
    }

    /// Passes while an account has not done too much; counts nothing, so that what others do in its name before they
    /// have proven it does not count either ([`Rates::note_account`]).
    ///
    /// # Errors
    /// As [`Rates::address`].
    pub fn account_may(&self, work: Work, person: PersonId) -> Result<()> {
        self.ask(work, &key(Whose::Account, work, person.as_bytes()), ACCOUNT_ONE_IN)
    }

    /// Counts for an account what it has done.
    pub fn note_account(&self, work: Work, person: PersonId) {
        self.tally.add(&key(Whose::Account, work, person.as_bytes()), 1);
    }

    /// Passes while an application, as it calls itself, has not had too many tokens, nor failed too often from this
    /// address. Its id is no secret, so that what others fail to prove must not count against it elsewhere.
    ///
    /// # Errors
    /// As [`Rates::address`].
    pub fn client_may_try(&self, client_id: &str, address: Option<IpAddr>) -> Result<()> {
        let most = self.most(Work::Token, 1);
        let in_all = most.saturating_mul(CLIENT_TIMES);
        for (key, most) in [(client_key(client_id), in_all), (client_at(client_id, address), most)] {
            if most > 0 && self.tally.sum(&key) >= most {
                return Err(self.reached(Work::Token, most));
            }
        }
        Ok(())
    }

    /// Counts a token that an application got.
    pub fn note_granted(&self, client_id: &str) {
        self.tally.add(&client_key(client_id), 1);
    }

    /// Counts a request that did not prove what it said.
    pub fn note_failed(&self, client_id: &str, address: Option<IpAddr>) {
        self.tally.add(&client_at(client_id, address), FAILURE_COSTS);
    }

    fn count(&self, work: Work, key: &Key, one_in: u32) -> Result<()> {
        let most = self.most(work, one_in);
        if most > 0 && self.tally.add(key, 1) > most { Err(self.reached(work, most)) } else { Ok(()) }
    }

    fn ask(&self, work: Work, key: &Key, one_in: u32) -> Result<()> {
        let most = self.most(work, one_in);
        if most > 0 && self.tally.sum(key) >= most { Err(self.reached(work, most)) } else { Ok(()) }
    }

    /// How often, in a window; 0 for any number.
    fn most(&self, work: Work, one_in: u32) -> u32 {
        if self.requests_max == 0 { 0 } else { (self.requests_max / (work.one_in() * one_in)).max(1) }
    }

    fn reached(&self, work: Work, most: u32) -> Error {
        let limit = Limit::new(work.name(), u64::from(most));
        Error::LimitReached { limit, retry_after: Some(self.tally.wait()) }
    }
}

/// A key of at most thirty bytes of a name.
fn key(whose: Whose, work: Work, name: &[u8]) -> Key {
    let mut key = [0; 32];
    (key[0], key[1]) = (whose as u8, work as u8);
    key[KIND_BYTES..].iter_mut().zip(name).for_each(|(byte, part)| *byte = *part);
    key
}

fn client_key(client_id: &str) -> Key {
    key(Whose::Client, Work::Token, &vault::token_hash(client_id))
}

fn client_at(client_id: &str, address: Option<IpAddr>) -> Key {
    let mut name = [0; 30];
    name[..14].copy_from_slice(&vault::token_hash(client_id)[..14]);
    name[14..].copy_from_slice(&octets(address));
    key(Whose::ClientAtAddress, Work::Token, &name)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use kernel::Rng;

    use super::*;

    fn rates() -> (Rates, Clock) {
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        (Rates::new(clock.clone(), 20), clock)
    }

    fn passes(mut one: impl FnMut() -> Result<()>) -> usize {
        (0..1_000).take_while(|_| one().is_ok()).count()
    }

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
    const THERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));

    #[test]
    fn what_costs_more_may_be_asked_for_less_often_and_each_is_counted_alone() {
        let (rates, clock) = rates();
        for (work, most) in [
            (Work::Request, 200),
            (Work::Token, 40),
            (Work::SignIn, 10),
            (Work::Message, 40),
            (Work::Upload, 10),
        ] {
            assert_eq!(passes(|| rates.address(work, HERE)), most, "{work:?}");
            rates.address(work, THERE).expect("another address");
        }
        let Err(Error::LimitReached { retry_after, .. }) = rates.address(Work::SignIn, HERE) else {
            panic!("the limit is reached");
        };
        clock.pass(SignedDuration::try_from(retry_after.expect("a time")).expect("a span"));
        rates.address(Work::SignIn, HERE).expect("as it was told");
    }

    #[test]
    fn what_counts_only_when_it_is_done_counts_against_the_same_share() {
        let (rates, _) = rates();
        assert_eq!(passes(|| rates.may(Work::SignIn, HERE)), 1_000, "asking counts nothing");
        let failures = passes(|| rates.may(Work::SignIn, HERE).map(|()| rates.note(Work::SignIn, HERE)));
        assert_eq!(failures, 10);
        rates.may(Work::SignIn, THERE).expect("another address");
        rates.may(Work::Request, HERE).expect("other work");
    }

    #[test]
    fn what_is_under_way_counts_until_it_is_given_back_and_who_is_refused_is_not_charged() {
        let (rates, clock) = rates();
        let charges: Vec<Charge> = (0..1_000).map_while(|_| rates.charge(Work::SignIn, HERE).ok()).collect();
        assert_eq!(charges.len(), 10, "a thousand at once are a thousand");
        rates.charge(Work::SignIn, HERE).expect_err("still");
        rates.charge(Work::SignIn, THERE).expect("another address");
        charges[..3].iter().for_each(|charge| rates.give_back(*charge));
        assert_eq!(passes(|| rates.charge(Work::SignIn, HERE).map(drop)), 3);
        clock.pass(SignedDuration::from_secs(10));
        let later = passes(|| rates.charge(Work::SignIn, HERE).map(drop));
        charges[3..].iter().for_each(|charge| rates.give_back(*charge));
        assert_eq!(
            (later, passes(|| rates.charge(Work::SignIn, HERE).map(drop))),
            (10, 0),
            "not from another window"
        );
    }

    #[test]
    fn of_an_account_only_what_it_did_itself_counts() {
        let (rates, clock) = rates();
        let anna = PersonId::new(&clock, &Rng::seeded(3));
        assert_eq!(passes(|| rates.account_may(Work::Message, anna)), 1_000, "asking counts nothing");
        let done = passes(|| {
            rates.account_may(Work::Message, anna)?;
            rates.note_account(Work::Message, anna);
            Ok(())
        });
        assert_eq!(done, 4);
        rates.account(Work::Message, anna).expect_err("the same share");
        rates.account_may(Work::Request, anna).expect("other work");
    }

    #[test]
    fn an_account_may_do_a_tenth_and_no_number_means_no_limit() {
        let (rates, clock) = rates();
        let rng = Rng::seeded(3);
        let (anna, bram) = (PersonId::new(&clock, &rng), PersonId::new(&clock, &rng));
        assert_eq!(passes(|| rates.account(Work::Request, anna)), 20);
        rates.account(Work::Request, bram).expect("somebody else");
        let none = Rates::new(clock, 0);
        assert_eq!(passes(|| none.address(Work::SignIn, HERE)), 1_000);
        assert_eq!(passes(|| none.account(Work::Upload, anna)), 1_000);
    }

    #[test]
    fn an_application_that_fails_waits_where_it_failed_and_nobody_elsewhere_can_stop_it() {
        let (rates, _) = rates();
        let fails = passes(|| {
            rates.client_may_try("app", HERE)?;
            rates.note_failed("app", HERE);
            Ok(())
        });
        assert_eq!(fails, 4, "a failure costs ten");
        rates.client_may_try("app", THERE).expect("the same application elsewhere");
        rates.client_may_try("other", HERE).expect("another one here");
        let granted = passes(|| {
            rates.client_may_try("app", THERE)?;
            rates.note_granted("app");
            Ok(())
        });
        assert_eq!(granted, 400, "ten times what an address may have");
        rates.client_may_try("app", HERE).expect_err("its tokens count wherever it gets them");
    }
}

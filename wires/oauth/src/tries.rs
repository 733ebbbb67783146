//! Tries of a password, at the sign-in page and where somebody changes theirs: what each costs, and how long to wait.

use std::time::Duration;

use door::{Charge, Work};
use identity::sessions::NewSession;
use identity::sign_in::{self, Knock, Recalled};
use identity::{Admitted, Proven, Trusted};
use kernel::{PersonId, Result};
use secrecy::ExposeSecret as _;

use crate::visit::Visit;
use crate::words::Words;

/// Begins a try of the account with this e-mail address, if it may be tried now.
pub(crate) async fn begin(visit: &Visit, email: &str) -> Result<(Recalled, Admitted, Toll)> {
    let device = visit.cookies.device_hash(&visit.headers);
    let knock = Knock::new(&visit.house.vault, email, visit.origin.address, device);
    let recalled = visit.house.read(knock, |tx, knock| Box::pin(sign_in::recall(tx, knock))).await?;
    let (tried, toll) = admit(visit, &knock, &recalled)?;
    Ok((recalled, tried, toll))
}

/// As [`begin`], at another door than that of the password, which has counts of its own for each account. Whose it is
/// may not be known.
pub(crate) async fn begin_at(
    visit: &Visit,
    door: &'static str,
    account: &[u8],
    person: Option<PersonId>,
) -> Result<(Admitted, Toll)> {
    let device = visit.cookies.device_hash(&visit.headers);
    let vault = &visit.house.vault;
    let knock = Knock::new(vault, "", visit.origin.address, device).at(vault, door, account);
    let recalled = visit
        .house
        .read((knock, person), |tx, (knock, person)| Box::pin(sign_in::recall_at(tx, knock, *person)));
    admit(visit, &knock, &recalled.await?)
}

/// As [`begin_at`], where somebody asks for something to be sent to an address, by its hash; with whether the account that
/// has it, if there is one, knows this browser.
pub(crate) async fn begin_wish(
    visit: &Visit,
    door: &'static str,
    address: &[u8; 32],
) -> Result<(Admitted, Toll, bool)> {
    let device = visit.cookies.device_hash(&visit.headers);
    let vault = &visit.house.vault;
    let knock = Knock::new(vault, "", visit.origin.address, device).at(vault, door, address);
    let recalled = visit
        .house
        .read((knock, *address), |tx, (knock, address)| Box::pin(sign_in::recall_wish(tx, knock, address)));
    let recalled = recalled.await?;
    let (tried, toll) = admit(visit, &knock, &recalled)?;
    Ok((tried, toll, recalled.is_known_browser()))
}

/// What a try costs the address that it comes from while it is under way.
pub(crate) enum Toll {
    /// A place among those from there who are known, held until the try is done.
    Trusted { _place: Trusted },
    /// One of the tries that an address has.
    Charged(Charge),
}

impl Toll {
    /// It led in, and costs nothing.
    pub fn give_back(self, visit: &Visit) {
        if let Self::Charged(charge) = self {
            visit.rates.give_back(charge);
        }
    }

    /// It led nowhere, and counts against the address in any case.
    pub fn keep(self, visit: &Visit) {
        if let Self::Trusted { .. } = self {
            visit.rates.note(Work::SignIn, visit.origin.address);
        }
    }
}

/// Whether a password may be checked now, and what the address pays for it.
///
/// Only what fails counts against the address, behind which a whole hospital may begin its day. But a check costs so
/// much that it is charged on the way in and given back to who gets in: else those who come all at once would fill the
/// queue before the first of them has failed. Whoever the account knows is not held up by what others did there, as
/// long as few enough from there come at once, and who signs in again and again is by that alone.
fn admit(visit: &Visit, knock: &Knock, recalled: &Recalled) -> Result<(Admitted, Toll)> {
    let (desk, rates) = (&visit.house.desk, &visit.rates);
    if let Some(account) = &recalled.account {
        rates.account_may(Work::SignIn, account.person)?;
    }
    let toll = match desk.trust(knock, recalled) {
        Some(place) => Toll::Trusted { _place: place },
        None => Toll::Charged(rates.charge(Work::SignIn, visit.origin.address)?),
    };
    match desk.admit(knock, recalled) {
        Ok(tried) => Ok((tried, toll)),
        Err(error) => {
            toll.give_back(visit);
            Err(error)
        }
    }
}

/// The try led to this session.
pub(crate) fn let_in(visit: &Visit, proven: &Proven, session: &NewSession) {
    visit.house.desk.let_in(proven);
    note_in(visit, proven.person(), session);
}

/// Somebody got in by whatever they showed.
pub(crate) fn note_in(visit: &Visit, person: PersonId, session: &NewSession) {
    visit.holders.keep(session.secret.expose_secret(), person);
    visit.rates.note_account(Work::SignIn, person);
}

/// After how many seconds it may be tried again: never a moment too early.
pub(crate) fn whole_seconds(wait: Option<Duration>) -> u64 {
    let wait_ms = wait.map_or(1, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    wait_ms.div_ceil(1_000).max(1)
}

/// The same in words.
pub(crate) fn wait_in_words(words: &Words, seconds: u64) -> String {
    words.again.after(words.too_often, seconds)
}

#[cfg(test)]
mod tests {
    use identity::Language;

    use super::*;
    use crate::words;

    #[test]
    fn what_is_said_of_a_wait_is_how_long_it_is() {
        let said = |ms| {
            let seconds = whole_seconds(Some(Duration::from_millis(ms)));
            let text = wait_in_words(words::of(Language::En), seconds);
            (seconds, text.rsplit("again in ").next().unwrap_or_default().to_owned())
        };
        for (ms, seconds, text) in [
            (0, 1, "a second."),
            (1_000, 1, "a second."),
            (1_001, 2, "2 seconds."),
            (32_000, 32, "32 seconds."),
            (60_000, 60, "a minute."),
            (60_001, 61, "2 minutes."),
            (900_000, 900, "15 minutes."),
        ] {
            assert_eq!(said(ms), (seconds, text.to_owned()), "{ms} ms");
        }
        assert_eq!(whole_seconds(None), 1);
    }
}

//! Passkeys: keys on somebody's own devices, each of which opens for its owner alone.
//!
//! Always true:
//! - A question is answered once, within five minutes, whatever the answer.
//! - Nobody removes their last way in ([`Ways::will_do`]).
//! - Who changes anything does so by a session that stands, and by as much as they have ([`arrivals::must_be_sure`]).
//! - Of a passkey its public key is kept, which opens nothing; what its owner calls it is sealed.

mod relying;

use kernel::{Actor, Error, Id, Kind, PersonId, Result, Role};
use secrecy::SecretString;
use store::{Row, Tx, args};
use vault::{Place, Vault};

use crate::arrivals::{self, Holder};
use crate::rows::passkeys as rows;
use crate::{fits, guests, log, memberships, secret, sessions, standing};

pub use relying::{Checked, MadePasskey, Question, Relying, Shown};

/// What a passkey's id names.
#[derive(Debug)]
pub enum PasskeyOf {}
/// The id of a passkey.
pub type PasskeyId = Id<PasskeyOf>;

/// How long a question may be answered.
const QUESTION_MS: i64 = 5 * 60 * 1_000;
/// Passkeys of one person at most.
const PASSKEYS_MAX: u32 = 20;
const NAME_CHARS_MAX: usize = 60;

/// What a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To have one more passkey.
    Add,
    /// To come by an invitation.
    SignUp,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Add => "add",
            Self::SignUp => "sign_up",
        }
    }
}

/// The ways in that somebody has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Whether they have a password.
    pub has_password: bool,
    /// How many passkeys they have.
    pub passkeys: u32,
    /// Whether letters reach them.
    pub has_mail: bool,
    /// Whether they work anywhere: then a letter is no way in.
    pub works: bool,
}

impl Ways {
    /// Whether somebody who loses one device still gets in: by a password, by another passkey, or by a letter.
    #[must_use]
    pub const fn will_do(self) -> bool {
        self.has_password || self.passkeys >= 2 || (self.passkeys == 1 && self.has_mail && !self.works)
    }

    /// Whether a letter may give them another password.
    #[must_use]
    pub const fn may_be_reset(self) -> bool {
        self.has_password || (self.passkeys > 0 && !self.works)
    }

    /// Whether they can do without their password.
    #[must_use]
    pub const fn may_lose_password(self) -> bool {
        self.has_password && Self { has_password: false, ..self }.will_do()
    }

    /// Whether they can do without one of their passkeys.
    #[must_use]
    pub const fn may_lose_passkey(self) -> bool {
        self.passkeys > 0 && Self { passkeys: self.passkeys - 1, ..self }.will_do()
    }
}

/// A passkey as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyView {
    /// Which.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// Since when they have it.
    pub made_ms: i64,
    /// When they signed in by it last.
    pub used_ms: Option<i64>,
}

/// What is kept of a passkey that somebody shows.
#[derive(Clone, Debug)]
pub struct Kept {
    id: PasskeyId,
    counter: i64,
    /// Whose it is.
    pub person: PersonId,
    /// What its answers are checked by.
    pub credential: String,
}

/// Where a passkey's name lies.
pub(crate) fn name_place(id: &PasskeyId) -> Place<'_> {
    Place { table: "passkeys", column: "name", row: id.as_bytes() }
}

/// Keeps a question that a browser is asked, and gives what the browser names it by.
pub async fn ask(tx: &Tx, purpose: Purpose, person: Option<PersonId>, state: &str) -> Result<SecretString> {
    let secret = vault::secret(tx.rng());
    let hash = secret::hash(&secret);
    let values = args![&hash, purpose.name(), person.as_ref(), state, tx.now_ms() + QUESTION_MS];
    tx.run(rows::ASK, &values).await?;
    Ok(secret)
}

/// Takes a question to check its answer by: what was kept, and of whom it was asked. `None` when it was answered before,
/// is too old, or never was.
pub async fn take(tx: &Tx, hash: &[u8; 32], purpose: Purpose) -> Result<Option<(String, Option<PersonId>)>> {
    let values = args![hash, purpose.name(), tx.now_ms()];
    tx.one(rows::TAKE, &values, |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Removes questions that nobody answered; some at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP_QUESTIONS, &args![tx.now_ms(), most]).await
}

/// What is kept of the passkey of this hash, when its owner may sign in.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<Kept>> {
    let map = |row: &Row<'_>| {
        Ok(Kept { id: row.get(0)?, person: row.get(1)?, credential: row.get(2)?, counter: row.get(3)? })
    };
    tx.one(rows::FIND, &args![hash], map).await
}

/// Passes while a passkey is still what it was when its answer was checked, and keeps what it says of itself now. Of two
/// answers at once of a device that counts, one does.
///
/// # Errors
/// [`Error::Unauthenticated`] when it was removed or used, or its owner disabled, in between.
pub async fn confirm(tx: &Tx, kept: &Kept, credential: &str, counter: i64) -> Result<()> {
    standing::hold(tx, kept.person).await?;
    let values = args![&kept.id, kept.counter, credential, counter, tx.now_ms()];
    if tx.run(rows::USE, &values).await? == 0 { Err(Error::Unauthenticated) } else { Ok(()) }
}

/// Public keys of somebody, so that no device makes them a second one.
pub async fn credentials(tx: &Tx, person: PersonId) -> Result<Vec<String>> {
    tx.all(rows::CREDENTIALS, &args![&person], |row| row.get(0)).await
}

/// The passkeys of somebody, the newest first.
pub async fn list(tx: &Tx, person: PersonId) -> Result<Vec<PasskeyView>> {
    let ring = tx.tool::<Vault>()?.house();
    let map = |row: &Row<'_>| {
        let id: PasskeyId = row.get(0)?;
        let name = ring.open_text(name_place(&id), &row.get::<Vec<u8>>(1)?)?;
        Ok(PasskeyView { id, name, made_ms: row.get(2)?, used_ms: row.get(3)? })
    };
    tx.all(rows::LIST, &args![&person], map).await
}

/// The ways in that somebody has now.
pub async fn ways(tx: &Tx, person: PersonId) -> Result<Ways> {
    let count = |row: &Row<'_>| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?));
    let (passwords, passkeys, mails) = tx.one(rows::WAYS, &args![&person], count).await?.unwrap_or_default();
    let is_work = |role| !matches!(role, Role::Patient | Role::Guest);
    let works = memberships::of_person(tx, person).await?.iter().any(|one| is_work(one.role));
    let passkeys = u32::try_from(passkeys).unwrap_or(u32::MAX);
    Ok(Ways { has_password: passwords > 0, passkeys, has_mail: mails > 0, works })
}

fn fit_name(name: &str) -> Result<&str> {
    fits::name("name", name)?;
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::invalid("name", "name_missing", "A passkey needs a name.")),
        1..=NAME_CHARS_MAX => Ok(name),
        _ => Err(Error::too_large("name", NAME_CHARS_MAX as u64)),
    }
}

/// Gives the actor another passkey. Every other session of theirs that is known by one factor ends: whoever is there may
/// know their password alone. The one in which they are is for the caller to go on from, by the passkey.
///
/// # Errors
/// [`Error::Conflict`] for one that somebody has, [`Error::Precondition`] for too many, [`Error::NotAllowed`] to guests
/// of a chat.
pub async fn add(tx: &Tx, (actor, by): (&Actor, Holder), made: &MadePasskey, name: &str) -> Result<()> {
    guests::must_be_none(tx, actor).await?;
    arrivals::must_be_sure(tx, by, actor.person).await?;
    if ways(tx, actor.person).await?.passkeys >= PASSKEYS_MAX {
        return Err(Error::precondition("passkeys_max", "Nobody needs more passkeys than twenty."));
    }
    insert(tx, actor.person, made, name).await?;
    log::changed_oneself(tx, actor, "passkey added").await?;
    sessions::end_short(tx, actor.person, Some(&by.hash())).await
}

/// Gives somebody their first passkey, in the transaction in which they come.
pub(crate) async fn insert(tx: &Tx, person: PersonId, made: &MadePasskey, name: &str) -> Result<()> {
    let id: PasskeyId = tx.new_id();
    let name = tx.tool::<Vault>()?.house().seal(name_place(&id), fit_name(name)?.as_bytes());
    let values = args![&id, &person, &made.hash, &made.credential, &name, 0_i64, tx.now_ms()];
    if tx.run(rows::INSERT, &values).await? == 0 {
        return Err(Error::conflict("passkey_taken", "This passkey is known already."));
    }
    Ok(())
}

/// Calls one of the actor's passkeys something else.
///
/// # Errors
/// [`Error::NotFound`] for one that is not theirs, [`Error::Invalid`] for a name that does not fit.
pub async fn rename(tx: &Tx, (actor, by): (&Actor, Holder), id: PasskeyId, name: &str) -> Result<()> {
    arrivals::must_be_sure(tx, by, actor.person).await?;
    let name = tx.tool::<Vault>()?.house().seal(name_place(&id), fit_name(name)?.as_bytes());
    if tx.run(rows::RENAME, &args![&actor.person, &id, &name]).await? == 0 {
        return Err(Error::not_found(Kind::Person));
    }
    log::changed_oneself(tx, actor, "passkey renamed").await
}

/// Removes one of the actor's passkeys.
///
/// # Errors
/// [`Error::NotFound`] for one that is not theirs, [`Error::Precondition`] for the last way in.
pub async fn remove(tx: &Tx, (actor, by): (&Actor, Holder), id: PasskeyId) -> Result<()> {
    arrivals::must_be_sure(tx, by, actor.person).await?;
    let may = ways(tx, actor.person).await?.may_lose_passkey();
    if tx.run(rows::REMOVE, &args![&actor.person, &id]).await? == 0 {
        return Err(Error::not_found(Kind::Person));
    }
    if !may {
        return Err(last_way());
    }
    log::changed_oneself(tx, actor, "passkey removed").await
}

/// Lets the actor do without their password from now on.
///
/// # Errors
/// [`Error::Precondition`] when they would be left without a way in.
pub async fn remove_password(tx: &Tx, (actor, by): (&Actor, Holder)) -> Result<()> {
    arrivals::must_be_sure(tx, by, actor.person).await?;
    if !ways(tx, actor.person).await?.may_lose_password() {
        return Err(last_way());
    }
    tx.run(rows::REMOVE_PASSWORD, &args![&actor.person]).await?;
    log::changed_oneself(tx, actor, "password removed").await
}

/// Gives the actor a password who has none.
///
/// # Errors
/// [`Error::Conflict`] when they have one by now, [`Error::NotAllowed`] to guests of a chat.
pub async fn first_password(tx: &Tx, (actor, by): (&Actor, Holder), hash: &str) -> Result<()> {
    guests::must_be_none(tx, actor).await?;
    arrivals::must_be_sure(tx, by, actor.person).await?;
    if tx.run(rows::FIRST_PASSWORD, &args![&actor.person, hash, tx.now_ms()]).await? == 0 {
        return Err(Error::conflict("password_changed", "They have a password by now."));
    }
    log::changed_oneself(tx, actor, "password set").await
}

fn last_way() -> Error {
    Error::precondition("last_way_in", "Nobody gives up their last way in.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nobody_gives_up_what_they_would_miss(
            has_password: bool, passkeys in 0_u32..5, has_mail: bool, works: bool,
        ) {
            let ways = Ways { has_password, passkeys, has_mail, works };
            if ways.may_lose_passkey() {
                let left = Ways { passkeys: passkeys - 1, ..ways };
                prop_assert!(left.will_do());
            }
            if ways.may_lose_password() {
                prop_assert!(passkeys >= 2 || passkeys == 1 && has_mail && !works);
            }
            prop_assert!(!(works && !has_password && ways.may_be_reset()), "a letter is no way in to a workplace");
        }
    }

    #[test]
    fn staff_need_two_passkeys_to_do_without_a_password_and_a_patient_one_and_their_mail() {
        let patient = Ways { has_password: true, passkeys: 1, has_mail: true, works: false };
        assert!(patient.may_lose_password());
        assert!(!Ways { has_mail: false, ..patient }.may_lose_password());
        assert!(!Ways { works: true, ..patient }.may_lose_password());
        assert!(Ways { works: true, passkeys: 2, ..patient }.may_lose_password());
        assert!(patient.may_lose_passkey());
        assert!(!Ways { has_password: false, ..patient }.may_lose_passkey(), "the last way in");
        assert!(!Ways { has_password: false, passkeys: 2, works: true, ..patient }.may_lose_passkey());
    }
}

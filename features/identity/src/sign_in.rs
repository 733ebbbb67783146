//! Signing in with an e-mail address and a password, step by step:
//!
//! 1. [`recall`] reads what is kept of the account, by its blind hash, and of earlier tries;
//! 2. [`Desk::admit`](crate::Desk::admit) says whether this may be tried now;
//! 3. [`Desk::verify`](crate::Desk::verify) does the same work whether or not there is such an account;
//! 4. [`confirm`] asks once more, and [`begin`] makes the session and its line in the access log; or [`note_refusal`]
//!    writes the line that it was refused; in the same transaction [`remember`] keeps what a restart must not forget;
//! 5. [`Desk::let_in`](crate::Desk::let_in) or [`Desk::turn_away`](crate::Desk::turn_away) hears what came of a right
//!    password.

use kernel::{Actor, Error, OrganisationId, Origin, PersonId, Result, SessionId};
use secrecy::{ExposeSecret as _, SecretString};
use store::{Tx, args};

use crate::log::{self, By, Whose};
use crate::rows::{factors, persons, sign_in as rows};
use crate::sessions::{self, NewSession};
use crate::throttle::{Count, EVERYWHERE, FORGET_MS, Remembered};
use crate::{Device, Methods, memberships, recognise, standing};

pub use crate::throttle::{Knock, Memo};

/// A browser that was not used for so long is known no more: its cookie has gone, too.
const DEVICE_KNOWN_MS: i64 = 365 * 24 * 60 * 60 * 1_000;
/// Browsers that a person is known by; those used longest ago are forgotten.
const DEVICES_MAX: i64 = 20;

/// What is kept of an account that may sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// The Argon2id hash of their password.
    pub hash: SecretString,
}

/// What is known of an account and of where somebody knocks from.
#[derive(Clone, Debug, Default)]
pub struct Recalled {
    /// The account, when there is one.
    pub account: Option<Account>,
    pub(crate) remembered: Remembered,
}

impl Recalled {
    /// Whether the account knows the browser: somebody got in there before.
    #[must_use]
    pub const fn is_known_browser(&self) -> bool {
        self.remembered.device_used_ms.is_some()
    }
}

/// What a sign-in is for.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Who, as proven.
    pub person: PersonId,
    /// Where they want to go, when they are on their way to something of that organisation.
    pub towards: Option<OrganisationId>,
    /// The hash of the session secret that the browser held so far; that session ends.
    pub instead_of: Option<[u8; 32]>,
    /// What kind of browser it is.
    pub device: Device,
    /// How they proved who they are.
    pub methods: Methods,
    /// The request.
    pub origin: Origin,
}

/// What is known of the account that somebody wants to sign in to. It asks the same of the store whether or not
/// there is such an account.
pub async fn recall(tx: &Tx, knock: &Knock) -> Result<Recalled> {
    let account = find_account(tx, &knock.account).await?;
    Ok(Recalled { account, ..recall_wish(tx, knock, &knock.account).await? })
}

/// As [`recall`], at another door than that of the password, where it is known whose account it is if it is anybody's.
pub async fn recall_at(tx: &Tx, knock: &Knock, person: Option<PersonId>) -> Result<Recalled> {
    let mut device_used_ms = None;
    if let Some((device, person)) = knock.device.as_ref().zip(person) {
        let values = args![&person, device, tx.now_ms() - DEVICE_KNOWN_MS];
        device_used_ms = tx.one(factors::DEVICE, &values, |row| row.get(0)).await?;
    }
    let remembered = recall_counts(tx, knock, device_used_ms).await?;
    Ok(Recalled { account: None, remembered })
}

/// As [`recall_at`], where somebody asks for something to be sent to this address, by its hash: they may be anybody. It asks
/// the same of the store whether or not it is somebody's.
pub async fn recall_wish(tx: &Tx, knock: &Knock, address: &[u8; 32]) -> Result<Recalled> {
    let device_used_ms = match &knock.device {
        Some(device) => device_of_address(tx, address, device).await?,
        None => None,
    };
    let remembered = recall_counts(tx, knock, device_used_ms).await?;
    Ok(Recalled { account: None, remembered })
}

/// Whether the account with this address, by its hash, knows a browser. It asks the same of the store whether or not
/// there is such an account.
pub async fn is_known_at(tx: &Tx, address: &[u8; 32], browser: Option<&[u8; 32]>) -> Result<bool> {
    match browser {
        Some(browser) => Ok(device_of_address(tx, address, browser).await?.is_some()),
        None => Ok(false),
    }
}

/// Whether somebody has signed in in this browser before.
pub(crate) async fn knows_browser(tx: &Tx, person: PersonId, browser: Option<&[u8; 32]>) -> Result<bool> {
    let Some(browser) = browser else { return Ok(false) };
    let values = args![&person, browser, tx.now_ms() - DEVICE_KNOWN_MS];
    Ok(tx.one(factors::DEVICE, &values, |row| row.get::<i64>(0)).await?.is_some())
}

/// Whether somebody is known in another browser than the one of this hash.
pub async fn is_known_elsewhere(tx: &Tx, person: PersonId, browser: &[u8; 32]) -> Result<bool> {
    let values = args![&person, browser, tx.now_ms() - DEVICE_KNOWN_MS];
    Ok(tx.one(rows::OTHER_DEVICE, &values, |row| row.get::<i64>(0)).await?.is_some())
}

async fn device_of_address(tx: &Tx, address: &[u8; 32], device: &[u8; 32]) -> Result<Option<i64>> {
    tx.one(rows::DEVICE, &args![address, device, tx.now_ms() - DEVICE_KNOWN_MS], |row| row.get(0)).await
}

async fn recall_counts(tx: &Tx, knock: &Knock, device_used_ms: Option<i64>) -> Result<Remembered> {
    let mut remembered = Remembered { device_used_ms, ..Remembered::default() };
    let place = remembered.place(knock);
    let count = |row: &store::Row<'_>| {
        let failures = u32::try_from(row.get::<i64>(1)?).unwrap_or(u32::MAX);
        Ok((row.get::<[u8; 32]>(0)?, Count { failures, last_ms: row.get(2)? }))
    };
    for (at, count) in tx.all(rows::FAILURES, &args![&knock.account, &place, &EVERYWHERE], count).await? {
        if at == EVERYWHERE {
            remembered.account = count;
        } else {
            remembered.pair = count;
        }
    }
    Ok(remembered)
}

/// Keeps what a restart must not forget of a try: how often it failed, or that it succeeded and in which browser.
pub async fn remember(tx: &Tx, memo: &Memo) -> Result<()> {
    for (place, count) in &memo.failures {
        let values = args![&memo.account, place, i64::from(count.failures), count.last_ms];
        tx.run(rows::KEEP_FAILURES, &values).await?;
    }
    if let Some(place) = &memo.forgiven {
        tx.run(rows::FORGIVE, &args![&memo.account, place]).await?;
    }
    match &memo.device {
        Some((person, device)) => know_browser(tx, *person, device).await,
        None => Ok(()),
    }
}

/// From now on somebody is known in the browser of this hash, in which they got in.
pub async fn know_browser(tx: &Tx, person: PersonId, browser: &[u8; 32]) -> Result<()> {
    tx.run(rows::KEEP_DEVICE, &args![&person, browser, tx.now_ms()]).await?;
    tx.run(rows::FORGET_OLDER_DEVICES, &args![&person, DEVICES_MAX, DEVICES_MAX]).await.map(drop)
}

/// Makes every browser but this one a stranger's again, as when somebody gets a new password; says how many.
pub(crate) async fn forget_devices(tx: &Tx, person: PersonId, but: Option<&[u8; 32]>) -> Result<u64> {
    match but {
        Some(device) => tx.run(rows::FORGET_OTHER_DEVICES, &args![&person, device]).await,
        None => tx.run(rows::FORGET_DEVICES, &args![&person]).await,
    }
}

/// Removes browsers and failures that are too old to count; some of each at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<[u64; 2]> {
    let devices = tx.run(rows::SWEEP_DEVICES, &args![tx.now_ms() - DEVICE_KNOWN_MS, most]).await?;
    let failures = tx.run(rows::SWEEP_FAILURES, &args![tx.now_ms() - FORGET_MS, most]).await?;
    Ok([devices, failures])
}

/// The account whose e-mail address has this blind hash.
pub async fn find_account(tx: &Tx, email_hash: &[u8; 32]) -> Result<Option<Account>> {
    let map = |row: &store::Row<'_>| {
        Ok(Account { person: row.get(0)?, hash: SecretString::from(row.get::<String>(1)?) })
    };
    tx.one(persons::FIND_ACCOUNT, &args![email_hash], map).await
}

/// Passes while an account is still what it was when its password was checked, which takes a while: who was disabled
/// or got another password in between does not come in by the old one.
pub async fn confirm(tx: &Tx, account: &Account) -> Result<()> {
    standing::hold(tx, account.person).await?;
    let values = args![&account.person, account.hash.expose_secret()];
    let found = tx.one(persons::IS_PASSWORD, &values, |row| row.get::<PersonId>(0)).await?;
    found.map(drop).ok_or(Error::Unauthenticated)
}

/// Makes the session of somebody whose password was right. Its secret is always a new one.
pub async fn begin(tx: &Tx, arrival: &Arrival) -> Result<NewSession> {
    if let Some(hash) = &arrival.instead_of {
        leave(tx, hash, arrival.origin).await?;
    }
    let all = memberships::of_person(tx, arrival.person).await?;
    let at =
        |organisation: Option<OrganisationId>| all.iter().find(|one| Some(one.organisation) == organisation);
    let last = sessions::last_organisation(tx, arrival.person).await?;
    let membership =
        at(arrival.towards).or_else(|| at(last)).or(all.first()).ok_or(Error::Unauthenticated)?;
    let session =
        sessions::create(tx, arrival.person, membership.organisation, arrival.device, arrival.methods)
            .await?;
    let whose = Whose::of(membership.organisation, &all);
    log::signed_in(tx, whose, arrival.person, session.id, arrival.origin).await?;
    Ok(session)
}

/// As [`begin`], for somebody who showed only a part of their proofs just now: the session is as old as the whole.
pub async fn begin_since(tx: &Tx, arrival: &Arrival, proven_ms: i64) -> Result<NewSession> {
    let session = begin(tx, arrival).await?;
    sessions::date_back(tx, session.id, proven_ms).await?;
    Ok(session)
}

/// Writes that somebody was refused: in the log of each organisation that the person belongs to, or in the
/// installation's for an account that there is not. Both ask the same of the store, so that neither is slower.
pub async fn note_refusal(tx: &Tx, person: Option<PersonId>, origin: Origin) -> Result<()> {
    let all = memberships::of_person(tx, person.unwrap_or_else(|| tx.new_id())).await?;
    let mut organisations: Vec<_> = all.iter().map(|one| one.organisation).collect();
    organisations.sort();
    organisations.dedup();
    if organisations.is_empty() {
        organisations.push(audit::INSTALLATION);
    }
    for organisation in organisations {
        log::sign_in_refused(tx, Whose::of(organisation, &all), person, origin).await?;
    }
    Ok(())
}

/// Writes that a passkey of theirs answered as one that was copied, in the log of each organisation that they belong to.
pub async fn note_copied_passkey(tx: &Tx, person: PersonId, origin: Origin) -> Result<()> {
    let all = memberships::of_person(tx, person).await?;
    let mut organisations: Vec<_> = all.iter().map(|one| one.organisation).collect();
    organisations.dedup();
    for organisation in organisations {
        log::passkey_copied(tx, Whose::of(organisation, &all), person, origin).await?;
    }
    Ok(())
}

/// Signs out the browser that holds the secret of this hash, whoever it is.
pub async fn leave(tx: &Tx, secret_hash: &[u8; 32], origin: Origin) -> Result<()> {
    let Some(who) = recognise::recognise_session(tx, secret_hash).await? else { return Ok(()) };
    let Some(session) = who.session else { return Ok(()) };
    sessions::end(tx, &who.actor(origin), session).await
}

/// Signs a person out everywhere but in this session. Every browser but the one of this hash is a stranger's again: who
/// sits there waits as long as others do who guess.
pub async fn leave_others(tx: &Tx, actor: &Actor, here: SessionId, browser: Option<&[u8; 32]>) -> Result<()> {
    let (organisation, person) = (actor.organisation, actor.person);
    standing::hold(tx, person).await?;
    sessions::end_others(tx, actor, here).await?;
    if forget_devices(tx, person, browser).await? == 0 {
        return Ok(());
    }
    let patient = memberships::patient(tx, organisation, person).await?;
    log::named(tx, By::Actor(actor), organisation, (person, patient), "known browsers forgotten").await
}

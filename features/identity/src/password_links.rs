//! Links by which somebody who forgot their password gets another: they come by mail, open once, and for half an hour.
//!
//! Whether there is an account shows nowhere: whoever asks hears the same at once, and the letter follows.

use std::time::Duration;

use kernel::{Error, Kind, Limit, OrganisationId, Origin, PersonId, Result};
use secrecy::SecretString;
use store::{Tx, args};

use crate::caps::{self, Caps, DAY_MS};
use crate::log::{self, By, Whose};
use crate::memberships::Membership;
use crate::notices::{self, Recipient};
use crate::passkeys;
use crate::rows::{password_links as rows, persons};
use crate::{Organisation, memberships, organisations, secret, sessions, sign_in, standing};

/// How long a link opens.
const LIFE_MS: i64 = 30 * 60 * 1_000;
/// Letters to one account in two minutes, and in a day, so that nobody fills another's mailbox: as many as are asked for in
/// a browser that the account knows, and as many that others ask for.
const LETTERS_MAX: &Caps = &[(2 * 60 * 1_000, 1), (DAY_MS, LETTERS_A_DAY)];
const LETTERS_A_DAY: usize = 5;

/// A link that was made just now; its secret is told this once, in its letter.
#[derive(Debug)]
pub struct NewLink {
    /// For whom.
    pub person: PersonId,
    /// What the link ends in.
    pub secret: SecretString,
    /// In whose name the letter goes out.
    pub organisation: Organisation,
    /// Where to, and what they are spoken to in.
    pub recipient: Recipient,
}

/// Makes a link for the account whose address has this keyed hash. `None` when there is none that a letter may open, or
/// when it was sent enough of them, of those that are asked for in a browser that it knows (`by_known`) or elsewhere.
pub async fn make(tx: &Tx, account: &[u8; 32], by_known: bool) -> Result<Option<NewLink>> {
    let read = |row: &store::Row<'_>| Ok((row.get::<PersonId>(0)?, row.get::<bool>(1)?));
    let found = tx.one(rows::WHO, &args![account], read).await?;
    let Some((person, is_of_sandbox)) = found else { return Ok(None) };
    let is_enough = caps::wait_of(tx, rows::LETTERS_TO, LETTERS_MAX, (person, by_known)).await? > 0;
    if is_enough || !passkeys::ways(tx, person).await?.may_be_reset() {
        return Ok(None);
    }
    let Some((organisation, recipient)) = who_writes(tx, person).await? else { return Ok(None) };
    if is_of_sandbox && !organisation.sandbox {
        return Ok(None);
    }
    log::sign_in_letter(tx, organisation.id, person, "password letter sent").await?;
    make_for(tx, (person, by_known), organisation, recipient).await.map(Some)
}

/// As [`make`], for somebody whom an operator or an administrator helps: also for who does without a password, who must
/// belong to this organisation alone unless an operator says so. An operator sends however many they wish.
///
/// # Errors
/// [`Error::NotFound`] for who is not in the organisation. To an administrator [`Error::LimitReached`] when they were
/// sent enough, and [`Error::Precondition`] for who does without a password and belongs elsewhere, too.
pub async fn make_by_hand(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<NewLink>> {
    // However many ask at once, each is counted before the next, and nobody joins elsewhere meanwhile.
    standing::hold(tx, person).await?;
    let all = memberships::of_person(tx, person).await?;
    let is_here = |one: &Membership| one.organisation == organisation;
    if !all.iter().any(is_here) {
        return Err(Error::not_found(Kind::Person));
    }
    if let By::Actor(_) = by {
        may_help(tx, person, all.iter().all(is_here)).await?;
    }
    let patient = Whose::of(organisation, &all).patient;
    log::named(tx, by, organisation, (person, patient), "password letter asked for").await?;
    let Some((organisation, recipient)) = who_writes(tx, person).await? else { return Ok(None) };
    // Whatever strangers asked for counts apart from what an operator does.
    make_for(tx, (person, true), organisation, recipient).await.map(Some)
}

/// Passes when an administrator may have a letter sent to somebody, whose standing the caller holds.
async fn may_help(tx: &Tx, person: PersonId, is_ours: bool) -> Result<()> {
    if !is_ours && !passkeys::ways(tx, person).await?.may_be_reset() {
        let why = "This person does without a password, and belongs to another organisation, too.";
        return Err(Error::precondition("belongs_elsewhere", why));
    }
    // Whatever strangers asked for counts apart.
    let wait_ms = caps::wait_of(tx, rows::LETTERS_TO, LETTERS_MAX, (person, true)).await?;
    if wait_ms > 0 {
        let limit = Limit::new("letters_to_one_account", LETTERS_A_DAY as u64);
        let wait = Duration::from_millis(wait_ms.unsigned_abs());
        return Err(Error::LimitReached { limit, retry_after: Some(wait) });
    }
    Ok(())
}

async fn make_for(
    tx: &Tx,
    (person, by_known): (PersonId, bool),
    organisation: Organisation,
    recipient: Recipient,
) -> Result<NewLink> {
    let (secret, now) = (vault::secret(tx.rng()), tx.now_ms());
    let hash = secret::hash(&secret);
    tx.run(rows::INSERT, &args![&hash, &person, now, now + LIFE_MS, by_known]).await?;
    Ok(NewLink { person, secret, organisation, recipient })
}

/// Which organisation writes to somebody about their account, and where to: one whose letters nobody else reads, as the
/// staff of a sandbox read theirs, as long as they have one; of those where they were last.
pub async fn who_writes(tx: &Tx, person: PersonId) -> Result<Option<(Organisation, Recipient)>> {
    let last = sessions::last_organisation(tx, person).await?;
    let mut all = Vec::new();
    for membership in memberships::of_person(tx, person).await? {
        all.extend(organisations::find(tx, membership.organisation).await?);
    }
    all.sort_by_key(|one| (one.sandbox, Some(one.id) != last));
    let is_safe_in_sandbox = all.iter().all(|one| one.sandbox);
    for organisation in all {
        if organisation.sandbox && !is_safe_in_sandbox {
            break;
        }
        if let Some(recipient) = notices::recipient(tx, organisation.id, person).await? {
            return Ok(Some((organisation, recipient)));
        }
    }
    Ok(None)
}

/// Whose link it is, while it opens.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<PersonId>> {
    tx.one(rows::FIND, &args![hash, tx.now_ms()], |row| row.get(0)).await
}

/// Gives whoever came by a link the password of this hash, ends everything that acts in their name, and forgets the
/// browsers that they were known by. Whatever else they prove who they are by stays.
///
/// # Errors
/// [`Error::Gone`] for a link that opens no more.
pub async fn set_password(tx: &Tx, link: &[u8; 32], hash: &str, origin: Origin) -> Result<PersonId> {
    let gone = || Error::Gone { what: Kind::Page };
    let person = find(tx, link).await?.ok_or_else(gone)?;
    standing::hold(tx, person).await?;
    let now = tx.now_ms();
    tx.one(rows::USE, &args![link, now], |row| row.get::<PersonId>(0)).await?.ok_or_else(gone)?;
    tx.run(rows::CLOSE, &args![&person, now]).await?;
    tx.run(persons::SET_PASSWORD, &args![&person, hash, now]).await?;
    standing::end_everywhere(tx, person).await?;
    sign_in::forget_devices(tx, person, None).await?;
    let all = memberships::of_person(tx, person).await?;
    let mut organisations: Vec<_> = all.iter().map(|one| one.organisation).collect();
    organisations.dedup();
    for organisation in organisations {
        log::password_reset(tx, Whose::of(organisation, &all), person, origin).await?;
    }
    Ok(person)
}

/// Removes links of days ago; some at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP, &args![tx.now_ms() - DAY_MS, most]).await
}

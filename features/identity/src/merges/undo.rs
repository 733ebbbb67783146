//! A merge is taken back while its record is there.

use std::collections::BTreeSet;

use kernel::{Error, Event, Kind, MembershipId, OrganisationId, PersonId, Result};
use store::{Row, Tx, args};

use super::moving::Moving;
use super::{Two, UNDO_DAYS, hold, is_patient, organisations};
use crate::applications::must_administer;
use crate::log::{self, By};
use crate::rows::merges as rows;
use crate::{details, memberships, names, standing};

const UNDO_MS: i64 = UNDO_DAYS * 24 * 3_600 * 1_000;
/// Merges that one sweep settles: each takes some statements.
const SETTLED_TOGETHER: i64 = 20;

/// What a merge says of itself.
struct Merge {
    done_in: Option<OrganisationId>,
    made_ms: i64,
    is_settled: bool,
}

/// Seals for who was gone what went over from them and is still as it was.
///
/// # Errors
/// The store's, and the vault's.
pub async fn prepare_undo(tx: &Tx, keep: PersonId, gone: PersonId) -> Result<Two> {
    let lists = [rows::TAKEN_IDENTIFIERS, rows::TAKEN_AUX_IDS, rows::TAKEN_PICTURE];
    let moving = Moving::seal(tx, lists, (keep, gone), (keep, gone)).await?;
    Ok(Two { keep, gone, moving, details: None })
}

/// Takes a merge back, and says in which organisations. Their chats are given back by the caller, in this transaction.
/// Who was gone signs in by what they did before; who was kept signs in anew where they lose a role.
///
/// # Errors
/// [`Error::NotFound`] when these two were not merged, and to an administrator of another organisation than that whose
/// administrator merged them; [`Error::Precondition`] when it is too late.
pub async fn undo(tx: &Tx, by: By<'_>, two: &Two) -> Result<Vec<OrganisationId>> {
    let Two { keep, gone, moving, .. } = two;
    hold(tx, two).await?;
    may_undo(tx, by, two).await?;
    let organisations = organisations(tx, by, two).await?;
    give_back_roles(tx, two).await?;
    let both = args![keep, gone];
    for sql in [
        rows::RESTORE_TEAMS,
        rows::GIVE_BACK_TEAMS,
        rows::RESTORE_PATIENTS,
        rows::RESTORE_PROXIES,
        rows::RESTORE_CAME,
        rows::RESTORE_ASKED_IN,
        rows::RESTORE_CLIENTS,
    ] {
        tx.run(sql, &both).await?;
    }
    tx.run(rows::RESTORE_BETWEEN, &args![gone]).await?;
    moving.take(tx).await?;
    details::give_back(tx, *keep, *gone).await?;
    for sql in [rows::RESTORE_DISABLED, rows::REMOVE_MOVES, rows::REMOVE] {
        tx.run(sql, &args![gone]).await?;
    }
    let mut all = memberships::of_person(tx, *keep).await?;
    all.extend(memberships::of_person(tx, *gone).await?);
    for organisation in &organisations {
        names::forget_in(tx, *organisation, &[*keep, *gone]).await?;
        for person in [keep, gone] {
            let patient = is_patient(&all, *organisation, *person);
            log::named(tx, by, *organisation, (*person, patient), "merge undone").await?;
        }
    }
    [*keep, *gone].into_iter().for_each(|person| tx.emit(Event::PersonChanged { person }));
    Ok(organisations)
}

async fn may_undo(tx: &Tx, by: By<'_>, two: &Two) -> Result<()> {
    let read =
        |row: &Row<'_>| Ok(Merge { done_in: row.get(0)?, made_ms: row.get(1)?, is_settled: row.get(2)? });
    let both = args![&two.keep, &two.gone];
    let merge = tx.one(rows::FIND, &both, read).await?;
    if let By::Actor(actor) = by {
        must_administer(tx, actor).await?;
        let is_ours = merge.as_ref().is_some_and(|merge| merge.done_in == Some(actor.organisation));
        if !is_ours {
            return Err(Error::not_found(Kind::Person));
        }
        if [two.keep, two.gone].contains(&actor.person) {
            return Err(Error::precondition("oneself", "Another administrator has to do this to you."));
        }
    }
    let merge = merge.ok_or(Error::not_found(Kind::Person))?;
    if merge.is_settled || merge.made_ms + UNDO_MS <= tx.now_ms() {
        let why = "It is more than 30 days ago: what was moved is not known any more.";
        return Err(Error::precondition("merge_settled", why));
    }
    let later = args![&two.keep, &two.gone, merge.made_ms];
    if tx.one(rows::IS_LATER, &later, |row| row.get::<PersonId>(0)).await?.is_some() {
        let why = "Somebody else was merged into them after that: undo that first.";
        return Err(Error::precondition("merged_since", why));
    }
    Ok(())
}

/// A role that was ended since stays ended for both.
async fn give_back_roles(tx: &Tx, two: &Two) -> Result<()> {
    let (keep, now) = (&two.keep, tx.now_ms());
    type Role = (MembershipId, OrganisationId, Option<MembershipId>, Option<i64>);
    let read = |row: &Row<'_>| -> Result<Role> { Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)) };
    let mut lost = BTreeSet::new();
    for (id, organisation, new, end_ms) in tx.all(rows::TAKEN_MEMBERSHIPS, &args![&two.gone], read).await? {
        if let Some(new) = new {
            let values = args![&organisation, &new, keep, now];
            if tx.run(rows::GIVE_BACK_MEMBERSHIP, &values).await? == 0 {
                continue;
            }
            lost.insert(organisation);
        }
        tx.run(rows::RESTORE_MEMBERSHIP, &args![&organisation, &id, end_ms]).await?;
    }
    for organisation in lost {
        standing::end_in(tx, organisation, &[*keep]).await?;
    }
    Ok(())
}

/// Forgets what was moved more than [`UNDO_DAYS`] ago, and by what who is gone signed in. Says how many there were, or
/// as many as asked for when more may be left.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    let some = most.min(SETTLED_TOGETHER);
    let due = tx.all(rows::DUE, &args![tx.now_ms() - UNDO_MS, some], |row| row.get::<PersonId>(0)).await?;
    for gone in &due {
        for sql in [
            rows::REMOVE_MOVES,
            rows::FORGET_PASSWORD,
            rows::FORGET_PASSKEYS,
            rows::FORGET_AUTHENTICATOR,
            rows::FORGET_SMS,
            rows::FORGET_RECOVERY_CODES,
            rows::SETTLE,
        ] {
            tx.run(sql, &args![gone]).await?;
        }
    }
    let settled = i64::try_from(due.len()).unwrap_or(some);
    Ok(if settled == some { most } else { settled }.unsigned_abs())
}

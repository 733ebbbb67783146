//! Two people who turned out to be one: what either was goes to who is kept, and the other one's id leads there.
//!
//! Always true:
//! - Nobody is merged by likeness: whoever merges names both, and two people of whom each has a number that everybody has
//!   one of (BSN, NHS) are two.
//! - By what who is gone signed in nobody signs in any more: it is not handed over, and they are disabled.
//! - What who is gone wrote stays theirs, under the name that they had.
//! - For [`UNDO_DAYS`] it can be undone: what was moved goes back, and what was changed since stays as it is.

mod moving;
mod undo;

pub use undo::{prepare_undo, sweep, undo};

use kernel::{Error, Event, Kind, MembershipId, OrganisationId, PersonId, Result, Role};
use store::{Row, Tx, args};

use crate::applications::must_administer;
use crate::log::{self, By};
use crate::memberships::{self, Membership};
use crate::persons::systems;
use crate::rows::merges as rows;
use crate::{details, names, policies, standing};

use moving::{CHANGED, Moving};

/// Days in which a merge can be undone.
pub const UNDO_DAYS: i64 = 30;
/// Roles that who is gone may have: all of it is one transaction.
const ROLES_MAX: usize = 10;
/// Identifiers and auxiliary ids that who is gone may have.
const NAMES_MAX: i64 = 20;
/// Organisations that both may be, or have been, in.
const ORGANISATIONS_MAX: usize = 3;

/// The two, with what was sealed anew before the transaction.
#[derive(Clone, Debug)]
pub struct Two {
    /// Who is kept.
    pub keep: PersonId,
    /// Who is gone.
    pub gone: PersonId,
    moving: Moving,
    details: Option<details::Moved>,
}

/// Seals for who is kept what who is gone is known by.
///
/// # Errors
/// The store's, and the vault's.
pub async fn prepare(tx: &Tx, keep: PersonId, gone: PersonId) -> Result<Two> {
    let lists = [rows::IDENTIFIERS, rows::AUX_IDS, rows::PICTURE];
    let moving = Moving::seal(tx, lists, (keep, gone), (gone, keep)).await?;
    Ok(Two { keep, gone, moving, details: details::Moved::seal(tx, keep, gone).await? })
}

/// Merges two people, and says in which organisations. Their chats are merged by the caller, in this transaction.
///
/// # Errors
/// [`Error::NotFound`] for who is not there, and to an administrator for who is not of their organisation;
/// [`Error::Precondition`] for who may not be merged, [`Error::Conflict`] when they are two;
/// [`Error::Unavailable`] when what was prepared is not so by now.
pub async fn merge(tx: &Tx, by: By<'_>, two: &Two) -> Result<Vec<OrganisationId>> {
    let Two { keep, gone, moving, .. } = two;
    hold(tx, two).await?;
    let of_both = may_merge(tx, by, two).await?;
    let organisations = organisations(tx, by, two).await?;
    let done_in = match by {
        By::Actor(actor) => Some(actor.organisation),
        By::Operator => None,
    };
    let now = tx.now_ms();
    tx.run(rows::INSERT, &args![keep, gone, done_in.as_ref(), now]).await?;
    take_roles(tx, two).await?;
    take_care(tx, two).await?;
    moving.note(tx, (*keep, *gone)).await?;
    moving.take(tx).await?;
    take_details(tx, two).await?;
    tx.run(rows::DISABLE, &args![gone, now]).await?;
    standing::end_everywhere(tx, *gone).await?;
    for organisation in &organisations {
        names::forget_in(tx, *organisation, &[*gone]).await?;
        for (person, what) in [(keep, "somebody merged into them"), (gone, "merged into somebody else")] {
            let patient = is_patient(&of_both, *organisation, *person);
            log::named(tx, by, *organisation, (*person, patient), what).await?;
        }
    }
    tx.emit(Event::PersonChanged { person: *keep });
    policies::settle(tx, *keep).await?;
    Ok(organisations)
}

/// Who somebody is now: who is kept of the two, for who was merged into them. Nobody is merged twice.
///
/// # Errors
/// The store's.
pub async fn who_is(tx: &Tx, person: PersonId) -> Result<PersonId> {
    let kept = tx.one(rows::KEPT, &args![&person], |row| row.get(0)).await?;
    Ok(kept.unwrap_or(person))
}

/// In the order of their ids, so that no two merges wait for each other.
async fn hold(tx: &Tx, two: &Two) -> Result<()> {
    let (first, second) = if two.keep < two.gone { (two.keep, two.gone) } else { (two.gone, two.keep) };
    standing::hold(tx, first).await?;
    standing::hold(tx, second).await
}

fn is_patient(all: &[Membership], organisation: OrganisationId, person: PersonId) -> Option<PersonId> {
    let is = |one: &&Membership| one.person == person && one.organisation == organisation;
    all.iter().filter(is).any(|one| one.role == Role::Patient).then_some(person)
}

/// What both are now, when these two may be merged by who wants it.
async fn may_merge(tx: &Tx, by: By<'_>, two: &Two) -> Result<Vec<Membership>> {
    if two.keep == two.gone {
        return Err(Error::invalid("gone", "same_person", "Nobody is merged with themselves."));
    }
    let mut all = memberships::of_person(tx, two.keep).await?;
    all.extend(memberships::of_person(tx, two.gone).await?);
    may_reach(tx, by, two, &all).await?;
    let values = args![&two.keep, &two.gone, tx.now_ms(), systems::BSN, systems::NHS];
    let facts = tx.one(rows::FACTS, &values, Facts::of).await?;
    facts.ok_or(Error::not_found(Kind::Person))?.check()?;
    Ok(all)
}

/// An administrator reaches people of their own organisation alone, and not themselves: whoever is merged into them would
/// let them read what they wrote.
async fn may_reach(tx: &Tx, by: By<'_>, two: &Two, all: &[Membership]) -> Result<()> {
    let By::Actor(actor) = by else { return Ok(()) };
    must_administer(tx, actor).await?;
    for person in [two.keep, two.gone] {
        let of = |one: &&Membership| one.person == person;
        if !all.iter().filter(of).any(|one| one.organisation == actor.organisation) {
            return Err(Error::not_found(Kind::Person));
        }
        if person == actor.person {
            return Err(Error::precondition("oneself", "Another administrator has to do this to you."));
        }
    }
    must_be_here_alone(all, actor.organisation)
}

fn must_be_here_alone(all: &[Membership], organisation: OrganisationId) -> Result<()> {
    if all.iter().any(|one| one.organisation != organisation) {
        let why =
            "One of them belongs to another organisation, too: the operator of the server can merge them.";
        return Err(Error::precondition("belongs_elsewhere", why));
    }
    Ok(())
}

/// What may speak against it.
struct Facts {
    keep_is_disabled: bool,
    is_program: bool,
    is_guest: bool,
    is_pending: bool,
    is_merged: bool,
    keeps_another: bool,
    numbers_differ: bool,
    names: i64,
    roles: i64,
}

impl Facts {
    fn of(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            keep_is_disabled: row.get(0)?,
            is_program: row.get(1)?,
            is_guest: row.get(2)?,
            is_pending: row.get(3)?,
            is_merged: row.get(4)?,
            keeps_another: row.get(5)?,
            numbers_differ: row.get(6)?,
            names: row.get(7)?,
            roles: row.get(8)?,
        })
    }

    fn check(&self) -> Result<()> {
        let refusals = [
            (self.is_merged, "merged_already", "One of them was merged into somebody already."),
            (self.is_program, "program", "One of them is the account of a program."),
            (self.is_guest, "guest", "One of them came as the guest of a chat."),
            (self.is_pending, "not_come_yet", "One of them was asked in and has not come yet."),
            (self.keep_is_disabled, "disabled", "Who is to be kept is disabled: let them in first."),
            (
                self.keeps_another,
                "keeps_another",
                "Somebody was merged into who is to go: merge the other way round.",
            ),
        ];
        if let Some((_, code, why)) = refusals.into_iter().find(|(is_so, ..)| *is_so) {
            return Err(Error::precondition(code, why));
        }
        if self.numbers_differ {
            let why = "Each of them has a number of their own from the authorities: they are two people.";
            return Err(Error::conflict("numbers_differ", why));
        }
        if self.names > NAMES_MAX || usize::try_from(self.roles).is_ok_and(|roles| roles > ROLES_MAX) {
            return Err(Error::too_large("merged_roles_and_names", NAMES_MAX.unsigned_abs()));
        }
        Ok(())
    }
}

/// Where both are, or have been: what they have there goes over, too, so that an administrator's must be all of it.
async fn organisations(tx: &Tx, by: By<'_>, two: &Two) -> Result<Vec<OrganisationId>> {
    let values = args![&two.keep, &two.gone];
    let all = tx.all(rows::ORGANISATIONS, &values, |row| row.get::<OrganisationId>(0)).await?;
    if let By::Actor(actor) = by
        && all.iter().any(|one| *one != actor.organisation)
    {
        let why =
            "One of them is, or was, in another organisation, too: the operator of the server can do this.";
        return Err(Error::precondition("belongs_elsewhere", why));
    }
    if all.len() > ORGANISATIONS_MAX {
        return Err(Error::too_large("merged_organisations", ORGANISATIONS_MAX as u64));
    }
    Ok(all)
}

/// Everything that who is gone is, who is kept is from now on, since the same day; what they are already they stay. Who
/// is gone has been there, so that what they wrote is shown under their name.
async fn take_roles(tx: &Tx, two: &Two) -> Result<()> {
    let (keep, gone, now) = (&two.keep, &two.gone, tx.now_ms());
    type Role = (MembershipId, OrganisationId, String, String, i64, Option<i64>);
    let read = |row: &Row<'_>| -> Result<Role> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    };
    let roles = tx.all(rows::MEMBERSHIPS, &args![gone, now], read).await?;
    tx.run(rows::END_MEMBERSHIPS, &args![gone, now]).await?;
    for (id, organisation, role, position, start_ms, end_ms) in &roles {
        let new: MembershipId = tx.new_id();
        let values = args![&new, organisation, keep, role.as_str(), position.as_str(), *start_ms, *end_ms];
        let is_new = tx.run(rows::TAKE_MEMBERSHIP, &values).await? > 0;
        let other = is_new.then_some(&new);
        tx.run(rows::NOTE_MEMBERSHIP, &args![gone, id, organisation, other, *end_ms]).await?;
    }
    Ok(())
}

/// Teams, mandates of either side, and what others wait for from them.
async fn take_care(tx: &Tx, two: &Two) -> Result<()> {
    let (both, gone) = (args![&two.keep, &two.gone], args![&two.gone]);
    let standing = args![&two.keep, &two.gone, tx.now_ms()];
    tx.run(rows::NOTE_TEAMS, &both).await?;
    tx.run(rows::TAKE_TEAMS, &both).await?;
    tx.run(rows::LEAVE_TEAMS, &gone).await?;
    for sql in [rows::NOTE_PATIENTS, rows::NOTE_PROXIES, rows::NOTE_BETWEEN] {
        tx.run(sql, &standing).await?;
    }
    tx.run(rows::END_BETWEEN, &args![tx.now_ms(), &two.gone]).await?;
    for sql in [rows::NOTE_CAME, rows::NOTE_ASKED_IN, rows::NOTE_CLIENTS] {
        tx.run(sql, &gone).await?;
    }
    let taken =
        [rows::TAKE_PATIENTS, rows::TAKE_PROXIES, rows::TAKE_CAME, rows::TAKE_ASKED_IN, rows::TAKE_CLIENTS];
    for sql in taken {
        tx.run(sql, &both).await?;
    }
    Ok(())
}

/// Who is kept has those of who is gone when there are none of theirs.
async fn take_details(tx: &Tx, two: &Two) -> Result<()> {
    let Some(details) = &two.details else { return Ok(()) };
    if details.take(tx, two.keep, two.gone).await? { Ok(()) } else { Err(changed_meanwhile()) }
}

/// What was prepared is not so any more; another try looks again.
fn changed_meanwhile() -> Error {
    Error::unavailable(CHANGED)
}
